"""Cases of suspected fraud, judged blind: a vote is taken out while nobody can know what it says.

One administrator opens a case on a person's vote, another approves; two custodians open this one link; the ballot
that it names does not count. Where no pair can open the link, two administrators give the case up, with a reason on
the board (pb.voting.commands_steps). Between the close and the destruction of the link key, never else.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO

from sqlalchemy import select

from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.voting import box_acts, boxfiles
from pb.voting.commands_steps import checked_reason, refuse_numbers
from pb.voting.events import BallotVoided
from pb.voting.links import Link
from pb.voting.models import BoxBallot, VotingLink, VotingRound
from pb.voting.models_ceremony import VoidCase
from pb.voting.people import slot_of_number
from pb.voting.posting import catch_up
from pb.voting.probing import recorded
from pb.voting.queries_ceremony import pending
from pb.voting.receipts import is_genuine_link
from pb.voting.rounds import the_round
from pb.voting.sealing import LINK, PAIRS
from pb.voting.trial import name_of


def open_case_of_number(*, cycle_id: int, number: str, reason: str, actor: Actor, now: datetime) -> int:
    """``open_case`` by the personal number that was typed. A refusal that says something of the person is recorded.

    Raises as that, and as ``people.slot_of_number``, once it is clear that the actor may open cases now.
    """
    with recorded(cycle_id=cycle_id, actor=actor, now=now):
        _may_open(cycle_id=cycle_id, actor=actor, now=now)
        slot = slot_of_number(cycle_id, number)
        return open_case(cycle_id=cycle_id, slot=slot, reason=reason, actor=actor, now=now)


@command
def _may_open(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    _round(cycle_id, actor, now)


@command
def open_case(*, cycle_id: int, slot: str, reason: str, actor: Actor, now: datetime) -> int:
    """Propose that the vote of a slot (pb.voting.identify.slot_of_number) does not count; gives the case's id.

    ``reason`` is published with the void: no name and no number may stand in it. Writes BoxStepProposed (public).
    Raises Closed("box_not_closed" | "link_key_destroyed" | "wrong_phase"), Invalid on ``number``: no_vote_of_person,
    case_exists; on ``reason``.
    """
    here, row = _round(cycle_id, actor, now)
    reason = checked_reason(reason)
    refuse_numbers(reason)
    if db.session.get(VotingLink, (row.id, slot)) is None:
        raise Invalid("no_vote_of_person", field="number")
    case = db.session.scalar(select(VoidCase).where(VoidCase.round_id == row.id, VoidCase.slot == slot))
    if case is None:
        case = VoidCase(round_id=row.id, slot=slot, reason=reason, state="proposed")
        db.session.add(case)
    elif case.state == "dropped" or (case.state == "proposed" and not _waiting(row, case, now)):
        case.reason, case.state = reason, "proposed"
    else:
        raise Invalid("case_exists", field="number")
    db.session.flush()
    box_acts.propose(row, "void", here, actor, now, subject=str(case.id), reason=reason)
    return case.id


@command
def decide_case(*, cycle_id: int, act_id: int, outcome: str, actor: Actor, now: datetime) -> None:
    """Approve a case, so that two custodians may open its link; reject or withdraw it.

    Writes BoxStepDecided (public). Raises Refused("own_step" | "not_your_step"), Closed("step_decided" |
    "step_expired" | …).
    """
    here, row = _round(cycle_id, actor, now)
    act = box_acts.locked_act(row, act_id)
    if act.kind != "void":
        raise Closed("step_other_way")
    box_acts.decide(row, act, outcome, here, actor, now)
    db.session.get_one(VoidCase, int(act.subject)).state = "approved" if outcome == "approved" else "dropped"


@command
def import_links(*, cycle_id: int, source: IO[bytes], actor: Actor, now: datetime) -> int:
    """Take in the links that two custodians have opened; gives how many ballots are now void.

    Every link bears the application's mark for its slot, so that nobody can put another ballot in its place.
    Writes BallotVoided (public), and each onto the board. Raises Invalid on ``file``: bad_box_file, other_case,
    link_not_genuine, links_unopened.
    """
    here, row = _round(cycle_id, actor, now)
    opened = boxfiles.read(source, boxfiles.OPENED)
    pair = "-".join(str(number) for number in opened.head.get("pair") or ())
    if (opened.what, opened.round_label) != ("links", row.label) or pair not in map(name_of, PAIRS):
        raise Invalid("other_case", field="file")
    lines = list(opened.lines)
    for line in lines:
        case = _case(row, line)
        if case.state != "voided":
            case.commitment, case.pair = _commitment(row, case, line), pair
            case.voided_at, case.state = now, "voided"
            db.session.flush()
            record(
                BallotVoided(),
                subject_id=case.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
            )  # fmt: skip
    catch_up(row, now)
    return len(lines)


def _case(row: VotingRound, line: dict[str, object]) -> VoidCase:
    number = str(line.get("id"))
    case = db.session.get(VoidCase, int(number)) if number.isascii() and number.isdigit() else None
    if case is None or case.round_id != row.id or case.state not in ("approved", "voided"):
        raise Invalid("other_case", field="file")
    return case


def _commitment(row: VotingRound, case: VoidCase, line: dict[str, object]) -> str:
    if "content" not in line:
        raise Invalid("links_unopened", field="file")
    content = boxfiles.raw(line["content"])
    if len(content) != LINK.length:
        raise Invalid("link_not_genuine", field="file")
    link = Link(content[:32].hex(), content[32:])
    assert case.slot is not None
    if not is_genuine_link(link, row.label, case.slot):
        raise Invalid("link_not_genuine", field="file")
    found = db.session.scalar(
        select(BoxBallot.position).where(
            BoxBallot.round_id == row.id, BoxBallot.commitment == link.commitment
        )
    )
    if found is None:
        raise Invalid("link_not_genuine", field="file")
    return link.commitment


def _waiting(row: VotingRound, case: VoidCase, now: datetime) -> bool:
    return any(act.kind == "void" and act.subject == str(case.id) for act in pending(row.id, now))


def _round(cycle_id: int, actor: Actor, now: datetime) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.VOID_BALLOT, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.closed_at is None:
        raise Closed("box_not_closed")
    if row.destroyed_at is not None:
        raise Closed("link_key_destroyed")
    return here, row
