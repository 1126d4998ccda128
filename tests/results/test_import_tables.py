"""A finished election from a table of approvals: kept and counted as the Pabulib file that it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from pb.cycles.queries import cycle_of
from pb.results import queries
from tests.conftest import FrozenClock
from tests.core.counting.test_csv_ballots import TABLE
from tests.factories import make_world
from tests.results.test_import import command_line


def test_a_table_becomes_a_finished_cycle(
    app: Flask,
    clock: FrozenClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = make_world(app)
    path = tmp_path / "ballots.csv"
    path.write_text("max_sum_cost;99\n" + TABLE, encoding="utf-8")
    arguments = ("import-election", str(path), "--town", "terjola", "--year", "2021", "--rule", "greedy")
    assert command_line(world, monkeypatch, *arguments) == 0
    said = capsys.readouterr()
    assert "2 of 3 projects won, 4 ballots." in said.out
    # The line is that of the Pabulib file that is kept.
    assert "note: VOTES, line 14: ballots whose projects cost more" in said.err
    cycle = cycle_of(world.town.id, 2021)
    assert cycle is not None
    selected = {p.foreign_id for p in queries.projects_of(cycle.id) if p.state == "selected"}
    assert selected == {"a", "c"}
    assert command_line(world, monkeypatch, *arguments) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert command_line(world, monkeypatch, "recount", "terjola", "2021") == 0


def test_a_broken_table_leaves_nothing(
    app: Flask,
    clock: FrozenClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = make_world(app)
    path = tmp_path / "ballots.csv"
    path.write_text(TABLE.replace("2;x", "1;x"), encoding="utf-8")
    arguments = ("import-election", str(path), "--town", "terjola", "--year", "2021", "--rule", "greedy")
    assert command_line(world, monkeypatch, *arguments) == 1
    assert "VOTES, line 7: duplicate voter" in capsys.readouterr().err
    assert cycle_of(world.town.id, 2021) is None
