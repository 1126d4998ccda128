"""Point 10. Any two custodians open and no one alone does; a stranger with a dump, the logs and the source fails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from itertools import combinations
from typing import Any
from unittest import mock

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from flask import Flask, current_app
from sqlalchemy import delete, insert, select

from pb.config import demonstration_key
from pb.core.ballots import BALLOT_LENGTH, ballot_bytes, commitment
from pb.core.errors import Closed, Invalid
from pb.db import db, metadata, writing
from pb.voting import receipts
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.custodians import demonstration_keys, public_keys
from pb.voting.flush import flush_due
from pb.voting.models import BoxBallot, InboxBallot, OpenedBallot, VotingLink, VotingRound, VotingSlot
from pb.voting.models_people import RollEntry
from pb.voting.queries import find_receipt
from pb.voting.sealing import PAIRS, open_ballot, open_share, seal_ballot
from tests.conftest import FrozenClock
from tests.results.making import at
from tests.trust.reporting import Reached, sized
from tests.trust.tampering import forbid_nothing
from tests.voting.making import Vote, make_vote

LABEL = "terjola-2026"


def cast_all(vote: Vote, clock: FrozenClock) -> dict[str, list[str]]:
    """Choices by commitment; all ballots are in the box."""
    chosen = {}
    for n, voter in enumerate(vote.voters()):
        choices = [vote.projects[n % 4]]
        chosen[vote.cast(voter, choices).commitment] = choices
    flush_due(now=clock())
    return chosen


def keys_of(app: Flask) -> tuple[X25519PrivateKey, ...]:
    return demonstration_keys(app.extensions["pb_settings"], LABEL)


def test_pairs_open_and_nobody_alone(sqlite_app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """Also somebody who took part in the trial opening, and keeps all that was learnt there."""
    vote = make_vote(sqlite_app, clock, voters=sized(20, 200))
    chosen = cast_all(vote, clock)
    keys = keys_of(sqlite_app)
    public = [key.public_key() for key in keys]
    trial = seal_ballot(ballot_bytes(LABEL, None, ["1"], os.urandom(32)), public, LABEL)
    learnt = {
        part: share for one in range(3) for part, share in open_share(trial, one, keys[one], LABEL).items()
    }
    box = list(db.session.execute(select(BoxBallot.commitment, BoxBallot.sealed)))
    assert len(box) == len(chosen)
    opened = tried = alone = 0
    for hashed, sealed in box:
        for a, b in PAIRS:
            opened += commitment(open_ballot(sealed, (a, b), (keys[a], keys[b]), LABEL)).hex() == hashed
        for one in range(3):
            for pair in PAIRS:  # the own key in both places, or one that was made up for the other's
                for two in ((keys[one], keys[one]), (keys[one], X25519PrivateKey.generate())):
                    tried += 1
                    alone += opens(sealed, pair, two)
            held = open_share(sealed, one, keys[one], LABEL)
            for missing in (bytes(32), learnt[one], *(learnt[part] for part in held)):
                tried += 1
                alone += unlocks(sealed, [*held.values(), missing])
    reached("ballots opened by pairs", must=3 * len(box), got=opened)
    reached("attempts of one custodian, also with what the trial opening taught", got=tried)
    reached("of them that opened a ballot", must=0, got=alone)


def opens(sealed: bytes, pair: tuple[int, int], keys: tuple[X25519PrivateKey, X25519PrivateKey]) -> bool:
    try:
        open_ballot(sealed, pair, keys, LABEL)
    except Invalid:
        return False
    return True


def unlocks(sealed: bytes, parts: list[bytes]) -> bool:
    """Whether the parts together are the key of the ballot's body."""
    key = 0
    for part in parts:
        key ^= int.from_bytes(part)
    try:
        ChaCha20Poly1305(key.to_bytes(32)).decrypt(
            bytes(12), sealed[: BALLOT_LENGTH + 16], f"pb-seal-v2|ballot|{LABEL}".encode()
        )
    except InvalidTag:
        return False
    return True


def dumped() -> tuple[dict[str, list[dict[str, Any]]], bytes]:
    """What a dump of the database holds: rows, and all of it as bytes."""
    tables = {
        table.name: [row._asdict() for row in db.session.execute(select(table))]
        for table in metadata.sorted_tables
    }
    return tables, repr(tables).encode()


