"""Acts of two persons on a published cycle: extend, pause, resume, halt. One proposes with a reason,
another decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.core.phases import ORDER, Calendar, Phase, Status
from pb.cycles import events, queries
from pb.cycles.models import CycleAct
from pb.cycles.queries import Here
from pb.cycles.versions import add_calendar
from pb.db import command, db
from pb.policy import Action, Actor, authorise

KINDS = ("extend", "pause", "resume", "halt")
MIN_REASON = 20  # characters
MAX_REASON = 1000


@command
def propose_act(
    *,
    cycle_id: int,
    kind: str,
    reason: str,
    phase: Phase | None = None,
    until: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Propose an act on the cycle; gives its id. ``phase`` and ``until`` (UTC) for an extension. Writes
    ActProposed.

    Raises Refused, Closed("not_published" | "act_pending" | "not_stoppable" | "phase_over" | ...), Invalid,
    Problems
    when the extended calendar would break the terms.
    """
    here = queries.here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.PROPOSE_ACT, town_id=here.town.id)
    if here.the_cycle.published_at is None:
        raise Closed("not_published")
    if kind not in KINDS:
        raise Invalid("not_a_choice", field="kind", value=kind)
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise Invalid("reason_too_short", field="reason", limit=MIN_REASON)
    if len(reason) > MAX_REASON:
        raise Invalid("too_long", field="reason", limit=MAX_REASON)
    if queries.pending_act(cycle_id) is not None:
        raise Closed("act_pending")
    payload: dict[str, Any] = {}
    if kind == "extend":
        if phase is None:
            raise Invalid("required", field="phase")
        if until is None:
            raise Invalid("required", field="until")
        payload = {"phase": phase.value, "until": until.astimezone(UTC).isoformat()}
    _outcome(here, kind, payload, now)  # what could not be approved is not proposed
    act = CycleAct(
        cycle_id=cycle_id,
        kind=kind,
        payload=payload,
        reason=reason,
        proposed_by=actor.account_id,
        proposed_at=now,
        outcome=None,
    )
    db.session.add(act)
    try:
        db.session.flush()
    except IntegrityError as error:  # the index that allows one open act of a cycle
        raise Closed("act_pending") from error
    event = events.ActProposed(kind, reason, payload.get("phase", ""), payload.get("until", ""))
    _log(event, act, here, actor, now)
    return act.id


@command
def decide_act(*, act_id: int, approve: bool, actor: Actor, now: datetime) -> None:
    """Approve or reject a proposed act. An approved extension makes a new calendar version.

    Writes ActApproved (and CalendarSaved) or ActRejected. Raises Refused("own_act"), Closed("act_decided")
    and, when
    the act is no longer possible, what ``propose_act`` would raise.
    """
    act, here = _act(act_id, now)
    authorise(actor, Action.APPROVE_ACT, town_id=here.town.id)
    if act.outcome is not None:
        raise Closed("act_decided")
    if act.proposed_by == actor.account_id:
        raise Refused("own_act")
    version = None
    if approve:
        calendar = _outcome(here, act.kind, act.payload, now)
        if calendar is not None:
            version = add_calendar(here.the_cycle, calendar, act.reason, actor, now)
    act.outcome = "approved" if approve else "rejected"
    act.decided_by, act.decided_at = actor.account_id, now
    event = events.ActApproved(act.kind, act.reason, version) if approve else events.ActRejected(act.kind)
    _log(event, act, here, actor, now)


@command
def withdraw_act(*, act_id: int, actor: Actor, now: datetime) -> None:
    """Take back an own proposal that nobody has decided. Writes ActWithdrawn. Raises Refused, Closed."""
    act, here = _act(act_id, now)
    authorise(actor, Action.PROPOSE_ACT, town_id=here.town.id)
    if act.outcome is not None:
        raise Closed("act_decided")
    if act.proposed_by != actor.account_id:
        raise Refused("not_your_act")
    act.outcome, act.decided_by, act.decided_at = "withdrawn", actor.account_id, now
    _log(events.ActWithdrawn(act.kind), act, here, actor, now)


def _act(act_id: int, now: datetime) -> tuple[CycleAct, Here]:
    act = queries.act_by_id(act_id)
    if act is None:
        raise Missing("no_such_page")
    here = queries.here_by_id(act.cycle_id, now=now, lock=True)
    db.session.refresh(act)  # as it is now that the cycle is ours
    return act, here


def _outcome(here: Here, kind: str, payload: Mapping[str, Any], now: datetime) -> Calendar | None:
    """The calendar that an extension leads to, None for the other acts; raises when the act is not
    possible.
    """
    status, calendar = here.status, here.calendar
    if status is None or calendar is None or status.halted or status.over:
        raise Closed("cycle_stopped")
    if kind == "extend":
        return _extended(
            here, status, calendar, Phase(payload["phase"]), datetime.fromisoformat(payload["until"]), now
        )
    if (kind == "pause" and status.paused) or (kind == "resume" and not status.paused):
        raise Closed("already_so", field="kind", kind=kind)
    return None


def _extended(
    here: Here, status: Status, calendar: Calendar, phase: Phase, until: datetime, now: datetime
) -> Calendar:
    if phase not in extendable(status, calendar):
        raise Closed("phase_over", field="phase", phase=phase)
    if until <= now:
        raise Invalid("until_is_past", field="until")
    new = calendar.extended(phase, until)
    days = here.rules.objection_days
    old_faults = set(map(repr, calendar.problems(days)))
    problems = [problem for problem in new.problems(days) if repr(problem) not in old_faults]
    if problems:
        raise Problems(problems)
    return new


def extendable(status: Status, calendar: Calendar) -> tuple[Phase, ...]:
    """The phases whose end may be moved: the present and later ones, and the last one while a gate is
    missing.
    """
    first = ORDER.index(status.phase)
    if status.waiting_for:
        before = [phase for phase in calendar.phases if ORDER.index(phase) < first]
        first = ORDER.index(before[-1]) if before else first
    return tuple(phase for phase in calendar.phases if ORDER.index(phase) >= first)


def _log(event: events.Act, act: CycleAct, here: Here, actor: Actor, now: datetime) -> None:
    record(event, subject_id=act.id, by=actor, at=now, town_id=here.town.id, cycle_id=act.cycle_id)
