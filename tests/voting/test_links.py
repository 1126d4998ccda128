"""The sealed link from a slot to its ballot: for two custodians, for one purpose, gone before the opening."""

from __future__ import annotations

import os
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from pb.core.ballots import BALLOT_LENGTH
from pb.core.errors import Invalid
from pb.db import db, writing
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.custodians import demonstration_keys
from pb.voting.flush import flush
from pb.voting.links import Link, open_link, seal_link
from pb.voting.models import BoxBallot, InboxBallot, VotingLink, VotingSlot
from pb.voting.receipts import is_genuine_link, mark_link
from pb.voting.sealing import LINK, LINK_LENGTH, PAIRS, open_ballot, open_share, seal_ballot
from tests.conftest import FrozenClock
from tests.voting.making import Vote, make_vote

KEYS = tuple(X25519PrivateKey.generate() for _ in range(3))
PUBLIC = [key.public_key() for key in KEYS]
LABEL = "terjola-2026"
LINKED = Link("ab" * 32, bytes(range(32)))


def test_any_two_custodians_open_a_link_and_no_one_alone() -> None:
    sealed = seal_link(LINKED, PUBLIC, LABEL)
    assert len(sealed) == LINK_LENGTH
    for a, b in PAIRS:
        assert open_link(sealed, (a, b), (KEYS[a], KEYS[b]), LABEL) == LINKED
    for pair in PAIRS:
        for x, y in [(n, n) for n in range(3)] + [p for p in permutations(range(3), 2) if p != pair]:
            with pytest.raises(Invalid, match="cannot_open"):
                open_link(sealed, pair, (KEYS[x], KEYS[y]), LABEL)
    held = [open_share(sealed, one, KEYS[one], LABEL, LINK) for one in range(3)]
    assert [sorted(parts) for parts in held] == [[1, 2], [0, 2], [0, 1]]


def test_a_link_is_no_ballot_and_of_its_round_alone() -> None:
    sealed = seal_link(LINKED, PUBLIC, LABEL)
    pair, keys = PAIRS[0], (KEYS[0], KEYS[1])
    with pytest.raises(Invalid, match="cannot_open"):
        open_link(sealed, pair, keys, "khoni-2026")
    ballot = seal_ballot(os.urandom(BALLOT_LENGTH), PUBLIC, LABEL)
    for other in (ballot, ballot[:LINK_LENGTH], ballot[-LINK_LENGTH:], sealed[:80] + ballot[-336:], b""):
        with pytest.raises(Invalid, match="cannot_open"):
            open_link(other, pair, keys, LABEL)
    with pytest.raises(Invalid, match="cannot_open"):
        open_ballot(sealed.ljust(len(ballot), b"\0"), pair, keys, LABEL)
    assert seal_link(LINKED, PUBLIC, LABEL) != sealed
    for wrong in (Link("ab" * 31, bytes(32)), Link("ab" * 32, bytes(31))):
        with pytest.raises(ValueError, match="one length"):
            seal_link(wrong, PUBLIC, LABEL)


@pytest.mark.parametrize("place", [0, 40, 79, 80, 130, 200, 300, LINK_LENGTH - 1])
def test_a_changed_byte_opens_for_nobody_whom_it_touches(place: int) -> None:
    sealed = bytearray(seal_link(LINKED, PUBLIC, LABEL))
    sealed[place] ^= 1
    touched = (place - 80) // 112 if place >= 80 else None
    for a, b in PAIRS:
        if touched is None or touched in (a, b):
            with pytest.raises(Invalid, match="cannot_open"):
                open_link(bytes(sealed), (a, b), (KEYS[a], KEYS[b]), LABEL)


def opened(vote: Vote, app: Flask) -> dict[str, Link]:
    """Every link of the vote, by slot, as two custodians would open them."""
    label = f"terjola-{vote.world.cycle.year}"
    private = demonstration_keys(app.extensions["pb_settings"], label)
    rows = db.session.execute(select(VotingLink.value, VotingLink.sealed)).all()
    db.session.rollback()
    return {row.value: open_link(row.sealed, (1, 2), (private[1], private[2]), label) for row in rows}


