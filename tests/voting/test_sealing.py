"""Sealed ballots: two custodians open them and one cannot; nothing outside tells what is inside."""

from __future__ import annotations

import os
from itertools import permutations
from unittest import mock

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.core.ballots import BALLOT_LENGTH, ballot_bytes, commitment
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db
from pb.voting import receipts
from pb.voting.bulk import cast_many
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.commands_round import open_trial, prepare_round
from pb.voting.custodians import demonstration_keys
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingRound
from pb.voting.queries import opened_choices
from pb.voting.sealing import PAIRS, SEALED_LENGTH, open_ballot, open_share, seal_ballot
from tests.conftest import FrozenClock, make_settings, start
from tests.voting.making import REVIEW, lock_ballot, make_ballot, make_vote

KEYS = tuple(X25519PrivateKey.generate() for _ in range(3))
PUBLIC = [key.public_key() for key in KEYS]
LABEL = "terjola-2026"


def ballot(choices: list[str]) -> bytes:
    return ballot_bytes(LABEL, None, choices, os.urandom(32))


def test_any_two_custodians_open_and_no_one_alone() -> None:
    content = ballot(["1", "2"])
    sealed = seal_ballot(content, PUBLIC, LABEL)
    for a, b in PAIRS:
        assert open_ballot(sealed, (a, b), (KEYS[a], KEYS[b]), LABEL) == content
    for pair in PAIRS:
        for x, y in [(n, n) for n in range(3)] + [p for p in permutations(range(3), 2) if p != pair]:
            with pytest.raises(Invalid, match="cannot_open"):
                open_ballot(sealed, pair, (KEYS[x], KEYS[y]), LABEL)


def test_one_custodian_holds_two_parts_of_a_key_of_three() -> None:
    sealed = seal_ballot(ballot(["1"]), PUBLIC, LABEL)
    held = [open_share(sealed, one, KEYS[one], LABEL) for one in range(3)]
    assert [sorted(parts) for parts in held] == [[1, 2], [0, 2], [0, 1]]
    assert len({part for parts in held for part in parts.values()}) == 3
    # What one has, alone or with zeros for the missing part, opens nothing.
    for parts in held:
        key = bytes(a ^ b for a, b in zip(*parts.values(), strict=True))
        with pytest.raises(InvalidTag):
            ChaCha20Poly1305(key).decrypt(
                bytes(12), sealed[: BALLOT_LENGTH + 16], b"pb-seal-v2|ballot|" + LABEL.encode()
            )


def test_a_sealed_ballot_belongs_to_its_round_and_place() -> None:
    sealed = seal_ballot(ballot(["1"]), PUBLIC, LABEL)
    body, share = BALLOT_LENGTH + 16, (SEALED_LENGTH - BALLOT_LENGTH - 16) // 3
    first, second, third = (sealed[body + n * share : body + (n + 1) * share] for n in range(3))
    moved = sealed[:body] + second + first + third
    other = seal_ballot(ballot(["2"]), PUBLIC, LABEL)
    mixed = sealed[:body] + first + other[body + share : body + 2 * share] + third
    swapped = other[:body] + first + second + third
    for spoilt, label in (
        (sealed, "khoni-2026"), (moved, LABEL), (mixed, LABEL), (swapped, LABEL), (sealed[:-1], LABEL), (b"", LABEL)
    ):  # fmt: skip
        with pytest.raises(Invalid, match="cannot_open"):
            open_ballot(spoilt, (0, 1), (KEYS[0], KEYS[1]), label)


@pytest.mark.parametrize(
    "place", [0, 500, BALLOT_LENGTH + 15, BALLOT_LENGTH + 16, BALLOT_LENGTH + 100, SEALED_LENGTH - 1]
)
def test_a_changed_byte_opens_for_nobody_whom_it_touches(place: int) -> None:
    sealed = bytearray(seal_ballot(ballot(["1"]), PUBLIC, LABEL))
    sealed[place] ^= 1
    touched = (place - BALLOT_LENGTH - 16) // 112 if place >= BALLOT_LENGTH + 16 else None
    for a, b in PAIRS:
        if touched is None or touched in (a, b):
            with pytest.raises(Invalid, match="cannot_open"):
                open_ballot(bytes(sealed), (a, b), (KEYS[a], KEYS[b]), LABEL)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, 400).map(str), min_size=1, max_size=30))
