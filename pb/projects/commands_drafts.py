"""Unsaved texts: what somebody typed into a page of a project is kept until it is saved. One transaction each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from pb.audit.log import record
from pb.core.errors import Invalid
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects import events
from pb.projects.models import Project, ProjectDraft
from pb.projects.queries_drafts import draft_for_update

DRAFTS_LIVE = timedelta(days=60)
MOST_DRAFTS = 20  # of one person in one project
LARGEST_DRAFT = 60_000  # characters


@command
def keep_draft(
    *,
    project_id: int,
    page: str,
    typed: Mapping[str, str],
    base: int,
    actor: Actor,
    now: datetime,
    draft: tuple[int, int] | None = None,
) -> ProjectDraft:
    """Keep what was typed into a page. ``draft``: (id, version) of the row that this window wrote last.

    A row that another window wrote meanwhile is left alone and a new one begun. Writes no event: nothing that
    others see has changed. Raises Refused, Closed, Invalid("too_large", "too_many_drafts").
    """
    project = db.session.get_one(Project, project_id)
    here = here_by_id(project.cycle_id, now=now)
    authorise(actor, Action.DEVELOP_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    assert actor.account_id is not None
    if sum(len(name) + len(value) for name, value in typed.items()) > LARGEST_DRAFT:
        raise Invalid("too_large")
    row = draft_for_update(project_id, draft[0], actor.account_id) if draft else None
    if row is not None and draft is not None and row.version == draft[1] and row.page == page:
        row.typed, row.base, row.at, row.version = dict(typed), base, now, row.version + 1
        return row
    own = (ProjectDraft.project_id == project_id, ProjectDraft.account_id == actor.account_id)
    if (db.session.scalar(select(func.count()).where(*own)) or 0) >= MOST_DRAFTS:
        raise Invalid("too_many_drafts")
    row = ProjectDraft(
        project_id=project_id, account_id=actor.account_id, page=page, typed=dict(typed), base=base,
        version=1, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@command
def discard_draft(*, project_id: int, draft_id: int, actor: Actor) -> None:
    """Throw one's own unsaved text away. Twice is one act."""
    forget_draft(project_id, draft_id, actor)


def forget_draft(project_id: int, draft_id: int, actor: Actor, *, version: int | None = None) -> None:
    """Within a command: the actor's unsaved text is saved, or is not wanted any more. ``version``: leave it where
    another window wrote to it meanwhile.
    """
    unwanted = delete(ProjectDraft).where(
        ProjectDraft.project_id == project_id,
        ProjectDraft.id == draft_id,
        ProjectDraft.account_id == actor.account_id,
    )
    if version is not None:
        unwanted = unwanted.where(ProjectDraft.version == version)
    db.session.execute(unwanted)


def purge_drafts(*, now: datetime) -> int:
    """Delete unsaved texts that nobody touched for DRAFTS_LIVE; gives their number.

    For the worker; looks before it writes.
    """
    old = ProjectDraft.at < now - DRAFTS_LIVE
    if db.session.scalar(select(ProjectDraft.id).where(old).limit(1)) is None:
        return 0
    return _purge(now)


@command
def _purge(now: datetime) -> int:
    old = ProjectDraft.at < now - DRAFTS_LIVE
    count = int(db.session.execute(delete(ProjectDraft).where(old)).rowcount)  # type: ignore[attr-defined]
    record(events.ProjectDraftsPurged(count), subject_id=None, by=None, at=now)
    return count
