"""Minority opinions, fixing the minutes, and their signed scan. Each is one transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pb.core.canonical import canonical_json
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.ideas.documents import Document
from pb.policy import Action, Actor
from pb.review import minutes, queries_commission
from pb.review import queries_session as queries
from pb.review.chairing import enter
from pb.review.events_session import MinutesFixed, OpinionStated, SignedMinutesAdded
from pb.review.models_minutes import MinorityOpinion, Minutes, MinutesScan
from pb.review.models_session import AgendaItem
from pb.review.snapshots import note

OPINION_MIN, OPINION_MAX = 30, 5000
NUMBER_MAX, REMARKS_MAX = 100, 5000


@command
def state_opinion(*, item_id: int, words: str, actor: Actor, now: datetime) -> int:
    """A member's minority opinion on an item, for the minutes; gives its id. The newest one of a member counts.

    Only a voting member who took part in the item states one, until the minutes are fixed. The same words twice are
    one act. Writes OpinionStated. Raises Missing, Refused("recused", "not_in_the_turn"), Closed("minutes_fixed"),
    Invalid on "words".
    """
    item = db.session.get(AgendaItem, item_id)
    if item is None:
        raise Missing("no_such_page")
    sitting, here = enter(item.sitting_id, Action.STATE_OPINION, actor, now)
    assert actor.account_id is not None
    if sitting.id in queries.minutes_of(here.the_cycle.id):
        raise Closed("minutes_fixed")
    if item.project_id is not None and queries_commission.panel_of(here).kind(
        actor.account_id, item.project_id
    ):
        raise Refused("recused")
    turn_ids = [turn.id for turn in queries.turns(sitting.id) if turn.item_id == item.id]
    rows = [found.get(actor.account_id) for found in queries.turn_members(turn_ids).values()]
    if not any(row is not None and not row.recused for row in rows):
        raise Refused("not_in_the_turn")
    words = clean_text(words)
    if len(words) < OPINION_MIN:
        raise Invalid("too_short", field="words", limit=OPINION_MIN)
    if len(words) > OPINION_MAX:
        raise Invalid("too_long", field="words", limit=OPINION_MAX)
    last = queries.opinions([item.id]).get(item.id, {}).get(actor.account_id)
    if last is not None and last.words == words:
        return last.id
    row = MinorityOpinion(item_id=item.id, account_id=actor.account_id, words=words, at=now)
    db.session.add(row)
    db.session.flush()
    note(OpinionStated(session=sitting.number, item=item.position), here, sitting.id, actor, now)
    return row.id


@command
def fix_minutes(*, sitting_id: int, number: str, actor: Actor, now: datetime, remarks: str = "") -> str:
    """Fix the minutes of a closed session as they are to be signed; gives their fingerprint. Twice is one act.

    ``number``: in the register of the municipality. ``remarks``: what the secretary adds in words. Writes
    MinutesFixed. Raises Missing, Refused, Closed("session_not_closed"), Invalid on "number", "remarks".
    """
    sitting, here = enter(sitting_id, Action.KEEP_MINUTES, actor, now)
    assert actor.account_id is not None
    fixed = db.session.get(Minutes, sitting_id)
    if fixed is not None:
        return fixed.fingerprint
    if sitting.closed_at is None:
        raise Closed("session_not_closed")
    number, remarks = " ".join(clean_text(number).split()), clean_text(remarks)
    if not number:
        raise Invalid("register_missing", field="number")
    for name, words, limit in (("number", number, NUMBER_MAX), ("remarks", remarks, REMARKS_MAX)):
        if len(words) > limit:
            raise Invalid("too_long", field=name, limit=limit)
    data = canonical_json(minutes.draft(here, sitting, number=number, remarks=remarks))
    fingerprint = hashlib.sha256(data).hexdigest()
    db.session.add(
        Minutes(
            sitting_id=sitting_id,
            number=number,
            document=data.decode(),
            fingerprint=fingerprint,
            at=now,
            by=actor.account_id,
        )
    )
    db.session.flush()
    event = MinutesFixed(session=sitting.number, register=number, fingerprint=fingerprint)
    note(event, here, sitting.id, actor, now)
    return fingerprint


@command
def add_scan(*, sitting_id: int, document: Document, actor: Actor, now: datetime) -> int:
    """Put the signed minutes beside the fixed ones; gives the scan's id. The newest is shown, all are kept; the same
    file twice is one act. Writes SignedMinutesAdded. Raises Missing, Refused, Closed("minutes_not_fixed").
    """
    sitting, here = enter(sitting_id, Action.KEEP_MINUTES, actor, now)
    assert actor.account_id is not None
    if db.session.get(Minutes, sitting_id) is None:
        raise Closed("minutes_not_fixed")
    last = queries.scans_of(here.the_cycle.id).get(sitting_id)
    if last is not None and last.fingerprint == document.fingerprint:
        return last.id
    row = MinutesScan(
        sitting_id=sitting_id,
        name=document.name,
        data=document.data,
        size=len(document.data),
        fingerprint=document.fingerprint,
        at=now,
        by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    event = SignedMinutesAdded(session=sitting.number, fingerprint=document.fingerprint)
    note(event, here, sitting.id, actor, now)
    return row.id