def test_every_choice_has_the_same_length_outside(choices: set[str]) -> None:
    content = ballot(sorted(choices))
    assert len(content) == BALLOT_LENGTH
    sealed = seal_ballot(content, PUBLIC, LABEL)
    assert len(sealed) == SEALED_LENGTH
    assert open_ballot(sealed, (1, 2), (KEYS[1], KEYS[2]), LABEL) == content


def test_the_same_ballot_is_never_sealed_alike() -> None:
    content = ballot(["1"])
    assert seal_ballot(content, PUBLIC, LABEL) != seal_ballot(content, PUBLIC, LABEL)


def test_receipts_are_signed_and_say_no_choices(sqlite_app: Flask) -> None:
    receipt = receipts.sign(LABEL, commitment(ballot(["77"])).hex())
    assert receipts.is_genuine(receipt)
    for other in (
        receipts.Receipt("khoni-2026", receipt.commitment, receipt.signature),
        receipts.Receipt(LABEL, "00" * 32, receipt.signature),
        receipts.Receipt(LABEL, receipt.commitment, "AAAA"),
        receipts.Receipt(LABEL, receipt.commitment, "no base64!"),
    ):
        assert not receipts.is_genuine(other)
    text = receipts.receipt_text(receipt, "2026-10-25T20:00:00+00:00", None, "")
    assert receipt.code in text
    assert receipt.signature in text


def test_opening_counts_every_ballot_and_names_the_bad_ones(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    voters = vote.voters()
    for voter in voters:
        vote.cast(voter, vote.projects[:2])
    spoil_three(vote.round_id)
    clock.set(2026, 10, 26)
    with pytest.raises(Closed, match="box_not_closed"):
        open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    with pytest.raises(Closed, match="broken_b2"):  # the forged signature shows at the gate
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    done: list[int] = []
    with mock.patch("pb.voting.closing.refuse_broken"), mock.patch("pb.voting.commands_box.refuse_broken"):
        assert close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock()) == 25
        assert open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock(), progress=done.append) == (
            25,
            3,
        )
    assert open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock()) == (25, 3)
    assert done[-1] == 25
    found = list(opened_choices(vote.cycle_id))
    assert sorted(o.fault for o in found if o.fault) == ["bad_signature", "cannot_open", "commitment_differs"]
    assert sum(set(o.choices) == set(vote.projects[:2]) for o in found if not o.fault) == 22
    assert [f.name for f in check_box(vote.cycle_id)] == [f"B{n}" for n in range(1, 14)]
    assert [f.name for f in check_box(vote.cycle_id) if not f.holds] == ["B2", "B13"]


def spoil_three(round_id: int) -> None:
    """Behind the application's back: a cut seal, another ballot's seal, a forged signature."""
    from sqlalchemy import select, update

    from pb.db import writing

    with writing() as session:
        rows = session.scalars(select(InboxBallot).where(InboxBallot.round_id == round_id).limit(4)).all()
        seals = [row.sealed for row in rows]
        for row, change in zip(
            rows[:3],
            ({"sealed": bytes(SEALED_LENGTH)}, {"sealed": seals[3]}, {"signature": rows[3].signature}),
            strict=True,
        ):
            session.execute(
                update(InboxBallot).where(InboxBallot.commitment == row.commitment).values(**change)
            )


def test_box_and_opened_ballots_are_never_changed(app: Flask, clock: FrozenClock) -> None:
    from sqlalchemy import delete, update
    from sqlalchemy.exc import DBAPIError

    from pb.db import writing

    vote = make_vote(app, clock)
    for voter in vote.voters()[:3]:
        vote.cast(voter, vote.projects[:1])
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    for act in (
        update(BoxBallot).values(commitment="00"),
        delete(BoxBallot),
        update(OpenedBallot).values(choices=[]),
        delete(OpenedBallot),
        update(VotingRound).values(label="other"),
        delete(VotingRound),
    ):
        with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
            session.execute(act)


