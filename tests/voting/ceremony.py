"""Custodians with keys of their own, in tests: appointed, handed in, and what they do away from the site."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask

from pb import clock
from pb.db import db
from pb.policy import Actor, Role
from pb.voting import keyfiles, opening
from pb.voting.commands_custodians import appoint_custodian, confirm_key, hand_in_key
from pb.voting.commands_opening import approve_opening, propose_opening
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.commands_round import import_trial, prepare_round
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.custodians import custodian_of
from pb.voting.exports import write_export
from pb.voting.rounds import the_round
from tests import factories
from tests.conftest import FrozenClock
from tests.factories import World
from tests.voting.making import (
    REVIEW,
    Vote,
    lock_ballot,
    make_ballot,
    roll_file,
    second_administrator,
    voter_rows,
)

PEOPLE = (("ნინო გელაშვილი", "შიდა აუდიტი"), ("გია ლომიძე", "საკრებულო"), ("ანა ქირია", "დამკვირვებლები"))


@dataclass
class Ceremony:
    """A contest whose custodians are people; ``folder`` is their table, away from the site."""

    world: World
    cycle_id: int
    keys: list[X25519PrivateKey]
    admin: Actor
    second: Actor
    folder: Path
    made: int = 0

    def path(self, name: str) -> Path:
        self.made += 1
        return self.folder / f"{self.made}-{name}"

    def export(self, what: str) -> Path:
        path = self.path(what)
        with path.open("wb") as out:
            write_export(the_round(self.cycle_id), what, out)
        db.session.rollback()
        return path

    def open_away(self, what: str, pair: Sequence[int] = (0, 1), export: Path | None = None) -> bytes:
        out = self.path("opened")
        keys = (self.keys[pair[0]], self.keys[pair[1]])
        opening.open_together(export or self.export(what), keys, out)
        return out.read_bytes()

    def by_two(self, kind: str, now: datetime, reason: str = "") -> None:
        given: dict[str, Any] = {"cycle_id": self.cycle_id, "now": now}
        act = propose_step(kind=kind, reason=reason, actor=self.admin, **given)
        decide_step(act_id=act, outcome="approved", actor=self.second, **given)

    def open_by_two(self, opened: bytes, now: datetime) -> tuple[int, int]:
        given: dict[str, Any] = {"cycle_id": self.cycle_id, "now": now}
        act = propose_opening(sources=[io.BytesIO(opened)], actor=self.admin, **given)
        return approve_opening(act_id=act, sources=[io.BytesIO(opened)], actor=self.second, **given)

    def vote(self, projects: list[str]) -> Vote:
        row = the_round(self.cycle_id)
        return Vote(self.world, self.cycle_id, row.id, projects, self.admin, self.second)


def hand_in(cycle_id: int, number: int, key: X25519PrivateKey, now: datetime) -> None:
    row = custodian_of(cycle_id, number)
    assert row is not None
    given: dict[str, Any] = {
        "cycle_id": cycle_id, "number": number, "appointed_at": row.appointed_at, "by": None, "now": now,
    }  # fmt: skip
    public = keyfiles.public_of(key)
    said = hand_in_key(text=keyfiles.public_text(public), **given)
    assert said == keyfiles.fingerprint(public)
    confirm_key(typed=said.lower().replace("-", " "), **given)


def make_ceremony(app: Flask, folder: Path, voters: int = 25, **cycle_values: Any) -> Ceremony:
    """Until the keys are handed in: a roll in force, a locked ballot, three appointed people."""
    world = factories.make_world(app, **cycle_values)
    first, second = world.actor(Role.ADMINISTRATOR), second_administrator(world)
    cycle_id = world.cycle.id
    roll = import_roll(cycle_id=cycle_id, source=roll_file(voter_rows(voters)), actor=first, now=REVIEW)
    approve_roll(roll_id=roll, actor=second, now=REVIEW)
    lock_ballot(world)
    for number, (name, office) in enumerate(PEOPLE, start=1):
        appoint_custodian(
            cycle_id=cycle_id,
            number=number,
            name=name,
            office=office,
            act="ბრძანება 45",
            actor=first,
            now=REVIEW,
        )
    keys = [keyfiles.new_key() for _ in PEOPLE]
    return Ceremony(world, cycle_id, keys, first, second, folder)


def make_open_vote(
    app: Flask, clock_: FrozenClock, folder: Path, voters: int = 25, **cycle_values: Any
) -> tuple[Ceremony, Vote]:
    """Until the third day of the vote, with the trial opened by each pair away from here."""
    table = make_ceremony(app, folder, voters, **cycle_values)
    projects = make_ballot(table.world)
    db.session.rollback()
    for number, key in enumerate(table.keys, start=1):
        hand_in(table.cycle_id, number, key, REVIEW)
    prepare_round(cycle_id=table.cycle_id, actor=table.admin, now=REVIEW)
    export = table.export("trial")
    for pair in ((0, 1), (0, 2), (1, 2)):
        opened = table.open_away("trial", pair, export)
        import_trial(cycle_id=table.cycle_id, source=io.BytesIO(opened), actor=table.admin, now=REVIEW)
    clock_.set(2026, 10, 14)
    clock.forget()
    db.session.rollback()
    return table, table.vote(projects)
