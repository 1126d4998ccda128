"""The steps of two people on the box: closing, explaining a change of the program, giving a case up, counting a
centre's papers anew, destroying the link key.
"""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, Invalid
from pb.core.whole import whole_number
from pb.cycles.commands_acts import MAX_REASON, MIN_REASON
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.voting import box_acts
from pb.voting.closing import close_now, destroy_now, finish_destroying, ready_to_destroy
from pb.voting.models import VotingRound
from pb.voting.models_ceremony import BoxAct, VoidCase
from pb.voting.posting import catch_up, unexplained_code
from pb.voting.reopening import reopen_protocol, signed_centre
from pb.voting.rounds import the_round

#: The steps that need no more than two people, and what each is allowed by.
ACTIONS = {
    "close": Action.CLOSE_BOX,
    "explain": Action.EXPLAIN_CODE,
    "keep": Action.VOID_BALLOT,
    "reopen": Action.CLOSE_BOX,
    "destroy": Action.CLOSE_BOX,
}
#: Those with a reason, which is published.
REASONED = ("explain", "keep", "reopen")


def checked_reason(reason: str) -> str:
    """Raises Invalid on ``reason``: reason_too_short, too_long."""
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise Invalid("reason_too_short", field="reason", limit=MIN_REASON)
    if len(reason) > MAX_REASON:
        raise Invalid("too_long", field="reason", limit=MAX_REASON)
    return reason


@command
def propose_step(
    *, cycle_id: int, kind: str, subject: str = "", reason: str = "", actor: Actor, now: datetime
) -> int:
    """Propose a step and give its id; what could not be done is not proposed.

    "close"; "explain": the program as it runs now; "keep": an approved case of fraud is given up and its ballot
    counts (``subject``: the case's id); "reopen": the signed protocol of a centre's papers is counted anew
    (``subject``: the centre's id); "destroy": the link key. ``reason`` of "explain", "keep", "reopen" is published.

    Writes BoxStepProposed (public). Raises Refused, Closed("wrong_phase" | "step_pending" | "step_done" | what the
    step would raise), Invalid on ``reason``.
    """
    here, row = _round(cycle_id, kind, actor, now)
    subject = _possible(row, kind, subject)
    reason = checked_reason(reason) if kind in REASONED else ""
    if kind == "keep":
        refuse_numbers(reason)
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
    if outcome == "approved" and act.outcome is None and _possible(row, act.kind, act.subject) != act.subject:
        raise Closed("step_changed")
    box_acts.decide(row, act, outcome, here, actor, now)
    if outcome == "approved":
        if act.kind == "close":
            close_now(row, here, actor, now)
        elif act.kind == "destroy":
            destroy_now(row, here, actor, now)
        elif act.kind == "keep":
            db.session.get_one(VoidCase, int(act.subject)).state = "dropped"
            catch_up(row, now)
        elif act.kind == "reopen":
            reopen_protocol(row, act, now)
        else:
            catch_up(row, now)
    return act


def _round(cycle_id: int, kind: str, actor: Actor, now: datetime) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, ACTIONS[kind], town_id=here.town.id, status=here.status)
    return here, the_round(cycle_id, lock=True)


def _possible(row: VotingRound, kind: str, subject: str) -> str:
    """What a step is about as things stand; raises where it cannot be done."""
    if kind in ("keep", "reopen"):
        if row.closed_at is None:
            raise Closed("box_not_closed")
        if row.destroyed_at is not None:
            raise Closed("link_key_destroyed")
        return _approved_case(row, subject) if kind == "keep" else signed_centre(row, subject)
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


def _approved_case(row: VotingRound, subject: str) -> str:
    """A case whose link is still to be opened. Raises Closed("no_such_case")."""
    number = whole_number(subject)
    case = db.session.get(VoidCase, number, populate_existing=True) if number is not None else None
    if case is None or case.round_id != row.id or case.state != "approved":
        raise Closed("no_such_case")
    return str(case.id)


def refuse_numbers(reason: str) -> None:
    """A published reason names nobody. Raises Invalid("reason_names_somebody") on ``reason``."""
    joined = reason.replace("-", "").replace(" ", "")
    if any(len(run) >= 9 for run in "".join(sign if sign.isdigit() else " " for sign in joined).split()):
        raise Invalid("reason_names_somebody", field="reason")
