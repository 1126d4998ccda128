"""The benchmark of the count: the made-up town is the same everywhere, the tables say what was measured."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pb import count_bench_cli
from pb.core.counting.pabulib import read
from pb.count_bench_cli import main, measured
from pb.count_bench_town import APPROVALS, write_town


def test_the_made_up_town_is_the_same_on_every_machine(tmp_path: Path) -> None:
    path = tmp_path / "town.pb"
    write_town(path, 300)
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest()[:16] == "c758d153c8086c29"
    profile = read(data).profile
    assert (profile.voters, len(profile.projects), profile.budget) == (300, 200, 15_000)
    assert {len(ballot.choices) for ballot in profile.ballots} == {APPROVALS}


def test_what_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "town.pb"
    write_town(path, 50)
    found = measured(path, "equal-shares-add1")
    assert found["voters"] == 50
    assert found["funded"] > 0
    assert found["first"] >= found["count"] > 0
    assert found["winners"] > 0
    assert found["memory"] > 0


def test_a_table_of_a_file_and_one_of_a_town(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.pb"
    write_town(path, 20)
    rules = ["--rule", "greedy", "--rule", "equal-shares"]
    assert main([str(path), "--town", "30", "--no-library", *rules]) == 0
    out = capsys.readouterr().out
    assert out.count("| small | ") == 2
    assert out.count("| 30 | ") == 2
    monkeypatch.setattr(count_bench_cli, "LIBRARY", "tests.no_such_library")
    assert main([str(path), "--rule", "greedy"]) == 0
    assert "ours alone" in capsys.readouterr().err
