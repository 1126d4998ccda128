"""Acts of the calibration round: choose its two projects, hand in a sheet. Nothing here counts in a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.core.errors import Closed, Invalid, Missing, Problem, Problems, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.review import queries_calibration as queries
from pb.review import queries_seats
from pb.review.events_panel import CalibrationArranged, CalibrationSheetHandedIn
from pb.review.models_panel import CalibrationProject, CalibrationSheet
from pb.review.snapshots import lock_commission, note

REASON_MAX = 1000


def _enter(cycle_id: int, action: Action, actor: Actor, now: datetime) -> Here:
    """The cycle, while its scoring has not begun."""
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    assert here.calendar is not None
    if now >= here.calendar.window("scoring").opens:
        raise Closed("calibration_over")
    return here


@command
def arrange(*, cycle_id: int, first: int, second: int, actor: Actor, now: datetime) -> None:
    """Choose the two projects (ids) of former years. It is done once.

    Writes CalibrationArranged. Raises Refused; Closed("calibration_over") once the scoring has begun,
    Closed("calibration_arranged"); Invalid("not_former", "same_twice" on "first" or "second").
    """
    here = _enter(cycle_id, Action.ARRANGE_CALIBRATION, actor, now)
    assert actor.account_id is not None
    if queries.chosen(cycle_id):
        raise Closed("calibration_arranged")
    offered = {project.id: project for project in queries.former_projects(here)}
    for name, project_id in (("first", first), ("second", second)):
        if project_id not in offered:
            raise Invalid("not_former", field=name)
    if first == second:
        raise Invalid("same_twice", field="second")
    for place, project_id in enumerate((first, second), start=1):
        db.session.add(
            CalibrationProject(
                cycle_id=cycle_id, place=place, project_id=project_id, chosen_by=actor.account_id,
                chosen_at=now,
            )
        )  # fmt: skip
    db.session.flush()
    said = [f"{offered[p].cycle.year}-{offered[p].number}" for p in (first, second)]
    note(CalibrationArranged(first=said[0], second=said[1]), here, cycle_id, actor, now)


@command
def hand_in(
    *,
    cycle_id: int,
    place: int,
    levels: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
) -> int:
    """A member's levels on one of the two projects; gives the sheet's id. Handing in again is one act.

    Only then does the member see how the others' levels spread. Writes CalibrationSheetHandedIn. Raises Refused
    (also "no_seat"), Missing, Closed("calibration_over"), Problems with fields "<criterion>.value" and
    "<criterion>.reason".
    """
    here = _enter(cycle_id, Action.CALIBRATE, actor, now)
    assert actor.account_id is not None
    seat = queries_seats.seat_of(cycle_id, actor.account_id)
    if seat is None or seat.function not in (*queries_seats.VOTING, "substitute"):
        raise Refused("no_seat")
    row = next((found for found in queries.chosen(cycle_id) if found.place == place), None)
    if row is None:
        raise Missing("no_such_page")
    before = queries.own_sheet(row.id, actor.account_id)
    if before is not None:
        return before.id
    words = {key: str(text or "").replace("\r\n", "\n").strip() for key, text in (reasons or {}).items()}
    found: list[Problem] = []
    for criterion in here.rules.rubric.criteria:
        value = levels.get(criterion.id)
        if value is None:
            found.append(Problem("missing_line", f"{criterion.id}.value"))
        elif type(value) is not int or not criterion.low <= value <= criterion.high:
            params = {"low": criterion.low, "high": criterion.high}
            found.append(Problem("out_of_scale", f"{criterion.id}.value", params))
        if len(words.get(criterion.id, "")) > REASON_MAX:
            found.append(Problem("too_long", f"{criterion.id}.reason", {"limit": REASON_MAX}))
    if found:
        raise Problems(found)
    known = [criterion.id for criterion in here.rules.rubric.criteria]
    sheet = CalibrationSheet(
        calibration_id=row.id,
        member_id=actor.account_id,
        levels={key: levels[key] for key in known},
        reasons={key: words[key] for key in known if words.get(key)},
        at=now,
    )
    db.session.add(sheet)
    db.session.flush()
    note(CalibrationSheetHandedIn(place=place), here, cycle_id, actor, now)
    return sheet.id
