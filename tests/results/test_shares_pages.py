"""Equal shares and Phragmén through the whole cycle: counted, explained, compared, counted again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from pb import clock as the_clock
from pb.commandline import main
from pb.config import ROOT
from pb.core.rulebook import BallotRules, CountingRules
from pb.db import db, writing
from pb.results import cli, jobs, queries
from pb.results.models import CountComparison, CountResult
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results.making import counted, make_box, published
from tests.results.test_pages import both

SHARES = CountingRules(rule="equal-shares", completion="add1", step_tetri=100, ties=("cost", "votes", "lot"))
RULES = [
    SHARES,
    replace(SHARES, utility="cardinality"),
    *(replace(SHARES, completion=name) for name in ("none", "add1u", "utilitarian", "comparison")),
    CountingRules(rule="phragmen", ties=("cost", "lot")),
    CountingRules(rule="greedy-per-cost", ties=("cost", "lot")),
    CountingRules(rule="price-per-vote", price_per_vote_tetri=200_050, ties=("cost", "lot")),
    CountingRules(rule="greedy-no-skip", ties=("cost", "lot")),
    CountingRules(rule="greedy", minimum_votes=5, ties=("cost", "lot")),
]
UNITS = {"unit-1": 1_000_000, "unit-2": 500_000, "unit-3": 2_000_000}


def ids(rules: CountingRules) -> str:
    parts = (rules.rule, rules.completion, rules.utility) if rules.rule == "equal-shares" else (rules.rule,)
    return "-".join(parts)


def recount(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(cli, "application", lambda: app)
    return main(["recount", "terjola", "2026"])


def stored() -> CountResult:
    return db.session.get_one(CountResult, 1)


def again_by_hand(web: CheckedClient, url: str, folder: Path) -> tuple[str, ...]:
    """The winners of the downloaded ballots by the command that the page of data names."""
    page = web.page(url + "/data?lang=en")
    found = re.search(r"python -m pb (count ballots\.pb [^<\n]*?)\s*(?:Any other|$)", page.text)
    assert found is not None
    (folder / "ballots.pb").write_bytes(web.get(url + "/data/ballots.pb").data)
    command = [sys.executable, "-m", "pb", *found[1].split(), "--json"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    return tuple(json.loads(done.stdout)["winners"])


@pytest.mark.parametrize("counting", RULES, ids=ids)
def test_every_rule_is_counted_explained_and_counted_again(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tmp_path: Path, counting: CountingRules,
) -> None:  # fmt: skip
    vote = make_box(sqlite_app, clock, counting=counting)
    published(vote)
    while jobs.compare_due(now=the_clock.now()) is not None:
        pass
    assert recount(sqlite_app, monkeypatch) == 0
    assert capsys.readouterr().out.startswith("SAME: ")
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for path in ("/results", "/data", *(f"/results/{number}" for number in range(1, 5)), "/rulebook"):
        for text in both(web, vote.world.url + path):
            assert "%(" not in text
            assert "None" not in text
    assert again_by_hand(web, vote.world.url, tmp_path) == queries.outcome_of(stored()).winners
    beside = json.loads(web.get(vote.world.url + "/data/comparison.json").data)
    assert counting.rule not in {other["rule"] for other in beside["others"]}


@pytest.mark.parametrize("counting", RULES, ids=ids)
def test_every_rule_counts_units_on_their_own(
    sqlite_app: Flask, clock: FrozenClock, counting: CountingRules
) -> None:
    vote = make_box(
        sqlite_app, clock, pot_tetri=4_500_000, unit_sums=UNITS, town_wide_tetri=1_000_000,
        counting=replace(counting, minimum_votes=0, leftover="town"),
        ballot=BallotRules(kind="approval", max_choices=5, min_suggested=1, scope="town"),
    )  # fmt: skip
    published(vote)
    jobs.compare_due(now=the_clock.now())
    count = queries.latest_count(vote.cycle_id, the_clock.now())
    assert count is not None
    outcome = queries.outcome_of(count)
    assert [pot.name for pot in outcome.pots] == ["unit-1", "unit-2", "unit-3", ""]
    for pot in outcome.pots:
        funded = [r for r in outcome.records.values() if r.pot == pot.name and r.funded]
        assert sum(record.cost_tetri for record in funded) == pot.spent_tetri
        assert pot.spent_tetri + pot.left_tetri == pot.sum_tetri + pot.brought_tetri
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for text in both(web, vote.world.url + "/results"):
        assert "%(" not in text


def test_equal_shares_in_words(sqlite_app: Flask, clock: FrozenClock) -> None:
    """23 voters, 40,000 lari: 1,739.13 each. Votes 6, 12, 7, 4 for 10,000, 20,000, 15,000 and 5,000.

    Project 2 has 12 voters who can pay 1,666.66 each; the three who chose 1 as well then have 72 left, so that 1
    lacks money; so do 3 (7 × 1,739 = 12,173) and 4 (three of its four voters chose 1 too: 6,956 in all, enough for
    its 5,000 at 1,250 each).
    """
    vote = make_box(sqlite_app, clock, counting=replace(SHARES, completion="none"))
    published(vote)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    georgian, english = both(web, vote.world.url + "/results")
    assert "The money was divided among 23 voters: 1,739.13 lari for each." in english
    assert "its 12 supporters paid for it together, 1,666.66 lari each." in english
    assert "its 4 supporters paid for it together, 1,250 lari each." in english
    assert "7 votes; 15,000 lari needed 12,173 lari" in english  # cut off to lari, the unit of the file
    assert "თითოეულს – 1 739,13 ლარი" in georgian
    assert "თითოეულმა – 1 666,66 ლარი" in georgian
    _georgian, english = both(web, vote.world.url + "/results/1")
    assert "Its supporters had 1,684 lari left together, and it costs 10,000 lari: 8,316 lari" in english
    assert "On what its supporters spent their shares" in english
    assert "would have won" not in english
    # Found besides by the worker: 10 of 26 voters have 15,384 of 40,000 together, 9 of 25 have 14,400.
    jobs.compare_due(now=the_clock.now())
    georgian, english = both(web, vote.world.url + "/results/3")
    assert "With 3 more voters who chose it alone it would have won, with 2 it would not." in english
    assert "კიდევ 3 ხმის მიმცემი" in georgian


def test_the_comparison_stands_beside_and_is_never_changed(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock, counting=SHARES)
    published(vote)
    before = queries.texts_of(1)
    assert jobs.compare_due(now=the_clock.now()) == 1
    assert jobs.compare_due(now=the_clock.now()) is None
    assert queries.texts_of(1) == before
    assert db.session.scalar(select(func.count()).select_from(CountComparison)) == 1
    assert db.session.scalar(select(func.count()).select_from(CountResult)) == 1
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(delete(CountComparison))


def test_a_comparison_that_fails_is_not_tried_every_second(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_box(sqlite_app, clock)
    published(vote)
    monkeypatch.setattr(jobs, "_given_up", set())

    def fail(*_values: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(jobs.beside, "document_of", fail)
    with pytest.raises(MemoryError):
        jobs.compare_due(now=the_clock.now())
    db.session.rollback()
    assert jobs.compare_due(now=the_clock.now()) is None
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for text in both(web, vote.world.url + "/results"):
        assert "35" in text  # the result itself is there


def test_what_the_result_gives_and_other_rules_in_words(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Greedy with a minimum of 5 funds 2 and 3: the twelve and the seven who chose them, 19 of 23."""
    vote = make_box(sqlite_app, clock)
    published(vote)
    jobs.compare_due(now=the_clock.now())
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    georgian, english = both(web, vote.world.url + "/results")
    assert "Of 23 voters, 19 (82.6 %) have at least one funded project" in english
    assert "Rules side by side" in english
    assert "Phragmén" in english
    assert "82,6 %" in georgian


def test_nothing_beside_a_result_is_seen_before_its_publication(
    sqlite_app: Flask, clock: FrozenClock
) -> None:
    vote = make_box(sqlite_app, clock)
    counted(vote)
    jobs.compare_due(now=the_clock.now())
    db.session.rollback()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    assert web.get(vote.world.url + "/data/comparison.json").status_code == 404
    for text in both(web, vote.world.url + "/results"):
        assert "82" not in text
