"""The pages of the commission, in both languages, walked through as people do."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

import pytest
from flask import Flask

from pb.core.canonical import canonical_json
from pb.core.shortlist import Shortlist
from pb.db import db
from pb.policy import Role
from pb.review import commands_decision as deciding
from pb.review import queries_commission as queries
from pb.review import queries_ranking
from tests.conftest import FrozenClock
from tests.factories import make_town, rulebook
from tests.pages import CheckedClient
from tests.review.commission_making import LONG, REASON, REVIEW, Commission, frozen_project

LANGUAGES = ("ka", "en")


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


def both(client: CheckedClient, url: str) -> str:
    """The English text of a page that was read in Georgian too; the reader goes on in Georgian."""
    client.page(f"{url}?lang=ka")
    text = client.page(f"{url}?lang=en").text
    client.get(f"{url}?lang=ka")
    return text


def sheet_data(c: Commission, value: int = 3, version: int = 0, **more: object) -> dict[str, object]:
    data: dict[str, object] = {"version": str(version), **more}
    for criterion in c.rules.rubric.criteria:
        data[f"{criterion.id}.value"] = str(value)
        data[f"{criterion.id}.reason"] = REASON
        data[f"{criterion.id}.note"] = ""
    return data


def test_a_member_declares_scores_and_submits(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=2)
    client.sign_in_as(c.accounts[0].id)
    desk = f"{c.world.url}/commission"
    assert "0 of 2" in both(client, desk)
    assert "Declare first" in client.page(f"{desk}?lang=en").text
    both(client, f"{desk}/1/declare")
    assert client.get(f"{desk}/1/sheet").location.endswith("/commission/1/declare")
    assert client.send(f"{desk}/1/declare", {"kind": "none"}).location.endswith("/commission/1/sheet")
    page = both(client, f"{desk}/1/sheet")
    assert "რა გაკეთდება." in page
    saved = client.send(f"{desk}/1/sheet", {**sheet_data(c), "save": "1"})
    assert saved.location.endswith("/commission/1/sheet")
    assert "Score of the saved sheet: 60.00 of 100" in both(client, f"{desk}/1/sheet")
    checked = client.send(f"{desk}/1/sheet", {**sheet_data(c, 4, version=1), "check": "1"})
    assert checked.location.endswith("/commission/1/sheet/check")
    assert "80.00" in both(client, f"{desk}/1/sheet/check")
    done = client.send(f"{desk}/1/sheet/check", {"version": "2"})
    assert done.location.endswith("/commission/2/declare")  # on to what waits
    assert "locked" in both(client, f"{desk}/1/sheet")
    assert "1 of 2" in both(client, desk)
    assert client.send(f"{desk}/1/sheet", {**sheet_data(c, 5), "save": "1"}).status_code == 200
    assert queries.own_sheet(c.projects[0].id, c.accounts[0].id).lines[0].value == 4  # type: ignore[union-attr]


def test_an_incomplete_sheet_is_kept_and_says_what_is_missing(
    sqlite_app: Flask, client: CheckedClient
) -> None:
    c = Commission(sqlite_app, projects=1)
    c.declare(c.members[0], c.projects[0])
    client.sign_in_as(c.accounts[0].id)
    url = f"{c.world.url}/commission/1/sheet"
    first, second, *_ = (k.id for k in c.rules.rubric.criteria)
    data = {"version": "0", f"{first}.value": "5", f"{first}.reason": "კარგია", "check": "1"}
    answer = client.send(f"{url}?lang=en", data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "at least 30 characters; it is published" in text
    assert "Choose a level for this criterion" in text
    assert f'href="#{second}.value-0"' in text
    assert 'name="version" type="hidden" value="1"' in text  # what was typed is saved; the page carries on
    stored = queries.own_sheet(c.projects[0].id, c.accounts[0].id)
    assert stored is not None
    assert [(line.criterion, line.value) for line in stored.lines] == [(first, 5)]
    assert client.get(f"{url}/check").location.endswith("/commission/1/sheet")


def test_two_windows_show_both_texts(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=1)
    c.declare(c.members[0], c.projects[0])
    client.sign_in_as(c.accounts[0].id)
    url = f"{c.world.url}/commission/1/sheet"
    key = c.rules.rubric.criteria[0].id
    client.send(url, {"version": "0", f"{key}.reason": "პირველი ფანჯარა", "save": "1"})
    answer = client.send(url, {"version": "0", f"{key}.reason": "მეორე ფანჯარა", "save": "1"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "პირველი ფანჯარა" in text
    assert "მეორე ფანჯარა" in text
    again = client.send(url, {"version": "1", f"{key}.reason": "მეორე ფანჯარა", "save": "1"})
    assert again.status_code == 302


def test_a_conflict_closes_the_sheet(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=1)
    client.sign_in_as(c.accounts[0].id)
    desk = f"{c.world.url}/commission"
    details = "ჩემი ძმა მუშაობს იქ."
    assert client.send(f"{desk}/1/declare", {"kind": "employment", "details": details}).status_code == 422
    assert client.send(f"{desk}/1/declare", {}).status_code == 422
    data = {"kind": "employment", "details": details, "understood": "y"}
    assert client.send(f"{desk}/1/declare", data).location.endswith("/commission")
    assert "Recused" in both(client, desk)
    assert "Recused" in both(client, f"{desk}/1/declare")
    assert client.get(f"{desk}/1/sheet").status_code == 403
    assert client.get(f"{desk}/1/sheet/check").status_code == 403
    assert client.send(f"{desk}/1/sheet", {**sheet_data(c), "save": "1"}).status_code == 403
    assert client.send(f"{desk}/1/sheet/check", {"version": "0"}).status_code == 403
    assert client.send(f"{desk}/1/declare", {"kind": "none"}).status_code == 403


def test_who_may_see_what(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=1)
    desk = f"{c.world.url}/commission"
    allowed = {Role.CHAIR, Role.MEMBER, Role.SECRETARY}
    for role in Role:
        client.sign_out()
        client.sign_in_as(c.world.staff[role].id)
        assert client.get(desk).status_code == (200 if role in allowed else 403)
        assert client.get(f"{desk}/1/sheet").status_code == (
            302 if role in allowed - {Role.SECRETARY} else 403
        )
        assert client.get(f"{desk}/open").status_code == (200 if role is Role.CHAIR else 403)
        assert client.get(f"{desk}/scores").status_code == (409 if role in allowed else 403)
        assert client.get(f"{desk}/decisions").status_code == (409 if role is Role.CHAIR else 403)
        assert client.get(f"{desk}/publish").status_code == (409 if role is Role.CHAIR else 403)
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    assert "By member" in both(client, desk)


def walk(c: Commission, client: CheckedClient) -> None:
    """The chair opens, departs once, follows, and publishes, all through the pages."""
    client.sign_in_as(c.accounts[-1].id)
    desk = f"{c.world.url}/commission"
    both(client, f"{desk}/open")
    assert client.send(f"{desk}/open").location.endswith("/commission/scores")
    both(client, f"{desk}/scores")
    assert client.send(f"{desk}/1/decision", {"outcome": "on_ballot", "reason": LONG}).status_code == 409
    c.reconcile()
    both(client, f"{desk}/decisions")
    both(client, f"{desk}/1/decision")
    short = client.send(f"{desk}/1/decision?lang=en", {"outcome": "on_ballot", "reason": "უკეთესია"})
    assert short.status_code == 422
    assert "at least 100 characters" in short.get_data(as_text=True)
    client.get(f"{desk}?lang=ka")
    assert client.send(f"{desk}/1/decision", {"outcome": "on_ballot", "reason": LONG}).status_code == 302
    both(client, f"{desk}/publish")
    assert client.send(f"{desk}/publish", {"minutes": "№ 4"}).status_code == 422  # one is undecided
    assert client.send(f"{desk}/decisions/follow").location.endswith("/commission/decisions")
    both(client, f"{desk}/decisions")
    assert "minutes" in both(client, f"{desk}/publish")
    assert client.send(f"{desk}/publish", {"minutes": "№ 4"}).status_code == 409  # the session goes on
    c.adjourn()
    both(client, f"{desk}/publish")
    assert client.send(f"{desk}/publish", {"minutes": ""}).status_code == 422
    assert client.send(f"{desk}/publish", {"minutes": "№ 4, 24.09.2026"}).location.endswith("/ranking")
    both(client, f"{desk}/scores")
    both(client, f"{desk}/decisions")
    both(client, desk)
    assert client.get(f"{desk}/1/decision").status_code == 409


@pytest.mark.parametrize("scores_public", ["aggregate", "pseudonymous", "named"])
def test_the_chair_opens_decides_and_publishes(
    sqlite_app: Flask, client: CheckedClient, scores_public: str
) -> None:
    town = make_town("khoni")
    rules = rulebook(
        town, scores_public=scores_public, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000)
    )
    c = Commission(sqlite_app, projects=3, members=4, rules=rules)
    c.declare(c.members[0], c.projects[2], "property")
    for project, value in zip(c.projects, (3, 4, 2), strict=True):
        for actor in c.members[1:]:
            c.submit(actor, project, value)
    assert client.get(f"{c.world.url}/ranking").status_code == 404
    assert client.get(f"{c.world.url}/ranking.json").status_code == 404
    assert "How the commission scored it" not in client.page(f"{c.world.url}/projects/1?lang=en").text
    walk(c, client)
    client.sign_out()
    text = both(client, f"{c.world.url}/ranking")
    assert "სკვერი" in text or "გზა 1" in text
    assert "departs from the ranking" in text
    assert "Property or neighbour" in text
    assert LONG in text
    panel = both(client, f"{c.world.url}/projects/3")
    assert "How the commission scored it" in panel
    assert "Authors may object: 1 October 2026, inclusive" in panel
    assert REASON in panel
    assert ("Member A" in panel) == (scores_public == "pseudonymous")
    georgian = client.page(f"{c.world.url}/projects/3?lang=ka").text
    assert ("წევრი ა" in georgian) == (scores_public == "pseudonymous")
    assert "წევრი A" not in georgian
    assert ("ანა ნიმუშაძე" in panel) == (scores_public == "named")
    recompute(json.loads(client.get(f"{c.world.url}/ranking.json").data))


def recompute(bundle: dict[str, object]) -> None:
    """S8: the ranks from the public file alone, written anew with nothing of ours."""
    ranking = bundle["ranking"]
    assert isinstance(ranking, dict)
    assert hashlib.sha256(canonical_json(ranking)).hexdigest() == bundle["ranking_sha256"]
    plain = json.dumps(ranking, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(plain).hexdigest() == bundle["ranking_sha256"]
    scored = []
    for project in ranking["projects"]:
        means = {key: Fraction(total, project["sheets"]) for key, total in project["sums"].items()}
        score = sum(
            c["weight_bp"] * (means[c["id"]] - c["low"]) / (c["high"] - c["low"]) for c in ranking["criteria"]
        )
        hundredths = int((score + Fraction(1, 2)) // 1)
        assert hundredths == project["score_hundredths"]
        if "by_member" in project:
            for key, total in project["sums"].items():
                assert total == sum(sheet[key] for sheet in project["by_member"].values())
        scored.append((-hundredths, project["number"], project["rank"]))
    assert [rank for _, _, rank in sorted(scored)] == list(range(1, len(scored) + 1))


def test_equal_scores_are_settled_as_the_page_says(sqlite_app: Flask) -> None:
    c = Commission(sqlite_app, projects=3, members=3)
    c.projects.append(frozen_project(c.world, 4, unit=2))  # where number 3 stands
    first = c.rules.rubric.criteria[0].id
    second = c.rules.rubric.criteria[1].id
    for project in c.projects:
        for actor in c.members:
            higher = {first: 4, second: 2} if project.number == 3 else {}  # same weights, same sum
            c.submit(actor, project, 3, **higher)
    c.open()
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    found = queries_ranking.entries_of(snapshot)
    assert {e["score_hundredths"] for e in found.values()} == {6000}
    # 3 by the first criterion; 1 and 2 stand in units that have nothing further up; so they share a rank
    assert {n: e["rank"] for n, e in found.items()} == {3: 1, 1: 2, 2: 2, 4: 4}
    assert found[4]["settled_by"] == "unit"
    assert found[1]["tied_with"] == [2]


def test_a_town_without_a_vote_reads_as_such(sqlite_app: Flask, client: CheckedClient) -> None:
    town = make_town("khoni")
    c = Commission(sqlite_app, projects=2, members=3, rules=rulebook(town, votes_held=False))
    c.score_all()
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    client.sign_in_as(c.accounts[-1].id)
    assert "Funded" in both(client, f"{c.world.url}/commission/publish")
    c.publish()
    client.sign_out()
    assert "Funded" in both(client, f"{c.world.url}/ranking")


def test_a_rehearsal_clock_turned_back_seals_again(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    c = Commission(sqlite_app, projects=1, members=3)
    c.score_all()
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    db.session.rollback()
    clock.set(2026, 9, 20)
    assert client.get(f"{c.world.url}/ranking").status_code == 404
    clock.set(2026, 9, 25)
    assert client.get(f"{c.world.url}/ranking").status_code == 200
