"""Acts of staff on sessions: announce, change, cancel, papers. Each is one transaction with its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pb.accounts.models import Account
from pb.accounts.queries import holds
from pb.audit.log import Act, record
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.content import clean_line, clean_text
from pb.ideas.documents import Document
from pb.policy import Action, Actor, Role, authorise
from pb.training import events, queries
from pb.training.models import MOST_SEATS, TrainingMaterial, TrainingSession
from pb.training.queue import move_up
from pb.training.telling import tell

LIMITS = {"topic": 120, "agenda": 2000, "place": 200, "link": 300}
SHORTEST, LONGEST = 15, 600  # minutes
MOST_MATERIALS = 5
REASON_MIN, REASON_MAX = 10, 300
TRAINERS = (Role.MENTOR, Role.ADMINISTRATOR, Role.SECRETARY)


@command
def save_session(
    *,
    cycle_id: int,
    session_id: int | None,
    fields: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> int:
    """Announce a session, or change it (``session_id``); gives its id.

    ``fields``: topic, agenda, place ({"ka", "en"}, English may be empty), link, begins_at, minutes, seats, trainer_id
    (an account of the town's staff, or None). A later beginning or another place is told to everybody on the list;
    more seats go to those who wait; fewer than are taken are refused. ``version``: the one that was seen. Nothing new:
    nothing is written. Writes TrainingAnnounced or TrainingChanged. Raises Refused, Closed("training_cancelled",
    "training_over"), Invalid("changed_meanwhile"), Problems by field.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.MANAGE_TRAINING, town_id=here.town.id, status=here.status)
    row = _open(session_id, cycle_id, now) if session_id is not None else None
    if row is not None and version is not None and version != row.version:
        raise Invalid("changed_meanwhile")
    given = _checked(here, fields, now)
    if row is None:
        row = TrainingSession(cycle_id=cycle_id, created_at=now, version=1, **given)
        db.session.add(row)
        db.session.flush()
        _note(events.TrainingAnnounced(row.topic, _iso(row.begins_at), row.seats), row, here, actor, now)
        return row.id
    if all(getattr(row, name) == value for name, value in given.items()):
        return row.id
    highest = max((one.seat or 0 for one in queries.sign_ups(row.id)), default=0)
    taken = sum(one.seat is not None for one in queries.sign_ups(row.id))
    if given["seats"] < taken:
        raise Invalid("seats_are_taken", field="seats", taken=taken)
    moved = any(getattr(row, name) != given[name] for name in ("begins_at", "place", "link"))
    if row.begins_at != given["begins_at"]:
        row.reminded_at = None
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1
    if highest > row.seats:
        _close_ranks(row)
    db.session.flush()
    move_up(row, here, now)
    if moved:
        for one in queries.sign_ups(row.id):
            tell(one, "training_changed", row, here=here, now=now)
    _note(events.TrainingChanged(row.topic, _iso(row.begins_at), row.seats), row, here, actor, now)
    return row.id


def _close_ranks(row: TrainingSession) -> None:
    """Give the lowest numbers to those who have seats, so that the highest number is how many there are."""
    seated = [one for one in queries.sign_ups(row.id) if one.seat is not None]
    free = [n for n in range(1, row.seats + 1) if n not in {one.seat for one in seated}]
    for one in seated:
        if one.seat is not None and one.seat > row.seats:
            one.seat = free.pop(0)
            db.session.flush()


