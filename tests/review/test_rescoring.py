"""S8: ranks computed from the public file equal the published ones, by the command, by the page and by a third
implementation; a changed digit anywhere is told.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pb.core.bundles import read, rescore, sealed, sha256
from pb.core.errors import Invalid
from pb.core.rulebook import ScoringRules
from pb.core.shortlist import Shortlist
from pb.review import commands_commission as commands
from pb.review import commands_decision as deciding
from pb.review import commands_draws, commands_scoring, queries_scoring
from tests.conftest import FrozenClock
from tests.factories import make_town, rulebook
from tests.pages import CheckedClient
from tests.review.commission_making import REVIEW, Commission
from tests.review.reading_rescoring import recompute

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("aggregate", "pseudonymous", "named", "adjusted")


def published(app: Flask, kind: str = "pseudonymous") -> Commission:
    """Six projects scored at random by five members, one sheet with a gap, the decisions published."""
    town = make_town("khoni")
    scoring = ScoringRules(3, True) if kind == "adjusted" else ScoringRules()
    rules = rulebook(
        town,
        scores_public="pseudonymous" if kind == "adjusted" else kind,
        shortlist=Shortlist("money_times", money_times_percent=40, minimum_score=4000),
        scoring=scoring,
    )
    c = Commission(app, projects=6, members=5, rules=rules)
    rng = random.Random(7)
    if kind == "adjusted":
        commands_draws.assign_members(cycle_id=c.world.cycle.id, seed="7 12 19", actor=c.chair, now=REVIEW)
    drawn = queries_scoring.assigned(c.world.cycle.id)
    for project in c.projects:
        for actor in c.members:
            if drawn and actor.account_id not in drawn[project.id]:
                continue
            levels = {criterion.id: rng.randint(1, 5) for criterion in rules.rubric.criteria}
            if kind != "adjusted" and project.number == 2 and actor == c.members[0]:
                continue
            c.submit(actor, project, 3, **levels)
    if kind != "adjusted":
        c.declare(c.members[0], c.projects[1])
        lines: dict[str, Any] = {
            **c.lines(4),
            "need": {**c.lines()["need"], "value": None, "cannot_judge": True},
        }
        actor = c.members[0]
        sheet = commands.submit_sheet(project_id=c.projects[1].id, lines=lines, actor=actor, now=REVIEW)
        why = "საკითხი სხდომაზე ცალკე განიხილეს."
        commands_scoring.accept_gap(sheet_id=sheet, reason=why, actor=c.chair, now=REVIEW)
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    return c


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


def downloaded(client: CheckedClient, c: Commission) -> dict[str, Any]:
    found: dict[str, Any] = read(client.get(f"{c.world.url}/ranking.json").data)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_public_file_gives_the_published_ranks(
    sqlite_app: Flask, client: CheckedClient, kind: str
) -> None:
    c = published(sqlite_app, kind)
    bundle = downloaded(client, c)
    report = rescore(bundle, bundle["ranking_sha256"])
    assert report.agrees, report.differences
    listed = [
        (e["rank"], e["number"], e["title"], e["score_hundredths"]) for e in bundle["ranking"]["projects"]
    ]
    assert list(report.ranks) == listed
    assert bool(report.unchecked) == (kind in ("aggregate", "pseudonymous"))
    if kind != "aggregate":
        own = recompute(bundle)  # by nothing of ours
        for row in bundle["ranking"]["projects"]:
            assert {key: row[key] for key in own[row["number"]]} == own[row["number"]]
    else:
        assert "by_member" not in json.dumps(bundle)
    text = json.dumps(bundle, ensure_ascii=False)
    for account in c.accounts:
        assert f'"{account.id}"' not in text.split('"reasons"')[0].split('"ranking"')[-1]


def digits(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all numbers and of all texts with a digit."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from digits(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from digits(value, (*path, place))
    elif (isinstance(data, int) and not isinstance(data, bool)) or (
        isinstance(data, str) and re.search(r"\d", data)
    ):
        yield path


def changed(bundle: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    made = copy.deepcopy(bundle)
    inside: Any = made
    for step in path[:-1]:
        inside = inside[step]
    value = inside[path[-1]]
    if isinstance(value, int):
        inside[path[-1]] = value + 1 if value % 10 < 9 else value - 1
    else:
        inside[path[-1]] = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), value, count=1)
    return made


def complains(bundle: dict[str, Any]) -> bool:
    try:
        return not rescore(read(json.dumps(bundle).encode())).agrees
    except Invalid:
        return True


def test_a_changed_digit_anywhere_is_told(sqlite_app: Flask, client: CheckedClient) -> None:
    bundle = downloaded(client, published(sqlite_app, "named"))
    places = list(digits(bundle))
    assert len(places) > 300
    silent = [path for path in places if not complains(changed(bundle, path))]
    assert silent == []


def test_a_forger_who_signs_anew_is_still_told(sqlite_app: Flask, client: CheckedClient) -> None:
    """Whoever changes a result or a level and puts fresh fingerprints on it: what follows from the sheets differs."""
    c = published(sqlite_app, "named")
    bundle = downloaded(client, c)
    del bundle["sha256"]
    ranking = bundle["ranking"]
    for place, entry in enumerate(ranking["projects"]):
        for key in ("rank", "score_hundredths", "within", "median_hundredths"):
            made = copy.deepcopy(bundle)
            made["ranking"]["projects"][place][key] = entry[key] + 1
            made["ranking_sha256"] = sha256(made["ranking"])
            found = rescore(sealed(made)).differences
            assert [(d.code, d.place) for d in found] == [("result", f"{entry['number']}.{key}")]
    made = copy.deepcopy(bundle)
    letter, levels = next(iter(made["ranking"]["projects"][0]["by_member"].items()))
    levels["benefit"] = 5 if levels["benefit"] != 5 else 1
    made["ranking_sha256"] = sha256(made["ranking"])
    codes = {d.code for d in rescore(sealed(made)).differences}
    assert "inputs" in codes
    # all made consistent: only the fingerprint that the public log has tells
    assert rescore(bundle | {"sha256": ""}, "0" * 64).differences[0].code in ("sha256", "expected")
    assert letter


def test_the_command_imports_neither_flask_nor_sqlalchemy(
    sqlite_app: Flask, client: CheckedClient, tmp_path: Path
) -> None:
    c = published(sqlite_app)
    file = tmp_path / "ranking.json"
    file.write_bytes(client.get(f"{c.world.url}/ranking.json").data)
    code = (
        "import sys; from pb.commandline import main; status = main(sys.argv[1:]);"
        "assert not {'flask', 'sqlalchemy'} & set(sys.modules), 'imported'; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "rescore", str(file), "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["agrees"] is True
    bundle = json.loads(file.read_bytes())
    file.write_text(json.dumps(changed(bundle, ("ranking", "projects", 0, "score_hundredths"))))
    done = subprocess.run(
        [sys.executable, "-c", code, "rescore", str(file)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 1
    assert "score_hundredths" in done.stderr


def test_anybody_computes_it_on_the_page(sqlite_app: Flask, client: CheckedClient) -> None:
    c = published(sqlite_app)
    url = f"{c.world.url}/ranking/again"
    page = client.page(f"{url}?lang=en")
    assert "Compute it here" in page.text
    assert "Everything agrees" in client.send(url, {"published": "1"}).get_data(as_text=True)
    bundle = downloaded(client, c)
    forged = changed(bundle, ("ranking", "projects", 2, "score_hundredths"))
    for content, words in (
        (json.dumps(bundle), "Everything agrees"),
        (json.dumps(forged), "not agree"),
        ("{", "no JSON file"),
        ("[]", "no ranking of this system"),
        ("", "Choose the file"),
        (json.dumps({**bundle, "ranking": {**bundle["ranking"], "projects": [{}]}}), "lacks something"),
    ):
        sent = {"file": (io.BytesIO(content.encode()), "r.json")} if content else {}
        answer = client.send(url, sent, content_type="multipart/form-data")
        assert words in answer.get_data(as_text=True), words


def test_tables_for_spreadsheets(sqlite_app: Flask, client: CheckedClient) -> None:
    c = published(sqlite_app)
    bundle = downloaded(client, c)
    for kind, separator in (("", ","), ("-semicolon", ";")):
        text = client.get(f"{c.world.url}/ranking{kind}.csv").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
        assert [int(row["number"]) for row in rows] == [e["number"] for e in bundle["ranking"]["projects"]]
        assert [row["score"].replace(".", "") for row in rows] == [
            str(e["score_hundredths"]) for e in bundle["ranking"]["projects"]
        ]
        sheets = client.get(f"{c.world.url}/sheets{kind}.csv").data.decode("utf-8-sig")
        assert len(sheets.splitlines()) == 1 + sum(e["sheets"] for e in bundle["ranking"]["projects"])


def test_nothing_of_it_before_the_publication(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:  # S9
    c = published(sqlite_app)
    clock.set(2026, 9, 20)
    for name in ("ranking.json", "ranking.csv", "sheets-semicolon.csv"):
        assert client.get(f"{c.world.url}/{name}").status_code == 404
    page = client.get(f"{c.world.url}/ranking/again?lang=en").get_data(as_text=True)
    assert "Compute it here" not in page
    assert client.send(f"{c.world.url}/ranking/again", {"published": "1"}).status_code == 404


def test_sheets_that_are_not_published_are_no_table(sqlite_app: Flask, client: CheckedClient) -> None:
    c = published(sqlite_app, "aggregate")
    assert client.get(f"{c.world.url}/sheets.csv").status_code == 404
    assert client.get(f"{c.world.url}/ranking.csv").status_code == 200


def test_files_made_to_harm() -> None:
    for data in (b"[" * 100_000, b'{"format": 1e999}', b'{"a":1,"a":2}', b"\xff\xfe", b"1" * 5000):
        with pytest.raises(Invalid):
            read(data)
    hollow = {"format": "pb-rescore-1", "ranking": {"format": "pb-ranking-2"}}
    with pytest.raises(Invalid, match="bundle_broken"):
        rescore(read(json.dumps(hollow).encode()))
