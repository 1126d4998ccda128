"""Voting on paper: issuing takes the slot, sheets are keyed twice and sealed, numbers must add up, all is counted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pb import clock as the_clock
from pb.core.ballots import parse_ballot
from pb.core.errors import Closed, Invalid, Refused
from pb.core.rulebook import BallotRules
from pb.db import db, writing
from pb.places.models import Centre
from pb.policy import Actor, Role
from pb.results import bundling, queries
from pb.results.bundle import BALLOTS
from pb.voting import commands_keying as keying
from pb.voting import commands_paper as papers
from pb.voting import paper
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.models import BoxBallot, OpenedBallot, VotingSlot
from pb.voting.models_paper import PaperKeying, PaperSheet
from pb.voting.queries import turnout
from pb.voting.queries_people import roll_in_force
from pb.voting.receipts import public_key
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient, Page
from tests.results import making as results
from tests.results.reading import Bundle
from tests.voting.making import Vote, make_vote, number


@dataclass
class Paper:
    """A vote with one centre, one batch of ten ballots, and its people."""

    vote: Vote
    centre: int
    operator: Actor
    others: list[Actor]  # two more who may key

    def issue(self, voter: int, batch: int = 1) -> None:
        papers.issue_paper(
            cycle_id=self.vote.cycle_id, number=number(voter), batch=batch, actor=self.operator, now=the_clock.now()
        )  # fmt: skip

    def key(self, who: Actor, sheet: int, numbers: list[int], reason: str = "") -> str:
        return keying.key_sheet(
            cycle_id=self.vote.cycle_id, centre_id=self.centre, sheet=sheet, batch=1, numbers=numbers,
            reason=reason, actor=who, now=the_clock.now(),
        )  # fmt: skip

    def count(self, in_box: int, missing: int = 0, note: str = "", who: Actor | None = None) -> None:
        keying.count_papers(
            cycle_id=self.vote.cycle_id, centre_id=self.centre, in_box=in_box, missing=missing, note=note,
            actor=who or self.operator, now=the_clock.now(),
        )  # fmt: skip

    def sign(self, in_box: int, who: Actor | None = None) -> None:
        keying.sign_protocol(
            cycle_id=self.vote.cycle_id, centre_id=self.centre, in_box=in_box, actor=who or self.others[0],
            now=the_clock.now(),
        )  # fmt: skip

    def close(self, clock: FrozenClock) -> None:
        results.at(clock, 10, 27)
        close_box(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=the_clock.now())

    def box(self) -> tuple[int, int]:
        return keying.box_papers(cycle_id=self.vote.cycle_id, actor=self.vote.admin, now=the_clock.now())

    def order(self) -> list[str]:
        found = paper.batch_at(self.vote.round_id, 1)
        assert found is not None
        return list(found.order)


def make_paper(app: Flask, clock: FrozenClock, ballots: int = 8) -> Paper:
    """Eight people vote on the web (2, 2, 2 …); the paper is still to be issued."""
    book = results.rules(
        ballot=BallotRules(max_choices=2, on_paper=True), identification=("sms_code", "in_person")
    )
    vote = make_vote(app, clock, voters=25, rules=book)
    town = vote.world.town
    with writing() as session:
        centre = Centre(
            town_id=town.id, name={"ka": "სათემო ცენტრი", "en": "Community centre"},
            address={"ka": "ქუჩა", "en": "Street"}, hours={"ka": "10–18", "en": "10–18"},
        )  # fmt: skip
        session.add(centre)
        session.flush()
        centre_id = centre.id
    from pb.accounts.queries import actor_by_id

    def person(role: Role, name: str) -> Actor:
        return actor_by_id(factories.make_staff(town, role, name=name).id)

    operator, second, third = (
        person(Role.OPERATOR, "ოპერატორი ერთი"), person(Role.OPERATOR, "ოპერატორი ორი"), person(Role.OFFICER, "მესამე"),
    )  # fmt: skip
    for voter in vote.voters()[15 : 15 + ballots]:
        vote.cast(voter, [vote.projects[1]])
    made = Paper(vote, centre_id, operator, [second, third])
    papers.make_batch(
        cycle_id=vote.cycle_id, centre_id=centre_id, size=10, actor=vote.admin, now=the_clock.now()
    )
    return made


@pytest.fixture
def made(app: Flask, clock: FrozenClock) -> Paper:
    return make_paper(app, clock)


def refused(error: type[Exception], code: str, act: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(error) as caught:
        act(*args, **kwargs)
    assert caught.value.code == code  # type: ignore[attr-defined]
    db.session.rollback()


def test_from_the_desk_to_the_result(made: Paper, clock: FrozenClock) -> None:
    """Five papers: one spoilt and replaced, one returned; three ballots and one unclear sheet are counted."""
    for voter in (1, 2, 3, 4, 5):
        made.issue(voter)
    now, vote = the_clock.now(), made.vote
    papers.replace_spoilt(cycle_id=vote.cycle_id, batch=1, actor=made.operator, now=now)
    papers.take_back(cycle_id=vote.cycle_id, number=number(5), batch=1, actor=made.operator, now=now)
    refused(Invalid, "no_paper_issued", papers.take_back, cycle_id=vote.cycle_id, number=number(5), batch=1,
            actor=made.operator, now=now)  # fmt: skip
    made.issue(5)  # who handed the ballot back may have another one
    papers.take_back(cycle_id=vote.cycle_id, number=number(5), batch=1, actor=made.operator, now=now)
    assert paper.deeds_of(vote.round_id)[made.centre] == {"issued": 7, "spoilt": 1, "returned": 2}
    made.close(clock)
    opening = {"cycle_id": vote.cycle_id, "actor": vote.admin, "now": the_clock.now()}
    refused(Closed, "paper_not_counted", open_box, **opening)
    refused(Invalid, "papers_do_not_add_up", made.count, 3)
    refused(Invalid, "papers_do_not_add_up", made.count, 5)
    refused(Invalid, "note_needed", made.count, 3, 1)
    made.count(4)
    refused(Closed, "paper_not_counted", open_box, **opening)
    refused(Refused, "same_person_paper", made.sign, 4, made.operator)
    refused(Invalid, "counted_otherwise", made.sign, 3)
    refused(Closed, "not_signed", made.key, made.operator, 1, [1])
    made.sign(4)
    refused(Closed, "protocol_signed", made.count, 4)
    refused(Closed, "paper_not_keyed", open_box, **opening)
    refused(Closed, "paper_not_keyed", made.box)
    place = {project: n for n, project in enumerate(made.order(), start=1)}
    third = place[vote.projects[2]]
    first, second, last = made.operator, *made.others
    for sheet in (1, 2, 3):
        assert made.key(first, sheet, [third]) == keying.STORED
        assert made.key(second, sheet, [third]) == keying.AGREED
    assert made.key(second, 4, [], "unclear") == keying.STORED
    assert made.key(last, 4, [], "unclear") == keying.AGREED
    refused(Closed, "sheet_settled", made.key, last, 1, [third])
    refused(Closed, "paper_not_boxed", open_box, **opening)
    assert made.box() == (3, 1)
    assert made.box() == (3, 1)  # once
    open_box(**opening)
    assert all(finding.holds for finding in check_box(vote.cycle_id)), check_box(vote.cycle_id)
    results.published(vote)
    published = queries.published(vote.cycle_id, the_clock.now())
    assert published is not None
    assert published.outcome is not None
    assert published.outcome.voters == 8 + 3
    bundling.bundle_due(now=the_clock.now())
    bundle = Bundle(bundling.body_of(vote.cycle_id, BALLOTS), public_key().hex())
    assert bundle.check() == []
    kinds = [act["kind"] for act in bundle.acts]
    assert (kinds.count("ballot"), kinds.count("paper_ballot"), kinds.count("paper_batch")) == (8, 3, 1)
    assert kinds.index("paper_ballot") > kinds.index("closed")
    protocol = next(act for act in bundle.acts if act["kind"] == "paper_protocol")
    numbers = {
        name: protocol[name] for name in ("issued", "spoilt", "returned", "missing", "in_box", "invalid")
    }
    assert numbers == {
        "issued": 7,
        "spoilt": 1,
        "returned": 2,
        "missing": 0,
        "in_box": 4,
        "invalid": {"unclear": 1},
    }
    roll = roll_in_force(vote.cycle_id)
    assert roll is not None
    shown = turnout(vote.cycle_id, roll.unit_sizes)
    assert shown is not None
    assert shown.votes == 8 + 4


def test_issuing_takes_the_slot(made: Paper) -> None:
    """Who has a paper cannot vote on the web, and who voted there gets no paper; nobody gets two."""
    made.issue(1)
    refused(Closed, "already_voted", made.issue, 1)
    voter = made.vote.voters()[0]
    refused(Closed, "already_voted", made.vote.cast, voter, [made.vote.projects[0]])
    refused(Closed, "already_voted", made.issue, 16)  # voted on the web
    refused(Invalid, "not_on_roll", made.issue, 99)
    slots = db.session.scalars(select(VotingSlot).where(VotingSlot.channel == "paper")).all()
    assert [slot.state for slot in slots] == ["issued"]
    for other in range(2, 11):
        made.issue(other)
    refused(Closed, "batch_used_up", made.issue, 11)
    assert paper.deeds_of(made.vote.round_id)[made.centre]["issued"] == 10


def test_differences_go_to_a_third(made: Paper, clock: FrozenClock) -> None:
    """Two who differ settle nothing; the third agrees with one of them, and nobody keys a sheet twice."""
    made.issue(1)
    made.close(clock)
    made.count(1)
    made.sign(1)
    first, second, third = made.operator, *made.others
    refused(Invalid, "empty_sheet", made.key, first, 1, [])
    refused(Invalid, "no_such_number", made.key, first, 1, [5])
    refused(Invalid, "sheet_too_many", made.key, first, 1, [1, 2, 3])
    refused(Invalid, "numbers_or_reason", made.key, first, 1, [1], "unclear")
    refused(Invalid, "no_such_sheet", made.key, first, 2, [1])
    assert made.key(first, 1, [2, 1]) == keying.STORED
    refused(Closed, "keyed_by_you", made.key, first, 1, [1, 2])
    assert made.key(second, 1, [1]) == keying.DIFFERS
    refused(Invalid, "third_differs", made.key, third, 1, [3])
    assert paper.next_sheet(made.vote.round_id, made.centre, third.account_id or 0) == 1
    assert made.key(third, 1, [1, 2]) == keying.AGREED
    made.box()
    open_box(cycle_id=made.vote.cycle_id, actor=made.vote.admin, now=the_clock.now())
    boxed = db.session.scalar(select(BoxBallot.commitment).where(BoxBallot.on_paper.is_(True)))
    opened = db.session.scalar(select(OpenedBallot.ballot).where(OpenedBallot.commitment == boxed))
    assert opened is not None
    assert set(parse_ballot(opened).choices) == {made.order()[0], made.order()[1]}


def test_nothing_stored_tells_a_choice_before_the_opening(made: Paper, clock: FrozenClock) -> None:
    """Two worlds: the same sheets with other choices leave rows of the same form, marks and seals apart; equal choices
    on two sheets have different marks; after the settling no mark is left, after the boxing no seal at its sheet.
    """
    for voter in (1, 2):
        made.issue(voter)
    made.close(clock)
    made.count(2)
    made.sign(2)
    for sheet in (1, 2):
        made.key(made.operator, sheet, [1])
    rows = db.session.scalars(select(PaperKeying)).all()
    assert len({row.mark for row in rows}) == 2
    assert len({len(row.sealed or b"") for row in rows}) == 1
    stored = " ".join(str(vars(row)) for row in rows)
    assert '"choices"' not in stored
    assert made.vote.projects[0] not in [row.reason for row in rows]
    for sheet in (1, 2):
        made.key(made.others[0], sheet, [1])
    db.session.expire_all()
    left = db.session.scalars(select(PaperKeying)).all()
    assert [(row.mark, row.reason, row.commitment, row.sealed) for row in left] == [(None,) * 4] * 4
    made.box()
    db.session.expire_all()
    sheets = db.session.scalars(select(PaperSheet)).all()
    assert [(row.commitment, row.sealed) for row in sheets] == [(None, None)] * 2
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text("UPDATE paper_protocol SET in_box = 9"))
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text("DELETE FROM paper_deed"))


def both(web: CheckedClient, url: str) -> list[Page]:
    """The page in the session's language, which takes what was said to it, then in each."""
    web.page(url)
    return [web.page(f"{url}?lang={language}") for language in ("en", "ka")]


