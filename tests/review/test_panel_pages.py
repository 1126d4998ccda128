"""Pages of the commission's composition and of the calibration round; criteria that give no points."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from pb.core.phases import Window
from pb.core.rubrics import GATE, INFORMATION, Criterion, Rubric
from pb.core.words import LANGUAGES
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Role
from pb.review import queries_calibration, queries_ranking, queries_seats
from tests.conftest import FrozenClock
from tests.factories import calendar, make_cycle, make_staff, make_town, moment, rulebook
from tests.pages import CheckedClient
from tests.review.commission_making import Commission, frozen_project

EARLY = (2026, 9, 8, 8)


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def dates() -> object:
    plan = calendar()
    window = Window(moment(9, 20), moment(9, 20) + timedelta(days=10))
    return type(plan)(plan.starts, plan.ends, {"scoring": window})


@pytest.fixture
def commission(sqlite_app: Flask, clock: FrozenClock) -> Commission:
    clock.set(*EARLY)
    return Commission(sqlite_app, projects=2, members=4, dates=dates())


def both(client: CheckedClient, url: str) -> None:
    """The page is whole in both languages."""
    sign = "&" if "?" in url else "?"
    for lang in ("ka", "en", "ka"):
        client.page(f"{url}{sign}lang={lang}")


def words(georgian: str, english: str) -> dict[str, str]:
    return {"ka": georgian, "en": english}


def extra(kind: str) -> Criterion:
    """A gate or a question for information."""
    levels = (words("არა", "No"), words("კი", "Yes"))
    minimum = 50 if kind == GATE else None
    return Criterion(
        kind, words("პირობა", "Condition"), words("კითხვა", "Question"), 0, 0, 1, levels, minimum, kind
    )


def test_the_administrator_appoints_and_everybody_reads_it(
    commission: Commission, client: CheckedClient
) -> None:
    c = commission
    person = make_staff(c.world.town, Role.OPERATOR, name="თეა ახალაძე")
    db.session.rollback()
    url = f"{c.world.url}/commission/seats"
    assert client.get(url).status_code in (302, 403)
    client.sign_in_as(c.world.staff[Role.ADMINISTRATOR].id)
    page = client.get(url)
    assert "თეა ახალაძე" in page.text
    data = {"account": person.id, "function": "substitute", "represents": "youth", "act_number": "ბ-9"}
    refused = client.send(url, {**data, "act_date": "2027-01-01"})
    assert refused.status_code == 422
    assert client.send(url, {**data, "act_date": "2026-08-01"}).status_code == 302
    client.sign_out()
    public = client.get(f"{c.world.url}/commission/members")
    assert "თეა ახალაძე" in public.text
    assert "ბ-9" in public.text
    seat = queries_seats.seat_of(c.world.cycle.id, person.id)
    assert seat is not None
    seat_id = seat.id
    db.session.rollback()
    client.sign_in_as(c.world.staff[Role.ADMINISTRATOR].id)
    end = f"{c.world.url}/commission/seats/{seat_id}/end"
    both(client, end)
    assert client.send(end, {"reason": "მოკლე"}).status_code == 422
    assert client.send(end, {"reason": "სხვა სამსახურში გადავიდა"}).status_code == 302
    client.sign_out()
    assert "სხვა სამსახურში გადავიდა" in client.get(f"{c.world.url}/commission/members").text


def test_a_member_scores_two_former_projects_and_then_sees_the_spread(
    commission: Commission, client: CheckedClient
) -> None:
    c = commission
    current = c.world.cycle
    c.world.cycle = make_cycle(c.world.town, 2025)
    first, second = (frozen_project(c.world, n).id for n in (1, 2))
    c.world.cycle = current
    db.session.rollback()
    base = f"{c.world.url}/commission/calibration"
    client.sign_in_as(c.world.staff[Role.SECRETARY].id)
    both(client, base)
    both(client, f"{base}/choose")
    assert client.send(f"{base}/choose", {"first": first, "second": first}).status_code == 422
    assert client.send(f"{base}/choose", {"first": first, "second": second}).status_code == 302
    client.sign_in_as(c.accounts[0].id)
    both(client, f"{base}/1")
    answers = {f"{k.id}.value": "4" for k in c.rules.rubric.criteria}
    missing = client.send(f"{base}/1", {**answers, "need.value": "", "need.reason": "ეს სიტყვები რჩება"})
    assert missing.status_code == 422
    assert "ეს სიტყვები რჩება" in missing.text
    assert client.send(f"{base}/1", answers).status_code == 302
    assert queries_calibration.own_sheet(queries_calibration.chosen(current.id)[0].id, c.accounts[0].id)
    db.session.rollback()
    both(client, f"{base}/1")
    both(client, base)


def test_criteria_without_points(sqlite_app: Flask, client: CheckedClient, clock: FrozenClock) -> None:
    """A gate keeps a project out and gives no points; information changes nothing."""
    town = make_town("vani")
    book = rulebook(town)
    rubric = Rubric((*book.rubric.criteria, extra(GATE), extra(INFORMATION)))
    c = Commission(sqlite_app, projects=2, members=3, rules=replace(book, rubric=rubric))
    clock.set(2026, 9, 24, 8)
    for project in c.projects:
        for actor in c.members:
            c.submit(actor, project, 4, gate=int(project.number == 1), information=project.number % 2)
    c.open()
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    entries = queries_ranking.entries_of(snapshot)
    assert {n: e["score_hundredths"] for n, e in entries.items()} == {1: 8000, 2: 8000}
    assert {n: (e["proposal"], e["because"]) for n, e in entries.items()} == {
        1: ("on_ballot", "within"),
        2: ("not_shortlisted", "below_criterion"),
    }
    db.session.rollback()
    client.sign_in_as(c.accounts[0].id)
    both(client, f"{c.world.url}/commission/1/sheet")
    both(client, f"{c.world.url}/commission/scores")
    both(client, f"{c.world.url}/rulebook")


def test_the_rubric_editor_knows_the_kinds(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    town = make_town("vani")
    cycle = make_cycle(town, published=False)
    admin = make_staff(town, Role.ADMINISTRATOR)
    db.session.rollback()
    clock.set(2026, 3, 1, 8)
    client.sign_in_as(admin.id)
    base = f"/vani/admin/{cycle.year}/criteria"
    both(client, f"{base}/new?kind=gate")
    assert client.get(f"{base}/new?kind=nonsense").status_code == 404
    texts = {f"{name}_{lang}": "Freeuse" for name in ("name", "question") for lang in LANGUAGES}
    levels = {f"level_{n}_{lang}": f"Level {n}" for n in (0, 1) for lang in LANGUAGES}
    version = {"based_on": "1"}
    assert client.send(f"{base}/new?kind=gate", {**texts, **levels, **version}).status_code == 302
    page = client.page(base).html
    assert "rubric.criteria.4.weight_bp" in page
    assert "rubric.criteria.5.weight_bp" not in page
    assert "rubric.criteria.5.minimum_mean_hundredths" in page
    gate = here_by_id(cycle.id, now=moment(3, 1)).rules.rubric.criteria[-1]
    assert (gate.kind, gate.weight_bp, gate.minimum_mean_hundredths) == (GATE, 0, 50)
