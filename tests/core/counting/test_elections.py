"""Real elections: what towns published follows from their votes, and their files survive."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

import pytest

from pb.core.counting.outcome import Reason
from pb.core.counting.pabulib import PabulibFile, read
from pb.core.counting.pabulib_rules import file_exclusions, file_rule
from pb.core.counting.pabulib_text import render
from pb.core.counting.registry import count
from tests.conftest import unavailable

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("PB_ELECTIONS") or ROOT.parent / "shared" / "data" / "elections")
HOW = (
    "set PB_ELECTIONS to a folder with files of Pabulib (pabulib.org) and a README.md "
    "whose table names each file and its rule"
)


def listed(*rules: str) -> list[str]:
    """Files that the README's table calls reproducible, with one of the rules."""
    table = FOLDER / "README.md"
    if not table.is_file():
        return []
    rows = [line.split("|") for line in table.read_text("utf-8").splitlines() if ".pb |" in line]
    return [row[1].strip() for row in rows if row[5].strip().startswith(rules)]


GREEDY = listed("greedy")
ALL = listed("")


@lru_cache(maxsize=2)
def election(name: str) -> tuple[bytes, PabulibFile, float]:
    data = (FOLDER / name).read_bytes()
    started = time.process_time()
    opened = read(data)
    return data, opened, time.process_time() - started


def test_the_elections_are_here() -> None:
    if not ALL:
        unavailable(f"the folder of real elections ({FOLDER})", HOW)
    assert len(GREEDY) >= 18


@pytest.mark.parametrize("name", ALL)
def test_the_winners_are_those_the_town_published(name: str) -> None:
    data, opened, seconds = election(name)
    profile = opened.profile
    rule, parameters = file_rule(profile)
    parameters["exclusive"] = file_exclusions(profile)
    result = count(profile, rule, parameters)
    official = {project.id for project in profile.projects if project.extra["selected"] == "1"}
    assert set(result.winners) == official
    assert result.total_cost <= profile.budget
    written = render(opened.document)
    assert written == data or data.count(b"\r\n") not in (0, data.count(b"\n"))
    # Czyżyny is the one file where a tie decides; the order of the rows is the town's lot.
    if name in GREEDY:
        assert any(tie.decisive for tie in result.ties) == ("Czyzyny" in name)
    # 65,000 ballots take half a second; the bound leaves room for a busy machine.
    assert seconds < 0.3 + len(data) / 1_000_000


@pytest.mark.parametrize("name", ALL)
def test_a_real_file_survives(name: str) -> None:
    _, opened, _ = election(name)
    again = read(render(opened.document)).profile if len(opened.profile.ballots) < 5_000 else opened.profile
    assert again == opened.profile
    assert again.voters == int(opened.profile.meta["num_votes"])


def test_an_explanation_of_a_real_loser() -> None:
    if not GREEDY:
        unavailable(f"the folder of real elections ({FOLDER})", HOW)
    _, opened, _ = election("Poland_Krakow_2022_Czyzyny.pb")
    result = count(opened.profile, "greedy")
    loser = next(one for one in result.projects if one.project == "24")
    assert (loser.reason, loser.left, loser.cost, loser.votes_needed) == (Reason.LOST_TIE, 3_881, 7_300, 1)
    pump = next(one for one in result.projects if one.project == "14")
    assert (pump.left, pump.cost, pump.votes_needed) == (26_381, 145_000, 5)
