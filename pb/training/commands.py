"""Acts on a session's list: sign up, cancel, who was there. Each is one transaction that holds the session's row."""

from __future__ import annotations

import secrets
from datetime import datetime

from pb.accounts.models import Account
from pb.accounts.personal import keyed_hash, seal, unseal
from pb.accounts.queries import account_by_id, account_by_phone
from pb.audit.log import Act, record
from pb.core.errors import Closed, Missing, Problem, Problems, Refused
from pb.core.georgian import normal_mobile
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.content import clean_line
from pb.policy import Action, Actor, authorise
from pb.training import events, queries
from pb.training.models import SignUp, TrainingSession
from pb.training.queue import free_seat, move_up
from pb.training.telling import tell

NAME_LIMIT = 60
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another


@command
def sign_up(
    *, session_id: int, first_name: str, surname: str, actor: Actor, now: datetime, language: str = "ka"
) -> int:
    """Put whoever is signed in on the list, with a seat or in the queue; gives the line's id. Twice is one act.

    The name stands on the attendance list and the certificate. Writes TrainingSignedUp; tells by text message.
    Raises Refused, Closed("training_cancelled", "training_over"), Problems on first_name, surname.
    """
    row, here = _enter(session_id, Action.SIGN_UP_TRAINING, actor, now)
    account = account_by_id(actor.account_id) if actor.account_id is not None else None
    if account is None:
        raise Refused("sign_in_first")
    names = _names(first_name, surname)
    who = queries.person_hash(account)
    phone = unseal(account.phone_sealed)
    return _take(row, here, who, account.id, names, phone, actor, now, language, helped=False)


@command
def sign_up_for(
    *, session_id: int, first_name: str, surname: str, phone: str, actor: Actor, now: datetime
) -> int:
    """An operator puts somebody on the list; ``phone`` may be empty: then nobody can send a message.

    With a phone it is the same person as whoever signs in with that number. Writes and raises as ``sign_up``.
    """
    row, here = _enter(session_id, Action.ASSIST_TRAINING, actor, now)
    names = _names(first_name, surname)
    number, account, who = _by_phone(phone)
    account_id = account.id if account else None
    language = account.language if account else "ka"
    return _take(row, here, who, account_id, names, number, actor, now, language, helped=True)


def _take(
    row: TrainingSession, here: Here, who: str, account_id: int | None, names: tuple[str, str], phone: str,
    actor: Actor, now: datetime, language: str, *, helped: bool,
) -> int:  # fmt: skip
    one = queries.sign_up_of(row.id, who)
    if one is not None and one.cancelled_at is None:
        return one.id
    if one is None:
        one = SignUp(session_id=row.id, person_hash=who)
    one.account_id, one.queued_at, one.cancelled_at = account_id, now, None
    one.first_name_sealed, one.surname_sealed = seal(names[0]), seal(names[1])
    one.phone_sealed = seal(phone) if phone else None
    one.language, one.signed_up_by = language, actor.account_id if helped else None
    one.seat = free_seat(row)
    db.session.add(one)
    db.session.flush()
    tell(one, "training_waiting" if one.seat is None else "training_booked", row, here=here, now=now)
    _note(events.TrainingSignedUp(waiting=one.seat is None, helped=helped), row, here, actor, now)
    return one.id


@command
def cancel_sign_up(*, session_id: int, actor: Actor, now: datetime) -> None:
    """Whoever is signed in gives the seat back, or leaves the queue; the first who waits moves up and is told.

    Not on the list: nothing happens. Writes TrainingSeatLeft. Raises Refused, Closed("training_over").
    """
    row, here = _enter(session_id, Action.SIGN_UP_TRAINING, actor, now)
    one = queries.own_sign_up(row.id, actor.account_id)
    if one is not None:
        _leave(one, row, here, actor, now)


@command
def cancel_for(*, session_id: int, sign_up_id: int, actor: Actor, now: datetime) -> None:
    """An operator cancels for somebody whom they wrote down (Missing for anybody else). As ``cancel_sign_up``."""
    row, here = _enter(session_id, Action.ASSIST_TRAINING, actor, now)
    one = queries.sign_up_in_session(row.id, sign_up_id)
    if one is None or one.signed_up_by != actor.account_id:
        raise Missing("no_such_page")
    _leave(one, row, here, actor, now)


