"""Refused ideas, a preliminary list, objections: for the tests of this feature."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from pb.accounts.models import Account
from pb.accounts.queries import actor_by_id
from pb.appeals import commands, commands_examine
from pb.appeals.models import Objection
from pb.core.phases import Calendar
from pb.core.shortlist import Shortlist
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.ideas.models import Idea
from pb.policy import Actor, Role
from pb.review import commands_decision as deciding
from pb.review.checking import Finding
from pb.review.commands_eligibility import record_check
from tests.factories import World, make_citizen, make_staff, make_town, make_world, rulebook
from tests.ideas.making import handed_in
from tests.review.commission_making import REVIEW, Commission

CHECKED = datetime(2026, 5, 20, 8, tzinfo=UTC)  # a Wednesday; with five working days the last one is 27 May
LAST = datetime(2026, 5, 28, 19, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 5, 28, 20, 0, tzinfo=UTC)
REASON = "იდეა ვერ დაიშვება, რადგან მიწის ნაკვეთი კერძო საკუთრებაა."
WORDS = "ნაკვეთი მუნიციპალიტეტისაა: საკადასტრო ამონაწერი დანართშია."
ANSWER = (
    "საჩივარი განხილულია. წარმოდგენილი ამონაწერით დასტურდება, რომ ნაკვეთი მუნიციპალიტეტის საკუთრებაა და "
    "პირველი დასკვნა მცდარ ცნობას ემყარებოდა."
)


@dataclass
class Refused:
    """A world with an idea that the officer refused on two checks."""

    world: World
    author: Actor
    idea: Idea
    officer: Actor
    other: Actor  # another officer, who was not at work on it
    failed: tuple[str, ...] = field(default=())

    @property
    def cycle_id(self) -> int:
        return self.world.cycle.id

    def begin(self, actor: Actor | None = None, now: datetime = CHECKED, **values: Any) -> int:
        given: dict[str, Any] = {"ground": "facts", "points": self.failed[:1], **values}
        return commands.begin(
            cycle_id=self.cycle_id, thing="idea", number=self.idea.number or 0, actor=actor or self.author,
            now=now, **given,
        )  # fmt: skip

    def file(self, actor: Actor | None = None, now: datetime = CHECKED, **values: Any) -> Objection:
        return filed(self.begin(actor, now, **values), actor or self.author, now)


def filed(objection_id: int, actor: Actor, now: datetime) -> Objection:
    commands.save_text(objection_id=objection_id, words=WORDS, actor=actor, now=now)
    return commands.file_objection(objection_id=objection_id, actor=actor, now=now)


def decide(
    objection_id: int,
    outcome: str,
    actor: Actor,
    now: datetime,
    accepted: Collection[str] = (),
    answer: str = ANSWER,
) -> None:
    commands_examine.decide(
        objection_id=objection_id, outcome=outcome, answer=answer, accepted=accepted, actor=actor, now=now
    )


def refused(app: Flask, *, now: datetime = CHECKED, world: World | None = None) -> Refused:
    world = world or make_world(app)
    author = actor_by_id(make_citizen().id)
    idea = handed_in(world, author, now=now)
    rules = here_by_id(world.cycle.id, now=now).rules
    failed = tuple(check.id for check in rules.checklist[:2])
    officer = world.actor(Role.OFFICER)
    record_check(
        idea_id=idea.id, outcome="ineligible", actor=officer, now=now, public_reason=REASON,
        findings={c.id: Finding(passed=c.id not in failed, note="") for c in rules.checklist},
    )  # fmt: skip
    other = actor_by_id(make_staff(world.town, Role.OFFICER, name="ლია ნიმუშაძე").id)
    db.session.rollback()
    return Refused(world, author, idea, officer, other, failed)


@dataclass
class Listed:
    """Three projects on a preliminary list: 2 on the ballot, 1 reserve, 3 not shortlisted; the author of 3."""

    c: Commission
    author: Actor
    account: Account
    examiner: Actor

    def begin(self, number: int = 3, actor: Actor | None = None, now: datetime = REVIEW) -> int:
        points = [self.c.rules.rubric.criteria[0].id]
        return commands.begin(
            cycle_id=self.c.world.cycle.id, thing="project", number=number, ground="facts", points=points,
            actor=actor or self.author, now=now,
        )  # fmt: skip

    def file(self, now: datetime = REVIEW) -> Objection:
        return filed(self.begin(now=now), self.author, now)


def listed(app: Flask, dates: Calendar | None = None, **changes: Any) -> Listed:
    town = make_town("khoni")
    rules = rulebook(town, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000), **changes)
    c = Commission(app, projects=3, rules=rules, **({"dates": dates} if dates else {}))
    c.score_all({1: 3, 2: 4, 3: 2})
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    account_id = next(iter(c.projects[2].author_ids))
    author = actor_by_id(account_id)
    account = db.session.get_one(Account, account_id)
    examiner = c.world.actor(Role.OFFICER)
    db.session.rollback()
    return Listed(c, author, account, examiner)


NEXT_DAY = REVIEW + timedelta(days=1)
