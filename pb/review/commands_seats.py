"""Acts on the commission's composition: appoint, end a seat, call a substitute in. Each is one transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from pb.accounts import queries as accounts
from pb.accounts.commands_staff import grant_role
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, Role, authorise
from pb.review import queries_ranking
from pb.review import queries_seats as queries
from pb.review.assigning import refill
from pb.review.events_panel import SeatFilled, SeatVacated, SubstituteCalled
from pb.review.models_panel import Seat, SubstituteCall
from pb.review.presiding import require_presiding
from pb.review.snapshots import lock_commission, note, recompute

ACT_MAX = 60
REASON_MIN, REASON_MAX = 10, 500


def _enter(cycle_id: int, action: Action, actor: Actor, now: datetime) -> Here:
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    return here


@command
def appoint(
    *,
    cycle_id: int,
    account_id: int,
    function: str,
    represents: str,
    act_number: str,
    act_date: date | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Seat one of the town's staff on the commission by an act; gives the seat's id.

    Gives the role in the town that the seat needs, when it is not held. Writes SeatFilled (and RoleGranted).
    Raises Refused; Closed("scores_opened") for a seat that scores, once the scores are open; Problems and Invalid on
    "account", "function" ("seat_taken": there is one chair and one vice-chair), "represents", "act_number",
    "act_date" ("act_in_future").
    """
    here = _enter(cycle_id, Action.APPOINT_COMMISSION, actor, now)
    act_number = " ".join(act_number.split())
    found = list(_problems(function, represents, act_number, act_date, now))
    account = accounts.account_by_id(account_id)
    if account is None or not accounts.actor_of(account).has(here.town.id, *Role):
        found.append(Problem("not_staff", "account"))
    if found or act_date is None:
        raise Problems(found)
    if function in (*queries.VOTING, "substitute") and queries_ranking.is_open(cycle_id):
        raise Closed("scores_opened_composition")
    if queries.seat_of(cycle_id, account_id) is not None:
        raise Invalid("seated_already", field="account")
    if function in ("chair", "vice_chair") and queries.seats(cycle_id, function):
        raise Invalid("seat_taken", field="function")
    seat = Seat(
        cycle_id=cycle_id,
        account_id=account_id,
        function=function,
        represents=represents,
        act_number=act_number,
        act_date=act_date,
        appointed_at=now,
        appointed_by=actor.account_id,
    )
    db.session.add(seat)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid("seat_taken", field="function") from error
    role = queries.ROLE_OF[function]
    if not accounts.holds(account_id, here.town.id, role):
        grant_role(town_id=here.town.id, account_id=account_id, role=role, actor=actor, now=now)
    act = f"{act_number}, {act_date.isoformat()}"
    note(
        SeatFilled(function=f"seat_{function}", represents=f"side_{represents}", act=act),
        here,
        seat.id,
        actor,
        now,
    )
    return seat.id


def _problems(
    function: str, represents: str, act_number: str, act_date: date | None, now: datetime
) -> list[Problem]:
    found = []
    if function not in queries.FUNCTIONS:
        found.append(Problem("not_a_choice", "function", {"value": function}))
    if represents not in queries.REPRESENTS:
        found.append(Problem("not_a_choice", "represents", {"value": represents}))
    if not act_number:
        found.append(Problem("required", "act_number"))
    if len(act_number) > ACT_MAX:
        found.append(Problem("too_long", "act_number", {"limit": ACT_MAX}))
    if act_date is None:
        found.append(Problem("required", "act_date"))
    elif act_date > now.astimezone(TBILISI).date():
        found.append(Problem("act_in_future", "act_date"))
    return found


def _reason(words: str) -> str:
    words = " ".join(words.split())
    if len(words) < REASON_MIN:
        raise Invalid("reason_too_short", field="reason", limit=REASON_MIN)
    if len(words) > REASON_MAX:
        raise Invalid("too_long", field="reason", limit=REASON_MAX)
    return words


@command
def end_seat(*, seat_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """End a seat; whoever held it scores no more. Sheets that were submitted stay and count.

    Writes SeatVacated (MembersDrawn where members were drawn, and RankingRecomputed once the scores are open).
    Raises Missing, Refused, Invalid on ``reason``.
    """
    seat = queries.seat_for_update(seat_id)
    here = _enter(seat.cycle_id, Action.APPOINT_COMMISSION, actor, now)
    if seat.ended_at is not None:
        raise Missing("no_such_page")
    seat.ended_at, seat.end_reason = now, _reason(reason)
    db.session.flush()
    note(SeatVacated(function=f"seat_{seat.function}", reason=seat.end_reason), here, seat.id, actor, now)
    if queries_ranking.publication(here.the_cycle.id) is not None:
        return  # what was published stays as it is
    if not queries_ranking.is_open(here.the_cycle.id):
        refill(here, actor, now)
    recompute(here, actor, now)


@command
def call_substitute(*, seat_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Call a substitute in for the rest of the review. Calling twice is one act.

    Without a call substitutes step in, in their order, only on projects that recusals leave with fewer members than
    the smallest quorum. Writes SubstituteCalled. Raises Missing, Refused("not_presiding"), Closed("scores_opened"),
    Invalid on ``reason``.
    """
    seat = queries.seat_for_update(seat_id)
    here = _enter(seat.cycle_id, Action.CALL_SUBSTITUTE, actor, now)
    require_presiding(here, actor)
    if seat.ended_at is not None or seat.function != "substitute":
        raise Missing("no_such_page")
    if seat.id in queries.calls(seat.cycle_id):
        return
    if queries_ranking.is_open(seat.cycle_id):
        raise Closed("scores_opened_composition")
    words = _reason(reason)
    assert actor.account_id is not None
    db.session.add(SubstituteCall(seat_id=seat.id, reason=words, at=now, by=actor.account_id))
    db.session.flush()
    note(SubstituteCalled(reason=words), here, seat.id, actor, now)