def test_a_stranger_reveals_and_links_nothing(
    sqlite_app: Flask, clock: FrozenClock, reached: Reached
) -> None:
    """With the dump and the source: every ballot that could have been is tried against the commitments, every
    secret that stands in the dump or the source is tried as a key.
    """
    vote = make_vote(sqlite_app, clock, voters=sized(20, 60))
    cast_all(vote, clock)
    truth = {voter.slot for voter in vote.voters()}
    persons = list(db.session.scalars(select(RollEntry.person_hash)))
    tables, data = dumped()
    settings = current_app.extensions["pb_settings"]
    secrets = (settings.link_key, settings.hash_key, settings.data_key, settings.signing_key)
    found = sum(form in data for key in secrets for form in (repr(key)[2:-1].encode(), key.hex().encode()))
    reached("keys that stand in the dump", must=0, got=found)
    commitments = {row["commitment"] for row in tables["box_ballot"]}
    candidates = material(tables)
    # Reveal: each set of choices with each secret of the dump as the random bytes of a ballot.
    sets = [list(one) for size in (1, 2) for one in combinations(vote.projects, size)]
    revealed = sum(
        commitment(ballot_bytes(LABEL, None, choices, random)).hex() in commitments
        for random in candidates for choices in sets
    )  # fmt: skip
    reached(
        "ballots guessed, with every 32 bytes of the dump as their random part",
        got=len(candidates) * len(sets),
    )
    reached("of them that are in the box", must=0, got=revealed)
    opened = 0
    for row in tables["box_ballot"][:5]:
        for key in candidates[:200]:
            private = X25519PrivateKey.from_private_bytes(key)
            opened += opens(row["sealed"], (0, 1), (private, private))
    reached("sealed ballots opened with them as keys", must=0, got=opened)
    # Link: the slots of everybody on the roll with every such key, and with the source's public ones.
    public = [demonstration_key(name) for name in ("PB_LINK_KEY", "PB_HASH_KEY", "link")]
    linked = 0
    for key in [*candidates, *public]:
        for person in persons[:5]:
            parts = b"".join(len(p).to_bytes(4) + p for p in (b"pb-slot-v1", LABEL.encode(), person.encode()))
            linked += hmac.new(key, parts, hashlib.sha256).hexdigest() in truth
    reached("people of the roll found among the slots", must=0, got=linked)


def material(tables: dict[str, list[dict[str, Any]]]) -> list[bytes]:
    """Whatever in the dump could be 32 bytes of a secret: hex of them, and hashes of every text."""
    found: set[bytes] = set()
    for rows in tables.values():
        for row in rows:
            for value in row.values():
                if isinstance(value, str) and value:
                    found.add(hashlib.sha256(value.encode()).digest())
                    if len(value) == 64:
                        try:
                            found.add(bytes.fromhex(value))
                        except ValueError:
                            continue
    return sorted(found)


def test_a_stranger_adds_nothing_that_counts(sqlite_app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """Who can write into the database, and seal to the public keys, but lacks the signing key."""
    vote = make_vote(sqlite_app, clock)
    voters = vote.voters()
    for voter in voters[:22]:
        vote.cast(voter, vote.projects[:1])
    row = db.session.get_one(VotingRound, vote.round_id)
    public, own = public_keys(row.custodians), Ed25519PrivateKey.generate()
    with writing():
        forbid_nothing()
        for voter in voters[22:]:
            content = ballot_bytes(LABEL, None, [vote.projects[3]], os.urandom(32))
            hashed = commitment(content).hex()
            signature = base64.b64encode(own.sign(receipts.signed_bytes(LABEL, hashed))).decode()
            db.session.execute(
                insert(VotingSlot).values(
                    round_id=row.id, value=voter.slot, unit_id=voter.unit_id, channel="web", state="cast"
                )
            )
            db.session.execute(
                insert(InboxBallot).values(
                    round_id=row.id,
                    commitment=hashed,
                    sealed=seal_ballot(content, public, LABEL),
                    signature=signature,
                )
            )
    seen = {finding.name for finding in check_box(vote.cycle_id) if not finding.holds}
    reached("slipped-in ballots: box-check says so before the close", must=True, got="B2" in seen)
    at(clock, 10, 27)
    with pytest.raises(Closed, match="broken_b2"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    reached("and the gate stays shut", must=True, got=True)
    # Without the check at the gate they were opened, and none of them counted; so they would be still.
    with mock.patch("pb.voting.closing.refuse_broken"), mock.patch("pb.voting.commands_box.refuse_broken"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
        open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    faults = list(db.session.scalars(select(OpenedBallot.fault).where(OpenedBallot.fault != "")))
    reached("of 3 slipped-in ballots counted", must=0, got=3 - faults.count("bad_signature"))


def test_a_stranger_drops_nothing_unseen(sqlite_app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """A ballot that waits is deleted: with its slot the numbers agree, and only the receipt speaks for it."""
    vote = make_vote(sqlite_app, clock)
    voters = vote.voters()
    given = [vote.cast(voter, vote.projects[:1]) for voter in voters[:22]]
    with writing():
        forbid_nothing()
        db.session.execute(delete(InboxBallot).where(InboxBallot.commitment == given[3].commitment))
    at(clock, 10, 27)
    with pytest.raises(Closed, match="broken_b3"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    reached("a ballot deleted without its slot: the close is refused", must=True, got=True)
    with writing():
        forbid_nothing()
        db.session.execute(delete(VotingSlot).where(VotingSlot.value == voters[3].slot))
    with pytest.raises(Closed, match="broken_b9"):  # its sealed link is left
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    with writing():
        forbid_nothing()
        db.session.execute(delete(VotingLink).where(VotingLink.value == voters[3].slot))
    with pytest.raises(Closed, match="broken_b12"):  # the triggers that had to go for it are missed
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    with mock.patch("pb.voting.closing.refuse_broken"):  # somebody who puts them back is not found by numbers
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    lost = given[3]
    found = find_receipt(vote.cycle_id, lost.code)
    proof = receipts.is_genuine(lost)
    reached(
        "deleted with its slot and link: on the board, and the receipt proves the promise",
        must=(None, True),
        got=(found, proof),
    )
