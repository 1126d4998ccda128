"""What objections show elsewhere: on the page of an idea or project, in an author's list, on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from pb import clock
from pb.appeals import queries
from pb.appeals.blueprint import url_of
from pb.appeals.kinds import IDEA, PROJECT
from pb.appeals.showing import rows_of
from pb.appeals.terms import term_is_over
from pb.cycles.board_parts import Entry, address
from pb.cycles.queries import Here
from pb.ideas.page_parts import Part
from pb.policy import Actor
from pb.web.guard import current_actor


def of_idea(here: Here, idea: Any) -> Part | None:
    """The objections to decisions on an idea, and until when and where its author may object."""
    return of_thing(here, IDEA, idea.id, idea.number)


def of_project(here: Here, project: Any) -> Part | None:
    """The same of a project."""
    return of_thing(here, PROJECT, project.id, project.number)


def of_thing(here: Here, thing: str, thing_id: int, number: int) -> Part | None:
    """None when nothing was filed and nothing can be contested."""
    now = clock.now()
    found = queries.contested(here, thing, number, now)
    filed = queries.of_thing(thing, thing_id, now)
    if found is None and not filed:
        return None
    standing = queries.standing(found.kind, found.decision_id) if found else None
    mine = found is not None and current_actor().account_id in found.author_ids
    return "appeals/part.html", {
        "rows": rows_of(here, filed, now),
        "found": found,
        "over": found is not None and term_is_over(found.at, here.rules, now),
        "answered": standing is not None and standing.state != "draft",
        "draft_id": standing.id if standing is not None and standing.state == "draft" and mine else None,
        "mine": mine,
        "url": _url(here, thing, number),
    }


def _url(here: Here, thing: str, number: int) -> str:
    if thing == IDEA:
        return url_of(here, "against_idea", idea=number)
    return url_of(here, "against_project", number=number)


def next_of_idea(here: Here, idea: Any) -> tuple[str, str] | None:
    """In the author's list: the way to object while the term runs, or to the objection."""
    if idea.number is None or idea.state not in ("ineligible", "returned", "lapsed", "duplicate_of"):
        return None
    return next_of(here, IDEA, idea.number)


def next_of(here: Here, thing: str, number: int) -> tuple[str, str] | None:
    """(address, words), or None: nothing to contest, or too late."""
    now = clock.now()
    found = queries.contested(here, thing, number, now)
    if found is None:
        return None
    row = queries.standing(found.kind, found.decision_id)
    if row is not None and row.state != "draft":
        return url_of(here, "show", number=row.number), _("See your objection")
    if term_is_over(found.at, here.rules, now):
        return None
    if row is not None:
        return url_of(here, "text", objection=row.id), _("Go on with your objection")
    return _url(here, thing, number), _("Object to the decision")


def on_board(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    """The line of who examines; none while nothing waits."""
    waiting = queries.waiting(here.the_cycle.id, now)
    if waiting:
        yield Entry(
            _("Objections"),
            address(here, "appeals.queue"),
            _("Each is answered by somebody who was not at work on the decision."),
            len(waiting),
            queries.late_count(here.the_cycle.id, now),
        )


def door(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    """The operator's door."""
    yield Entry(
        _("Help with an objection"),
        address(here, "appeals.help_desk"),
        _("For somebody at the centre, with a signed paper."),
    )
