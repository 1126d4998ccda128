"""Ballots that wait at the same time share a transaction: nobody's fault hurts another, nothing is lost or doubled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import pb.voting.casting as casting_module
from pb.core.errors import Closed, DomainError, Refused
from pb.db import db, is_sqlite
from pb.voting import tokens
from pb.voting.casting import cast_ballot
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box
from pb.voting.identify import Voter
from pb.voting.models import BoxBallot, InboxBallot, VotingLink, VotingSlot
from pb.voting.receipts import Receipt
from pb.voting.together import Together
from tests.conftest import FrozenClock
from tests.voting.making import Vote, make_vote

# The group itself, without a database


def until(true: Callable[[], bool]) -> None:
    """Wait for what other threads do."""
    for _ in range(20_000):
        if true():
            return
        sleep(0.002)
    pytest.fail("what was waited for did not happen")


class Gate:
    """Work that waits for leave at its first call, so that others come meanwhile."""

    def __init__(self, work: Callable[[Sequence[int]], Sequence[int]]) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.leave = threading.Event(), threading.Event()
        self._work = work

    def __call__(self, brought: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(brought))
        if len(self.groups) == 1:
            self.begun.set()
            assert self.leave.wait(20)
        return self._work(brought)


def piled_up(gate: Gate, together: Together[int, int], numbers: range) -> dict[int, Any]:
    """Number 0 is at work while all the others come; gives what each got or met."""
    got: dict[int, Any] = {}

    def bring(number: int) -> None:
        try:
            got[number] = together.do(number)
        except BaseException as error:
            got[number] = error

    threads = [threading.Thread(target=bring, args=(number,)) for number in (0, *numbers)]
    threads[0].start()
    assert gate.begun.wait(20)
    for thread in threads[1:]:
        thread.start()
    until(lambda: len(together._waiting) == len(numbers))
    gate.leave.set()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return got


def test_who_comes_meanwhile_is_one_group_and_each_gets_the_own_answer() -> None:
    gate = Gate(lambda group: [number * 10 for number in group])
    together = Together[int, int](gate, most=8)
    assert piled_up(gate, together, range(1, 13)) == {number: number * 10 for number in range(13)}
    assert [len(group) for group in gate.groups] == [1, 8, 4]
    assert together.do(99) == 990


def test_a_fault_hits_only_whose_it_is() -> None:
    def work(group: Sequence[int]) -> Sequence[int]:
        if 5 in group:
            raise ValueError("five")
        return list(group)

    gate = Gate(work)
    got = piled_up(gate, Together[int, int](gate, most=50), range(1, 11))
    assert isinstance(got.pop(5), ValueError)
    assert got == {number: number for number in (*range(5), *range(6, 11))}
    assert sorted(map(len, gate.groups)) == [1] * 11 + [10]


def test_a_leader_that_is_ended_leaves_nobody_waiting() -> None:
    ended: list[int] = []

    def work(group: Sequence[int]) -> Sequence[int]:
        if not ended and len(group) > 1:
            ended.append(group[0])
            raise SystemExit
        return list(group)

    gate = Gate(work)
    together = Together[int, int](gate, most=4)
    got = piled_up(gate, together, range(1, 11))
    assert isinstance(got.pop(ended[0]), SystemExit)
    assert sorted(got.values()) == sorted(got)
    assert len(got) == 10
    assert together.do(1) == 1


def test_answers_that_do_not_fit_are_no_answers() -> None:
    gate = Gate(lambda group: list(group)[:1])
    assert piled_up(gate, Together[int, int](gate, most=50), range(1, 4)) == {n: n for n in range(4)}


# Casting


@pytest.fixture
def vote(app: Flask, clock: FrozenClock) -> Vote:
    vote = make_vote(app, clock)
    vote.cast(vote.voters()[24], vote.projects[:1])  # so that the process knows the round
    return vote


@contextmanager
def held_up(vote: Vote) -> Iterator[Connection]:
    """While it lasts, whoever casts waits for the round."""
    with db.engine.connect().execution_options(pb_writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE voting_round SET prepared_at = prepared_at"))
        yield connection


def in_a_group(
    app: Flask,
    vote: Vote,
    acts: Sequence[Callable[[], Any]],
    meanwhile: Callable[[Connection], Any] = lambda _: None,
) -> list[Any]:
    """The first act waits for the round while all the others come; gives what each gave or met, in order."""
    found: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        with app.app_context():
            try:
                db.session.execute(text("SELECT 1"))  # as a page may have read before
                found[place] = acts[place]()
            except Exception as error:
                found[place] = error
            finally:
                db.session.remove()

    together = casting_module._together(vote.round_id, vote.cycle_id)
    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    db.session.rollback()
    with held_up(vote) as connection:
        threads[0].start()
        until(lambda: together._at_work == 1)
        for thread in threads[1:]:
            thread.start()
        until(lambda: len(together._waiting) == len(acts) - together._leaders)
        meanwhile(connection)
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return found


def casts(vote: Vote, voters: Sequence[Voter], times: int = 1) -> list[Callable[[], Receipt]]:
    return [
        lambda v=voter, n=n: vote.cast(v, [vote.projects[n % 4]])  # type: ignore[misc]
        for n in range(times)
        for voter in voters
    ]


def numbers() -> tuple[int, int, int, int]:
    """(slots, links, ballots in the inbox, ballots in the box)."""
    db.session.rollback()
    found = tuple(
        db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (VotingSlot, VotingLink, InboxBallot, BoxBallot)
    )
    db.session.rollback()
    return found  # type: ignore[return-value]


def sorts(found: Sequence[Any]) -> dict[str, int]:
    return dict(
        Counter(
            getattr(one, "code", "") if isinstance(one, DomainError) else type(one).__name__ for one in found
        )
    )


def test_sixty_four_at_once_are_one_ballot_for_each_voter(app: Flask, vote: Vote) -> None:
    voters = vote.voters()[:8]
    found = in_a_group(app, vote, casts(vote, voters, times=8))
    assert sorts(found) == {"Receipt": 8, "already_voted": 56}
    assert numbers() == (9, 9, 9, 0)
    assert all(finding.holds for finding in check_box(vote.cycle_id))


def test_one_token_fifty_times_is_one_ballot_and_one_receipt(app: Flask, vote: Vote) -> None:
    voter, chosen = vote.voters()[0], vote.projects[:2]
    token = tokens.issue(vote.round_id, voter.slot, chosen)
    others = casts(vote, vote.voters()[1:6])
    found = in_a_group(app, vote, [*others, *[lambda: vote.cast(voter, chosen, token)] * 50])
    assert len(set(found)) == 6
    assert len(set(found[5:])) == 1
    assert sorts(found) == {"Receipt": 55}
    assert numbers() == (7, 7, 7, 0)


def test_a_ballot_that_cannot_be_written_hurts_nobody_else(app: Flask, vote: Vote) -> None:
    """Its unit does not exist: the whole group is refused by the database, and each goes alone."""
    voters, chosen = vote.voters(), vote.projects[:1]
    token = tokens.issue(vote.round_id, voters[6].slot, chosen)

    def bad() -> Receipt:
        return cast_ballot(
            round_id=vote.round_id,
            slot=voters[6].slot,
            unit_id=999_999,
            channel="web",
            choices=chosen,
            token=token,
        )

    found = in_a_group(app, vote, [*casts(vote, voters[:6]), bad, *casts(vote, voters[7:12])])
    assert isinstance(found.pop(6), IntegrityError)
    assert sorts(found) == {"Receipt": 11}
    assert numbers() == (12, 12, 12, 0)


def test_a_pass_that_ran_out_is_refused_alone(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    voters, chosen = vote.voters(), vote.projects[:1]

    def late(until_in: int) -> Receipt:
        return cast_ballot(
            round_id=vote.round_id, slot=voters[5].slot, unit_id=voters[5].unit_id, channel="web", choices=chosen,
            token=tokens.issue(vote.round_id, voters[5].slot, chosen), until=clock() + timedelta(minutes=until_in),
        )  # fmt: skip

    found = in_a_group(app, vote, [*casts(vote, voters[:5]), lambda: late(-1), lambda: late(9)])
    assert isinstance(found[5], Refused)
    assert found[5].code == "pass_expired"
    assert sorts(found[:5] + found[6:]) == {
        "Receipt": 6
    }  # the late one does not hold the slot of the one in time
    assert numbers()[0] == 7


def failing_once(monkeypatch: pytest.MonkeyPatch, fail: Callable[[Any], Any]) -> None:
    """The first group of several meets ``fail`` in the middle of its transaction, its rows already written."""
    real, failed = casting_module.put_envelopes, []

    def put(rows: Any, prepared: Any, round_id: int, envelopes: Any) -> Callable[[], set[str]]:
        taken = real(rows, prepared, round_id, envelopes)
        if len(envelopes) > 1 and not failed:
            assert len(taken()) == len(envelopes)
            failed.append(len(envelopes))
            fail(rows)
        return taken

    monkeypatch.setattr(casting_module, "put_envelopes", put)


def test_a_leader_that_fails_in_the_middle_loses_and_doubles_nothing(
    app: Flask, vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_rows: Any) -> None:
        raise RuntimeError("in the middle")

    failing_once(monkeypatch, fail)
    found = in_a_group(app, vote, casts(vote, vote.voters()[:8], times=2))
    assert sorts(found) == {"Receipt": 8, "already_voted": 8}
    assert numbers() == (9, 9, 9, 0)


def test_a_connection_that_the_server_ends_loses_and_doubles_nothing(
    app: Flask, vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_sqlite():
        pytest.skip("SQLite has no server")

    def end(rows: Any) -> None:
        other = create_engine(db.engine.url)
        with other.begin() as connection:
            own = rows._cursor.connection.info.backend_pid
            connection.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        other.dispose()

    failing_once(monkeypatch, end)
    found = in_a_group(app, vote, casts(vote, vote.voters()[:8], times=2))
    assert sorts(found) == {"Receipt": 8, "already_voted": 8}
    assert numbers() == (9, 9, 9, 0)


def test_an_answer_to_the_commit_that_is_lost_gives_the_receipts_all_the_same(
    app: Flask, vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything was written, and nobody was told so: each asks alone and finds the own ballot recorded."""
    real, lost = casting_module.row_command, []

    def command(work: Any) -> Any:
        fates = real(work)
        if len(fates) > 1 and not lost:
            lost.append(fates)
            raise DBAPIError.instance(None, None, ConnectionError("gone"), ConnectionError)
        return fates

    monkeypatch.setattr(casting_module, "row_command", command)
    found = in_a_group(app, vote, casts(vote, vote.voters()[:8]))
    assert lost
    assert sorts(found) == {"Receipt": 8}
    assert numbers() == (9, 9, 9, 0)


