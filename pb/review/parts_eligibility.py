"""What the public page of an idea shows of its eligibility checks: results with the failing words."""

from __future__ import annotations

from typing import Any

from pb import clock
from pb.cycles.queries import Here
from pb.ideas import page_parts
from pb.ideas.page_parts import Part
from pb.ideas.queries_own import is_author
from pb.policy import Action, allowed
from pb.review import queries_eligibility as queries
from pb.review.showing_eligibility import finding_shown
from pb.web.guard import current_actor


def join() -> None:
    """Register with the page of an idea; once, however many applications there are."""
    if checks_of_idea not in page_parts.PARTS:
        page_parts.PARTS.append(checks_of_idea)


def checks_of_idea(here: Here, idea: Any) -> Part | None:
    """The findings, newest first, and for officers the way to the check."""
    checks = queries.checks_of(idea.id, clock.now())
    actor = current_actor()
    may_check = allowed(actor, Action.OPEN_CHECK, town_id=here.town.id) and not is_author(
        idea.id, actor.account_id
    )
    if not (checks or may_check):
        return None
    return "review/eligibility_part.html", {
        "idea": idea,
        "may_check": may_check,
        "checks": [finding_shown(here, check) for check in reversed(checks)],
    }
