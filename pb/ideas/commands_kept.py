"""Telling an author how to come back to a draft."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.core.errors import Closed
from pb.core.workflow import IdeaState
from pb.db import command, db
from pb.ideas import records
from pb.messages.commands import send_text
from pb.policy import Action, Actor


@command
def send_draft_link(*, idea_id: int, path: str, actor: Actor, now: datetime) -> None:
    """Queue a text message with the link ``path`` to the phone of the draft's author.

    Raises Closed("wrong_state") once it was handed in.
    """
    idea, _here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    if idea.state != IdeaState.DRAFT:
        raise Closed("wrong_state", action=Action.EDIT_IDEA, state=idea.state)
    account = db.session.get(Account, actor.account_id)
    phone = unseal(account.phone_sealed) if account else ""
    if account is not None and phone:
        url = current_app.extensions["pb_settings"].base_url.rstrip("/") + path
        send_text(kind="draft_link", address=phone, language=account.language, now=now, url=url)