def test_a_ballot_too_many_keeps_the_box_open(sqlite_app: Flask, clock: FrozenClock) -> None:
    from sqlalchemy import delete

    from pb.db import writing
    from pb.voting.models import VotingSlot

    vote = make_vote(sqlite_app, clock)
    for voter in vote.voters()[:3]:
        vote.cast(voter, vote.projects[:1])
    with writing() as session:
        session.execute(delete(VotingSlot).where(VotingSlot.value == vote.voters()[0].slot))
    clock.set(2026, 10, 26)
    with pytest.raises(Closed, match="broken_b3"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert {f.name: f.holds for f in check_box(vote.cycle_id)}["B3"] is False


def test_many_ballots_at_once_are_ballots_like_any(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    voters = vote.voters()
    votes = [(v.slot, v.unit_id, "web", vote.projects[: 1 + n % 3]) for n, v in enumerate(voters)]
    assert cast_many(round_id=vote.round_id, votes=votes) == 25
    clock.set(2026, 10, 26)
    assert close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock()) == 25
    assert open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock()) == (25, 0)
    assert all(f.holds for f in check_box(vote.cycle_id))


def test_production_prepares_no_ballot_without_custodians(tmp_path: object, clock: FrozenClock) -> None:
    from tests import factories
    from tests.voting.making import Role

    app = start(f"sqlite:///{tmp_path}/production.sqlite", clock, "production")
    with app.app_context():
        world = factories.make_world(app)
        make_ballot(world)
        lock_ballot(world)
        with pytest.raises(Refused, match="custodians_few"):
            prepare_round(cycle_id=world.cycle.id, actor=world.actor(Role.ADMINISTRATOR), now=REVIEW)
        with pytest.raises(Refused, match="custodians_missing"):
            demonstration_keys(make_settings("sqlite://", "production"), "terjola-2026")
        db.session.remove()
        db.engine.dispose()


def test_private_keys_stand_nowhere_in_the_database(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    row = db.session.get_one(VotingRound, vote.round_id)
    private = demonstration_keys(sqlite_app.extensions["pb_settings"], row.label)
    assert [c["public_key"] for c in row.custodians] == [
        key.public_key().public_bytes_raw().hex() for key in private
    ]
    for key in private:
        assert key.private_bytes_raw().hex() not in str(row.custodians)
    assert [sorted(c) for c in row.custodians] == [["name", "public_key"]] * 3


def test_the_ballot_is_prepared_anew_until_the_trial(sqlite_app: Flask, clock: FrozenClock) -> None:
    from sqlalchemy import update

    from pb.db import writing
    from pb.projects.models import Project
    from tests import factories
    from tests.voting.making import Role

    world = factories.make_world(sqlite_app)
    admin = world.actor(Role.ADMINISTRATOR)
    asked = {"cycle_id": world.cycle.id, "actor": admin, "now": REVIEW}
    with pytest.raises(Closed, match="ballot_not_locked"):
        prepare_round(**asked)
    lock_ballot(world)
    with pytest.raises(Closed, match="nothing_on_ballot"):
        prepare_round(**asked)
    make_ballot(world)
    first = prepare_round(**asked)
    with writing() as session:
        session.execute(update(Project).where(Project.number == 1).values(title="სხვა სათაური"))
    with pytest.raises(Closed, match="ballot_changed"):
        open_trial(**asked)
    assert prepare_round(**asked) == first
    open_trial(**asked)
    open_trial(**asked)
    with writing() as session:
        session.execute(update(Project).where(Project.number == 1).values(title="კიდევ სხვა"))
    assert prepare_round(**asked) == first  # frozen: what was tried stands
    assert db.session.get_one(VotingRound, first).projects[0]["title"] == "სხვა სათაური"
