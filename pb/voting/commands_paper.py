"""Acts on papers before the close: drawing up a batch, issuing a ballot, replacing a spoilt one, taking one back."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from secrets import SystemRandom

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.canonical import canonical_json
from pb.core.errors import Closed, Invalid, Missing
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.places.models import Centre
from pb.policy import Action, Actor, authorise
from pb.voting import link_key, paper
from pb.voting.events import PaperBatchMade, PaperHandled
from pb.voting.identify import allow_way, in_person
from pb.voting.models import VotingRound, VotingSlot
from pb.voting.models_paper import PaperBatch, PaperDeed, PaperOut
from pb.voting.people import entry_of, person_of, voter_of_entry
from pb.voting.posting import catch_up
from pb.voting.probing import recorded
from pb.voting.rounds import frozen_round, the_round

LARGEST = 2000  # papers in a batch

_dice = SystemRandom()


@command
def make_batch(
    *, cycle_id: int, centre_id: int, size: int, unit_slug: str = "", actor: Actor, now: datetime
) -> int:
    """Draw the order of a new batch of ballots for a centre; gives its number. The order never changes.

    ``unit_slug``: whose ballot it is, where voters choose among the projects of their unit. Writes PaperBatchMade
    (public), and the batch onto the board. Raises Refused, Closed("wrong_phase" | "no_paper" | "trial_first" |
    "voting_over"), Invalid on ``size``, ``centre_id`` or ``unit_slug``.
    """
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.MANAGE_PAPER, town_id=here.town.id, status=here.status)
    _on_paper(here)
    row = the_round(cycle_id, lock=True)
    if row.trial_opened_at is None:
        raise Closed("trial_first")
    if row.closed_at is not None:
        raise Closed("voting_over")
    if not 1 <= size <= LARGEST:
        raise Invalid("batch_size", field="size", largest=LARGEST)
    centre = db.session.get(Centre, centre_id)
    if centre is None or centre.town_id != here.town.id:
        raise Invalid("unknown_centre", field="centre_id")
    frozen = frozen_round(row.id)
    if frozen.by_unit is not bool(unit_slug) or (unit_slug and unit_slug not in frozen.unit_slugs.values()):
        raise Invalid("bad_unit", field="unit_slug")
    order = list(frozen.eligible(unit_slug or None))
    _dice.shuffle(order)
    number = len(paper.batches(row.id)) + 1
    assert actor.account_id is not None
    db.session.add(
        PaperBatch(
            round_id=row.id, number=number, centre_id=centre_id, unit_slug=unit_slug, size=size, order=order,
            made_at=now, made_by=actor.account_id,
        )
    )  # fmt: skip
    db.session.flush()
    catch_up(row, now)
    event = PaperBatchMade(number, size)
    record(event, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    return number


def issue_paper(*, cycle_id: int, number: str, batch: int, actor: Actor, now: datetime) -> None:
    """Issue a ballot of a batch to a person whose identity card the operator sees: it takes the person's slot.

    Writes the slot (channel paper, state issued), the deed, and as ``identify.in_person``. Raises as that, and
    Closed("already_voted" | "no_paper" | "voting_over" | "batch_used_up"), Invalid on ``batch``: unknown_batch,
    bad_unit (of another unit).
    """
    with recorded(cycle_id=cycle_id, actor=actor, now=now):
        try:
            _issue(cycle_id=cycle_id, number=number, batch=batch, actor=actor, now=now)
        except IntegrityError:  # the web was quicker by a moment
            raise Closed("already_voted") from None


@command
def _issue(*, cycle_id: int, number: str, batch: int, actor: Actor, now: datetime) -> None:
    here, row, chosen = _at_the_desk(cycle_id, batch, actor, now)
    voter = in_person(cycle_id=cycle_id, number=number, channel="paper", actor=actor, now=now)
    if chosen.unit_slug and frozen_round(row.id).unit_slugs[voter.unit_id] != chosen.unit_slug:
        raise Invalid("bad_unit", field="batch")
    again = update(VotingSlot).where(
        VotingSlot.round_id == row.id, VotingSlot.value == voter.slot, VotingSlot.state == "returned"
    )
    if not db.session.execute(again.values(state="issued")).rowcount:  # type: ignore[attr-defined]
        db.session.execute(
            insert(VotingSlot).values(
                round_id=row.id, value=voter.slot, unit_id=voter.unit_id, channel="paper", state="issued"
            )
        )
    db.session.add(PaperOut(round_id=row.id, mark=_out_mark(row, voter.slot, batch)))
    _deed(here, row, batch, "issued", actor, now)


@command
def replace_spoilt(*, cycle_id: int, batch: int, actor: Actor, now: datetime) -> None:
    """Take a spoilt ballot back, unread, and issue another one of the batch: the slot stays used.

    Raises Refused, Closed("wrong_phase" | "no_paper" | "voting_over" | "batch_used_up" | "nothing_issued").
    """
    here, row, chosen = _at_the_desk(cycle_id, batch, actor, now)
    _something_out(row, chosen)
    _deed(here, row, batch, "spoilt", actor, now)
    _deed(here, row, batch, "issued", actor, now)


def take_back(*, cycle_id: int, number: str, batch: int, actor: Actor, now: datetime) -> None:
    """Take an unused ballot back from the person to whom it was issued, who can have another one later on paper.

    The batch is the one from which this person got the paper, so that no centre's numbers drift apart from its
    papers. Raises Refused, Closed as above, Invalid on ``number``: bad_personal_number, no_paper_issued; on
    ``batch``: paper_other_batch. A refusal that says something of the person is recorded.
    """
    with recorded(cycle_id=cycle_id, actor=actor, now=now):
        _take_back(cycle_id=cycle_id, number=number, batch=batch, actor=actor, now=now)


@command
def _take_back(*, cycle_id: int, number: str, batch: int, actor: Actor, now: datetime) -> None:
    here, row, chosen = _at_the_desk(cycle_id, batch, actor, now, issues=False)
    entry = entry_of(cycle_id, person_of(number))
    slot = voter_of_entry(cycle_id, entry, "paper").slot if entry is not None else ""
    back = update(VotingSlot).where(
        VotingSlot.round_id == row.id, VotingSlot.value == slot, VotingSlot.state == "issued"
    )
    if not db.session.execute(back.values(state="returned")).rowcount:  # type: ignore[attr-defined]
        raise Invalid("no_paper_issued", field="number")
    out = delete(PaperOut).where(PaperOut.round_id == row.id, PaperOut.mark == _out_mark(row, slot, batch))
    if not db.session.execute(out).rowcount:  # type: ignore[attr-defined]
        raise Invalid("paper_other_batch", field="batch")
    _something_out(row, chosen)
    _deed(here, row, batch, "returned", actor, now)


def _out_mark(row: VotingRound, slot: str, batch: int) -> str:
    """HMAC-SHA-256, in hex, under a key made from the round's link key, which is destroyed before the opening."""
    key = hmac.new(link_key.read(row), b"pb-paper-out-v1", hashlib.sha256).digest()
    return hmac.new(key, canonical_json([row.label, slot, batch]), hashlib.sha256).hexdigest()


