"""static/recount.py, the second implementation: written from docs/verification.md alone, it finds what we found.

It shares no line with the platform. Here it meets bundles of every rule, faults of every kind, and a vote that went
through the whole product.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pb import clock as the_clock
from pb.config import ROOT
from pb.core.ballots import BALLOT_LENGTH, commitment
from pb.core.board import Kind
from pb.core.rulebook import BallotRules, CountingRules
from pb.results import bundling
from pb.results.bundle import BALLOTS, TOTALS, Shown, lines, packed
from pb.voting.receipts import public_key
from tests.conftest import FrozenClock
from tests.results import making
from tests.results.bundles import Made, make_bundle
from tests.results.test_bundle import COUNTS, KEY

PROGRAM = ROOT / "static" / "recount.py"


def run(path: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and what it prints. -I -S: it may import nothing but the standard library."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), str(path), *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def written(tmp_path: Path, *, contains: str = BALLOTS, **made: Any) -> Path:
    counting = CountingRules(**{"rule": "greedy", **made.pop("count", {})})
    ballot = made.pop("ballot", BallotRules(max_choices=5))
    path = tmp_path / "box.jsonl.gz"
    path.write_bytes(packed(lines(make_bundle(counting, ballot, ballots=60, projects=12, **made), contains)))
    return path


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: "-".join(map(str, count.values())))
def test_every_rule_gives_the_published_winners(tmp_path: Path, count: dict[str, Any]) -> None:
    count = {"leftover": "town", **count}
    path = written(tmp_path, count=count, by_unit=True, seed=len(str(count)))
    code, said = run(path, "--key", KEY)
    assert (code, said.count("BROKEN")) == (0, 0), said


@pytest.mark.parametrize(
    ("kind", "scope"), [("knapsack", "town"), ("approval", "own_unit"), ("knapsack", "own_unit")]
)
def test_every_kind_of_ballot(tmp_path: Path, kind: str, scope: str) -> None:
    path = written(tmp_path, ballot=BallotRules(kind=kind, max_choices=4, scope=scope))
    code, said = run(path)
    assert code == 0, said


def test_invalid_and_void_ballots_have_their_place(tmp_path: Path) -> None:
    too_many = (None, ("1", "2", "3", "4", "5", "6"))
    path = written(tmp_path, invalid=[too_many], void=[(None, ("1",)), (None, ("2",))])
    code, said = run(path)
    assert code == 0, said


def test_ways_back_of_two_people_change_no_number(tmp_path: Path) -> None:
    """A case given up and a protocol counted anew stand on the board, and nothing depends on them."""

    def after_close(made: Made) -> None:
        made.put(Kind.CASE_GIVEN_UP, at="2026-10-20T18:30Z", reason="კავშირი ვერც ერთმა წყვილმა ვერ გახსნა")
        made.put(
            Kind.PROTOCOL_REOPENED, at="2026-10-20T18:40Z", reason="შეცდომით ჩაიწერა", in_box=3, missing=0, note="",
            centre={"ka": "ცენტრი", "en": "Centre"},
        )  # fmt: skip

    path = written(tmp_path, after_close=after_close, void=[(None, ("1",))])
    code, said = run(path)
    assert code == 0, said


def test_a_ballot_that_is_no_text_has_no_content() -> None:
    """Whoever seals by a program of the own can seal any bytes: no line of JSON can hold them."""
    data = b"\xff" * BALLOT_LENGTH
    box = make_bundle(CountingRules(rule="greedy"), BallotRules(max_choices=5), ballots=5, projects=3)
    shown = Shown(commitment(data).hex(), data, "bad_ballot")
    last = json.loads(list(lines(replace(box, ballots=[*box.ballots, shown]), BALLOTS))[-1])
    assert (last["state"], last["fault"], last["content"]) == ("invalid", "bad_ballot", None)


def test_without_the_ballots_it_says_that_it_could_not_count(tmp_path: Path) -> None:
    path = written(tmp_path, contains=TOTALS, ballot=BallotRules(max_choices=5, read_by="observers"))
    code, said = run(path)
    assert (code, "SKIPPED" in said) == (0, True), said


Line = dict[str, Any]


def _first(read: list[Line], what: str, **members: Any) -> Line:
    return next(r for r in read if r["is"] == what and all(r.get(k) == v for k, v in members.items()))


def _other_choice(read: list[Line]) -> None:
    line = _first(read, "ballot")
    line["content"] = line["content"].replace('"choices":["', '"choices":["1', 1)


def _dropped(read: list[Line]) -> None:
    read.remove(_first(read, "ballot"))
    read[0]["ballots"] -= 1


def _other_winner(read: list[Line]) -> None:
    document = _first(read, "result")["document"]
    document["winners"] = document["winners"][1:]


def _unsigned_head(read: list[Line]) -> None:
    head = _first(read, "head")
    head["signature"] = "A" * 86 + "=="


def _entry_gone(read: list[Line]) -> None:
    read.remove(next(r for r in read if r["is"] == "entry" and '"kind":"ballot"' in r["entry"]))
    read[0]["entries"] -= 1


def _other_rules(read: list[Line]) -> None:
    _first(read, "rulebook")["document"]["pot_tetri"] += 100


def _counted_though_void(read: list[Line]) -> None:
    _first(read, "ballot", state="void")["state"] = "invalid"


@pytest.mark.parametrize(
    "change",
    [_other_choice, _dropped, _other_winner, _unsigned_head, _entry_gone, _other_rules, _counted_though_void],
)
def test_a_change_is_reported(tmp_path: Path, change: Callable[[list[Line]], None]) -> None:
    path = written(tmp_path, void=[(None, ("1",))])
    read = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    change(read)
    dumped = "".join(
        json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for line in read
    )
    path.write_bytes(gzip.compress(dumped.encode()))
    code, said = run(path)
    assert (code, "BROKEN" in said) == (1, True), said


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip", gzip.compress(b"\xff\n"), gzip.compress(b"[" * 10**6)],
    ids=["empty", "other", "no text", "deep"],
)
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "box.jsonl.gz"
    path.write_bytes(body)
    assert run(path)[0] == 2


def test_a_vote_that_went_through_the_product(sqlite_app: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    vote = making.make_box(sqlite_app, clock)
    making.published(vote)
    assert bundling.bundle_due(now=the_clock.now()) == vote.cycle_id
    path = tmp_path / "box.jsonl.gz"
    path.write_bytes(bundling.body_of(vote.cycle_id, BALLOTS))
    code, said = run(path, "--key", public_key().hex())
    assert code == 0, said
    page = sqlite_app.test_client().get(f"{vote.world.url}/data").get_data(as_text=True)
    assert "/assets/today/recount.py" in page


def test_it_is_one_file_under_500_lines() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 500
