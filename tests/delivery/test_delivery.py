"""Delivery: promises that stay, delays computed from them, money paid, and who may record it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db
from pb.delivery import commands, queries
from pb.delivery.commands_import import import_milestones
from pb.delivery.models import Milestone
from pb.delivery.progress import progress
from pb.policy import Actor, Role
from pb.projects.models import Project
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results.making import at, counted, make_box, published
from tests.voting.making import Vote


@dataclass
class Promised:
    """What progress() reads of a milestone."""

    id: int
    due: date
    done_on: date | None = None
    paid_tetri: int = 0
    title: str = "ეტაპი"
    note: str = ""


TODAY = date(2027, 4, 10)


@pytest.mark.parametrize(
    ("promised", "delay", "overdue"),
    [
        ([], 0, False),
        ([Promised(1, date(2027, 4, 10))], 0, False),  # today is the last day of the promise
        ([Promised(1, date(2027, 4, 9))], 1, True),
        ([Promised(1, date(2027, 3, 1), date(2027, 3, 11))], 10, False),
        ([Promised(1, date(2027, 3, 1), date(2027, 2, 20))], 0, False),
        ([Promised(1, date(2027, 3, 1), date(2027, 3, 11)), Promised(2, date(2027, 6, 1))], 10, False),
        ([Promised(1, date(2027, 3, 1), date(2027, 3, 11)), Promised(2, date(2027, 4, 5))], 5, True),
        ([Promised(1, date(2027, 4, 1)), Promised(2, date(2027, 4, 5))], 9, True),
        # recorded for a day that the turned-back clock has not reached: not done, not paid
        ([Promised(1, date(2027, 4, 1), date(2027, 5, 1), paid_tetri=5)], 9, True),
    ],
)
def test_delays_are_computed(promised: list[Promised], delay: int, overdue: bool) -> None:
    found = progress(promised, 100, TODAY)
    assert (found.delay_days, found.overdue) == (delay, overdue)
    assert found.paid_tetri == 0


@pytest.fixture
def vote(app: Flask, clock: FrozenClock) -> Vote:
    """Projects 2 and 3 have won; it is 10 November, the implementation has begun."""
    return won(app, clock)


def won(app: Flask, clock: FrozenClock) -> Vote:
    made = make_box(app, clock)
    published(made)
    at(clock, 11, 10)
    return made


def number(n: int) -> Project:
    return db.session.execute(select(Project).where(Project.number == n)).scalar_one()


def add(actor: Actor, n: int = 2, title: str = "ხელშეკრულება", due: date = date(2026, 12, 1)) -> int:
    return commands.add_milestone(
        project_id=number(n).id, title=title, due=due, actor=actor, now=the_clock.now()
    )


def test_a_step_is_promised_and_recorded(vote: Vote, clock: FrozenClock) -> None:
    officer = vote.world.actor(Role.OFFICER)
    step = add(officer)
    at(clock, 12, 8)
    now = the_clock.now()
    commands.record_milestone(
        milestone_id=step,
        done_on=date(2026, 12, 5),
        paid_tetri=500_000,
        note="წვიმების გამო",
        actor=officer,
        now=now,
    )
    project = number(2)
    assert project.state == "implementing"
    found = queries.delivery_of(project, now)
    assert found is not None
    assert (found.progress.delay_days, found.progress.paid_tetri, found.progress.all_done) == (
        4,
        500_000,
        True,
    )
    kinds = db.session.scalars(
        select(Event.kind).where(Event.kind.like("Milestone%")).order_by(Event.id)
    ).all()
    assert kinds == ["MilestoneAdded", "MilestoneRecorded"]
    # the same once more is not a new act
    commands.record_milestone(
        milestone_id=step,
        done_on=date(2026, 12, 5),
        paid_tetri=500_000,
        note="წვიმების გამო",
        actor=officer,
        now=now,
    )
    assert len(db.session.scalars(select(Event.id).where(Event.kind == "MilestoneRecorded")).all()) == 1
    commands.move_delivery(project_id=project.id, act="finish", actor=officer, now=now)
    assert number(2).state == "done"
    with pytest.raises(Closed, match="not_under_way"):
        add(officer)


def test_what_makes_no_sense_is_refused(vote: Vote) -> None:
    officer, now = vote.world.actor(Role.OFFICER), the_clock.now()
    step = add(officer)
    for values, code in (
        ({"done_on": date(2026, 11, 11)}, "done_in_future"),
        ({"paid_tetri": -1}, "not_money"),
        ({"note": "ა" * 501}, "too_long"),
    ):
        with pytest.raises(Invalid, match=code):
            commands.record_milestone(milestone_id=step, actor=officer, now=now, **values)  # type: ignore[arg-type]
    for title, due, code in (
        (" ", date(2026, 12, 1), "required"), ("ა" * 121, date(2026, 12, 1), "too_long"),
        ("ა", date(2025, 12, 1), "due_out_of_range"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            add(officer, title=title, due=due)
    with pytest.raises(Closed, match="not_under_way"):
        add(officer, 1)
    with pytest.raises(Closed, match="milestones_open"):
        commands.move_delivery(project_id=number(2).id, act="finish", actor=officer, now=now)
    with pytest.raises(Invalid, match="too_short"):
        commands.move_delivery(project_id=number(2).id, act="abandon", reason="ასე", actor=officer, now=now)
    for role in (Role.CHAIR, Role.MEMBER, Role.SECRETARY, Role.OPERATOR, Role.OBSERVER):
        with pytest.raises(Refused):
            add(vote.world.actor(role))


def test_nothing_is_promised_before_the_publication(app: Flask, clock: FrozenClock) -> None:
    vote = make_box(app, clock)
    counted(vote)
    with pytest.raises(Closed, match="not_under_way"):
        add(vote.world.actor(Role.OFFICER))
    assert queries.delivery_of(number(2), the_clock.now()) is None


def test_former_years_are_brought_in_once(vote: Vote, clock: FrozenClock) -> None:
    at(clock, 3, 1, 2029)  # the cycle is over
    project = number(3)
    steps = [
        {
            "title": "საფუძველი",
            "due": date(2027, 3, 1),
            "done_on": date(2027, 3, 20),
            "paid_tetri": 1_400_000,
        },
        {"title": "ჩაბარება", "due": date(2027, 6, 1), "done_on": date(2027, 6, 1), "paid_tetri": 100_000},
    ]
    values = {"project_id": project.id, "milestones": steps, "state": "done", "now": the_clock.now()}
    with pytest.raises(Refused):
        import_milestones(actor=vote.world.actor(Role.OFFICER), **values)  # type: ignore[arg-type]
    assert import_milestones(actor=vote.admin, **values) == 2  # type: ignore[arg-type]
    assert number(3).state == "done"
    assert import_milestones(actor=vote.admin, **values) == 0  # type: ignore[arg-type]
    assert len(db.session.scalars(select(Milestone.id)).all()) == 2
    with pytest.raises(Closed, match="wrong_phase"):
        add(vote.world.actor(Role.OFFICER))


def test_the_pages_of_delivery(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = won(sqlite_app, clock)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    url = vote.world.url
    web.page(url + "/delivery?lang=en")
    assert web.get(url + "/delivery/manage").status_code in (302, 403)
    web.sign_in_as(vote.world.staff[Role.OFFICER].id)
    for language in ("ka", "en"):
        web.page(f"{url}/delivery/manage?lang={language}")
        web.page(f"{url}/delivery/manage/2?lang={language}")
        assert web.get(f"{url}/delivery/manage/2/abandon").status_code == 200
    assert web.get(f"{url}/delivery/manage/1").status_code == 404
    assert web.send(f"{url}/delivery/manage/2", {"title": "", "due": ""}).status_code == 422
    sent = web.send(f"{url}/delivery/manage/2", {"title": "ხელშეკრულება მიმწოდებელთან", "due": "2026-12-01"})
    assert sent.status_code == 302
    web.page(f"{url}/delivery/manage/2?lang=en")
    step = db.session.scalars(select(Milestone.id)).one()
    assert web.get(f"{url}/delivery/step/{step + 7}").status_code == 404
    at(clock, 12, 11)
    late = web.page(url + "/delivery?lang=en").text.replace("\xa0", " ")
    assert "late by 10 days" in late
    assert "paid 0 lari of 20,000 lari" in late
    wrong = web.send(f"{url}/delivery/step/{step}", {"done_on": "2027-12-01", "paid_tetri": "abc"})
    assert wrong.status_code == 422
    assert (
        web.send(
            f"{url}/delivery/step/{step}", {"done_on": "2026-12-08", "paid_tetri": "1 500,50"}
        ).status_code
        == 302
    )
    web.page(f"{url}/delivery/manage/2?lang=en")
    for language, words in (("en", "7 days late"), ("ka", "დაგვიანება – 7 დღე")):
        for path in ("/delivery", "/projects/2", "/", "/delivery/manage/2", f"/delivery/step/{step}"):
            text = web.page(f"{url}{path}?lang={language}").text
            assert words in text or path.startswith("/delivery/step") or path == "/", path
    assert "1,500.50 lari" in web.page(url + "/delivery?lang=en").text.replace("\xa0", " ")
    for name, separator in (("delivery.csv", ","), ("delivery-semicolon.csv", ";")):
        body = web.get(f"{url}/data/{name}").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(body), delimiter=separator))
        assert [(row["project"], row["late_days"], row["paid_lari"]) for row in rows] == [
            ("TE-2026-0002", "7", "1500.5"), ("TE-2026-0003", "", ""),
        ]  # fmt: skip
    assert web.send(f"{url}/delivery/manage/2/finish").status_code == 302
    reason = {"reason": "მიმწოდებელმა უარი თქვა სამუშაოებზე."}
    assert web.send(f"{url}/delivery/manage/3/abandon", {"reason": "no"}).status_code == 422
    assert web.send(f"{url}/delivery/manage/3/abandon", reason).status_code == 302
    assert (number(2).state, number(3).state) == ("done", "abandoned")
    web.page(f"{url}/delivery/manage?lang=en")
    for language in ("ka", "en"):
        web.page(f"{url}/delivery?lang={language}")


def test_delivery_is_not_seen_before_the_publication(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = won(sqlite_app, clock)
    add(vote.world.actor(Role.OFFICER))
    at(clock, 10, 20)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for path in ("/delivery", "/data/delivery.csv", "/projects/2", "/"):
        assert "ხელშეკრულება" not in web.get(vote.world.url + path).get_data(as_text=True)
