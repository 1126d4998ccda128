"""The steps of two people on the box: closing, explaining a change of the program, destroying the link key."""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, Invalid
from pb.cycles.commands_acts import MAX_REASON, MIN_REASON
from pb.cycles.queries import Here, here_by_id
from pb.db import command
from pb.policy import Action, Actor, authorise
from pb.voting import box_acts
from pb.voting.closing import close_now, destroy_now, finish_destroying, ready_to_destroy
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import BoxAct
from pb.voting.posting import catch_up, unexplained_code
from pb.voting.rounds import the_round

#: The steps that need no more than two people, and what each is allowed by.
ACTIONS = {"close": Action.CLOSE_BOX, "explain": Action.EXPLAIN_CODE, "destroy": Action.CLOSE_BOX}


def checked_reason(reason: str) -> str:
    """Raises Invalid on ``reason``: reason_too_short, too_long."""
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise Invalid("reason_too_short", field="reason", limit=MIN_REASON)
    if len(reason) > MAX_REASON:
        raise Invalid("too_long", field="reason", limit=MAX_REASON)
    return reason


@command
def propose_step(*, cycle_id: int, kind: str, reason: str = "", actor: Actor, now: datetime) -> int:
    """Propose to close, to explain the program as it runs now (with a ``reason``, published), or to destroy the
    link key; gives the id. What could not be done is not proposed.

    Writes BoxStepProposed (public). Raises Refused, Closed("wrong_phase" | "step_pending" | "step_done" | what the
    step would raise), Invalid on ``reason``.
    """
    here, row = _round(cycle_id, kind, actor, now)
    subject = _possible(row, kind)
    reason = checked_reason(reason) if kind == "explain" else ""
    return box_acts.propose(row, kind, here, actor, now, subject=subject, reason=reason).id


def decide_step(*, cycle_id: int, act_id: int, outcome: str, actor: Actor, now: datetime) -> BoxAct:
    """Approve (and thereby do), reject or withdraw such a step. ``outcome``: approved, rejected, withdrawn.

    Writes BoxStepDecided (public), and with an approval what the step writes. Raises Refused("own_step" |
    "not_your_step"), Closed("step_decided" | "step_expired" | "step_changed" | …).
    """
    act = _decide(cycle_id=cycle_id, act_id=act_id, outcome=outcome, actor=actor, now=now)
    finish_destroying()
    return act


@command
def _decide(*, cycle_id: int, act_id: int, outcome: str, actor: Actor, now: datetime) -> BoxAct:
    row = the_round(cycle_id, lock=True)
    act = box_acts.locked_act(row, act_id)
    if act.kind not in ACTIONS:
        raise Closed("step_other_way")
    here, row = _round(cycle_id, act.kind, actor, now)
    if outcome == "approved" and act.outcome is None and _possible(row, act.kind) != act.subject:
        raise Closed("step_changed")
    box_acts.decide(row, act, outcome, here, actor, now)
    if outcome == "approved":
        if act.kind == "close":
            close_now(row, here, actor, now)
        elif act.kind == "destroy":
            destroy_now(row, here, actor, now)
        else:
            catch_up(row, now)
    return act


def _round(cycle_id: int, kind: str, actor: Actor, now: datetime) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, ACTIONS[kind], town_id=here.town.id, status=here.status)
    return here, the_round(cycle_id, lock=True)


def _possible(row: VotingRound, kind: str) -> str:
    """What a step is about as things stand; raises where it cannot be done."""
    if kind == "close":
        if row.closed_at is not None:
            raise Closed("step_done")
        if unexplained_code(row):
            raise Closed("code_unexplained")
        return ""
    if kind == "destroy":
        if row.destroyed_at is not None:
            raise Closed("step_done")
        ready_to_destroy(row)
        return ""
    changed = unexplained_code(row)
    if changed is None:
        raise Closed("nothing_to_explain")
    return " ".join(changed)
