"""Reading what is attached to an idea. Contents are read one at a time, never with a list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select

from pb.db import db
from pb.ideas.models_attached import IdeaDocument, IdeaPicture

_PICTURES = (
    select(IdeaPicture.id, IdeaPicture.width, IdeaPicture.height)
    .where(IdeaPicture.idea_id == bindparam("idea_id"))
    .order_by(IdeaPicture.id)
)
_DOCUMENTS = (
    select(IdeaDocument.id, IdeaDocument.name, IdeaDocument.size, IdeaDocument.fingerprint)
    .where(IdeaDocument.idea_id == bindparam("idea_id"))
    .order_by(IdeaDocument.id)
)


def pictures_of(idea_id: int) -> list[Row[Any]]:
    """(id, width, height) of an idea's photos, in the order in which they were given."""
    return list(db.session.execute(_PICTURES, {"idea_id": idea_id}))


def documents_of(idea_id: int) -> list[Row[Any]]:
    """(id, name, size in bytes, fingerprint) of an idea's documents."""
    return list(db.session.execute(_DOCUMENTS, {"idea_id": idea_id}))


def picture(idea_id: int, picture_id: int, *, large: bool) -> bytes | None:
    """The WebP of a photo of that idea. Whether it may be seen, the caller knows."""
    column = IdeaPicture.large if large else IdeaPicture.small
    return db.session.scalar(
        select(column).where(IdeaPicture.id == picture_id, IdeaPicture.idea_id == idea_id)
    )


def document(idea_id: int, document_id: int) -> Row[Any] | None:
    """(name, data) of a document of that idea."""
    columns: Any = (IdeaDocument.name, IdeaDocument.data)
    return db.session.execute(
        select(*columns).where(IdeaDocument.id == document_id, IdeaDocument.idea_id == idea_id)
    ).one_or_none()


def picture_contents(idea_id: int) -> set[bytes]:
    """The photos themselves, for telling whether one is there already."""
    return set(db.session.scalars(select(IdeaPicture.large).where(IdeaPicture.idea_id == idea_id)))


def picture_row(idea_id: int, picture_id: int) -> IdeaPicture | None:
    """The row, to be deleted."""
    return db.session.scalar(
        select(IdeaPicture).where(IdeaPicture.id == picture_id, IdeaPicture.idea_id == idea_id)
    )


def document_row(idea_id: int, document_id: int) -> IdeaDocument | None:
    """The row, to be deleted."""
    return db.session.scalar(
        select(IdeaDocument).where(IdeaDocument.id == document_id, IdeaDocument.idea_id == idea_id)
    )
