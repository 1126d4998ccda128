"""Writing a sheet: nobody waits for another member, no word is lost, a level is pinned to where it is shown; and the
reminders of sheets that are not in.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pb.core.errors import Problems
from pb.core.phases import Window
from pb.db import db, is_sqlite, writing
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.review import commands_commission as commands
from pb.review import queries_commission as queries
from pb.review.models_conflicts import Reminder
from pb.review.reminding import remind_due
from pb.review.snapshots import lock_commission, share_commission
from tests.conftest import FrozenClock
from tests.factories import calendar, moment
from tests.pages import CheckedClient
from tests.review.commission_making import REASON, REVIEW, Commission

WORDS = "ეს სიტყვები არ უნდა დაიკარგოს, რაც უნდა მოხდეს."


def test_members_who_save_at_once_do_not_wait_for_each_other(app: Flask) -> None:
    """One member's transaction stays open; all others save and submit meanwhile, on the same project too."""
    if is_sqlite():
        return  # one writer at a time by its nature
    c = Commission(app, projects=1, members=8)
    for actor in c.members:
        c.declare(actor, c.projects[0])
    project_id, lines, members = c.projects[0].id, c.lines(), c.members
    db.session.rollback()
    held, done, results = threading.Event(), threading.Event(), []

    def hold() -> None:
        with app.app_context(), writing():
            commands.save_sheet(project_id=project_id, lines=lines, actor=members[0], now=REVIEW)
            held.set()
            assert done.wait(20)

    def save(n: int) -> None:
        with app.app_context():
            act = commands.submit_sheet if n % 2 else commands.save_sheet
            results.append(act(project_id=project_id, lines=lines, actor=members[n], now=REVIEW))

    first = threading.Thread(target=hold)
    first.start()
    assert held.wait(20)
    others = [threading.Thread(target=save, args=(n,)) for n in range(1, 8)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(15)
    waiting = [thread for thread in others if thread.is_alive()]
    done.set()
    first.join(20)
    for thread in others:
        thread.join(20)
    assert not waiting
    assert len(results) == 7


def test_an_act_alone_waits_for_those_who_save(app: Flask) -> None:
    if is_sqlite():
        return
    c = Commission(app, projects=1)
    cycle_id = c.world.cycle.id
    db.session.rollback()
    held, done, order = threading.Event(), threading.Event(), []

    def hold() -> None:
        with app.app_context(), writing():
            share_commission(cycle_id)
            held.set()
            assert done.wait(20)
            order.append("saved")

    def alone() -> None:
        with app.app_context(), writing():
            lock_commission(cycle_id)
            order.append("alone")

    threads = [threading.Thread(target=hold), threading.Thread(target=alone)]
    threads[0].start()
    assert held.wait(20)
    threads[1].start()
    threads[1].join(0.5)
    assert order == []
    done.set()
    for thread in threads:
        thread.join(20)
    assert order == ["saved", "alone"]


def test_a_level_is_pinned_to_a_part_of_the_text(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project = c.members[0], c.projects[0]
    c.declare(member, project)
    lines = c.lines(5)
    lines["need"]["evidence"] = "budget"
    version = commands.save_sheet(project_id=project.id, lines=lines, actor=member, now=REVIEW)
    lines["need"]["evidence"] = "what"
    assert commands.save_sheet(project_id=project.id, lines=lines, actor=member, now=REVIEW) == version + 1
    sheet = queries.own_sheet(project.id, member.account_id or 0)
    assert sheet is not None
    assert {line.criterion: line.evidence for line in sheet.lines}["need"] == "what"
    db.session.rollback()
    lines["need"]["evidence"] = "nowhere"
    with pytest.raises(Problems) as found:
        commands.save_sheet(project_id=project.id, lines=lines, actor=member, now=REVIEW)
    assert [p.field for p in found.value.problems] == ["need.evidence"]


@pytest.fixture
def client(sqlite_app: Flask, clock: FrozenClock) -> CheckedClient:
    clock.set(2026, 9, 24, 8)
    return sqlite_app.test_client()  # type: ignore[return-value]


def sheet_data(version: int = 0, **more: object) -> dict[str, object]:
    return {"version": str(version), "need.value": "1", "need.reason": WORDS, **more}


def test_a_page_saves_itself_and_goes_on_without_a_quarrel(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=1)
    c.declare(c.members[0], c.projects[0])
    db.session.rollback()
    client.sign_in_as(c.accounts[0].id)
    url = f"{c.world.url}/commission/1/sheet"
    saved = client.send(url, sheet_data(autosave="1"))
    assert (saved.status_code, saved.headers["X-Version"]) == (204, "1")
    assert WORDS in client.page(url).html
    again = client.send(url, sheet_data(1, autosave="1", **{"need.note": "კიდევ ერთი"}))
    assert (again.status_code, again.headers["X-Version"]) == (204, "2")
    # another window, with an older version: nothing is written, nothing is said of saving
    assert client.send(url, sheet_data(1, autosave="1", **{"need.note": "სხვა"})).status_code == 422
    kept = client.send(url, sheet_data(1, save="1", **{"need.reason": "მეორე ფანჯრის სიტყვები"}))
    assert kept.status_code == 422
    assert WORDS in kept.text
    assert "მეორე ფანჯრის სიტყვები" in kept.text


def test_an_ended_session_loses_no_word(sqlite_app: Flask, client: CheckedClient) -> None:
    c = Commission(sqlite_app, projects=1)
    c.declare(c.members[0], c.projects[0])
    db.session.rollback()
    url = f"{c.world.url}/commission/1/sheet"
    for lang in ("en", "ka"):
        client.get(f"/?lang={lang}")
        ended = client.send(url, sheet_data(save="1"))  # with a token, and without anybody signed in
        assert ended.status_code == 401
        assert WORDS in ended.text
        without = client.post(url, data=sheet_data(save="1"))  # the token is gone with the session
        assert without.status_code == 401
        assert WORDS in without.text
    client.sign_in_as(c.accounts[0].id)
    assert client.send(url, sheet_data(save="1")).status_code == 302
    assert WORDS in client.page(f"{url}?lang=ka").html


def test_secrets_are_never_shown_again(sqlite_app: Flask, client: CheckedClient) -> None:
    answer = client.post(
        "/sign-in/staff", data={"email": "a@example.org", "password": "a long secret password"}
    )
    assert "a long secret password" not in answer.text


def letters() -> list[str]:
    found = [row.kind for row in db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))]
    db.session.rollback()
    return found


