"""`make bench-box`: opening a large box, its tree and its count, on one core, beside the bare cryptography of it."""

from __future__ import annotations

import argparse
import os
import random
import resource
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from pb import clock
from pb.config import Settings
from pb.core.ballots import ballot_bytes, commitment
from pb.core.merkle import Frontier, leaf_hash
from pb.cycles.models import Cycle
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.places.models import Town
from pb.policy import Actor
from pb.results.boxes import profile_bytes
from pb.results.counting import count_bytes
from pb.voting import boxfiles, opening, receipts, sealing
from pb.voting.cli import ballots_progress
from pb.voting.commands_opening import read_opened
from pb.voting.custodians import keys_by_ourselves
from pb.voting.exports import write_export
from pb.voting.models import BoxBallot, VotingRound
from pb.voting.opened import store_opened
from pb.voting.posting import catch_up
from pb.voting.queries_board import all_entries, size_of
from pb.voting.rounds import FrozenRound, freeze

BALLOTS, SEED, BATCH = 100_000, 2026, 500
GOAL = 60.0  # seconds for BALLOTS: opening, tree and count together
BARE = 3000  # ballots whose shares are opened by HPKE alone


@dataclass
class Times:
    """Seconds of the clock, and of the processor, by step."""

    ballots: int
    steps: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def measured(self, name: str) -> Iterator[Callable[[int], None]]:
        """Time a step, with a bar that it tells of ballots that are done."""
        with ballots_progress() as progress:
            task = progress.add_task(name, total=self.ballots)
            began, worked = time.perf_counter(), time.process_time()
            yield lambda done: progress.update(task, completed=done)
            self.steps[name] = time.perf_counter() - began, time.process_time() - worked
            progress.update(task, completed=self.ballots)


def main(argv: list[str]) -> int:
    """Open a box of made-up ballots, build its tree, count it; print seconds beside the bare HPKE of the same run."""
    parser = argparse.ArgumentParser(prog="python -m pb bench-box", description=main.__doc__)
    parser.add_argument("--ballots", type=int, default=BALLOTS)
    options = parser.parse_args(argv)
    os.environ["PB_MODE"] = "demonstration"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PB_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        os.environ["PB_KEYS_DIR"] = str(Path(folder) / "keys")
        app = _seeded()
        with app.app_context():
            times, bare = _measure(options.ballots, Path(folder))
            db.session.remove()
            db.engine.dispose()
    _print(times, bare)
    return 0


def _seeded() -> Flask:
    from pb.app import create_app
    from pb.site.demonstration import prepare

    app = create_app(Settings.from_env())
    prepare(app)
    return app


def _measure(ballots: int, folder: Path) -> tuple[Times, float]:
    cycle_id = db.session.scalars(
        select(Cycle.id)
        .join(Town, Town.id == Cycle.town_id)
        .where(Town.slug == "terjola", Cycle.year == 2026)
    ).one()
    now = clock.now()
    with Times(ballots).measured("sealing made-up ballots (not counted)") as advance:
        total = _fill(cycle_id=cycle_id, ballots=ballots, progress=advance)
    times = Times(total)
    with times.measured("board and tree, written and signed"):
        _post(cycle_id=cycle_id, now=now)
    row = db.session.scalars(select(VotingRound).where(VotingRound.cycle_id == cycle_id)).one()
    keys = keys_by_ourselves(_settings(), row.label, row.custodians)
    bare = _bare(row, keys)
    sealed, opened = folder / "sealed.jsonl", folder / "opened.jsonl"
    with sealed.open("wb") as out:
        write_export(row, "ballots", out)
    db.session.rollback()
    with times.measured("opening by two custodians") as advance:
        opening.open_together(sealed, (keys[0], keys[1]), opened, advance)
    with times.measured("reading, judging and storing") as advance:
        _bring_in(cycle_id=cycle_id, path=opened, now=now, progress=advance)
    with times.measured("tree over all entries anew"):
        _tree(row.id)
    with times.measured("count"):
        here = here_by_id(cycle_id)
        count_bytes(profile_bytes(here, row), here.rules.counting)
    db.session.rollback()
    return times, bare


