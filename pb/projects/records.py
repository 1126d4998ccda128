"""What the commands on projects have in common: keeping a revision, which text counts, the event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.audit.log import Act, record
from pb.core.errors import Missing
from pb.core.georgian import search_fold
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.content import public_number
from pb.ideas.records import person_of
from pb.ideas.telling import tell
from pb.policy import Actor
from pb.projects import text
from pb.projects.budget import cost_of
from pb.projects.models import Project, ProjectRevision


def number_of(project: Project) -> str:
    """The project's public number, "TJ-2026-0042": that of the first idea it grew from."""
    return public_number(project.cycle.town.number_prefix, project.cycle.year, project.number)


def newest(project: Project) -> ProjectRevision:
    """The text as it was saved last. Raises Missing for an imported project, which has none."""
    if project.revision is None:
        raise Missing("no_such_project")
    return project.revision


def add_revision(
    project: Project,
    fields: dict[str, Any],
    timeline: list[dict[str, str]],
    budget: list[dict[str, Any]],
    *,
    number: int,
    by: Actor | None,
    now: datetime,
) -> ProjectRevision:
    """Keep a text and make it the newest. Checked by the caller; the sum and the fingerprint are computed
    here.
    """
    row = ProjectRevision(
        project_id=project.id,
        number=number,
        fields=fields,
        timeline=timeline,
        budget=budget,
        cost_tetri=cost_of(budget),
        fingerprint=text.fingerprint(fields, timeline, budget),
        at=now,
        by=by.account_id if by else None,
    )
    db.session.add(row)
    db.session.flush()
    project.revision = row
    project.version += 1
    return row


def show_text(project: Project, row: ProjectRevision) -> None:
    """Make a revision the text that counts: what lists show and what is searched."""
    project.title, project.cost_tetri = row.fields["title"], row.cost_tetri
    project.search_text = search_fold(" ".join(row.fields.get(name, "") for name in text.FIELD_LIMITS))
    project.version += 1


def note(event: Act, project: Project, actor: Actor | None, now: datetime) -> None:
    """Add the event to the log."""
    town_id = project.cycle.town_id
    record(event, subject_id=project.id, by=actor, at=now, town_id=town_id, cycle_id=project.cycle_id)


def tell_authors(project: Project, kind: str, *, here: Here, now: datetime, **values: Any) -> None:
    """Queue a text message to the authors of the project's ideas, one each. An imported project has none."""
    accounts = (account_id for link in project.links for account_id in link.idea.author_ids)
    page = f"projects/{project.number}"
    tell(accounts, kind, here=here, number=project.number, page=page, now=now, **values)


def author_labels(project: Project) -> dict[int, str]:
    """How each author with an account is shown in public (first name and initial), by account."""
    authors = (author for link in project.links for author in link.idea.authors)
    return {a.account_id: person_of(a).label for a in authors if a.account_id is not None}
