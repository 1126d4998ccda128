"""Opinions, answers to notes, the cost card and the author's answer, on both databases; their pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.policy import Role
from pb.projects.models import Project
from pb.review import commands_feasibility as commands
from pb.review import queries_commission
from pb.review import queries_feasibility as queries
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_staff, make_town, make_world, rulebook
from tests.ideas.making import author, handed_in
from tests.pages import CheckedClient
from tests.projects.making import IDEAS
from tests.review.commission_making import REVIEW, Commission, frozen_project

GROUND = "სამი მიმწოდებლის ფასი და ადგილზე გაზომილი ფართობი."
DUE = date(2026, 10, 1)  # five working days after Thursday, 24 September


@pytest.fixture
def commission(app: Flask) -> Commission:
    c = Commission(app, projects=1, members=4)
    c.author = make_citizen("ლია საცდელი")  # type: ignore[attr-defined]
    c.projects.append(frozen_project(c.world, 2, author=c.author))  # type: ignore[attr-defined]
    db.session.rollback()
    return c


def card(c: Commission, estimate: int | None = 800_000, now: datetime = REVIEW, **values: object) -> int:
    return commands.make_cost_card(
        project_id=c.projects[1].id, estimate_tetri=estimate, running_tetri=50_000,
        ground=values.pop("ground", GROUND), actor=c.world.actor(Role.OFFICER), now=now, **values,
    )  # fmt: skip


def answer(c: Commission, accepts: bool | None, words: str = "", now: datetime = REVIEW) -> None:
    commands.answer_cost(
        project_id=c.projects[1].id, accepts=accepts, words=words, now=now,
        actor=actor_by_id(c.author.id),  # type: ignore[attr-defined]
    )  # fmt: skip


def cost(c: Commission) -> int:
    found = db.session.get_one(Project, c.projects[1].id).cost_tetri
    db.session.rollback()
    return found


def test_the_author_accepts_and_the_estimate_is_what_it_costs(commission: Commission) -> None:
    c = commission
    first = card(c)
    found = queries.cards_of(c.projects[1].id, REVIEW)[0]
    assert (found.card.id, found.card.author_tetri, found.card.due) == (first, 1_000_000, DUE)
    assert found.standing == "waiting"
    with pytest.raises(Invalid, match="choose_answer"):
        answer(c, None)
    with pytest.raises(Invalid, match="reason_too_short"):
        answer(c, False, "არა")
    with pytest.raises(Refused):
        commands.answer_cost(
            project_id=c.projects[0].id,
            accepts=True,
            actor=actor_by_id(c.author.id),
            now=REVIEW,  # type: ignore[attr-defined]
        )
    assert cost(c) == 1_000_000
    answer(c, True)
    assert cost(c) == 800_000
    with pytest.raises(Closed, match="cost_answered"):
        answer(c, False, "ახლა აღარ ვეთანხმები ამ თანხას")


def test_a_refusal_keeps_the_author_s_figure_and_a_newer_card_asks_again(commission: Commission) -> None:
    c = commission
    card(c)
    answer(c, False, "ხრეშის ფასი ორჯერ მეტია ნამდვილზე")
    assert cost(c) == 1_000_000
    card(c, 850_000, changes=[{"words": "ხრეში იაფია", "on": date(2026, 9, 23), "channel": "phone"}])
    found = queries.cards_of(c.projects[1].id, REVIEW)
    assert [(x.card.number, x.standing) for x in found] == [(2, "waiting"), (1, "refused")]
    assert found[0].card.changes == [{"words": "ხრეში იაფია", "on": "2026-09-23", "channel": "phone"}]
    answer(c, True)
    assert cost(c) == 850_000


def test_silence_accepts_after_five_working_days_and_not_before(commission: Commission) -> None:
    c = commission
    card(c)
    assert (
        commands.silence_due(now=datetime(2026, 10, 1, 19, tzinfo=UTC)) == 0
    )  # still the last day in Georgia
    assert cost(c) == 1_000_000
    later = datetime(2026, 10, 1, 20, 30, tzinfo=UTC)
    assert commands.silence_due(now=later) == 1
    assert commands.silence_due(now=later + timedelta(days=1)) == 0
    assert cost(c) == 800_000
    assert queries.cards_of(c.projects[1].id, later)[0].standing == "silence"


def test_silence_on_a_replaced_card_accepts_nothing(commission: Commission) -> None:
    c = commission
    card(c, 890_000)
    card(c, 860_000, now=REVIEW + timedelta(days=6))
    assert commands.silence_due(now=REVIEW + timedelta(days=8)) == 0
    assert cost(c) == 1_000_000


def test_faults_of_a_card(commission: Commission) -> None:
    c = commission
    with pytest.raises(Problems) as found:
        card(c, None, ground="მოკლე", changes=[{"words": "", "on": date(2027, 1, 1), "channel": "dove"}])
    assert {p.field for p in found.value.problems} == {
        "estimate", "ground", "change_0_words", "change_0_on", "change_0_channel",
    }  # fmt: skip
    with pytest.raises(Problems) as found:
        card(c, 10**12)
    assert [p.code for p in found.value.problems] == ["estimate_above_cap"]
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(
            text("INSERT INTO cost_answer (card_id, accepts, words, at) VALUES (1, false, '', '2026-01-01')")
        )


def test_once_the_scores_are_open_the_cost_is_settled(commission: Commission) -> None:
    c = commission
    card(c)
    c.score_all()
    c.open()
    with pytest.raises(Closed, match="cost_settled"):
        answer(c, True)
    assert commands.silence_due(now=REVIEW + timedelta(days=20)) == 0
    assert cost(c) == 1_000_000


def test_who_made_the_card_never_scores_the_project(commission: Commission) -> None:
    c = commission
    official = make_staff(c.world.town, Role.OFFICER, Role.MEMBER)
    here = here_by_id(c.world.cycle.id, now=REVIEW)
    assert official.id in queries_commission.panel_of(here).active(c.projects[1].id)
    commands.make_cost_card(
        project_id=c.projects[1].id, estimate_tetri=900_000, running_tetri=0, ground=GROUND,
        actor=actor_by_id(official.id), now=REVIEW,
    )  # fmt: skip
    panel = queries_commission.panel_of(here)
    assert panel.kind(official.id, c.projects[1].id) == "checker"
    assert official.id in panel.active(c.projects[0].id)


def test_pages_of_cost(sqlite_app: Flask, clock: FrozenClock) -> None:
    c = Commission(sqlite_app, projects=1, members=4)
    writer = make_citizen("ლია საცდელი")
    c.projects.append(frozen_project(c.world, 2, author=writer))
    db.session.rollback()
    clock.set(2026, 9, 24, 8)
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    base = f"{c.world.url}/costs"
    client.sign_in_as(c.world.staff[Role.OFFICER].id)
    for lang in ("en", "ka"):
        client.page(f"{base}?lang={lang}")
        client.page(f"{base}/2?lang={lang}")
    data = {"estimate": "8 000", "running": "500", "ground": GROUND, "change_0_words": "ნაკლები ხრეში"}
    kept = client.send(f"{base}/2", data)
    assert kept.status_code == 422
    assert "ნაკლები ხრეში" in kept.text
    data |= {"change_0_on": "2026-09-23", "change_0_channel": "phone"}
    assert client.send(f"{base}/2", data).status_code == 302
    client.page(f"{base}?lang=ka")
    client.page(f"{base}?lang=en")
    client.get(f"{base}?lang=ka")
    client.sign_in_as(writer.id)
    for lang in ("ka", "en"):
        client.page(f"{base}/2/answer?lang={lang}")
        client.page(f"{c.world.url}/projects/2?lang={lang}")
    client.get(f"{base}/2/answer?lang=ka")
    assert client.send(f"{base}/2/answer", {"accepts": "no", "words": "არა"}).status_code == 422
    assert client.send(f"{base}/2/answer", {"accepts": "yes"}).status_code == 302
    client.page(f"{base}/2/answer?lang=ka")
    client.sign_in_as(c.accounts[0].id)
    assert client.get(f"{base}/2").status_code == 403
    assert client.get(f"{base}/2/answer").status_code == 403


def test_opinions_and_answers_to_notes_on_their_pages(sqlite_app: Flask, clock: FrozenClock) -> None:
    book = rulebook(make_town("vani"))
    checks = (replace(book.checklist[0], department="არქიტექტურა"), *book.checklist[1:])
    world = make_world(sqlite_app, rules=replace(book, checklist=checks))
    clock.moment = IDEAS
    writer = author()
    number = handed_in(world, writer, now=IDEAS).number
    db.session.rollback()
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    officer = world.staff[Role.OFFICER]
    base = f"{world.url}/queue"
    client.sign_in_as(officer.id)
    for lang in ("en", "ka"):
        client.page(f"{base}/{number}/ask?lang={lang}")
    assert client.send(f"{base}/{number}/ask", {"department": "ფოსტა"}).status_code == 422
    asked = client.send(
        f"{base}/{number}/ask", {"department": "არქიტექტურა", "question": "გეგმას ეწინააღმდეგება?"}
    )
    assert asked.status_code == 302
    client.page(f"{base}/{number}?lang=ka")
    assert "არქიტექტურა" in client.page(f"{base}/opinions?department=არქიტექტურა&lang=ka").html
    client.page(f"{base}?person={officer.id}&lang=en")
    client.page(f"{base}/{number}/opinion/1?lang=ka")
    given = {"verdict": "conditions", "words": "გეგმას შეესაბამება, თუ გზა ვიწრო დარჩება."}
    assert client.send(f"{base}/{number}/opinion/1", {"verdict": "for"}).status_code == 422
    assert client.send(f"{base}/{number}/opinion/1", given).status_code == 302
    assert client.get(f"{base}/{number}/opinion/1").status_code == 302
    data = {"outcome": "returned", "field_title": "სათაური ზუსტი უნდა იყოს", "revision": "1"}
    assert client.send(f"{base}/{number}", data).status_code == 302
    client.sign_in_as(writer.account_id)
    notes = f"{world.url}/ideas/{number}/notes"
    client.get(f"{world.url}/ideas/{number}?lang=ka")
    assert "სათაური ზუსტი უნდა იყოს" in client.page(notes).html
    assert client.send(notes, {"answer_title": "სათაური შევცვალე, სოფელიც წერია"}).status_code == 302
    client.sign_in_as(officer.id)
    shown = client.page(f"{base}/{number}").html
    assert "სათაური შევცვალე, სოფელიც წერია" in shown
    assert "თუ გზა ვიწრო დარჩება" in shown