@command
def _fill(*, cycle_id: int, ballots: int, progress: Callable[[int], None]) -> int:
    """Ballots of nobody into the box, until there are so many: no slot, no link; opening and count look at none."""
    row = db.session.scalars(select(VotingRound).where(VotingRound.cycle_id == cycle_id)).one()
    frozen, dice = freeze(row), random.Random(SEED)
    there = db.session.scalar(select(func.max(BoxBallot.position)).where(BoxBallot.round_id == row.id)) or 0
    for start in range(there, ballots, BATCH):
        rows = [
            {"round_id": row.id, "position": n, **_ballot(frozen, dice)}
            for n in range(start + 1, min(start + BATCH, ballots) + 1)
        ]
        db.session.execute(insert(BoxBallot), rows)
        progress(start + len(rows))
    return max(there, ballots)


def _ballot(frozen: FrozenRound, dice: random.Random) -> dict[str, Any]:
    unit = dice.choice(sorted(frozen.rulebook.unit_sums)) if frozen.by_unit else None
    left, chosen = frozen.budget(unit), list[str]()
    for project in dice.sample(frozen.eligible(unit), k=len(frozen.eligible(unit))):
        if len(chosen) < frozen.rules.max_choices and frozen.costs[project] <= left:
            chosen.append(project)
            left -= frozen.costs[project] if frozen.rules.kind == "knapsack" else 0
    content = ballot_bytes(frozen.label, unit, chosen, secrets.token_bytes(32))
    receipt = receipts.sign(frozen.label, commitment(content).hex())
    return {
        "commitment": receipt.commitment, "signature": receipt.signature,
        "sealed": sealing.seal_ballot(content, frozen.keys, frozen.label),
    }  # fmt: skip


@command
def _post(*, cycle_id: int, now: datetime) -> None:
    row = db.session.scalars(select(VotingRound).where(VotingRound.cycle_id == cycle_id)).one()
    catch_up(row, now, voting=True)
    row.closed_at = row.destroyed_at = now


@command
def _bring_in(*, cycle_id: int, path: Path, now: datetime, progress: Callable[[int], None]) -> None:
    """What the second administrator's approval does with the file."""
    row = db.session.scalars(select(VotingRound).where(VotingRound.cycle_id == cycle_id)).one()
    with path.open("rb") as source:
        contents, _digest = read_opened(row, [source], None)
    store_opened(row, contents, here_by_id(cycle_id), Actor(), now, progress)


def _tree(round_id: int) -> None:
    edge = Frontier()
    for entry in all_entries(round_id, size_of(round_id)):
        edge.add(leaf_hash(entry.content.encode()))
    assert edge.root


def _bare(row: VotingRound, keys: tuple[Any, ...]) -> float:
    """Seconds of the processor a ballot of nothing but the two HPKE openings and the one of its body."""
    found = db.session.scalars(
        select(BoxBallot.sealed)
        .where(BoxBallot.round_id == row.id)
        .order_by(BoxBallot.position.desc())
        .limit(BARE)
    ).all()
    began = time.process_time()
    for sealed in found:
        sealing.open_ballot(sealed, (0, 1), (keys[0], keys[1]), row.label)
    return (time.process_time() - began) / max(len(found), 1)


def _settings() -> Settings:
    from flask import current_app

    settings: Settings = current_app.extensions["pb_settings"]
    return settings


def _print(times: Times, bare: float) -> None:
    total = tuple(sum(step[n] for step in times.steps.values()) for n in (0, 1))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{times.ballots} ballots, one process{'':<13}{'seconds':>9}{'processor':>11}{'µs a ballot':>13}")
    for name, (seconds, worked) in [*times.steps.items(), ("all together", total)]:
        print(f"{name:<42}{seconds:>9.2f}{worked:>11.2f}{worked / times.ballots * 1e6:>13.1f}")
    print(f"{'bare HPKE and AEAD of a pair':<42}{'':>9}{bare * times.ballots:>11.2f}{bare * 1e6:>13.1f}")
    each, opened = total[1] / times.ballots, times.steps["opening by two custodians"][1] / times.ballots
    print(
        f"\n{times.ballots / total[0]:.0f} ballots a second; of the processor, opening takes {opened / bare:.1f} times"
    )
    print(f"the bare cryptography, everything {each / bare:.1f} times")
    print(f"{BALLOTS} ballots on a core of their own: {each * BALLOTS:.0f} s (goal {GOAL:.0f})")
    print(f"peak memory of the process, seeding included: {memory:.0f} MB; load {os.getloadavg()[0]:.1f}")
    print(f"{boxfiles.OPENED} and {boxfiles.EXPORT} as in a real ceremony; SQLite with synchronous=FULL")
