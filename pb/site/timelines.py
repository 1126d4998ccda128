"""The one public timeline of an idea and its project: every act, in whose hands it was, and until when it is there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from pb import clock
from pb.audit.models import Event
from pb.core.handovers import AUTHOR, COMMISSION, VOTERS, Step, Stretch, stretches
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas import joined
from pb.ideas.page_parts import Part
from pb.ideas.terms import answer_by
from pb.ideas.then import AFTER as AFTER_IDEA
from pb.projects.models import Project
from pb.projects.queries import project_of_idea
from pb.projects.then import AFTER as AFTER_PROJECT
from pb.projects.then import MOVES
from pb.web.wording import event_words

TONES = {
    "IdeaReturned": "warn", "IdeaLapsed": "bad", "IdeaAdmitted": "good", "IdeaRefused": "bad",
    "IdeaAdmittedOnObjection": "good", "IdeaRefusalConfirmed": "bad", "IdeaInvited": "good",
    "ProjectHandedIn": "good", "ProjectFrozen": "now", "ProjectReopened": "warn", "ProjectReturned": "warn",
    "ProjectNotHandedIn": "bad",
}  # fmt: skip
# Until when whoever has it now may keep it, where the calendar says so.
_TERMS = {
    (AUTHOR, "project"): Phase.DEVELOPMENT,
    (COMMISSION, "project"): Phase.REVIEW,
    (VOTERS, "project"): Phase.VOTING,
}


def of_idea(here: Here, idea: Any) -> Part | None:
    """On the page of an idea: its own way, and from then on that of its project."""
    project = project_of_idea(idea.id) if idea.state in ("invited", "merged_into") else None
    ideas = (idea.id,) if project is None else joined.group_of(idea.id)
    returned = answer_by(here, [idea], clock.now()).get(idea.id)
    return _part(here, ideas, project.id if project else None, returned)


def of_project(here: Here, project: Project) -> Part | None:
    """On the page of a project: the way of all ideas it grew from, and its own."""
    return _part(here, [link.idea_id for link in project.links], project.id, None)


def _part(here: Here, ideas: Collection[int], project_id: int | None, returned: Any) -> Part | None:
    way = stretches(_steps(ideas, project_id, clock.now()))
    if not way:
        return None
    last = way[-1]
    subject = "project" if project_id is not None else "idea"
    return "site/_timeline.html", {
        "way": [_shown(stretch) for stretch in way],
        "now": last.holder,
        "since": last.since,
        "until": returned,
        "closes": _closes(here, last.holder, subject) if last.until is None else None,
    }


def _closes(here: Here, holder: str, subject: str) -> datetime | None:
    phase = _TERMS.get((holder, subject))
    if phase is None or here.calendar is None:
        return None
    closes = here.calendar.closes(phase)
    return closes if closes > clock.now() else None


def _steps(ideas: Collection[int], project_id: int | None, now: datetime) -> list[Step]:
    """All public acts on the ideas and the project, oldest first; one query."""
    of = [and_(Event.subject == "idea", Event.subject_id.in_(ideas))]
    if project_id is not None:
        of.append(and_(Event.subject == "project", Event.subject_id == project_id))
    rows = db.session.execute(
        select(Event.kind, Event.data, Event.at, Event.subject)
        .where(or_(*of), Event.is_public, Event.at <= now)
        .order_by(Event.at, Event.id)
    )
    return [Step(row.at, row.subject, _state(row), row) for row in rows]


def _state(row: Any) -> str:
    if row.subject == "idea":
        return AFTER_IDEA.get(row.kind, "")
    return str(row.data.get("state", "")) if row.kind in MOVES else AFTER_PROJECT.get(row.kind, "")


def _shown(stretch: Stretch) -> dict[str, Any]:
    return {
        "holder": stretch.holder,
        "since": stretch.since,
        "until": stretch.until,
        "acts": [
            {"at": act.at, "title": event_words(act.kind, act.data), "tone": TONES.get(act.kind, "plain")}
            for act in stretch.acts
        ],
    }
