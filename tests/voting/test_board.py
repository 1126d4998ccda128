"""The public board: what stands on it and when, that it only grows, and that it tells nothing of anybody."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from pb import clock as clock_module
from pb.core.board import Kind, parse_entry, read_head
from pb.core.errors import Closed
from pb.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from pb.core.phases import Phase
from pb.cycles.commands_acts import decide_act, propose_act
from pb.cycles.models import Cycle, RulebookVersion
from pb.db import db, is_sqlite, metadata, writing
from pb.voting import posting
from pb.voting import queries_board as board
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.flush import flush, flush_due
from pb.voting.models import BoxBallot, VotingRound, VotingSlot
from pb.voting.models_board import BoardEntry, BoardHead
from pb.voting.models_people import RollEntry
from pb.voting.posting import catch_up, post_due
from pb.voting.receipts import is_genuine_head
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock
from tests.results.making import make_box, published
from tests.voting.making import Vote, make_vote
from tests.voting.test_casting import at_once

LABEL = "terjola-2026"


@pytest.fixture
def vote(app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(app, clock)


def cast_all(vote: Vote, first: int = 0, until: int | None = None) -> list[str]:
    """Cast ballots of these voters; gives the commitments in the order of casting."""
    return [vote.cast(voter, vote.projects[:2]).commitment for voter in vote.voters()[first:until]]


def kinds(vote: Vote) -> list[str]:
    db.session.rollback()
    return [entry.kind for entry in board.all_entries(vote.round_id, board.size_of(vote.round_id))]


def broken(vote: Vote) -> set[str]:
    db.session.rollback()
    return {finding.name for finding in check_box(vote.cycle_id) if not finding.holds}


def finish(vote: Vote, clock: FrozenClock) -> None:
    clock.set(2026, 10, 26)
    clock_module.forget()
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())


BEFORE = ["prepared", "custodians", "trial_opened", "trial_opened", "trial_opened"]


def test_the_board_tells_the_vote_from_the_ballot_to_the_opening(vote: Vote, clock: FrozenClock) -> None:
    assert kinds(vote) == BEFORE
    cast_all(vote, until=5)
    assert kinds(vote) == BEFORE  # casting writes nothing here
    cast_all(vote, 5, 22)
    flush_due(now=clock())
    assert kinds(vote) == [*BEFORE, "voting_opened", *["ballot"] * 22]
    cast_all(vote, 22)
    finish(vote, clock)
    assert kinds(vote) == [*BEFORE, "voting_opened", *["ballot"] * 25, "closed", "destroyed", "box_opened"]
    assert not broken(vote)
    acts = {entry.kind: entry.fields for entry in board.acts(vote.round_id)}
    row = the_round(vote.cycle_id)
    assert acts["prepared"]["projects"] == row.projects
    assert acts["custodians"]["custodians"] == row.custodians
    assert acts["trial_opened"]["pair"] == [2, 3]
    assert (acts["closed"]["ballots"], acts["box_opened"]["invalid"]) == (25, 0)
    for name in ("ballot", "rulebook", "roll", "code"):
        assert acts["voting_opened"][name] == acts["closed"][name], name
    assert acts["voting_opened"]["roll"]["size"] == 25
    assert acts["voting_opened"]["opens"] == "2026-10-11T20:00Z"


def test_every_entry_and_every_two_heads_have_their_proof(vote: Vote, clock: FrozenClock) -> None:
    cast_all(vote, until=20)
    flush_due(now=clock())
    cast_all(vote, 20)
    finish(vote, clock)
    db.session.rollback()
    heads = board.heads(vote.round_id, LABEL)
    assert [one.head.size for one in heads] == [2, 5, 26, 31, 32, 33, 34]
    for one in heads:
        assert is_genuine_head(one.head, one.signature)
        assert read_head(one.head.signed_bytes()) == one.head
        assert board.root_at(vote.round_id, one.head.size) == one.head.root
        for entry in board.entries(vote.round_id, 0, one.head.size):
            assert parse_entry(entry.content.encode()) == entry.fields
            path = board.inclusion(vote.round_id, entry.number, one.head.size)
            assert verify_inclusion(
                leaf_hash(entry.content.encode()), entry.number - 1, one.head.size,
                [bytes.fromhex(x) for x in path], bytes.fromhex(one.head.root),
            )  # fmt: skip
        for other in heads:
            if one.head.size <= other.head.size:
                path = board.consistency(vote.round_id, one.head.size, other.head.size)
                assert verify_consistency(
                    one.head.size, other.head.size, [bytes.fromhex(x) for x in path],
                    bytes.fromhex(one.head.root), bytes.fromhex(other.head.root),
                )  # fmt: skip
    assert board.last_head(vote.round_id, LABEL) == heads[-1]
    assert board.head_at(vote.round_id, LABEL, 26) == heads[2]
    assert board.head_at(vote.round_id, LABEL, 27) is None
    assert [one.head.day for one in board.days(vote.round_id, LABEL)] == [
        "2026-10-26", "2026-10-14", "2026-10-09",
    ]  # fmt: skip


def test_ballots_stand_in_the_shuffled_order_of_the_box(vote: Vote, clock: FrozenClock) -> None:
    cast = cast_all(vote, until=21)
    flush_due(now=clock())
    cast += cast_all(vote, 21)
    finish(vote, clock)
    db.session.rollback()
    posted = [
        entry.fields["commitment"]
        for entry in board.all_entries(vote.round_id, board.size_of(vote.round_id))
        if entry.kind == Kind.BALLOT
    ]
    boxed = list(db.session.scalars(select(BoxBallot.commitment).order_by(BoxBallot.position)))
    assert posted == boxed
    assert set(posted) == set(cast)
    assert posted[:21] != cast[:21]  # by chance once in 21!
    assert posted[:21] != sorted(cast[:21])
    opened = list(db.session.scalars(text("SELECT commitment FROM opened_ballot ORDER BY position")))
    assert opened != posted


def test_nothing_beside_a_ballot_tells_when_or_whose(vote: Vote, clock: FrozenClock) -> None:
    """The ballots come minutes apart and from several units; the board has no more of it than their number."""
    for voter in vote.voters():
        clock.moment += timedelta(minutes=7)
        vote.cast(voter, vote.projects[:2])
    seconds = clock.moment + timedelta(seconds=41, microseconds=5)
    flush(cycle_id=vote.cycle_id, now=seconds)
    db.session.rollback()
    entries = db.session.execute(select(BoardEntry)).scalars().all()
    ballots = [entry for entry in entries if entry.kind == Kind.BALLOT]
    assert len(ballots) == 25
    for entry in ballots:
        assert set(json.loads(entry.content)) == {"commitment", "kind", "round", "sealed", "signature"}
        assert "T" not in re.sub(r'"signature":"[^"]*"', "", entry.content)
        assert len(entry.content) == len(ballots[0].content)
    # No column of either table could hold a moment, and none refers to a person, a slot or a unit.
    for name in ("board_entry", "board_head"):
        for column in metadata.tables[name].columns:
            assert "TIME" not in str(column.type).upper(), column
            assert {key.column.table.name for key in column.foreign_keys} <= {"voting_round"}
    heads = db.session.execute(select(BoardHead)).scalars().all()
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", head.day) for head in heads)
    everything = "\n".join(
        str(value) for table in ("board_entry", "board_head")
        for row in db.session.execute(select(metadata.tables[table])) for value in row
    )  # fmt: skip
    secrets = [
        *db.session.scalars(select(VotingSlot.value)),
        *db.session.scalars(select(RollEntry.person_hash)),
    ]
    assert len(secrets) == 50
    for secret in secrets:
        assert secret not in everything
    assert f"{seconds:%H:%M}" not in everything
    assert "unit-" not in "".join(entry.content for entry in ballots)


def test_entries_and_heads_are_never_changed(vote: Vote) -> None:
    acts: list[Any] = [
        update(BoardEntry).values(kind="x"), delete(BoardEntry),
        update(BoardHead).values(day="x"), delete(BoardHead),
    ]  # fmt: skip
    if not is_sqlite():
        acts += [text("TRUNCATE board_entry"), text("TRUNCATE board_head")]
    for act in acts:
        with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
            session.execute(act)


def test_an_act_that_fails_leaves_no_entry(vote: Vote, clock: FrozenClock) -> None:
    cast_all(vote, until=3)
    with writing() as session:
        session.execute(delete(VotingSlot).where(VotingSlot.value == vote.voters()[0].slot))
    before = kinds(vote)
    clock.set(2026, 10, 26)
    with pytest.raises(Closed, match="broken_b3"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert kinds(vote) == before


def test_opening_pauses_and_extensions_are_posted_by_the_worker(vote: Vote, clock: FrozenClock) -> None:
    assert post_due(now=clock()) == 1
    assert post_due(now=clock()) == 0
    assert kinds(vote) == [*BEFORE, "voting_opened"]
    until = clock() + timedelta(days=13)
    for kind in ("pause", "resume", "extend"):
        given: dict[str, Any] = {"cycle_id": vote.cycle_id, "kind": kind, "now": clock()}
        if kind == "extend":
            given |= {"phase": Phase.VOTING, "until": until.replace(hour=20, minute=0)}
        act = propose_act(**given, reason=f"მიზეზი, რომელიც საკმარისად გრძელია: {kind}", actor=vote.admin)
        assert post_due(now=clock()) == 0  # proposed is not decided
        decide_act(act_id=act, approve=True, actor=vote.second, now=clock())
        assert post_due(now=clock()) == 1
    assert kinds(vote)[6:] == ["paused", "resumed", "extended"]
    last = board.acts(vote.round_id)[-1].fields
    assert (last["phase"], last["until"]) == ("voting", "2026-10-27T20:00Z")
    assert post_due(now=clock()) == 0


def test_nothing_is_posted_before_the_vote_is_open(vote: Vote, clock: FrozenClock) -> None:
    clock.set(2026, 10, 11)
    clock_module.forget()
    assert post_due(now=clock()) == 0
    assert kinds(vote) == BEFORE


def test_acts_at_once_make_one_board(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    cast_all(vote)
    acts: list[Callable[[], int]] = [lambda: flush(cycle_id=vote.cycle_id, now=clock())] * 3
    at_once(app, [*acts, *[lambda: post_due(now=clock())] * 3])
    assert sorted(kinds(vote)) == sorted([*BEFORE, "voting_opened", *["ballot"] * 25])
    assert not broken(vote)


def explain(vote: Vote, clock: FrozenClock, reason: str) -> None:
    given: dict[str, Any] = {"cycle_id": vote.cycle_id, "now": clock()}
    act = propose_step(kind="explain", reason=reason, actor=vote.admin, **given)
    assert broken(vote) == {"B11"}  # proposed is not explained
    decide_step(act_id=act, outcome="approved", actor=vote.second, **given)


def test_a_change_of_code_is_an_entry_by_two_people(
    vote: Vote, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast_all(vote, until=20)
    flush_due(now=clock())
    with pytest.raises(Closed, match="nothing_to_explain"):
        propose_step(cycle_id=vote.cycle_id, kind="explain", reason="x" * 30, actor=vote.admin, now=clock())
    first = posting.own_code()
    monkeypatch.setattr(posting, "own_code", lambda: "ab" * 32)
    assert post_due(now=clock()) == 0  # the server does not explain itself
    vote.cast(vote.voters()[20], vote.projects[:1])  # and the vote goes on
    assert broken(vote) == {"B11"}
    explain(vote, clock, "გასწორდა შეცდომა კითხვარის გვერდზე.")
    assert not broken(vote)
    assert board.acts(vote.round_id)[-1].fields | {"round": "", "at": ""} == {
        "kind": "code_changed", "round": "", "before": first, "after": "ab" * 32, "at": "",
        "reason": "გასწორდა შეცდომა კითხვარის გვერდზე.",
    }  # fmt: skip
    monkeypatch.setattr(posting, "own_code", lambda: "cd" * 32)
    clock.set(2026, 10, 26)
    with pytest.raises(Closed, match="code_unexplained"):
        close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    explain(vote, clock, "კიდევ ერთი სწორება, კენჭისყრის შემდეგ.")
    finish(vote, clock)
    assert kinds(vote)[-5:] == ["code_changed", "ballot", "closed", "destroyed", "box_opened"]
    assert not broken(vote)


def test_an_explanation_is_of_the_program_that_was_seen(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_vote(sqlite_app, clock)
    post_due(now=clock())
    monkeypatch.setattr(posting, "own_code", lambda: "ab" * 32)
    given: dict[str, Any] = {"cycle_id": vote.cycle_id, "now": clock()}
    act = propose_step(kind="explain", reason="მიზეზი, რომელიც გრძელია", actor=vote.admin, **given)
    monkeypatch.setattr(posting, "own_code", lambda: "cd" * 32)
    with pytest.raises(Closed, match="step_changed"):
        decide_step(act_id=act, outcome="approved", actor=vote.second, **given)


def test_other_rules_than_at_the_opening_show(vote: Vote, clock: FrozenClock) -> None:
    post_due(now=clock())
    with writing() as session:
        cycle = session.get_one(Cycle, vote.cycle_id)
        old = session.get_one(RulebookVersion, cycle.rulebook_id)
        new = RulebookVersion(
            cycle_id=cycle.id, version=2, document=old.document, fingerprint="ef" * 32, created_at=clock()
        )
        session.add(new)
        session.flush()
        cycle.rulebook_id = new.id
    assert broken(vote) == {"B11"}


def test_the_published_result_is_an_entry(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_box(sqlite_app, clock)
    published(vote)
    last = board.acts(vote.round_id)[-1].fields
    assert last["kind"] == "result"
    stored = db.session.execute(text("SELECT fingerprint, inputs_fingerprint FROM count_result")).one()
    assert (last["result"], last["inputs"]) == tuple(stored)


def forbidden_once(statement: Any, table: str, verb: str) -> None:
    """Do behind the application's back what its triggers forbid."""
    with writing() as session:
        on = "" if is_sqlite() else f" ON {table}"
        session.execute(text(f"DROP TRIGGER forbid_{verb}_{table}{on}"))
        session.execute(statement)