def test_pages_of_paper(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Administrator, operator and those who key walk through in both languages; the desk shows no number again."""
    made = make_paper(sqlite_app, clock)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    base = f"{made.vote.world.url}/paper"
    web.sign_in_as(made.vote.admin.account_id or 0)
    both(web, f"{base}")
    assert web.send(base, {"centre_id": made.centre, "size": 0}).status_code == 422
    assert web.send(base, {"centre_id": made.centre, "size": 20}).status_code == 302
    pdf = web.get(f"{base}/batch/1.pdf")
    assert pdf.status_code == 200
    web.sign_in_as(made.operator.account_id or 0)
    sent = {"number": number(1), "batch": 1, "card_seen": "y", "issue": "1"}
    assert web.send(f"{base}/desk", sent).status_code == 302
    for page in both(web, f"{base}/desk"):
        assert number(1) not in page.html
    again = web.send(f"{base}/desk", sent)
    assert again.status_code == 422
    assert web.send(f"{base}/desk/spoilt", {"spoilt_batch": 1}).status_code == 302
    assert web.send(f"{base}/centre/{made.centre}", {"in_box": 1}).status_code in (403, 409)
    made.close(clock)
    both(web, f"{base}/centre/{made.centre}")
    assert web.send(f"{base}/centre/{made.centre}", {"in_box": 2, "missing": 0}).status_code == 422
    assert web.send(f"{base}/centre/{made.centre}", {"in_box": 1, "missing": 0}).status_code == 302
    assert web.send(f"{base}/centre/{made.centre}/sign", {"in_box": 1}).status_code == 422
    web.sign_in_as(made.others[0].account_id or 0)
    assert web.send(f"{base}/centre/{made.centre}/sign", {"in_box": 1}).status_code == 302
    key = f"{base}/centre/{made.centre}/key"
    for page in both(web, key):
        assert re.search(
            r"<input[^>]*autofocus[^>]*name=\"numbers\"|<input[^>]*name=\"numbers\"[^>]*autofocus", page.html
        )
    sheet = {"sheet": 1, "batch": 1, "numbers": "1, 2", "reason": ""}
    assert web.send(key, {**sheet, "numbers": "eins"}).status_code == 422
    assert web.send(key, sheet).status_code == 302
    web.sign_in_as(made.operator.account_id or 0)
    assert web.send(key, {**sheet, "numbers": "2 1"}).status_code == 302
    assert web.get(f"{base}/centre/{made.centre}.pdf").status_code == 200
    web.sign_in_as(made.vote.admin.account_id or 0)
    both(web, f"{base}")
    assert web.send(f"{base}/into-the-box").status_code == 302
    for board in both(web, f"{made.vote.world.url}/vote/board"):
        assert re.search(r"\b2\b", board.text)
    entries = web.get(f"{made.vote.world.url}/vote/board/entries.jsonl").text.splitlines()
    assert [json.loads(line)["kind"] for line in entries].count("paper_ballot") == 1


def test_a_contest_without_paper_has_none(sqlite_app: Flask, clock: FrozenClock) -> None:
    """The rulebook decides."""
    vote = make_vote(
        sqlite_app, clock, voters=3, rules=replace(results.rules(), identification=("in_person",))
    )
    refused(
        Closed, "no_paper", papers.make_batch, cycle_id=vote.cycle_id, centre_id=1, size=10, actor=vote.admin,
        now=the_clock.now(),
    )  # fmt: skip