def test_a_group_that_waited_for_the_close_comes_too_late(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    def shut(connection: Connection) -> None:
        connection.execute(text("UPDATE voting_round SET closed_at = prepared_at"))

    found = in_a_group(app, vote, casts(vote, vote.voters()[:12]), shut)
    assert sorts(found) == {"voting_over": 12}
    assert numbers() == (1, 1, 1, 0)


def test_groups_race_with_the_close(app: Flask, vote: Vote, clock: FrozenClock) -> None:
    """Whoever gets a receipt is in the box; whoever comes after the close is told so."""

    def shut() -> int:
        clock.set(2026, 10, 26)
        return close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())

    acts = casts(vote, vote.voters()[:20])
    threads: list[Any] = [*acts[:10], shut, *acts[10:]]
    found: list[Any] = [None] * len(threads)

    def run(place: int) -> None:
        with app.app_context():
            try:
                found[place] = threads[place]()
            except DomainError as error:
                found[place] = error
            finally:
                db.session.remove()

    running = [threading.Thread(target=run, args=(place,)) for place in range(len(threads))]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    taken = sum(isinstance(one, Receipt) for one in found)
    assert sum(isinstance(one, Closed) for one in found) == 20 - taken
    assert found[10] == taken + 1
    assert numbers() == (taken + 1, taken + 1, 0, taken + 1)
    assert all(finding.holds for finding in check_box(vote.cycle_id))


def test_rows_of_a_group_do_not_lie_as_they_came(app: Flask, vote: Vote) -> None:
    """In a dump neither slots nor ballots of one transaction stand in the order in which people voted."""
    voters = vote.voters()[:20]
    in_a_group(app, vote, casts(vote, voters))
    for table, column in (("voting_slot", "value"), ("voting_link", "value"), ("inbox_ballot", "commitment")):
        lying = list(db.session.scalars(text(f"SELECT {column} FROM {table}")))
        alone = 0 if is_sqlite() else 3  # the first ones were cast alone, and lie where they were put
        assert lying[alone:] == sorted(lying[alone:]), table
        if not is_sqlite():
            assert len(set(db.session.scalars(text(f"SELECT xmin::text FROM {table}")))) == alone + 1
    db.session.rollback()