def test_reminders(app: Flask) -> None:
    plan = calendar()
    dates = type(plan)(
        plan.starts, plan.ends, {"scoring": Window(moment(9, 14), moment(10, 1))}
    )  # to 30 September
    c = Commission(app, projects=2, members=4, dates=dates)
    for project in c.projects:
        c.submit(c.members[0], project)
    db.session.rollback()

    def at(day: int, hour: int = 8, month: int = 9) -> int:
        return remind_due(now=datetime(2026, month, day, hour, tzinfo=UTC))

    assert at(22) == 0
    assert at(23, 4) == 0  # eight in the morning in Georgia: not yet
    assert at(23) == 3  # seven days before: all but who is done
    assert at(23, 9) == 0  # once a day
    assert at(24) == 0
    assert (at(27), at(29), at(30)) == (3, 3, 3)
    assert set(letters()) == {"sheets_due"}
    assert at(1, month=10) == 1  # the day after: the chair alone
    assert letters()[-1] == "sheets_missing"
    assert at(2, month=10) == 0
    rows = db.session.execute(select(Reminder.account_id, Reminder.day)).all()
    assert len(rows) == len(set(rows)) == 13
    chair = c.world.staff[Role.CHAIR].id
    assert sum(account == chair for account, _day in rows) == 5
    db.session.rollback()


def test_nobody_is_reminded_once_everything_is_in_or_open(app: Flask) -> None:
    plan = calendar()
    dates = type(plan)(plan.starts, plan.ends, {"scoring": Window(moment(9, 14), moment(10, 1))})
    c = Commission(app, projects=1, members=4, dates=dates)
    c.score_all()
    assert remind_due(now=datetime(2026, 9, 27, 8, tzinfo=UTC)) == 0
    c.open()
    assert remind_due(now=REVIEW + timedelta(days=7)) == 0
    assert letters() == []
    assert REASON
