"""The ceremony in production: custodians' own keys, trial by each pair, close, voids, destruction, opening."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import db, writing
from pb.voting import keyfiles, link_key, opening
from pb.voting import queries_board as board
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.commands_custodians import appoint_custodian, confirm_key, hand_in_key
from pb.voting.commands_opening import approve_opening, propose_opening
from pb.voting.commands_round import import_trial, open_trial, prepare_round
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.commands_void import decide_case, import_links, open_case
from pb.voting.custodians import custodian_of
from pb.voting.models import VotingLink, VotingSlot
from pb.voting.models_ceremony import BoxAct, VoidCase
from pb.voting.queries import opened_choices, turnout
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock, start
from tests.voting.ceremony import Ceremony, hand_in, make_ceremony, make_open_vote
from tests.voting.making import REVIEW, Vote, make_ballot

WHY = "ხმა მისცა სხვა პირმა; დადგენილია განცხადებით."


@pytest.fixture
def production(tmp_path: Path, clock: FrozenClock) -> Iterator[Flask]:
    clock.moment = REVIEW
    app = start(f"sqlite:///{tmp_path / 'production.sqlite'}", clock, "production")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def broken(cycle_id: int) -> set[str]:
    db.session.rollback()
    found = {f.name for f in check_box(cycle_id) if not f.holds}
    db.session.rollback()
    return found


def kinds(vote: Vote) -> list[str]:
    db.session.rollback()
    return [entry.kind for entry in board.acts(vote.round_id)]


def void(table: Ceremony, vote: Vote, slot: str, now: Any) -> str:
    """Take out the ballot of a slot; gives its commitment."""
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": now}
    case = open_case(slot=slot, reason=WHY, actor=table.admin, **given)
    act = db.session.scalar(select(BoxAct.id).where(BoxAct.kind == "void", BoxAct.subject == str(case)))
    assert act is not None
    decide_case(act_id=act, outcome="approved", actor=table.second, **given)
    assert import_links(source=io.BytesIO(table.open_away("links", (1, 2))), actor=table.admin, **given) == 1
    commitment = db.session.get_one(VoidCase, case).commitment
    assert commitment is not None
    return commitment


def test_a_vote_in_production_from_the_keys_to_the_opened_box(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table, vote = make_open_vote(production, clock, tmp_path)
    voters = vote.voters()
    receipts = {voter.slot: vote.cast(voter, vote.projects[:2]) for voter in voters[:23]}
    assert not broken(table.cycle_id)
    clock.set(2026, 10, 26)
    for act in (close_box, open_box):
        with pytest.raises(Refused, match="two_people"):
            act(cycle_id=table.cycle_id, actor=table.admin, now=clock())
    with pytest.raises(Closed, match="box_not_closed"):
        propose_step(cycle_id=table.cycle_id, kind="destroy", actor=table.admin, now=clock())
    table.by_two("close", clock())
    with pytest.raises(Closed, match="not_destroyed"):
        table.export("ballots")
    out = void(table, vote, voters[4].slot, clock())
    assert out == receipts[voters[4].slot].commitment
    file = link_key.is_there(the_round(table.cycle_id))
    assert file
    old = set(db.session.scalars(select(VotingSlot.value)))
    table.by_two("destroy", clock())
    row = the_round(table.cycle_id)
    assert not link_key.is_there(row)
    assert not db.session.scalars(select(VotingLink.value)).all()
    new = list(db.session.scalars(select(VotingSlot.value)))
    assert len(new) == 23
    assert not old & set(new)
    assert db.session.scalars(select(VoidCase.slot)).all() == [None]
    assert not broken(table.cycle_id)
    opened = table.open_away("ballots", (0, 2))
    assert out.encode() not in opened
    assert table.open_by_two(opened, clock()) == (22, 0)
    assert out not in {one.commitment for one in opened_choices(table.cycle_id)}
    assert kinds(vote)[-4:] == ["closed", "voided", "destroyed", "box_opened"]
    entry = board.acts(vote.round_id)[-3].fields
    assert (entry["voided"], entry["pair"], entry["reason"]) == (out, [2, 3], WHY)
    assert not broken(table.cycle_id)
    roll = roll_in_force(table.cycle_id)
    assert roll is not None
    shown = turnout(table.cycle_id, roll.unit_sizes)
    assert shown is not None
    assert shown.votes == 23


def test_a_round_needs_three_people_with_keys_that_they_read_back(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table = make_ceremony(production, tmp_path)
    make_ballot(table.world)
    db.session.rollback()
    asked: dict[str, Any] = {"cycle_id": table.cycle_id, "actor": table.admin, "now": clock()}
    for number in (1, 2):
        hand_in(table.cycle_id, number, table.keys[number - 1], clock())
    with pytest.raises(Refused, match="keys_missing"):
        prepare_round(**asked)
    third = custodian_of(table.cycle_id, 3)
    assert third is not None
    of_third: dict[str, Any] = {
        "cycle_id": table.cycle_id, "number": 3, "appointed_at": third.appointed_at, "by": None, "now": clock(),
    }  # fmt: skip
    for text, code in (
        ("nonsense", "bad_public_key"),
        ("00" * 32, "bad_public_key"),  # of small order: anybody could open
        (keyfiles.public_text(keyfiles.public_of(table.keys[0])), "key_taken"),
        (keyfiles.public_text(keyfiles.public_of(table.keys[2])).replace("v1 ", "v1 0"), "bad_public_key"),
    ):
        with pytest.raises(Invalid, match=code):
            hand_in_key(text=text, **of_third)
    with pytest.raises(Closed, match="no_key_handed_in"):
        confirm_key(typed=keyfiles.fingerprint(bytes(32)), **of_third)
    said = hand_in_key(text=keyfiles.public_of(table.keys[2]).hex(), **of_third)
    for typed, code in (
        (said[:-1], "bad_fingerprint"),
        (keyfiles.fingerprint(bytes(32)), "fingerprint_differs"),
    ):
        with pytest.raises(Invalid, match=code):
            confirm_key(typed=typed, **of_third)
    with pytest.raises(Refused, match="keys_missing"):
        prepare_round(**asked)
    confirm_key(typed=said, **of_third)
    prepare_round(**asked)
    with pytest.raises(Refused, match="custodians_missing"):
        open_trial(**asked)  # the site has no key
    with pytest.raises(Invalid, match="custodian_twice"):
        appoint_custodian(number=3, name="გია ლომიძე", office="x", act="x", **asked)
    appoint_custodian(
        number=3, name="სხვა პირი", office="x", act="x", **{**asked, "now": clock() + timedelta(hours=1)}
    )
    with pytest.raises(Missing, match="custodian_link_over"):
        hand_in_key(text="", **of_third)
    assert custodian_of(table.cycle_id, 3).public_key is None  # type: ignore[union-attr]


def test_each_pair_opens_its_trial_ballot_and_nobody_alone(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table = make_ceremony(production, tmp_path)
    make_ballot(table.world)
    db.session.rollback()
    for number, key in enumerate(table.keys, start=1):
        hand_in(table.cycle_id, number, key, clock())
    asked: dict[str, Any] = {"cycle_id": table.cycle_id, "actor": table.admin, "now": clock()}
    prepare_round(**asked)
    export = table.export("trial")

    def bring(data: bytes) -> str:
        return import_trial(source=io.BytesIO(data), **asked)

    with pytest.raises(Invalid, match="key_of_nobody"):
        opening.make_share(export, keyfiles.new_key(), table.path("stranger"))
    halves = []
    for key in table.keys:
        halves.append(table.path("half"))
        assert not opening.make_share(export, key, halves[-1]).faults
    for half in halves:
        with pytest.raises(Invalid, match="halves_differ"):
            opening.combine(export, half, half, table.path("alone"))
    first = table.path("opened")
    opening.combine(export, halves[0], halves[1], first)
    assert bring(first.read_bytes()) == "1-2"
    assert bring(table.open_away("trial", (0, 2), export)) == "1-3"
    # What one pair has opened does not pass for another pair.
    with pytest.raises(Invalid, match="trial_failed"):
        bring(rewritten(first, pair=[2, 3]))
    with pytest.raises(Invalid, match="trial_other_ballot"):
        bring(rewritten(first, round="khoni-2026"))
    with pytest.raises(Invalid, match="bad_box_file"):
        bring(first.read_bytes()[:-5])
    assert the_round(table.cycle_id).trial_opened_at is None
    assert bring(table.open_away("trial", (1, 2), export)) == "2-3"
    assert the_round(table.cycle_id).trial_opened_at is not None
    db.session.rollback()
    tried = [e.fields["pair"] for e in board.acts(the_round(table.cycle_id).id) if e.kind == "trial_opened"]
    assert tried == [[1, 2], [1, 3], [2, 3]]
    with pytest.raises(Closed, match="trial_done"):
        bring(first.read_bytes())
    with pytest.raises(Closed, match="custodians_fixed"):
        appoint_custodian(number=3, name="x", office="x", act="x", **asked)


def test_the_key_of_a_custodian_who_was_replaced_opens_nothing(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table = make_ceremony(production, tmp_path)
    make_ballot(table.world)
    db.session.rollback()
    for number, key in enumerate(table.keys, start=1):
        hand_in(table.cycle_id, number, key, clock())
    asked: dict[str, Any] = {"cycle_id": table.cycle_id, "actor": table.admin, "now": clock()}
    prepare_round(**asked)
    export = table.export("trial")
    opened = {pair: table.open_away("trial", pair, export) for pair in ((0, 1), (0, 2), (1, 2))}
    import_trial(source=io.BytesIO(opened[0, 1]), **asked)
    import_trial(source=io.BytesIO(opened[0, 2]), **asked)
    appoint_custodian(number=3, name="სხვა პირი", office="საკრებულო", act="ბრძანება 46", **asked)
    with pytest.raises(Refused, match="keys_missing"):
        import_trial(source=io.BytesIO(opened[1, 2]), **asked)
    hand_in(table.cycle_id, 3, keyfiles.new_key(), clock())
    with pytest.raises(Closed, match="custodians_changed"):
        import_trial(source=io.BytesIO(opened[1, 2]), **asked)
    db.session.rollback()
    assert the_round(table.cycle_id).trial_opened_at is None


def rewritten(path: Path, **head: object) -> bytes:
    """The file with another head, and a digest that fits it."""
    from pb.voting import boxfiles

    with boxfiles.opened(path, boxfiles.OPENED) as found:
        lines = list(found.lines)
        out = io.BytesIO()
        boxfiles.write(out, {**found.head, **head}, lines)
    return out.getvalue()


def test_steps_take_two_people(app: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    table, vote = make_open_vote(app, clock, tmp_path, voters=5)
    vote.cast(vote.voters()[0], vote.projects[:1])
    clock.set(2026, 10, 26)
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": clock()}
    act = propose_step(kind="close", actor=table.admin, **given)
    with pytest.raises(Closed, match="step_pending"):
        propose_step(kind="close", actor=table.second, **given)
    with pytest.raises(Refused, match="own_step"):
        decide_step(act_id=act, outcome="approved", actor=table.admin, **given)
    with pytest.raises(Refused, match="not_your_step"):
        decide_step(act_id=act, outcome="withdrawn", actor=table.second, **given)
    for values in (
        {"kind": "destroy"},
        {"reason": "x"},
        {"subject": "x"},
        {"proposed_by": table.second.account_id},
    ):
        with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
            session.execute(update(BoxAct).where(BoxAct.id == act).values(**values))
    with (
        pytest.raises(DBAPIError),
        writing() as session,
    ):  # one person with two hands, behind the program's back
        session.execute(
            update(BoxAct).where(BoxAct.id == act).values(
                outcome="approved", decided_by=table.admin.account_id, decided_at=clock()
            )
        )  # fmt: skip
    later = clock() + timedelta(hours=24)
    with pytest.raises(Closed, match="step_expired"):
        decide_step(cycle_id=table.cycle_id, act_id=act, outcome="approved", actor=table.second, now=later)
    again = propose_step(cycle_id=table.cycle_id, kind="close", actor=table.admin, now=later)
    assert again != act
    with pytest.raises(Closed, match="step_decided"):
        decide_step(cycle_id=table.cycle_id, act_id=act, outcome="approved", actor=table.second, now=later)
    decide_step(cycle_id=table.cycle_id, act_id=again, outcome="approved", actor=table.second, now=later)
    with pytest.raises(Closed, match="step_decided"):  # replayed
        decide_step(cycle_id=table.cycle_id, act_id=again, outcome="approved", actor=table.second, now=later)
    assert the_round(table.cycle_id).closed_at is not None


def test_voids_are_blind_and_cannot_be_turned_upon_another(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table, vote = make_open_vote(production, clock, tmp_path, voters=6)
    voters = vote.voters()
    for voter in voters[:4]:
        vote.cast(voter, vote.projects[:1])
    clock.set(2026, 10, 26)
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": clock()}
    with pytest.raises(Closed, match="box_not_closed"):
        open_case(slot=voters[0].slot, reason=WHY, actor=table.admin, **given)
    table.by_two("close", clock())
    with pytest.raises(Invalid, match="no_vote_of_person"):
        open_case(slot=voters[5].slot, reason=WHY, actor=table.admin, **given)
    with pytest.raises(Invalid, match="reason_names_somebody"):
        open_case(slot=voters[0].slot, reason=f"{WHY} 01001234567", actor=table.admin, **given)
    with pytest.raises(Closed, match="no_case_approved"):
        table.export("links")
    case = open_case(slot=voters[0].slot, reason=WHY, actor=table.admin, **given)
    act = db.session.scalars(select(BoxAct.id).where(BoxAct.kind == "void")).one()
    with pytest.raises(Invalid, match="case_exists"):
        open_case(slot=voters[0].slot, reason=WHY, actor=table.second, **given)
    with pytest.raises(Refused, match="own_step"):
        decide_case(act_id=act, outcome="approved", actor=table.admin, **given)
    with pytest.raises(Closed, match="cases_open"):  # while a case is open nothing is destroyed
        propose_step(kind="destroy", actor=table.admin, **given)
    decide_case(act_id=act, outcome="approved", actor=table.second, **given)
    with pytest.raises(Closed, match="cases_open"):
        propose_step(kind="destroy", actor=table.admin, **given)
    # Another link in the place of the right one: the application's mark is for one slot.
    export = table.export("links")
    other = db.session.scalar(select(VotingLink.sealed).where(VotingLink.value == voters[1].slot))
    assert other is not None
    from pb.voting import boxfiles

    with boxfiles.opened(export, boxfiles.EXPORT) as found:
        lines = [{**line, "sealed": boxfiles.text(other)} for line in found.lines]
        forged = table.path("forged")
        with forged.open("wb") as out:
            boxfiles.write(out, found.head, lines)
    with pytest.raises(Invalid, match="link_not_genuine"):
        import_links(source=io.BytesIO(table.open_away("links", (0, 1), forged)), actor=table.admin, **given)
    assert import_links(source=io.BytesIO(table.open_away("links")), actor=table.admin, **given) == 1
    assert db.session.get_one(VoidCase, case).state == "voided"
    with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
        session.execute(update(VoidCase).values(commitment=None))
    assert not broken(table.cycle_id)


def test_nobody_drops_a_ballot_at_the_opening(production: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    table, vote = make_open_vote(production, clock, tmp_path, voters=5)
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    clock.set(2026, 10, 26)
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": clock()}
    table.by_two("close", clock())
    table.by_two("destroy", clock())
    export = table.export("ballots")
    good = table.path("good")
    good.write_bytes(table.open_away("ballots", (0, 1), export))
    from pb.voting import boxfiles

    with boxfiles.opened(good, boxfiles.OPENED) as found:
        lines = list(found.lines)

    def with_lines(changed: list[dict[str, Any]], **head: object) -> bytes:
        out = io.BytesIO()
        boxfiles.write(out, {**found.head, "count": len(changed), **head}, changed)
        return out.getvalue()

    def propose(*files: bytes) -> int:
        return propose_opening(sources=[io.BytesIO(file) for file in files], actor=table.admin, **given)

    fault = [{"id": lines[0]["id"], "fault": "cannot_open"}, *lines[1:]]
    garbled = [{"id": lines[0]["id"], "content": lines[1]["content"]}, *lines[1:]]
    for file, code in (
        (with_lines(lines[1:]), "other_ballots"),
        (with_lines([*lines, {"id": "ab" * 32, "content": lines[0]["content"]}]), "unopened_ballots"),
        (with_lines([*lines, lines[0]]), "other_ballots"),
        (with_lines(fault), "unopened_ballots"),
        (with_lines(garbled), "unopened_ballots"),
        (with_lines(lines, round="khoni-2026"), "other_ballots"),
    ):
        with pytest.raises(Invalid, match=code):
            propose(file)
    # With the others' files what one pair kept back is there after all.
    three = (with_lines(fault), with_lines(lines, pair=[1, 3]), with_lines(fault, pair=[2, 3]))
    act = propose(*three)
    approve: dict[str, Any] = {"act_id": act, "actor": table.second, **given}
    with pytest.raises(Invalid, match="other_file"):
        approve_opening(sources=[io.BytesIO(good.read_bytes())], **approve)
    with pytest.raises(Refused, match="own_step"):
        approve_opening(sources=[io.BytesIO(f) for f in three], **{**approve, "actor": table.admin})
    assert the_round(table.cycle_id).opened_at is None
    db.session.rollback()
    assert approve_opening(sources=[io.BytesIO(f) for f in three], **approve) == (5, 0)
    assert not broken(table.cycle_id)


def test_a_slot_of_nobody_keeps_the_key_from_going(
    production: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table, vote = make_open_vote(production, clock, tmp_path, voters=3)
    voter = vote.voters()[0]
    vote.cast(voter, vote.projects[:1])
    clock.set(2026, 10, 26)
    table.by_two("close", clock())
    with writing() as session:
        session.execute(update(VotingSlot).values(value="ab" * 32))
    assert broken(table.cycle_id) >= {"B1", "B13"}
    with pytest.raises(Closed, match="slots_wrong"):
        propose_step(cycle_id=table.cycle_id, kind="destroy", actor=table.admin, now=clock())
