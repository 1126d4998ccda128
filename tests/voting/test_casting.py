"""Casting: one person, one ballot, whatever happens at once; and nothing beside the ballot."""

from __future__ import annotations

import ast
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

import pb.voting.casting as casting_module
from pb.core.errors import Closed, DomainError, Invalid
from pb.db import db, is_sqlite, metadata, writing
from pb.rows import Prepared, Rows, row_command
from pb.voting import receipts, tokens
from pb.voting.casting import cast_ballot
from pb.voting.casting_rows import statements
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box
from pb.voting.flush import flush, flush_due
from pb.voting.models import BoxBallot, InboxBallot, VotingLink, VotingSlot
from pb.voting.queries import Whereabouts, find_receipt, slots_used, suppressed, turnout
from pb.voting.queries_people import roll_in_force
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote


@pytest.fixture
def vote(app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(app, clock)


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads that start together; results or domain errors in order."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        with app.app_context():
            try:
                barrier.wait()
                found[n] = acts[n]()
            except Exception as error:
                found[n] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found:
        if isinstance(result, Exception) and not isinstance(result, DomainError):
            raise result
    return found


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_twenty_requests_of_one_person_are_one_ballot(app: Flask, vote: Vote) -> None:
    voter = vote.voters()[0]
    results = at_once(app, [lambda: vote.cast(voter, vote.projects[:2]) for _ in range(20)])
    assert Counter(type(r).__name__ for r in results) == {"Receipt": 1, "Closed": 19}
    assert {r.code for r in results if isinstance(r, Closed)} == {"already_voted"}
    assert (count(VotingSlot), count(InboxBallot)) == (1, 1)


def test_twenty_taps_on_one_page_are_one_ballot_and_one_receipt(app: Flask, vote: Vote) -> None:
    voter = vote.voters()[0]
    choices = vote.projects[:2]
    token = tokens.issue(voter.round_id, voter.slot, choices)
    results = at_once(app, [lambda: vote.cast(voter, choices, token) for _ in range(20)])
    assert len(set(results)) == 1
    assert (count(VotingSlot), count(InboxBallot)) == (1, 1)


def test_different_people_do_not_disturb_each_other(app: Flask, vote: Vote) -> None:
    voters = vote.voters()[:20]
    results = at_once(app, [lambda v=v: vote.cast(v, vote.projects[:2]) for v in voters])  # type: ignore[misc]
    assert len({r.code for r in results}) == 20
    assert (count(VotingSlot), count(InboxBallot)) == (20, 20)


def test_the_same_request_after_the_flush_gives_the_same_receipt(vote: Vote, clock: FrozenClock) -> None:
    voters, choices = vote.voters(), vote.projects[:2]
    token = tokens.issue(vote.round_id, voters[0].slot, choices)
    first = vote.cast(voters[0], choices, token)
    for voter in voters[1:]:
        vote.cast(voter, choices)
    assert flush_due(now=clock()) == 25
    assert vote.cast(voters[0], choices, token) == first
    with pytest.raises(Closed, match="already_voted"):
        vote.cast(voters[0], choices)
    assert (count(VotingSlot), count(InboxBallot), count(BoxBallot)) == (25, 0, 25)


def test_casting_races_with_the_close(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    """Whoever gets a receipt is in the box; whoever comes after the close is told so."""
    voters = vote.voters()[:12]
    acts: list[Callable[[], Any]] = [lambda v=v: vote.cast(v, vote.projects[:1]) for v in voters]  # type: ignore[misc]

    def shut() -> int:
        clock.set(2026, 10, 26)
        return close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())

    results = at_once(app, [*acts[:6], shut, *acts[6:]])
    taken = [r for r in results if isinstance(r, receipts.Receipt)]
    late = [r for r in results if isinstance(r, Closed)]
    assert len(taken) + len(late) == 12
    closed = next(r for r in results if isinstance(r, int))
    assert closed == len(taken) == count(BoxBallot) == count(VotingSlot)
    assert count(InboxBallot) == 0
    assert all(f.holds for f in check_box(vote.cycle_id))


def test_the_time_is_read_after_the_lock(app: Flask, vote: Vote) -> None:
    """A ballot that waits for the close is judged by the moment at which it stops waiting."""
    if is_sqlite():
        pytest.skip("SQLite's lock is taken by BEGIN, before anything is read")
    read = statements(db.engine.dialect).read
    stamps: list[datetime] = []

    def wait_for_the_round() -> None:
        with app.app_context():
            ((*_rest, machine, _rehearsal),) = row_command(
                lambda rows: rows.read(read, in_round=vote.round_id)
            )
            stamps.append(machine)

    with db.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM voting_round FOR UPDATE"))
        waiting = threading.Thread(target=wait_for_the_round)
        waiting.start()
        sleep(0.4)
        released = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    waiting.join()
    assert stamps[0] > released


def test_a_commit_that_commits_nothing_is_an_error(vote: Vote) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK where a statement had failed: no receipt may follow that."""
    if is_sqlite():
        pytest.skip("SQLite's COMMIT fails by itself")

    def swallow(rows: Rows) -> None:
        with suppress(Exception):
            rows.read(Prepared(text("SELECT 1 / 0"), db.engine.dialect))

    with pytest.raises(DBAPIError, match="nothing was committed"):
        row_command(swallow)
    assert vote.cast(vote.voters()[0], vote.projects[:1]).code


def test_statements_that_the_connection_forgot_are_prepared_anew(vote: Vote) -> None:
    if is_sqlite():
        pytest.skip("SQLite prepares by itself")
    vote.cast(vote.voters()[0], vote.projects[:1])
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")
        connection.commit()
    assert vote.cast(vote.voters()[1], vote.projects[:1]).code


def test_a_server_that_ends_connections_loses_no_ballot(app: Flask, vote: Vote) -> None:
    """One cast meets the dead connection; sent again, it is the same ballot, on a connection that lives."""
    if is_sqlite():
        pytest.skip("SQLite has no server")
    voters, chosen = vote.voters(), vote.projects[:1]
    vote.cast(voters[0], chosen)
    token = tokens.issue(vote.round_id, voters[1].slot, chosen)
    db.session.rollback()  # its connection is in the pool now
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()
    with pytest.raises(DBAPIError) as caught:
        vote.cast(voters[1], chosen, token)
    assert caught.value.connection_invalidated
    receipt = vote.cast(voters[1], chosen, token)
    assert vote.cast(voters[1], chosen, token) == receipt
    assert count(VotingSlot) == 2


def test_no_ballot_after_the_phase_or_the_close(vote: Vote, clock: FrozenClock) -> None:
    voters = vote.voters()
    clock.set(2026, 10, 25, 20, 1)
    with pytest.raises(Closed, match="wrong_phase"):
        vote.cast(voters[0], vote.projects[:1])
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    clock.set(2026, 10, 20)  # a rehearsal clock turned back does not open a closed box
    with pytest.raises(Closed, match="voting_over"):
        vote.cast(voters[0], vote.projects[:1])
    assert count(VotingSlot) == 0


@pytest.mark.parametrize(
    ("choices", "code"),
    [([], "empty_ballot"), (["1", "1"], "duplicate_choice"), (["999"], "unknown_project")],
)
def test_the_command_itself_refuses_bad_choices(vote: Vote, choices: list[str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        vote.cast(vote.voters()[0], choices)
    assert (count(VotingSlot), count(InboxBallot)) == (0, 0)


def test_a_token_is_good_for_one_voter_and_one_set_of_choices(vote: Vote) -> None:
    one, other = vote.voters()[:2]
    token = tokens.issue(vote.round_id, one.slot, vote.projects[:2])
    assert tokens.read(token, vote.round_id, one.slot, list(reversed(vote.projects[:2])))
    for voter, choices, given in (
        (other, vote.projects[:2], token),
        (one, vote.projects[:1], token),
        (one, vote.projects[:2], token[:-2]),
        (one, vote.projects[:2], "x"),
        (one, vote.projects[:2], "ქართული"),
    ):
        with pytest.raises(Invalid, match="page_changed"):
            cast_ballot(
                round_id=vote.round_id, slot=voter.slot, unit_id=voter.unit_id, channel="web",
                choices=choices, token=given,
            )  # fmt: skip


BALLOT_TABLES = ("voting_slot", "voting_link", "inbox_ballot")  # what casting writes


def rows_of_all_tables() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
    }


def test_casting_writes_a_slot_its_link_and_a_ballot_and_nothing_else(
    vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of_all_tables()
    written: list[str] = []
    values = Prepared.values

    def listen(statement: Prepared, given: Mapping[str, Any]) -> Any:
        written.extend(re.findall(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement.text))
        return values(statement, given)

    monkeypatch.setattr(Prepared, "values", listen)
    vote.cast(vote.voters()[0], vote.projects[:2])
    after = rows_of_all_tables()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "voting_slot": 1,
        "voting_link": 1,
        "inbox_ballot": 1,
    }
    assert written == ["voting_slot", "voting_link", "inbox_ballot"]


def test_no_row_that_refers_to_a_person_shares_the_ballots_transaction(vote: Vote) -> None:
    if is_sqlite():
        pytest.skip("SQLite keeps no transaction numbers")
    vote.cast(vote.voters()[0], vote.projects[:2])
    db.session.rollback()
    marks = set()
    for table in BALLOT_TABLES:
        marks |= set(db.session.scalars(text(f"SELECT xmin::text FROM {table}")))
    assert len(marks) == 1
    inspector = inspect(db.engine)
    for table in inspector.get_table_names():
        if table in BALLOT_TABLES:
            continue
        for column in ("xmin", "xmax"):
            shared = db.session.scalar(
                text(f"SELECT count(*) FROM {table} WHERE {column}::text = :mark"),
                {"mark": next(iter(marks))},
            )
            # The lock on the round, and the foreign key's on the unit: neither names a person.
            assert not shared or (column == "xmax" and table in ("voting_round", "unit")), (table, column)


def test_tables_of_ballots_hold_no_time_and_no_person() -> None:
    people = {"account", "roll", "roll_entry", "voter_code", "outgoing_message", "idea", "event"}
    for name in (*BALLOT_TABLES, "box_ballot", "opened_ballot"):
        table = metadata.tables[name]
        for column in table.columns:
            assert "TIME" not in str(column.type).upper(), f"{name}.{column.name}"
            assert not re.search(r"(_at|_by|time|person|account|session|address|phone)$", column.name)
            for key in column.foreign_keys:
                assert key.column.table.name not in people
    for name in people & set(metadata.tables):
        for column in metadata.tables[name].columns:
            for key in column.foreign_keys:
                assert key.column.table.name not in (*BALLOT_TABLES, "box_ballot")


def test_the_inbox_keeps_no_order(vote: Vote) -> None:
    if not is_sqlite():
        pytest.skip("rows without a row id are SQLite's")
    for table in BALLOT_TABLES:
        sql = db.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
        assert "WITHOUT ROWID" in (sql or "")


# Everything that the file where slot and choices meet may import; a model of people is not among it.
CASTING_IMPORTS = {
    "__future__", "collections.abc", "datetime", "enum", "typing", "flask", "sqlalchemy",
    "pb.clock", "pb.core.ballots", "pb.core.errors", "pb.cycles.status", "pb.db", "pb.policy", "pb.rows",
    "pb.voting.casting_rows", "pb.voting.links", "pb.voting.models", "pb.voting.receipts", "pb.voting.rounds",
    "pb.voting.sealing", "pb.voting.together", "pb.voting.tokens",
}  # fmt: skip
PEOPLE = re.compile(
    r"pb\.(accounts|messages|audit|ideas)\b|models_people|models_alarms|voting\.people|sightings|kiosk|identify|passes"
)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in ("pb", "pb.voting"):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_casting_imports_just_these() -> None:
    path = Path(casting_module.__file__)
    assert imported(path) == CASTING_IMPORTS
    for name in (
        "casting",
        "casting_rows",
        "together",
        "rounds",
        "sealing",
        "links",
        "receipts",
        "tokens",
        "models",
        "flush",
        "queries",
    ):
        for module in imported(path.with_name(f"{name}.py")):
            assert not PEOPLE.search(module), f"{name} imports {module}"


def test_the_box_is_not_in_the_order_of_casting(vote: Vote, clock: FrozenClock) -> None:
    codes = [vote.cast(voter, vote.projects[:1]).commitment for voter in vote.voters()]
    assert flush(cycle_id=vote.cycle_id, now=clock()) == 25
    boxed = list(db.session.scalars(select(BoxBallot.commitment).order_by(BoxBallot.position)))
    assert sorted(boxed) == sorted(codes)
    assert boxed != codes  # by chance once in 25!
    assert boxed != sorted(codes)


def test_fewer_than_twenty_wait(vote: Vote, clock: FrozenClock) -> None:
    voters = vote.voters()
    receipt = vote.cast(voters[0], vote.projects[:1])
    for voter in voters[1:19]:
        vote.cast(voter, vote.projects[:1])
    assert flush_due(now=clock()) == 0
    found = find_receipt(vote.cycle_id, receipt.code)
    assert found is not None
    assert found.place is Whereabouts.WAITING
    vote.cast(voters[19], vote.projects[:1])
    assert flush_due(now=clock()) == 20
    found = find_receipt(vote.cycle_id, receipt.code)
    assert found is not None
    assert found.place is Whereabouts.ON_BOARD
    assert receipts.is_genuine(found.receipt)
    assert slots_used(vote.cycle_id) == {("web", "cast"): 20}


def test_flushes_at_once_move_each_ballot_once(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    moved = at_once(app, [lambda: flush(cycle_id=vote.cycle_id, now=clock()) for _ in range(4)])
    assert sum(moved) == 25
    assert count(BoxBallot) == 25


def test_turnout_is_rounded_until_the_close(vote: Vote, clock: FrozenClock) -> None:
    roll = roll_in_force(vote.cycle_id)
    assert roll is not None
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    before = turnout(vote.cycle_id, roll.unit_sizes)
    assert before is not None
    assert (before.votes, before.exact) == (20, False)
    assert [u.votes for u in before.units] == [None, None, None]
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    after = turnout(vote.cycle_id, roll.unit_sizes)
    assert after is not None
    assert (after.votes, after.exact) == (25, True)
    assert sorted(u.votes or 0 for u in after.units) == [8, 8, 9]


def readable(vote: Vote) -> list[object]:
    """All that anybody can read of a vote before the opening, without what is random in it."""
    db.session.rollback()
    client: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    roll = roll_in_force(vote.cycle_id)
    assert roll is not None
    seen: list[object] = [slots_used(vote.cycle_id), str(turnout(vote.cycle_id, roll.unit_sizes))]
    for model in (InboxBallot, BoxBallot):
        for row in db.session.scalars(select(model).order_by(model.commitment)):
            seen.append((model.__name__, len(row.sealed), len(row.signature), len(row.commitment)))
    for link in db.session.scalars(select(VotingLink).order_by(VotingLink.value)):
        seen.append((link.value, len(link.sealed)))
    seen.append(sorted(db.session.scalars(select(VotingSlot.value))))
    for page in ("/", "/vote", "/receipt"):
        html = client.get(vote.world.url + page).get_data(as_text=True)
        seen.append(re.sub(r'name="csrf_token"[^>]*>', "", html))
    return seen


def test_other_choices_change_nothing_that_can_be_read(sqlite_app: Flask, clock: FrozenClock) -> None:
    """B10: two worlds with the same voters and other choices, before the opening."""
    vote = make_vote(sqlite_app, clock)
    voters = vote.voters()
    for voter in voters:
        vote.cast(voter, vote.projects[:1])
    flush_due(now=clock())
    one = readable(vote)
    with writing() as session:
        for table in ("box_ballot", "voting_link", "voting_slot"):
            if table == "box_ballot":
                session.execute(text("DROP TRIGGER forbid_delete_box_ballot"))
            session.execute(text("DELETE FROM " + table))
    for voter in voters:
        vote.cast(voter, vote.projects[1:])
    flush_due(now=clock())
    assert [re.sub("0x[0-9a-f]+", "", str(x)) for x in readable(vote)] == [
        re.sub("0x[0-9a-f]+", "", str(x)) for x in one
    ]


def test_a_single_hidden_unit_hides_the_next() -> None:
    assert suppressed({1: 5, 2: 27, 3: 64}) == {1: None, 2: None, 3: 60}
    assert suppressed({1: 5, 2: 7, 3: 64}) == {1: None, 2: None, 3: 60}
    assert suppressed({1: 20, 2: 39}) == {1: 20, 2: 30}
    assert suppressed({1: 3}) == {1: None}
