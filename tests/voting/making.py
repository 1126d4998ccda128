"""Makes a town that is ready to vote: a roll, projects on the ballot, a trial opened. Through the
commands.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from pb import clock
from pb.core.phases import Gate
from pb.cycles.gates import pass_gate
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.projects.models import Project, ProjectRevision
from pb.voting import tokens
from pb.voting.casting import cast_ballot
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.commands_round import open_trial, prepare_round
from pb.voting.people import Voter, voters_of
from pb.voting.receipts import Receipt
from tests import factories
from tests.conftest import FrozenClock
from tests.factories import World

HEAD = "personal_number,last_name,first_name,birth_date,unit,village,mobile"
REVIEW = datetime(2026, 10, 9, 8, 0, tzinfo=UTC)


def roll_file(rows: Iterable[str], head: str = HEAD, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\n".join([head, *rows, ""]).encode(encoding))


def number(n: int) -> str:
    """The personal number of the made-up voter ``n``."""
    return f"010000{n:05d}"


def voter_rows(count: int, units: int = 3) -> list[str]:
    return [
        f"{number(n)},გვარი,სახელი,1980-01-01,სოფელი {n % units + 1},,5555{n:05d}"
        for n in range(1, count + 1)
    ]


def second_administrator(world: World) -> Actor:
    from pb.accounts.queries import actor_by_id

    return actor_by_id(factories.make_staff(world.town, Role.ADMINISTRATOR, name="მეორე ადმინისტრატორი").id)


def make_ballot(world: World, costs: Iterable[int] = (1_000_000, 2_000_000, 1_500_000, 500_000)) -> list[str]:
    """Projects on the ballot, one of them for the whole town; gives their ids."""
    ids = []
    with writing() as session:
        units = list(world.town.units)
        for n, cost in enumerate(costs, start=1):
            project = Project(
                cycle_id=world.cycle.id, number=n, state="on_ballot", title=f"პროექტი {n}", cost_tetri=cost,
                unit_id=None if n == 1 else units[n % len(units)].id, created_at=REVIEW,
            )  # fmt: skip
            session.add(project)
            session.flush()
            revision = ProjectRevision(
                project_id=project.id, number=1, timeline=[], budget=[], cost_tetri=cost, fingerprint="-",
                at=REVIEW, fields={"title": project.title, "what": "მოეწყობა ახალი სკვერი სოფლის ცენტრში."},
            )  # fmt: skip
            session.add(revision)
            session.flush()
            project.revision_id = revision.id
            ids.append(str(project.id))
    return ids


@dataclass
class Vote:
    """A world in which the vote is open."""

    world: World
    cycle_id: int
    round_id: int
    projects: list[str]
    admin: Actor
    second: Actor

    def voters(self) -> list[Voter]:
        found = list(voters_of(self.cycle_id))
        db.session.rollback()
        return found

    def cast(self, voter: Voter, choices: list[str], token: str = "") -> Receipt:
        token = token or tokens.issue(voter.round_id, voter.slot, choices)
        return cast_ballot(
            round_id=voter.round_id, slot=voter.slot, unit_id=voter.unit_id, channel="web",
            choices=choices, token=token,
        )  # fmt: skip


def lock_ballot(world: World) -> None:
    pass_gate(cycle_id=world.cycle.id, gate=Gate.BALLOT_LOCKED, actor=None, now=REVIEW)


def make_vote(
    app: Flask, clock_: FrozenClock, voters: int = 25, more_rows: Iterable[str] = (), **cycle_values: Any
) -> Vote:
    """Everything up to the third day of voting. ``more_rows``: of the roll, beside the made-up voters."""
    world = factories.make_world(app, **cycle_values)
    admin, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    projects = make_ballot(world)
    db.session.rollback()
    roll = import_roll(
        cycle_id=world.cycle.id, source=roll_file([*voter_rows(voters), *more_rows]), actor=admin, now=REVIEW
    )
    approve_roll(roll_id=roll, actor=second, now=REVIEW)
    lock_ballot(world)
    round_id = prepare_round(cycle_id=world.cycle.id, actor=admin, now=REVIEW)
    open_trial(cycle_id=world.cycle.id, actor=admin, now=REVIEW)
    clock_.set(2026, 10, 14)
    clock.forget()
    db.session.rollback()
    return Vote(world, world.cycle.id, round_id, projects, admin, second)
