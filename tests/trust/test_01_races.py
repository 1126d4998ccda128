"""Point 1. Many requests for one vote at the same moment are one envelope, whoever sends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pb.voting.identify import Voter
from tests.trust.reporting import Reached, sized
from tests.trust.serving import Answer, Browser, at_once, served
from tests.trust.town import Town, environment

pytestmark = pytest.mark.postgres
WORKERS = 64
CAST = "/terjola/2026/vote/cast"


def test_many_requests_of_a_voter_are_one_envelope(
    postgres_town: Callable[..., Town], tmp_path: Path, reached: Reached
) -> None:
    """Half of the voters tap one page 64 times, the others have 64 pages open. Two processes of gunicorn."""
    count = sized(8, 200)
    town = postgres_town(voters=count + 5)
    voters = town.voters[:count]
    cookies = [town.cookie(voter) for voter in voters]
    one = [town.token(voter) for voter in voters]
    tokens = [
        [one[n] if n % 2 else town.token(voter) for _ in range(WORKERS)] for n, voter in enumerate(voters)
    ]
    choices = town.choices
    with served(tmp_path, environment(town.url)) as server:

        def work(worker: int) -> list[Answer]:
            browser = Browser(server.port)
            return [
                browser.post(CAST, {"choice": choices, "token": tokens[n][worker]}, Cookie=cookies[n])
                for n in range(count)
            ]

        answers = at_once(WORKERS, work)
        one_form(town, server.port, town.voters[count], reached)
    statuses = Counter(answer.status for of_worker in answers for answer in of_worker)
    reached("requests answered", must=WORKERS * count, got=statuses.total() - statuses[0])
    reached("answers 5xx", must=0, got=sum(n for status, n in statuses.items() if status >= 500))
    reached(
        "answers other than a receipt or 409", must=0, got=statuses.total() - statuses[302] - statuses[409]
    )
    reached("envelopes (slots, ballots)", must=(count + 1, count + 1), got=town.counts())
    receipts = [{of_worker[n].receipt for of_worker in answers} - {""} for n in range(count)]
    reached("voters with exactly one receipt", must=count, got=sum(len(found) == 1 for found in receipts))
    for n in range(1, count, 2):
        assert {of_worker[n].status for of_worker in answers} == {302}, "a repeated page is the same ballot"


def one_form(town: Town, port: int, voter: Voter, reached: Reached) -> None:
    before, form = town.counts(), {"choice": town.choices, "token": town.token(voter)}
    cookie = town.cookie(voter)
    answers = at_once(50, lambda _n: Browser(port).post(CAST, form, Cookie=cookie))
    reached("envelopes of one form sent 50 times", must=1, got=town.counts()[1] - before[1])
    reached("different receipts", must=1, got=len({answer.receipt for answer in answers}))
    reached("answers with the receipt", must=50, got=sum(bool(answer.receipt) for answer in answers))
