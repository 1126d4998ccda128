"""A town that votes now, on a database that real servers can be started on."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response
from sqlalchemy import func, select, text

from pb import clock
from pb.clock import system_now
from pb.db import db, writing
from pb.voting import passes, tokens
from pb.voting.commands_box import close_box, open_box
from pb.voting.flush import flush_due
from pb.voting.identify import Voter
from pb.voting.models import BoxBallot, InboxBallot, VotingSlot
from tests.conftest import KEYS, FrozenClock, bound, make_settings, pushed
from tests.voting.making import Vote, make_vote

DURING = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


def environment(url: str) -> dict[str, str]:
    """What a server needs to know to run on a town's database with its keys."""
    made = make_settings(url)
    keys = {"DATA": made.data_key, "HASH": made.hash_key, "LINK": made.link_key, "SIGNING": made.signing_key}
    return {
        "PB_MODE": made.mode, "PB_DATABASE_URL": url, "PB_SECRET_KEY": made.secret_key,
        "PB_BASE_URL": made.base_url, "PB_KEYS_DIR": str(made.keys_dir),
        **{f"PB_{name}_KEY": base64.b64encode(key).decode() for name, key in keys.items()},
    }  # fmt: skip


@dataclass
class Town:
    """A vote that is open by the machine's clock and the rehearsal offset; ``app`` is bound to it and pushed."""

    app: Flask
    url: str
    vote: Vote
    voters: list[Voter]

    @property
    def choices(self) -> list[str]:
        return self.vote.projects[:2]

    def turn_clock(self, to: datetime) -> None:
        """Let the whole installation, servers too, believe that it is ``to``."""
        turn_clock(to)

    def cookie(self, voter: Voter) -> str:
        """The pass of a proved code, as a browser sends it."""
        with self.app.test_request_context("/"):
            answer = Response()
            passes.put_pass(answer, self.vote.cycle_id, "/", voter, clock.now())
            db.session.rollback()
            return str(answer.headers["Set-Cookie"].split(";")[0])

    def token(self, voter: Voter, choices: Sequence[str] = ()) -> str:
        return tokens.issue(voter.round_id, voter.slot, choices or self.choices)

    def counts(self) -> tuple[int, int]:
        """(slots that were cast, envelopes in inbox and box)."""
        db.session.rollback()
        slots, waiting, boxed = (
            db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (VotingSlot, InboxBallot, BoxBallot)
        )
        db.session.rollback()
        return slots, waiting + boxed

    def commitments(self) -> list[str]:
        """Of every envelope."""
        db.session.rollback()
        found = [
            *db.session.scalars(select(InboxBallot.commitment)),
            *db.session.scalars(select(BoxBallot.commitment)),
        ]
        db.session.rollback()
        return found

    def flush(self) -> int:
        clock.forget()
        return flush_due(now=clock.now())


def turn_clock(to: datetime) -> None:
    with writing() as session:
        offset = round((to - system_now()).total_seconds())
        session.execute(text("UPDATE installation SET rehearsal_offset = :offset"), {"offset": offset})
    clock.forget()


@contextmanager
def make_town(
    url: str, voters: int = 25, prepare: Callable[[Flask, FrozenClock], Vote] | None = None, **values: Any
) -> Iterator[Town]:
    """On a database that has its tables. ``values``: of the cycle."""
    frozen = FrozenClock()
    with pushed(bound(url, frozen)) as maker:
        vote = prepare(maker, frozen) if prepare else make_vote(maker, frozen, voters=voters, **values)
        admin, second = vote.admin, vote.second
        world = vote.world
    with pushed(bound(url, system_now)) as app:
        turn_clock(DURING)
        vote = Vote(world, vote.cycle_id, vote.round_id, vote.projects, admin, second)
        yield Town(app, url, vote, vote.voters())


def close_vote(town: Town) -> None:
    """Close the box by the clock as it stands. Raises Closed("wrong_phase") before the end of the vote."""
    clock.forget()
    close_box(cycle_id=town.vote.cycle_id, actor=town.vote.admin, now=clock.now())


def open_vote(town: Town) -> None:
    """Open every ballot with a pair of custodians."""
    clock.forget()
    open_box(cycle_id=town.vote.cycle_id, actor=town.vote.admin, now=clock.now())


class Again:
    """A vote on SQLite that can be begun again as often as one likes, from a copy of its file."""

    def __init__(self, app: Flask, frozen: FrozenClock, folder: Path, make: Callable[[], Vote]) -> None:
        self._clock, self.vote = frozen, make()
        self._begun = frozen.moment
        self._path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
        self._kept = folder / "kept.sqlite"
        self._leave()
        shutil.copyfile(self._path, self._kept)
        self._keys = {path: path.read_bytes() for path in KEYS.glob("*") if path.is_file()}

    def begin(self) -> Vote:
        """The vote as it was made."""
        self._leave()
        for rest in (self._path, Path(f"{self._path}-wal"), Path(f"{self._path}-shm")):
            rest.unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._path)
        for key, held in self._keys.items():  # a vote that is closed destroys its key
            key.write_bytes(held)
        self._clock.moment = self._begun
        clock.forget()
        return self.vote

    def _leave(self) -> None:
        db.session.remove()
        db.engine.dispose()
