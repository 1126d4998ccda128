"""An officer returns a project once with notes; each is answered before it is handed in again; nothing is hidden."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.db import db
from pb.policy import Actor, Role
from pb.projects import commands, text
from pb.projects.commands_return import NOTE_WORDS, answer_return_notes, return_project
from pb.projects.queries_return import noted, return_of, unanswered
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import DEVELOPMENT, REVIEW, delivered, the

NOTES = {"budget": "საიდან არის სანათის ფასი?", "upkeep": "ვინ იხდის დენის ფულს?"}


def give_back(world: World, project_id: int, notes: dict[str, str] | None = None) -> None:
    return_project(
        project_id=project_id, notes=notes or NOTES, actor=world.actor(Role.OFFICER), now=DEVELOPMENT
    )


def test_returned_answered_and_handed_in_again(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = delivered(world, citizen)
    first = project.handed_in_revision_id
    give_back(world, project.id)
    assert the(project.id).state == "developing"
    assert the(project.id).handed_in_revision_id == first, "it counts until it is handed in again"
    returned = return_of(project.id, DEVELOPMENT)
    assert returned is not None
    assert (returned.revision_id, noted(returned)) == (first, ["budget", "upkeep"])
    with pytest.raises(Problems) as refused:
        commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert [(p.code, p.params["count"]) for p in refused.value.problems] == [("notes_unanswered", 2)]
    who = {"project_id": project.id, "actor": citizen, "now": DEVELOPMENT}
    given = {"budget": "სამი მაღაზიიდან.", "title": "ამაზე შენიშვნა არ ყოფილა", "upkeep": ""}
    assert answer_return_notes(answers=given, **who) == 1  # type: ignore[arg-type]
    assert unanswered(return_of(project.id, DEVELOPMENT)) == ["upkeep"]
    assert answer_return_notes(answers={"budget": "სამი მაღაზიიდან.", "upkeep": "მერია"}, **who) == 1  # type: ignore[arg-type]
    assert answer_return_notes(answers={"upkeep": "მერია და სოფელი"}, **who) == 1, "worded anew"  # type: ignore[arg-type]
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert the(project.id).state == "handed_in"
    with pytest.raises(Closed) as closed:
        answer_return_notes(answers={"upkeep": "სხვა"}, **who)  # type: ignore[arg-type]
    assert closed.value.code == "not_returned"
    with pytest.raises(Closed) as closed:
        give_back(world, project.id)
    assert closed.value.code == "returned_once"
    found = db.session.scalars(
        select(Event).where(Event.kind.in_(("ProjectReturned", "ProjectNotesAnswered")))
    )
    assert [(event.kind, event.is_public, event.data.get("notes")) for event in found.all()] == [
        ("ProjectReturned", True, 2), *[("ProjectNotesAnswered", False, None)] * 3,
    ]  # fmt: skip


def test_a_returned_project_that_nobody_answers_freezes_as_it_was_handed_in(app: Flask) -> None:
    world = make_world(app)
    project = delivered(world)
    handed_in = project.handed_in_revision_id
    give_back(world, project.id)
    commands.freeze_projects(cycle_id=world.cycle.id, now=REVIEW)
    assert (the(project.id).state, the(project.id).revision_id) == ("frozen", handed_in)


def test_who_may_return_and_with_what(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = delivered(world, citizen)
    for nobody in (citizen, world.actor(Role.ADMINISTRATOR), world.actor(Role.MEMBER)):
        with pytest.raises(Refused):
            return_project(project_id=project.id, notes=NOTES, actor=nobody, now=DEVELOPMENT)
    own = Actor(citizen.account_id, {world.town.id: frozenset({Role.OFFICER})})
    with pytest.raises(Refused):
        return_project(project_id=project.id, notes=NOTES, actor=own, now=DEVELOPMENT)
    with pytest.raises(Invalid) as refused:
        give_back(world, project.id, {"budget": "  "})
    assert refused.value.code == "notes_missing"
    with pytest.raises(Problems) as problems:
        give_back(world, project.id, {"budget": "ა" * (NOTE_WORDS + 1)})
    assert [(p.code, p.field) for p in problems.value.problems] == [("too_long", "note-budget")]
    with pytest.raises(ValueError, match="no part"):
        give_back(world, project.id, {"phone": "555"})
    with pytest.raises(Closed):
        return_project(project_id=project.id, notes=NOTES, actor=world.actor(Role.OFFICER), now=REVIEW)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_pages_of_officer_and_author(sqlite_app: Flask, clock: FrozenClock, lang: str) -> None:
    world = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    citizen = author()
    project = delivered(world, citizen)
    base = f"{world.url}/projects/{project.number}"
    desk: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    phone: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    officer = world.actor(Role.OFFICER)
    assert officer.account_id is not None
    assert citizen.account_id is not None
    for visitor, account in ((desk, officer.account_id), (phone, citizen.account_id)):
        visitor.set_cookie("lang", lang)
        visitor.sign_in_as(account)
    assert f"{base}/return" in desk.page(base).links
    assert f"{base}/return" not in phone.page(base).links
    desk.page(f"{base}/return")
    assert desk.send(f"{base}/return", {"note-budget": "  "}).status_code == 422
    note = "ფასი <b>საიდან</b> არის?"
    assert desk.send(f"{base}/return", {"note-budget": note}).location.endswith("/returned")
    tasks = phone.page(f"{base}/edit")
    assert f"{base}/edit/answers" in tasks.links
    assert f"{base}/edit/hand-in" not in tasks.links
    assert "ფასი <b>საიდან</b> არის?" in phone.page(f"{base}/edit/budget").text, "beside its field, inert"
    phone.page(f"{base}/edit/answers")
    lines = {
        "base": 2, "rows": 4, "lines-0-what": "სანათი", "lines-0-quantity": "14", "lines-0-price": "430",
        "lines-0-source": "სამი მაღაზია",
    }  # fmt: skip
    assert phone.send(f"{base}/edit/budget", lines).status_code == 302
    assert phone.send(f"{base}/edit/answers", {"answer-budget": "სამი მაღაზიიდან"}).status_code == 302
    assert phone.send(f"{base}/edit/hand-in", {"base": 3, "sure": "y"}).status_code == 302
    phone.page(f"{base}/edit/handed-in")
    page = desk.page(f"{base}/returned")
    assert "სამი მაღაზიიდან" in page.text
    assert "<del>" in page.html
    assert "<ins>" in page.html
    stranger: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    assert stranger.get(f"{base}/returned").status_code == 302, "notes are for authors and officials"
    assert "სამი მაღაზიიდან" not in stranger.get(base).text


def test_revisions_compare_word_by_word_and_fingerprint(sqlite_app: Flask, clock: FrozenClock) -> None:
    import hashlib

    world = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    citizen = author()
    project = delivered(world, citizen)
    evil = "სანათი <script>alert(1)</script> და „ბოძი“"
    commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, fields={"what": evil, "land_owner": "state"}
    )
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    base = f"{world.url}/projects/{project.number}/revisions"
    visitor: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    page = visitor.page(f"{base}/compare?old=3&new=2")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;" in page.html
    assert "<del>მუნიციპალიტეტისა</del>" in page.html, "the older one on the left, whichever way asked"
    assert visitor.page(f"{base}/compare").html.count("<del>") == page.html.count("<del>"), "the last two"
    for odd in ("?old=9&new=x", "?old=2&new=2", "?old=1&new=3", "?new=1"):
        visitor.page(f"{base}/compare{odd}")
    label = the(project.id).author_label
    assert label in visitor.page(base).text
    data = visitor.get(f"{base}/3.json")
    revision = the(project.id).revision
    assert revision is not None
    assert hashlib.sha256(data.data).hexdigest() == revision.fingerprint
    assert text.fingerprint(**data.get_json()) == revision.fingerprint


def test_the_receipt(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    citizen = author()
    project = delivered(world, citizen)
    revision = project.handed_in_revision
    assert revision is not None
    visitor: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    base = f"{world.url}/projects/{project.number}/edit"
    assert visitor.get(f"{base}/receipt.pdf").status_code == 302, "signed in first"
    assert citizen.account_id is not None
    visitor.sign_in_as(citizen.account_id)
    page = visitor.page(f"{base}/handed-in")
    assert revision.fingerprint in page.text
    assert "2026 წლის 20 ივლის" in page.text
    answer = visitor.get(f"{base}/receipt.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF") or revision.fingerprint in answer.text