def test_the_check_finds_what_was_done_to_the_board(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    cast_all(vote, until=22)
    flush_due(now=clock())
    cast_all(vote, 22)
    finish(vote, clock)
    assert not broken(vote)
    last = board.size_of(vote.round_id)
    ballot = BoardEntry.kind == "ballot"
    trials: list[tuple[Any, str, str, set[str]]] = [
        # a reason put otherwise, with its hash left as it was
        (update(BoardEntry).where(BoardEntry.kind == "closed").values(
            content=BoardEntry.content + " "), "board_entry", "update", {"B5", "B6"}),
        (update(BoardEntry).where(BoardEntry.number == 9).values(
            subtrees=b"x" * 32), "board_entry", "update", {"B5"}),
        (delete(BoardEntry).where(BoardEntry.number == 9), "board_entry", "delete",
         {"B2", "B3", "B5", "B6", "B13"}),
        (delete(BoardEntry).where(BoardEntry.number == last), "board_entry", "delete", {"B5"}),
        (update(BoardHead).where(BoardHead.size == 5).values(root="00" * 32), "board_head", "update", {"B5"}),
        (update(BoardHead).where(BoardHead.size == 5).values(day="2026-01-01"), "board_head", "update", {"B5"}),
        (delete(BoardHead).where(BoardHead.size == last), "board_head", "delete", {"B5"}),
        (update(BoardEntry).where(ballot, BoardEntry.number == 10).values(
            commitment="00" * 32), "board_entry", "update", {"B2", "B3", "B5"}),
    ]  # fmt: skip
    path = sqlite_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    for statement, table, verb, expected in trials:
        with Restored(path):
            forbidden_once(statement, table, verb)
            assert broken(vote) == {*expected, "B12"}, str(statement)  # the trigger is gone too


class Restored:
    """The database file as it was before, afterwards."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.before = sqlite3.connect(":memory:")
        with sqlite3.connect(self.path) as now:
            now.backup(self.before)
        now.close()

    def __exit__(self, *_error: object) -> None:
        db.session.remove()
        db.engine.dispose()
        with sqlite3.connect(self.path) as now:
            self.before.backup(now)
        now.close()


def test_a_ballot_slipped_in_after_the_close_shows(sqlite_app: Flask, clock: FrozenClock) -> None:
    """With good hashes and heads, as the server's keeper could make them."""
    vote = make_vote(sqlite_app, clock)
    cast_all(vote, until=3)
    finish(vote, clock)
    row = the_round(vote.cycle_id)
    content = posting.ballot_entry(LABEL, "ab" * 32, b"sealed", "c2ln")
    with writing():
        posting._append(row, [(Kind.BALLOT, content, "ab" * 32)], clock())
    assert broken(vote) == {"B3", "B6"}


def test_a_database_without_a_board_gets_one(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    """A demonstration begun before there was a board: its ballots are not lost."""
    cast_all(vote)
    finish(vote, clock)
    whole = kinds(vote)
    for table in ("board_entry", "board_head"):
        forbidden_once(delete(metadata.tables[table]), table, "delete")
    assert kinds(vote) == []
    assert broken(vote) == {"B2", "B3", "B6", "B12", "B13"}
    with writing() as session:
        catch_up(session.get_one(VotingRound, vote.round_id), clock())
    assert kinds(vote) == whole
    assert broken(vote) == {"B12"}  # the triggers were taken off