def test_the_link_of_each_slot_names_its_ballot(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    cast = {voter.slot: vote.cast(voter, vote.projects[:1]).commitment for voter in vote.voters()}
    links = opened(vote, app)
    assert {slot: link.commitment for slot, link in links.items()} == cast
    assert all(is_genuine_link(link, LABEL, slot) for slot, link in links.items())
    flush(cycle_id=vote.cycle_id, now=clock())
    assert opened(vote, app) == links  # the stir wrote them anew as they were


def test_a_link_of_somebodys_own_making_is_noticed(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Links that change places, and links that a writer of the database sealed to the known public keys."""
    vote = make_vote(sqlite_app, clock)
    one, other = vote.voters()[:2]
    for voter in (one, other):
        vote.cast(voter, vote.projects[:1])
    links = opened(vote, sqlite_app)
    assert not is_genuine_link(links[one.slot], LABEL, other.slot)
    assert not is_genuine_link(links[one.slot], "khoni-2026", one.slot)
    assert not is_genuine_link(Link(links[other.slot].commitment, links[one.slot].mark), LABEL, one.slot)
    assert not is_genuine_link(Link(links[one.slot].commitment, bytes(32)), LABEL, one.slot)
    assert mark_link(LABEL, one.slot, links[one.slot].commitment) == links[one.slot]


def test_a_link_shares_no_byte_with_the_row_of_its_ballot(app: Flask, clock: FrozenClock) -> None:
    """Nor with its slot beyond the value: all eight-byte pieces of what is stored are compared."""
    vote = make_vote(app, clock)
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])

    def pieces(data: bytes) -> set[bytes]:
        return {data[at : at + 8] for at in range(len(data) - 7)}

    ballots: set[bytes] = set()
    for row in db.session.scalars(select(InboxBallot)):
        for data in (row.sealed, bytes.fromhex(row.commitment), row.commitment.encode()):
            ballots |= pieces(data)
    links = db.session.scalars(select(VotingLink)).all()
    assert {len(link.sealed) for link in links} == {LINK_LENGTH}
    assert len(links) == 25
    for link in links:
        assert not pieces(link.sealed) & ballots
        assert not pieces(link.sealed) & pieces(bytes.fromhex(link.value))


def holds(vote: Vote) -> bool:
    db.session.rollback()
    found = {f.name: f.holds for f in check_box(vote.cycle_id)}
    db.session.rollback()
    return found["B9"]


def test_links_are_as_many_as_slots_until_the_opening_and_then_none(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    assert holds(vote)
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert holds(vote)
    assert db.session.scalar(select(func.count()).select_from(VotingLink)) == 25
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert db.session.scalar(select(func.count()).select_from(VotingLink)) == 0
    assert db.session.scalar(select(func.count()).select_from(BoxBallot)) == 25
    assert holds(vote)
    with writing() as session:
        session.add(VotingLink(round_id=vote.round_id, value="left behind", sealed=bytes(LINK_LENGTH)))
    assert not holds(vote)


@pytest.mark.parametrize("fault", ["missing", "of no slot", "of a slot that did not cast", "too short"])
def test_a_link_that_is_amiss_is_found(sqlite_app: Flask, clock: FrozenClock, fault: str) -> None:
    vote = make_vote(sqlite_app, clock)
    for voter in vote.voters()[:3]:
        vote.cast(voter, vote.projects[:1])
    assert holds(vote)
    slot = vote.voters()[0].slot
    with writing() as session:
        if fault == "of a slot that did not cast":
            session.execute(update(VotingSlot).where(VotingSlot.value == slot).values(state="spoilt"))
        else:
            session.execute(delete(VotingLink).where(VotingLink.value == slot))
        if fault == "of no slot":
            session.add(VotingLink(round_id=vote.round_id, value="00" * 32, sealed=bytes(LINK_LENGTH)))
        if fault == "too short":
            session.add(VotingLink(round_id=vote.round_id, value=slot, sealed=b"short"))
    assert not holds(vote)


def test_a_link_is_never_changed(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    vote.cast(vote.voters()[0], vote.projects[:1])
    with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
        session.execute(update(VotingLink).values(sealed=b""))
