"""Point 5. What a superuser of the database changes behind the triggers is reported."""

from __future__ import annotations

import random
from collections import Counter

from flask import Flask
from sqlalchemy import select, update

from pb.core.board import Head, Kind, ballot_entry
from pb.core.merkle import Frontier, leaf_hash
from pb.db import db, writing
from pb.voting import queries_board as board
from pb.voting import receipts
from pb.voting.commands_box import close_box, open_box
from pb.voting.flush import flush_due
from pb.voting.models_board import BoardEntry, BoardHead
from tests.conftest import FrozenClock
from tests.results.making import at, published, rules
from tests.trust.reporting import Reached, sized
from tests.trust.tampering import CONTENTS, KINDS, Kept, change, forbid_nothing, server, stranger
from tests.voting.making import Vote, make_vote

VOTERS = 48


def held(app: Flask, clock: FrozenClock) -> tuple[Vote, Kept]:
    """A vote from the ballot to the published result; a witness kept a head each time that one was signed."""
    vote = make_vote(app, clock, voters=VOTERS, rules=rules())
    given = []
    for n, voter in enumerate(vote.voters()):
        given.append(vote.cast(voter, [vote.projects[n % 4], vote.projects[(n + 1) % 4]]))
        if n % 24 == 23:
            flush_due(now=clock())
    at(clock, 10, 27)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    published(vote)
    heads = [(one.head.size, one.head.root) for one in board.heads(vote.round_id, "terjola-2026")]
    db.session.rollback()
    return vote, Kept(heads, given, receipts.public_key().hex())


class Undone(Exception):
    """Takes a change back."""


def test_random_changes_are_reported(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    vote, kept = held(app, clock)
    assert stranger(vote.cycle_id, kept) == []
    assert server(vote.cycle_id) == []
    on_postgresql = db.engine.dialect.name == "postgresql"
    wanted, rng = sized(30, 500 if on_postgresql else 100), random.Random(5)
    done, seen, missed = 0, Counter[str](), Counter[str]()
    while done < wanted:
        kind, table = rng.choice(KINDS), rng.choice(list(CONTENTS))
        try:
            with writing():
                forbid_nothing()
                what = change(rng, kind, table)
                db.session.expire_all()
                if what:
                    done += 1
                    by_stranger, by_server = bool(stranger(vote.cycle_id, kept)), bool(server(vote.cycle_id))
                    seen["stranger"] += by_stranger
                    seen["server"] += by_server
                    if not by_stranger and not by_server:
                        missed[what] += 1
                raise Undone
        except Undone:
            db.session.expire_all()
    name = db.engine.dialect.name
    reached(f"{name}: changes that nobody reports", must={}, got=dict(missed))
    reached(f"{name}: changes reported", must=wanted, got=done - missed.total())
    reached(f"{name}: of them by a stranger with the published box alone", got=seen["stranger"])
    reached(f"{name}: of them by box-check", got=seen["server"])
    assert stranger(vote.cycle_id, kept) == [], "all was taken back"


def test_a_board_written_anew_with_the_key(sqlite_app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """The server's keeper has the signing key, too. Whoever kept a head or a receipt sees it; nobody else does."""
    vote = make_vote(sqlite_app, clock, voters=VOTERS, rules=rules())
    given = [vote.cast(voter, vote.projects[:1]) for voter in vote.voters()]
    flush_due(now=clock())
    label = "terjola-2026"
    heads = [(one.head.size, one.head.root) for one in board.heads(vote.round_id, label)]
    with writing():
        forbid_nothing()
        victim = db.session.scalars(
            select(BoardEntry).where(BoardEntry.commitment == given[7].commitment)
        ).one()
        forged = "ab" * 32
        signature = receipts.sign(label, forged).signature
        content = ballot_entry(label, forged, b"another envelope", signature).decode()
        number = victim.number
        db.session.execute(
            update(BoardEntry).where(BoardEntry.number == number).values(content=content, commitment=forged)
        )
        sign_anew(vote.round_id, label)
    db.session.rollback()
    entries = list(board.all_entries(vote.round_id, board.size_of(vote.round_id)))
    last = board.last_head(vote.round_id, label)
    assert last is not None
    assert receipts.is_genuine_head(last.head, last.signature)
    posted = {entry.fields.get("commitment") for entry in entries if entry.kind == Kind.BALLOT}
    edge, roots = Frontier(), {}
    for entry in entries:
        edge.add(leaf_hash(entry.content.encode()))
        roots[edge.size] = edge.root.hex()
    after = [size for size, _ in heads if size >= number]
    caught = [size for size, root in heads if roots[size] != root]
    reached(
        "an entry forged with the key: kept heads that cover it and differ", must=len(after), got=len(caught)
    )
    reached(
        "receipts that are not on the forged board",
        must=1,
        got=sum(r.commitment not in posted for r in given),
    )
    early = [size for size, root in heads if size < number and roots[size] != root]
    reached("heads kept before it that differ (a risk: they do not cover it)", must=0, got=len(early))


def sign_anew(round_id: int, label: str) -> None:
    """Hashes and heads of the whole board once more, as somebody with the signing key can."""
    edge, signed = Frontier(), {row.size: row for row in db.session.scalars(select(BoardHead))}
    for entry in db.session.scalars(select(BoardEntry).order_by(BoardEntry.number)).all():
        entry.subtrees = b"".join(edge.add(leaf_hash(entry.content.encode())))
        if edge.size in signed:
            head = Head(label, edge.size, edge.root.hex(), signed[edge.size].day)
            signed[edge.size].root, signed[edge.size].signature = head.root, receipts.sign_head(head)
    db.session.flush()
