"""Reading what an officer noted on a project, and what its authors answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from pb.db import db
from pb.projects.models import ProjectReturn
from pb.projects.text import FIELD_PAGES


def return_of(project_id: int, now: datetime) -> ProjectReturn | None:
    """The officer's notes on a project, with the text that they are on and the answers; None before they were given."""
    return db.session.scalar(
        select(ProjectReturn)
        .where(ProjectReturn.project_id == project_id, ProjectReturn.at <= now)
        .options(joinedload(ProjectReturn.revision), selectinload(ProjectReturn.answers))
        .execution_options(populate_existing=True)
    )


def unanswered(returned: ProjectReturn | None) -> list[str]:
    """The parts whose notes have no answer yet, in the order of the text."""
    if returned is None:
        return []
    answered = {answer.field for answer in returned.answers}
    return [name for name in noted(returned) if name not in answered]


def noted(returned: ProjectReturn) -> list[str]:
    """The parts with a note, in the order in which a text is read (a database keeps no order of names)."""
    return [name for name in FIELD_PAGES if name in returned.notes]