def _at_the_desk(
    cycle_id: int, batch: int, actor: Actor, now: datetime, *, issues: bool = True
) -> tuple[Here, VotingRound, PaperBatch]:
    """Where, with the round locked against its close, and the batch. One at a time for each batch."""
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.HELP_IN_PERSON, town_id=here.town.id, status=here.status)
    _on_paper(here)
    allow_way(here, "in_person")
    row = db.session.execute(
        select(VotingRound).where(VotingRound.cycle_id == cycle_id).with_for_update(read=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_round")
    if row.closed_at is not None:
        raise Closed("voting_over")
    # A flush writes slots anew: who waits for one of them in the middle of that would find it gone.
    one_at_a_time(f"flush {row.id}", shared=True)
    one_at_a_time(f"paper {row.id} {batch}")
    chosen = paper.batch_at(row.id, batch)
    if chosen is None:
        raise Invalid("unknown_batch", field="batch")
    authorise(actor, Action.HELP_IN_PERSON, town_id=here.town.id, status=here.status, thing=chosen)
    if issues and paper.issued_of(row.id, batch) >= chosen.size:
        raise Closed("batch_used_up", batch=batch)
    return here, row, chosen


def _something_out(row: VotingRound, batch: PaperBatch) -> None:
    if paper.out_of(row.id, batch.number) < 1:
        raise Closed("nothing_issued")


def _deed(here: Here, row: VotingRound, batch: int, deed: str, actor: Actor, now: datetime) -> None:
    assert actor.account_id is not None
    db.session.add(PaperDeed(round_id=row.id, batch=batch, deed=deed, by=actor.account_id, at=now))
    event = PaperHandled(deed, batch)
    record(event, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=here.the_cycle.id)


def _on_paper(here: Here) -> None:
    if not here.rules.ballot.on_paper:
        raise Closed("no_paper")
