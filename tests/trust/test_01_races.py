"""Point 1. Many requests for one vote at the same moment are one envelope, whoever sends them."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from pb import clock as the_clock
from pb.core.errors import Closed
from pb.core.rulebook import BallotRules
from pb.db import db, writing
from pb.places.models import Centre
from pb.places.models import Town as PlaceTown
from pb.policy import Actor, Role
from pb.voting import commands_paper as papers
from pb.voting.identify import Voter
from tests.conftest import FrozenClock
from tests.results.making import rules
from tests.trust.reporting import Reached, sized
from tests.trust.serving import Answer, Browser, at_once, served
from tests.trust.town import Town, environment
from tests.voting.making import Vote, make_vote, number

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


PAIRS_AT_ONCE = 4


def test_web_against_paper(postgres_town: Callable[..., Town], tmp_path: Path, reached: Reached) -> None:
    """The same person sends the ballot at home and is given a paper at the centre in the same moment."""
    count = sized(24, 500)
    operator: list[Actor] = []

    def prepare(app: Flask, clock: FrozenClock) -> Vote:
        book = rules(
            ballot=BallotRules(max_choices=2, on_paper=True), identification=("sms_code", "in_person")
        )
        vote = make_vote(app, clock, voters=count, rules=book)
        centre = make_centre(vote.world.town)
        for _ in range(PAIRS_AT_ONCE):
            size = count // PAIRS_AT_ONCE
            papers.make_batch(
                cycle_id=vote.cycle_id, centre_id=centre, size=size, actor=vote.admin, now=the_clock.now()
            )
        operator.append(vote.world.actor(Role.OPERATOR))
        return vote

    town = postgres_town(prepare=prepare)
    forms = [(town.cookie(voter), town.token(voter, town.choices)) for voter in town.voters]
    together = [Barrier(2) for _ in range(PAIRS_AT_ONCE)]
    web, paper, other = set(), set(), []

    def at_home(pair: int, port: int) -> None:
        browser = Browser(port)
        for n in range(pair, count, PAIRS_AT_ONCE):
            together[pair].wait()
            time.sleep(
                random.random() * 0.04
            )  # issuing a paper asks more of the database: give it its chance
            answer = browser.post(CAST, {"choice": town.choices, "token": forms[n][1]}, Cookie=forms[n][0])
            if answer.receipt:
                web.add(n)
            elif answer.status != 409:
                other.append(answer.status)

    def at_the_centre(pair: int) -> None:
        with town.app.app_context():
            for n in range(pair, count, PAIRS_AT_ONCE):
                together[pair].wait()
                the_clock.forget()
                try:
                    papers.issue_paper(
                        cycle_id=town.vote.cycle_id, number=number(n + 1), batch=pair + 1, actor=operator[0],
                        now=the_clock.now(),
                    )  # fmt: skip
                    paper.add(n)
                except Closed as error:
                    other.extend([] if error.code == "already_voted" else [error.code])
            db.session.remove()

    with served(tmp_path, environment(town.url)) as server:
        at_once(
            2 * PAIRS_AT_ONCE,
            lambda n: at_home(n // 2, server.port) if n % 2 else at_the_centre(n // 2),
        )
    reached("web against paper: pairs", must=count, got=len(forms))
    reached("won by both or by none", must=0, got=len(web & paper) + count - len(web | paper))
    reached("won by the web, by paper", got=(len(web), len(paper)))
    reached("answers that are neither", must=[], got=other[:5])
    slots, envelopes = town.counts()
    reached("slots, envelopes of the web", must=(count, len(web)), got=(slots, envelopes))


def make_centre(town: PlaceTown) -> int:
    words = {"ka": "ცენტრი", "en": "Centre"}
    with writing() as session:
        centre = Centre(town_id=town.id, name=words, address=words, hours=words)
        session.add(centre)
        session.flush()
        return centre.id
