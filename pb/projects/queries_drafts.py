"""Reading unsaved texts of one person, and what an officer noted on a project."""

from __future__ import annotations

from sqlalchemy import select

from pb.db import db
from pb.projects.models import ProjectDraft


def drafts_of(project_id: int, account_id: int, page: str) -> list[ProjectDraft]:
    """What the person typed into a page and has not saved, newest first."""
    own = (ProjectDraft.project_id == project_id, ProjectDraft.account_id == account_id)
    found = select(ProjectDraft).where(*own, ProjectDraft.page == page)
    return list(db.session.scalars(found.order_by(ProjectDraft.at.desc(), ProjectDraft.id.desc())))


def unsaved_pages(project_id: int, account_id: int) -> frozenset[str]:
    """The pages of a project on which the person has something unsaved."""
    own = (ProjectDraft.project_id == project_id, ProjectDraft.account_id == account_id)
    return frozenset(db.session.scalars(select(ProjectDraft.page).where(*own)))


def draft_for_update(project_id: int, draft_id: int, account_id: int) -> ProjectDraft | None:
    """One's own unsaved text, locked."""
    return db.session.execute(
        select(ProjectDraft)
        .where(
            ProjectDraft.id == draft_id,
            ProjectDraft.project_id == project_id,
            ProjectDraft.account_id == account_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
