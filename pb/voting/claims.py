"""Claims to the roll: handed in by a citizen, decided by an officer with a reason, applied at the roll's approval."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.accounts.queries import phone_of
from pb.audit.log import record
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing
from pb.core.georgian import TBILISI, normal_mobile, normal_personal_number
from pb.core.phases import Phase
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.messages.commands import send_sms
from pb.policy import Action, Actor, authorise
from pb.voting.events_people import ClaimDecided, ClaimHandedIn, ClaimRead
from pb.voting.models_claims import RollClaim
from pb.voting.models_people import Roll, RollEntry
from pb.voting.people import PHONE, person_of
from pb.voting.phones import tell_old_phone
from pb.voting.roll_rows import VERY_OLD, years_before

MOST = 5  # claims of one account
SHORTEST_REASON = 10
SMS = {
    "accepted": "თქვენი განცხადება ამომრჩეველთა სიის შესახებ დაკმაყოფილდა.",
    "refused": "განცხადება ამომრჩეველთა სიის შესახებ არ დაკმაყოფილდა: იხილეთ საიტი.",
}


def claims_until(cycle_id: int, here: Here) -> datetime | None:
    """Until when an imported roll lies open to claims; None before the first import."""
    first = db.session.scalar(
        select(func.min(Roll.finished_at)).where(
            Roll.cycle_id == cycle_id, Roll.kind == "import", Roll.failed == ""
        )
    )
    return first + timedelta(days=here.rules.voters.claim_days) if first else None


def open_claims(cycle_id: int) -> int:
    """How many wait for a decision."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RollClaim)
            .where(RollClaim.cycle_id == cycle_id, RollClaim.state == "open")
        )
        or 0
    )


def claims_of(cycle_id: int, author_id: int | None = None) -> list[RollClaim]:
    """All claims, the open ones first and the oldest of them on top; or those of one author."""
    own = [RollClaim.author_id == author_id] if author_id is not None else []
    return list(
        db.session.scalars(
            select(RollClaim)
            .where(RollClaim.cycle_id == cycle_id, *own)
            .order_by(RollClaim.state != "open", RollClaim.handed_in_at, RollClaim.id)
        )
    )


def claim_of(cycle_id: int, claim_id: int) -> RollClaim | None:
    """A claim of this contest."""
    return db.session.scalars(
        select(RollClaim).where(RollClaim.cycle_id == cycle_id, RollClaim.id == claim_id)
    ).one_or_none()


