"""Pages of trainings and lessons, in both languages; papers; who gets in."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from pb.accounts.queries import actor_by_id
from pb.policy import Role
from pb.training import commands, content, queries
from pb.web import pdf
from tests.conftest import FrozenClock
from tests.factories import World, make_citizen, make_world
from tests.ideas.making import author
from tests.ideas.pdfs import pdf as made_pdf
from tests.pages import CheckedClient
from tests.training.making import EVENING, SUMMER, announced, comes, the_session


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    clock.moment = SUMMER
    return make_world(sqlite_app)


@pytest.fixture
def web(sqlite_app: Flask) -> CheckedClient:
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    return client


def form(**changes: str) -> dict[str, str]:
    return {
        "topic_ka": "ხარჯთაღრიცხვა", "topic_en": "", "begins_at": "2026-07-24", "minutes": "90", "seats": "1",
        "place_ka": "კულტურის სახლი", "place_en": "", "link": "", "trainer_id": "", "agenda_ka": "18:00 შეხვედრა",
        "agenda_en": "", **changes,
    }  # fmt: skip


def test_from_the_announcement_to_the_certificate(
    world: World, web: CheckedClient, clock: FrozenClock
) -> None:
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    base = f"{world.url}/trainings"
    page = web.send(f"{base}/new", form(seats="0", link="ftp://x"))
    assert page.status_code == 422
    assert "ხარჯთაღრიცხვა" in page.get_data(as_text=True), "what was typed stays"
    data = form(trainer_id=str(world.staff[Role.MENTOR].id))
    answer = web.send(f"{base}/new", {**data, "begins_at": ["2026-07-24", "18:00"]})  # type: ignore[dict-item]
    assert answer.status_code == 302
    (one,) = queries.sessions_of(world.cycle.id, SUMMER)
    session = one.session.id
    assert the_session(session).begins_at == EVENING
    assert "ხარჯთაღრიცხვა" in web.page(base).text

    citizens = [make_citizen("ნინო სანიმუშო"), make_citizen("გელა სანიმუშო")]
    web.sign_out()
    visitor = web.page(f"{base}/{session}")
    assert any("/sign-in" in link for link in visitor.links)
    for n, citizen in enumerate(citizens):
        web.sign_in_as(citizen.id)
        assert "სანიმუშო" in web.page(f"{base}/{session}").html, "the name need not be typed again"
        assert web.send(f"{base}/{session}/sign-up", {"first_name": "", "surname": ""}).status_code == 422
        web.send(
            f"{base}/{session}/sign-up", {"first_name": "ნინო" if n == 0 else "გელა", "surname": "სანიმუშო"}
        )
        said = web.page(f"{base}/{session}").text
        assert ("ადგილი გაქვთ" if n == 0 else "მოლოდინის სიაში ხართ") in said
        assert f"{base}/{session}/certificate.pdf" not in web.page(f"{base}/{session}").links
    web.sign_in_as(citizens[0].id)
    web.page(f"{base}/{session}/cancel")
    web.send(f"{base}/{session}/cancel")
    web.sign_in_as(citizens[1].id)
    assert "ადგილი გაქვთ" in web.page(f"{base}/{session}").text

    clock.moment = EVENING
    web.sign_in_as(world.staff[Role.MENTOR].id)
    attendance = web.page(f"{base}/{session}/attendance")
    assert "გელა სანიმუშო" in attendance.text
    line = re.search(r"/attendance/(\d+)", attendance.html)
    assert line is not None
    web.send(f"{base}/{session}/attendance/{line[1]}", {"there": "yes"})
    assert "დაესწრო" in web.page(f"{base}/{session}/attendance").text
    web.sign_in_as(citizens[0].id)
    assert web.get(f"{base}/{session}/certificate.pdf").status_code == 404
    assert web.get(f"{base}/{session}/attendance").status_code == 403
    web.sign_in_as(citizens[1].id)
    paper = web.get(f"{base}/{session}/certificate.pdf")
    assert paper.status_code == 200
    assert paper.headers["Cache-Control"] == "no-store"
    row = queries.own_sign_up(session, citizens[1].id)
    assert row is not None
    assert row.certificate is not None
    web.sign_out()
    for typed in (row.certificate, row.certificate.lower().replace("-", " ")):
        checked = web.page(f"{base}/certificate?code={typed}")
        assert "გელა ს." in checked.text
        assert "სანიმუშო" not in checked.text
        assert "ხარჯთაღრიცხვა" in checked.text
    assert (
        "ვერ მოიძებნა" in web.page(f"{base}/certificate?code=K7QX-2M9P-4TRD").text
        or "არ მოიძებნა" in web.page(f"{base}/certificate?code=K7QX-2M9P-4TRD").text
    )


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_pages_of_everybody_in_both_languages(
    world: World, web: CheckedClient, lang: str, clock: FrozenClock
) -> None:
    session = announced(world, seats=1, trainer_id=world.staff[Role.MENTOR].id)
    line = comes(session)
    operator, secretary = world.actor(Role.OPERATOR), world.actor(Role.SECRETARY)
    commands.sign_up_for(
        session_id=session, first_name="ეკა", surname="ნიმუშაძე", phone="", actor=operator, now=SUMMER
    )
    commands.mark_attendance(session_id=session, sign_up_id=line, attended=True, actor=secretary, now=EVENING)
    base = f"{world.url}/trainings"
    for page in (
        "",
        f"/{session}",
        "/lessons",
        "/certificate",
        *(f"/lessons/{one}" for one in content.LESSONS),
    ):
        assert web.page(f"{base}{page}?lang={lang}").lang == lang
    web.page(f"{world.url}/?lang={lang}")
    clock.moment = EVENING
    for who, pages in (
        (
            Role.SECRETARY,
            ("/manage", "/new", f"/{session}", f"/{session}/attendance", f"/{session}/papers", "/mentors"),
        ),
        (Role.OPERATOR, (f"/{session}/help", f"/{session}")),
        (Role.MENTOR, (f"/{session}/attendance", "/mentors")),
    ):
        web.sign_in_as(world.staff[who].id)
        for page in pages:
            web.page(f"{base}{page}?lang={lang}")
    clock.moment = SUMMER
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    for page in (f"/{session}/edit", f"/{session}/call-off"):
        web.page(f"{base}{page}?lang={lang}")


def test_the_link_is_for_those_who_have_a_seat(world: World, web: CheckedClient) -> None:
    session = announced(world, seats=1, link="https://meet.example.org/secret-room")
    nino, gela = author(), author()
    comes(session, nino)
    comes(session, gela)
    address = f"{world.url}/trainings/{session}"
    for who, sees in ((None, False), (gela, False), (nino, True)):
        web.sign_out()
        if who is not None:
            web.sign_in_as(who.account_id or 0)
        assert ("secret-room" in web.page(address).html) is sees
        file = web.get(f"{address}.ics")
        assert ("secret-room" in file.get_data(as_text=True).replace("\r\n ", "")) is sees
        assert (file.headers["Cache-Control"] == "no-store") is sees


def test_the_calendar_file(world: World, web: CheckedClient) -> None:
    session = announced(world)
    text = web.get(f"{world.url}/trainings/{session}.ics?lang=en").get_data(as_text=True).replace("\r\n ", "")
    assert "DTSTART:20260724T140000Z" in text
    assert "DTEND:20260724T160000Z" in text
    assert "SUMMARY:Making a cost estimate" in text
    assert "TRIGGER:-P1D" in text


def test_nobody_reads_names_but_those_who_need_them(world: World, web: CheckedClient) -> None:
    session = announced(world)
    comes(session, name="ზეინაბი")
    pages = ("", "/attendance", "/attendance.pdf", "/help")
    for who in (
        None,
        world.citizen.id,
        *(world.staff[r].id for r in Role if r not in (Role.ADMINISTRATOR, Role.SECRETARY)),
    ):
        web.sign_out()
        if who is not None:
            web.sign_in_as(who)
        for page in pages:
            assert "ზეინაბი" not in web.get(f"{world.url}/trainings/{session}{page}").get_data(as_text=True)
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    assert "ზეინაბი" in web.page(f"{world.url}/trainings/{session}/attendance").text


def test_papers(world: World, web: CheckedClient) -> None:
    session = announced(world)
    address = f"{world.url}/trainings/{session}"
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    bad = web.send(f"{address}/papers", {"document": (io.BytesIO(b"MZ"), "x.pdf")})  # type: ignore[dict-item]
    assert bad.status_code == 422
    web.send(f"{address}/papers", {"document": (io.BytesIO(made_pdf()), "ნიმუში.pdf")})  # type: ignore[dict-item]
    (paper,) = the_session(session).materials
    number = paper.id
    web.sign_out()
    assert "ნიმუში.pdf" in web.page(address).text
    file = web.get(f"{address}/papers/{number}")
    assert file.data == made_pdf()
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert web.get(f"{world.url}/trainings/{announced(world)}/papers/{number}").status_code == 404
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    web.send(f"{address}/papers/{number}/remove")
    assert the_session(session).materials == []


def test_a_training_of_another_town_is_not_here(world: World, web: CheckedClient, sqlite_app: Flask) -> None:
    other = make_world(sqlite_app, "khoni")
    session = announced(other)
    assert web.get(f"{world.url}/trainings/{session}").status_code == 404
    assert web.get(f"{other.url}/trainings/{session}").status_code == 200


def test_an_operator_signs_up_and_cancels(world: World, web: CheckedClient) -> None:
    session = announced(world, seats=1)
    address = f"{world.url}/trainings/{session}/help"
    web.sign_in_as(world.staff[Role.OPERATOR].id)
    assert web.send(address, {"first_name": "ეკა", "surname": "ნიმუშაძე", "phone": "12"}).status_code == 422
    web.send(address, {"first_name": "ეკა", "surname": "ნიმუშაძე", "phone": ""})
    page = web.page(address)
    assert "ეკა ნიმუშაძე" in page.text
    cancel = next(link for link in page.links if link.endswith("/cancel"))
    web.page(cancel)
    web.send(cancel)
    assert "ეკა ნიმუშაძე" not in web.page(address).text
    assert commands.sign_up(
        session_id=session, first_name="ა", surname="ბ", actor=actor_by_id(world.citizen.id), now=SUMMER
    )


def test_the_paper_list_and_the_lessons_are_pdf(world: World, web: CheckedClient) -> None:
    if not pdf.available():
        pytest.skip("no Pango on this machine")
    session = announced(world)
    comes(session)
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    for page in (f"/{session}/attendance.pdf", "/lessons.pdf"):
        assert web.get(f"{world.url}/trainings{page}").data.startswith(b"%PDF")
