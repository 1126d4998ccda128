"""Putting photos and documents to an idea, and taking them away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pb.audit.log import record
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.db import command, db
from pb.ideas import events, queries_attached, records
from pb.ideas.commands import changing
from pb.ideas.documents import Document
from pb.ideas.models import Idea
from pb.ideas.models_attached import IdeaDocument, IdeaPicture
from pb.ideas.pictures import Prepared
from pb.policy import Action, Actor, authorise

MOST_PICTURES = 5
MOST_DOCUMENTS = 3


@command
def add_pictures(*, idea_id: int, pictures: Collection[Prepared], actor: Actor, now: datetime) -> None:
    """Put photos beside those that are there; one that is there already is not put twice.

    Raises Invalid("too_many_pictures") when there would be more than five; then none is stored.
    """
    idea, here = _open(idea_id, actor, now)
    known = queries_attached.picture_contents(idea.id)
    fresh = {picture.large: picture for picture in pictures if picture.large not in known}
    if not fresh:
        return  # the same form sent twice
    if len(known) + len(fresh) > MOST_PICTURES:
        raise Invalid("too_many_pictures", field="picture", limit=MOST_PICTURES)
    db.session.add_all(
        IdeaPicture(
            idea_id=idea.id,
            small=one.small,
            large=one.large,
            width=one.width,
            height=one.height,
            added_at=now,
        )
        for one in fresh.values()
    )
    _changed(idea, here, actor, now, events.IdeaPictureChanged)


@command
def remove_picture(*, idea_id: int, picture_id: int, actor: Actor, now: datetime) -> None:
    """Take a photo away; nothing happens when it is gone already."""
    idea, here = _open(idea_id, actor, now)
    picture = queries_attached.picture_row(idea.id, picture_id)
    if picture is not None:
        db.session.delete(picture)
        _changed(idea, here, actor, now, events.IdeaPictureChanged)


@command
def add_documents(*, idea_id: int, documents: Collection[Document], actor: Actor, now: datetime) -> None:
    """Put documents beside those that are there. Raises Invalid("too_many_documents") beyond three."""
    idea, here = _open(idea_id, actor, now)
    known = {row.fingerprint for row in queries_attached.documents_of(idea.id)}
    fresh = {one.fingerprint: one for one in documents if one.fingerprint not in known}
    if not fresh:
        return
    if len(known) + len(fresh) > MOST_DOCUMENTS:
        raise Invalid("too_many_documents", field="document", limit=MOST_DOCUMENTS)
    db.session.add_all(
        IdeaDocument(
            idea_id=idea.id, name=one.name, data=one.data, size=len(one.data), fingerprint=one.fingerprint,
            added_at=now,
        )
        for one in fresh.values()
    )  # fmt: skip
    _changed(idea, here, actor, now, events.IdeaDocumentsChanged)


@command
def remove_document(*, idea_id: int, document_id: int, actor: Actor, now: datetime) -> None:
    """Take a document away; nothing happens when it is gone already."""
    idea, here = _open(idea_id, actor, now)
    document = queries_attached.document_row(idea.id, document_id)
    if document is not None:
        db.session.delete(document)
        _changed(idea, here, actor, now, events.IdeaDocumentsChanged)


def _open(idea_id: int, actor: Actor, now: datetime) -> tuple[Idea, Here]:
    idea, here = records.open_idea(idea_id, Action.SEE_OWN, actor, now)
    authorise(actor, changing(idea), town_id=here.town.id, status=here.status, thing=idea)
    return idea, here


def _changed(idea: Idea, here: Here, actor: Actor, now: datetime, kind: type[events.IdeaAct]) -> None:
    idea.updated_at = now
    if idea.number is not None:
        act = kind(records.number_of(here, idea))
        record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)
