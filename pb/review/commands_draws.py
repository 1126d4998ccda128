"""Draws that anybody can replay: who scores what, and the lot between equal projects. Each act is one transaction."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from pb.core.errors import Closed, Invalid, Missing
from pb.core.lots import clean_seed, list_fingerprint
from pb.core.workdays import TBILISI
from pb.db import command, db
from pb.policy import Action, Actor
from pb.review import queries_commission, queries_ranking, queries_scoring
from pb.review.assigning import draw_members
from pb.review.commands_scoring import enter
from pb.review.events_scoring import LotFixed, LotNumberEntered, LotWasDrawn
from pb.review.models_scoring import LotDrawn, LotEntry, TieLot
from pb.review.snapshots import note, recompute

SEED_MIN, SEED_MAX = 4, 80
SOURCE_MIN, SOURCE_MAX = 10, 200


@command
def assign_members(*, cycle_id: int, seed: str, actor: Actor, now: datetime) -> None:
    """Draw who scores which project from a seed that is published; again, as long as nobody has begun a sheet.

    Later only vacant places are filled, by themselves, after each recusal. Writes MembersDrawn. Raises Refused,
    Closed("nothing_drawn" | "nothing_to_score" | "sheets_begun"), Invalid on ``seed``.
    """
    here = enter(cycle_id, Action.DRAW_MEMBERS, actor, now)
    if not here.rules.scoring.members_per_project:
        raise Closed("nothing_drawn")
    if not queries_commission.scored_projects(here):
        raise Closed("nothing_to_score")
    if queries_commission.handed_in(cycle_id) or queries_commission.sheets_begun(cycle_id):
        raise Closed("sheets_begun")
    seed = " ".join(seed.split())
    if len(seed) < SEED_MIN:
        raise Invalid("too_short", field="seed", limit=SEED_MIN)
    if len(seed) > SEED_MAX:
        raise Invalid("too_long", field="seed", limit=SEED_MAX)
    draw_members(here, seed, {}, actor, now)


@command
def fix_lot(*, cycle_id: int, source: str, source_on: date | None, actor: Actor, now: datetime) -> int:
    """Fix the list of the projects that share a rank, and name the public number that will draw; gives the lot's id.

    The number must become known on a later day than this, so that nobody who fixes the list knows it. The log gets the
    list's salted fingerprint at once. Writes LotFixed. Raises Refused, Closed("scores_sealed" | "decisions_published"
    | "nothing_tied" | "lot_pending"), Invalid on ``source`` and ``source_on``.
    """
    here = enter(cycle_id, Action.DRAW_LOT, actor, now)
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    if snapshot is None:
        raise Closed("scores_sealed")
    if queries_ranking.publication(cycle_id) is not None:
        raise Closed("decisions_published")
    tied = sorted(n for n, entry in queries_ranking.entries_of(snapshot).items() if entry["tied_with"])
    if not tied:
        raise Closed("nothing_tied")
    before = queries_scoring.lots(cycle_id)
    if before and before[-1].drawn is None:
        raise Closed("lot_pending")
    source = " ".join(source.split())
    if len(source) < SOURCE_MIN:
        raise Invalid("too_short", field="source", limit=SOURCE_MIN)
    if len(source) > SOURCE_MAX:
        raise Invalid("too_long", field="source", limit=SOURCE_MAX)
    if source_on is None:
        raise Invalid("required", field="source_on")
    if source_on <= now.astimezone(TBILISI).date():
        raise Invalid("number_not_later", field="source_on")
    salt = secrets.token_hex(16)
    assert actor.account_id is not None
    row = TieLot(
        cycle_id=cycle_id, number=len(before) + 1, snapshot_id=snapshot.id, projects=tied, salt=salt,
        fingerprint=list_fingerprint(tied, salt), source=source, source_on=source_on, by=actor.account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    event = LotFixed(row.number, row.fingerprint, source, source_on.isoformat())
    note(event, here, cycle_id, actor, now)
    return row.id


@command
def enter_lot_number(*, lot_id: int, number: str, actor: Actor, now: datetime) -> bool:
    """Enter the public number of a lot; True when with it the lot was drawn. Who mistyped enters it again.

    The lot is drawn as soon as two persons have entered the same, and the ranking is computed anew with it. Writes
    LotNumberEntered, LotWasDrawn, RankingRecomputed. Raises Missing, Refused, Closed("lot_drawn" |
    "decisions_published"), Invalid("not_a_public_number" | "number_not_yet") on "seed".
    """
    lot = db.session.get(TieLot, lot_id)
    if lot is None:
        raise Missing("no_such_page")
    here = enter(lot.cycle_id, Action.DRAW_LOT, actor, now)
    found = next((one for one in queries_scoring.lots(lot.cycle_id) if one.lot.id == lot_id), None)
    assert found is not None
    if found.drawn is not None:
        raise Closed("lot_drawn")
    if queries_ranking.publication(lot.cycle_id) is not None:
        raise Closed("decisions_published")
    if now.astimezone(TBILISI).date() < lot.source_on:
        raise Invalid("number_not_yet", field="seed", on=lot.source_on)
    seed = clean_seed(number)
    assert actor.account_id is not None
    own = next((entry for entry, _ in found.entries if entry.by == actor.account_id), None)
    if own is None or own.seed != seed:
        db.session.add(LotEntry(lot_id=lot_id, seed=seed, by=actor.account_id, at=now))
        db.session.flush()
        note(LotNumberEntered(lot=lot.number), here, lot.cycle_id, actor, now)
    same = [e for e, _ in found.entries if e.by != actor.account_id and e.seed == seed]
    if not same:
        return False
    db.session.add(
        LotDrawn(lot_id=lot_id, seed=seed, first_by=same[0].by, second_by=actor.account_id, at=now)
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Closed("lot_drawn") from error
    note(LotWasDrawn(lot=lot.number, seed=seed), here, lot.cycle_id, actor, now)
    recompute(here, actor, now)
    return True