@command
def hand_in_claim(
    *, cycle_id: int, kind: str, number: str, name: str, born: date, unit_id: int, address: str, mobile: str,
    actor: Actor, now: datetime,
) -> int:  # fmt: skip
    """Say that somebody is missing on the roll, or that a mobile number is wrong; give the claim's id.

    Possible until the roll is approved. Writes a RollClaim and ClaimHandedIn. Raises Refused,
    Closed("wrong_phase" | "roll_in_force" | "no_voting"), Invalid on ``number``: bad_personal_number; on
    ``born``: claim_under_age, claim_bad_date; on ``mobile``: bad_mobile; on ``kind``: too_many_claims.
    """
    here = here_by_id(cycle_id, now=now, lock=True)  # as the approval: none comes in behind it
    authorise(actor, Action.CLAIM_ROLL, town_id=here.town.id, status=here.status)
    if here.calendar is None or Phase.VOTING not in here.calendar.starts:
        raise Closed("no_voting")
    if db.session.scalar(select(Roll.id).where(Roll.cycle_id == cycle_id, Roll.approved_at.is_not(None))):
        raise Closed("roll_in_force")
    assert actor.account_id is not None
    if len(claims_of(cycle_id, actor.account_id)) >= MOST:
        raise Invalid("too_many_claims", field="kind", most=MOST)
    person = person_of(number)
    day = here.calendar.starts[Phase.VOTING].astimezone(TBILISI).date()
    if born > years_before(day, here.rules.min_age_vote):
        raise Invalid("claim_under_age", field="born", age=here.rules.min_age_vote)
    phone = _mobile(mobile) if mobile.strip() else ""
    told = {
        "number": normal_personal_number(number),
        "name": name,
        "born": born.isoformat(),
        "address": address,
        "mobile": phone,
    }
    claim = RollClaim(
        cycle_id=cycle_id, author_id=actor.account_id, kind=kind, handed_in_at=now, unit_id=unit_id,
        told_sealed=seal(json.dumps(told, ensure_ascii=False)), person_hash=person,
        phone_sealed=seal(phone) if phone else None, phone_hash=keyed_hash(PHONE, phone) if phone else None,
        very_old=born <= years_before(day, VERY_OLD),
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()
    record(
        ClaimHandedIn(f"claim_{kind}"),
        subject_id=claim.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return claim.id


def _mobile(typed: str) -> str:
    try:
        return normal_mobile(typed)
    except Invalid as error:
        raise Invalid(error.code, field="mobile") from None


@command
def read_claim(*, claim_id: int, reason: str, actor: Actor, now: datetime) -> dict[str, str]:
    """What the claimant typed: number, name, born, address, mobile. Written into the log, with the reason, before it is
    shown.

    Raises Refused, Closed("claim_decided"), Invalid("reason_short") on ``reason``.
    """
    claim, here = _locked(claim_id, now)
    authorise(actor, Action.READ_CLAIM, town_id=here.town.id, status=here.status, thing=claim)
    reason = _reason(reason)
    if claim.told_sealed is None:
        raise Closed("claim_decided")
    record(
        ClaimRead(reason),
        subject_id=claim.id,
        by=actor,
        at=now,
        town_id=here.town.id,
        cycle_id=claim.cycle_id,
    )
    told: dict[str, str] = json.loads(unseal(claim.told_sealed))
    return told


@command
def decide_claim(*, claim_id: int, accept: bool, reason: str, actor: Actor, now: datetime) -> None:
    """Accept or refuse a claim with a reason that its author reads; what was typed is erased.

    Only who has read what was typed decides: the log says so. Tells the author by text message. Writes ClaimDecided.
    Raises Refused, Closed("wrong_phase" | "claim_decided" | "roll_in_force"), Invalid("reason_short") on ``reason``,
    Invalid("claim_unread") on ``outcome``.
    """
    claim, here = _locked(claim_id, now)
    authorise(actor, Action.DECIDE_CLAIM, town_id=here.town.id, status=here.status, thing=claim)
    if claim.state != "open":
        raise Closed("claim_decided")
    if not has_read(claim, actor):
        raise Invalid("claim_unread", field="outcome")
    claim.reason = _reason(reason)
    claim.state = "accepted" if accept else "refused"
    claim.decided_at, claim.decided_by, claim.told_sealed = now, actor.account_id, None
    if not accept:
        _forget(claim)
    phone = phone_of(claim.author_id)
    if phone:
        send_sms(kind="claim_decided", address=phone, body=SMS[claim.state], now=now, payer=here.payer)
    record(
        ClaimDecided(claim.state, claim.reason),
        subject_id=claim.id, by=actor, at=now, town_id=here.town.id, cycle_id=claim.cycle_id,
    )  # fmt: skip


def has_read(claim: RollClaim, actor: Actor) -> bool:
    """Whether the log says that this person has read what the claimant typed."""
    read = select(Event.id).where(
        Event.subject == ClaimRead.subject, Event.subject_id == claim.id,
        Event.kind == ClaimRead.__name__, Event.actor_id == actor.account_id,
    )  # fmt: skip
    return db.session.scalar(read.limit(1)) is not None


def apply_claims(roll: Roll, here: Here, now: datetime) -> int:
    """Bring what was accepted into a roll, within the command that approves it; gives the number of claims.

    Whoever was said to be missing and is on the roll stays there as the roll has it: nobody's phone is changed by
    that. A number that a claim replaces is told. The caller works out size and fingerprint anew. Nothing of the
    people is left in the claims.
    """
    claims = db.session.scalars(
        select(RollClaim)
        .where(RollClaim.cycle_id == roll.cycle_id, RollClaim.state == "accepted")
        .order_by(RollClaim.decided_at, RollClaim.id)
    ).all()
    for claim in claims:
        entry = db.session.scalars(
            select(RollEntry).where(RollEntry.roll_id == roll.id, RollEntry.person_hash == claim.person_hash)
        ).one_or_none()
        if entry is None and claim.kind == "missing":
            db.session.add(
                RollEntry(
                    roll_id=roll.id, person_hash=claim.person_hash, unit_id=claim.unit_id,
                    very_old=claim.very_old, phone_sealed=claim.phone_sealed, phone_hash=claim.phone_hash,
                )
            )  # fmt: skip
        elif entry is not None and claim.kind == "phone" and claim.phone_sealed is not None:
            if entry.phone_sealed is not None and entry.phone_hash != claim.phone_hash:
                tell_old_phone(entry.phone_sealed, from_=now, here=here, now=now)
            entry.phone_sealed, entry.phone_hash = claim.phone_sealed, claim.phone_hash
        db.session.flush()
        claim.state = "applied"
        _forget(claim)
    return len(claims)


def erase_claims(cycle_id: int) -> None:
    """Erase every claim of a contest, within the command that erases the roll."""
    db.session.execute(delete(RollClaim).where(RollClaim.cycle_id == cycle_id))


def _forget(claim: RollClaim) -> None:
    claim.person_hash, claim.phone_sealed, claim.phone_hash, claim.very_old = "", None, None, False


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise Invalid("reason_short", field="reason", least=SHORTEST_REASON)
    return reason


def _locked(claim_id: int, now: datetime) -> tuple[RollClaim, Here]:
    claim = db.session.get(RollClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise Missing("no_such_page")
    return claim, here_by_id(claim.cycle_id, now=now)