def _checked(here: Here, fields: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    found: list[Problem] = []
    given: dict[str, Any] = {}
    for name, clean in (("topic", clean_line), ("agenda", clean_text), ("place", clean_line)):
        given[name] = {lang: clean(fields[name].get(lang) or "") for lang in ("ka", "en")}
        for lang, text in given[name].items():
            if len(text) > LIMITS[name]:
                found.append(Problem("too_long", f"{name}_{lang}", {"limit": LIMITS[name]}))
    link = given["link"] = clean_line(fields["link"] or "")
    if not given["topic"]["ka"]:
        found.append(Problem("required", "topic_ka"))
    if not given["place"]["ka"] and not link:
        found.append(Problem("place_or_link", "place_ka"))
    if link and (
        len(link) > LIMITS["link"] or urlsplit(link).scheme != "https" or not urlsplit(link).hostname
    ):
        found.append(Problem("not_a_link", "link"))
    begins, minutes, seats = fields["begins_at"], fields["minutes"], fields["seats"]
    if begins is None:
        found.append(Problem("required", "begins_at"))
    elif begins <= now:
        found.append(Problem("begins_in_past", "begins_at"))
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        found.append(Problem("out_of_range", "minutes", {"low": SHORTEST, "high": LONGEST}))
    if seats is None or not 1 <= seats <= MOST_SEATS:
        found.append(Problem("out_of_range", "seats", {"low": 1, "high": MOST_SEATS}))
    trainer = given["trainer_id"] = fields["trainer_id"]
    if trainer is not None and not any(holds(trainer, here.town.id, role) for role in TRAINERS):
        found.append(Problem("not_a_choice", "trainer_id", {"value": trainer}))
    if found:
        raise Problems(found)
    given.update(begins_at=begins, ends_at=begins + timedelta(minutes=minutes), seats=seats)
    return given


@command
def cancel_session(*, session_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Say that a session does not take place, with a reason that everybody reads; those on the list are told.

    Twice is one act. Writes TrainingCancelled. Raises Refused, Closed("training_over"), Invalid on "reason".
    """
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.MANAGE_TRAINING, town_id=here.town.id, status=here.status)
    if row.cancelled_at is not None:
        return
    if row.begins_at <= now:
        raise Closed("training_over")
    reason = clean_text(reason)
    if len(reason) < REASON_MIN:
        raise Invalid("too_short", field="reason", limit=REASON_MIN)
    if len(reason) > REASON_MAX:
        raise Invalid("too_long", field="reason", limit=REASON_MAX)
    row.cancelled_at, row.cancel_reason = now, reason
    row.version += 1
    for one in queries.sign_ups(row.id):
        tell(one, "training_cancelled", row, here=here, now=now)
    _note(events.TrainingCancelled(row.topic, reason), row, here, actor, now)


@command
def add_materials(*, session_id: int, documents: list[Document], actor: Actor, now: datetime) -> None:
    """Put papers (PDF, looked into) to a session, of whatever day; one that is there already is not put twice.

    Writes TrainingMaterialsChanged. Raises Refused, Invalid("too_many_documents", field="document").
    """
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.MANAGE_TRAINING, town_id=here.town.id, status=here.status)
    known = {one.fingerprint for one in row.materials}
    fresh = {one.fingerprint: one for one in documents if one.fingerprint not in known}
    if not fresh:
        return
    if len(known) + len(fresh) > MOST_MATERIALS:
        raise Invalid("too_many_documents", field="document", limit=MOST_MATERIALS)
    for one in fresh.values():
        row.materials.append(
            TrainingMaterial(
                name=one.name, data=one.data, size=len(one.data), fingerprint=one.fingerprint, added_at=now
            )
        )
    _note(events.TrainingMaterialsChanged(row.topic, len(row.materials)), row, here, actor, now)


@command
def remove_material(*, session_id: int, material_id: int, actor: Actor, now: datetime) -> None:
    """Take a paper away; nothing happens when it is gone already. Writes TrainingMaterialsChanged."""
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.MANAGE_TRAINING, town_id=here.town.id, status=here.status)
    found = next((one for one in row.materials if one.id == material_id), None)
    if found is not None:
        db.session.delete(found)
        _note(events.TrainingMaterialsChanged(row.topic, len(row.materials) - 1), row, here, actor, now)


def _open(session_id: int, cycle_id: int, now: datetime) -> TrainingSession:
    row = queries.session_for_update(session_id)
    if row.cycle_id != cycle_id:
        raise Missing("no_such_training")
    if row.cancelled_at is not None:
        raise Closed("training_cancelled")
    if row.begins_at <= now:
        raise Closed("training_over")
    return row


def trainers_of(town_id: int) -> list[Account]:
    """Whom a session of the town may name as its trainer."""
    from pb.accounts.queries import staff_of

    return staff_of(town_id, *TRAINERS)


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _note(act: Act, row: TrainingSession, here: Here, actor: Actor, now: datetime) -> None:
    record(act, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id)