def _leave(one: SignUp, row: TrainingSession, here: Here, actor: Actor, now: datetime) -> None:
    if one.cancelled_at is not None:
        return
    one.seat, one.cancelled_at = None, now
    db.session.flush()
    moved = move_up(row, here, now)
    _note(events.TrainingSeatLeft(moved_up=moved), row, here, actor, now)


@command
def mark_attendance(
    *, session_id: int, sign_up_id: int, attended: bool | None, actor: Actor, now: datetime
) -> None:
    """Note whether somebody on the list was there (None: take the mark back); from the day of the session on.

    Somebody who waited and came counts as well. The first „was there“ makes the certificate's code, which stays good as
    long as the mark does. The same mark twice is one act. Writes AttendanceMarked. Raises Refused, Missing,
    Closed("training_cancelled", "training_not_begun").
    """
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.TAKE_ATTENDANCE, town_id=here.town.id, status=here.status, thing=row)
    if row.cancelled_at is not None:
        raise Closed("training_cancelled")
    if not attendance_open(row, now):
        raise Closed("training_not_begun")
    one = queries.sign_up_in_session(row.id, sign_up_id)
    if one is None or one.cancelled_at is not None:
        raise Missing("no_such_page")
    if one.attended == attended:
        return
    one.attended, one.marked_at, one.marked_by = attended, now, actor.account_id
    if attended and one.certificate is None:
        one.certificate = new_code()
    _note(events.AttendanceMarked(sign_up=one.id, attended=attended), row, here, actor, now)


@command
def note_walk_in(
    *, session_id: int, first_name: str, surname: str, phone: str, actor: Actor, now: datetime
) -> int:
    """Somebody came who was not on the list: put down, and marked as there; gives the line's id.

    Somebody who is on the list (by the phone) is marked there. Writes AttendanceMarked. Raises as ``mark_attendance``
    and ``sign_up_for``.
    """
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.TAKE_ATTENDANCE, town_id=here.town.id, status=here.status, thing=row)
    if not attendance_open(row, now):
        raise Closed("training_not_begun")
    names = _names(first_name, surname)
    number, account, who = _by_phone(phone)
    one = queries.sign_up_of(row.id, who)
    if one is None or one.cancelled_at is not None:
        one = one or SignUp(session_id=row.id, person_hash=who)
        one.account_id = account.id if account else None
        one.queued_at, one.cancelled_at, one.signed_up_by = now, None, actor.account_id
        one.first_name_sealed, one.surname_sealed = seal(names[0]), seal(names[1])
        one.phone_sealed = seal(number) if number else None
        db.session.add(one)
        db.session.flush()
    mark_attendance(session_id=row.id, sign_up_id=one.id, attended=True, actor=actor, now=now)
    return one.id


def _by_phone(phone: str) -> tuple[str, Account | None, str]:
    """(number or "", its account, the person's hash) of what was typed. Raises Invalid on a number that is none."""
    number = normal_mobile(phone) if phone.strip() else ""
    account = account_by_phone(number) if number else None
    who = keyed_hash("phone", number) if number else f"paper {secrets.token_hex(16)}"
    return number, account, who


def attendance_open(row: TrainingSession, now: datetime) -> bool:
    """From an hour before the beginning on, since people come early."""
    return (row.begins_at - now).total_seconds() <= 3600


def new_code() -> str:
    """„K7QX-2M9P-4TRD“: 12 signs, about 59 bits, which nobody guesses."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(12))
    return "-".join(signs[i : i + 4] for i in range(0, 12, 4))


def _enter(session_id: int, action: Action, actor: Actor, now: datetime) -> tuple[TrainingSession, Here]:
    row = queries.session_for_update(session_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    if row.cancelled_at is not None:
        raise Closed("training_cancelled")
    if row.begins_at <= now:
        raise Closed("training_over")
    return row, here


def _names(first_name: str, surname: str) -> tuple[str, str]:
    found: list[Problem] = []
    names = {"first_name": clean_line(first_name), "surname": clean_line(surname)}
    for field, text in names.items():
        if not text:
            found.append(Problem("required", field))
        elif len(text) > NAME_LIMIT:
            found.append(Problem("too_long", field, {"limit": NAME_LIMIT}))
    if found:
        raise Problems(found)
    return names["first_name"], names["surname"]


def _note(act: Act, row: TrainingSession, here: Here, actor: Actor, now: datetime) -> None:
    record(act, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id)
