"""What the installation knows of members and authors, so that hints at a conflict can be given. Personal data are
compared here and never shown.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.db import db
from pb.ideas.models import IdeaAuthor
from pb.projects.models import ProjectIdea
from pb.review.hints import Known, fold, hints, surname_of
from pb.training.queries_mentors import mentored_an_author


def hints_for(member_id: int, project_id: int) -> tuple[str, ...]:
    """The hints at a conflict of the member on the project, as codes of pb.review.hints."""
    rows = db.session.execute(
        select(IdeaAuthor, Account.phone_hash)
        .join(ProjectIdea, ProjectIdea.idea_id == IdeaAuthor.idea_id)
        .outerjoin(Account, Account.id == IdeaAuthor.account_id)
        .where(ProjectIdea.project_id == project_id)
        .order_by(IdeaAuthor.id)
    ).all()
    authors = [Known(_surname(row), frozenset(_village(row)), phone or "") for row, phone in rows]
    ids = {
        row.account_id for row, _phone in rows if row.account_id is not None and row.account_id != member_id
    }
    member = replace(_member(member_id), mentored=mentored_an_author(member_id, project_id))
    return hints(member, authors, ids)


def _member(member_id: int) -> Known:
    account = db.session.get(Account, member_id)
    if account is None:
        return Known()
    own = db.session.scalars(select(IdeaAuthor).where(IdeaAuthor.account_id == member_id)).all()
    mine, other = aliased(IdeaAuthor), aliased(IdeaAuthor)
    together = db.session.scalars(
        select(other.account_id)
        .join(mine, mine.idea_id == other.idea_id)
        .where(mine.account_id == member_id, other.account_id != member_id)
    )
    return Known(
        surname_of(unseal(account.name_sealed)),
        frozenset(village for row in own for village in _village(row)),
        account.phone_hash or "",
        frozenset(found for found in together if found is not None),
    )


def _surname(row: IdeaAuthor) -> str:
    return fold(unseal(row.surname_sealed)) if row.surname_sealed else surname_of(unseal(row.name_sealed))


def _village(row: IdeaAuthor) -> list[str]:
    village = fold(unseal(row.village_sealed)) if row.village_sealed else ""
    return [village] if village else []
