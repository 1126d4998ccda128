"""Going on with a draft on another device: a code that opens this one draft, and nothing else of its author's.

The code is derived, not stored: whoever keeps it can go on as long as the draft lives. In the session it makes the
visitor the draft's author on the pages of that draft alone (``views_own.own``); everywhere else nobody is signed in.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from flask import g, session

from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.core.workflow import IdeaState
from pb.ideas import queries_own
from pb.ideas.codes import signs_of
from pb.ideas.models import Idea
from pb.policy import Actor

KEY = "draft_pass"
_AFTERWARDS = timedelta(hours=1)  # so long the confirmation can still be seen


def code_of(idea: Idea) -> str:
    """„482-k7pm-4xq9-2hdw“: the draft's number and what only this site can work out."""
    # Ids may be given again after a deletion; with the moment no two drafts ever have the same code.
    return signs_of("draft", str(idea.id), idea.created_at.isoformat())


def draft_of(cycle_id: int, typed: str) -> Idea:
    """The draft that a code opens. Raises Invalid("no_such_draft"), whatever is wrong with it."""
    plain = re.sub(r"[^0-9a-z]+", "-", typed.strip().lower()).strip("-")
    number = whole_number(plain.partition("-")[0])
    idea = queries_own.own_idea(cycle_id, number) if number is not None else None
    if idea is None or idea.state != IdeaState.DRAFT or not _fits(idea, plain) or not idea.author_ids:
        raise Invalid("no_such_draft", field="code")
    return idea


def admit(idea: Idea) -> None:
    """From now on this browser may go on with the draft."""
    session[KEY] = code_of(idea)


def step_in(idea: Idea, now: datetime) -> None:
    """Make the visitor of this request the author of ``idea`` if the browser was admitted to it."""
    kept = session.get(KEY, "")
    fresh = idea.submitted_at is not None and idea.submitted_at <= now < idea.submitted_at + _AFTERWARDS
    if kept and _fits(idea, kept) and idea.author_ids and (idea.state == IdeaState.DRAFT or fresh):
        g.actor = Actor(account_id=min(idea.author_ids))


def _fits(idea: Idea, code: str) -> bool:
    return hmac.compare_digest(code_of(idea).replace("-", ""), code.replace("-", ""))
