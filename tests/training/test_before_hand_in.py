"""What the rulebook may ask for before a project is handed in: refused by the command, shown among the tasks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from pb.core.errors import Problems
from pb.core.rulebook import Rulebook, canonical_json, starter
from pb.cycles.models import Cycle, RulebookVersion
from pb.cycles.queries import here_by_id, parse_rulebook
from pb.db import writing
from pb.policy import Actor, Role
from pb.projects.commands import hand_in_project
from pb.training import content
from pb.training.commands_lessons import answer_quiz
from tests.conftest import FrozenClock
from tests.factories import EARLY, World, make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import DEVELOPMENT, the, written
from tests.training.making import announced, attended, comes
from tests.training.test_lessons import right


def test_old_rulebooks_keep_their_bytes() -> None:
    book = starter(1_000_000, [])
    assert "before_hand_in" not in book.to_json()
    asking = replace(book, before_hand_in="lessons")
    assert Rulebook.from_json(asking.to_json()) == asking
    faults = {p.field for p in replace(book, before_hand_in="dance").problems([])}
    assert "before_hand_in" in faults


def asking(app: Flask, needed: str) -> World:
    """A world whose rulebook asks for it."""
    world = make_world(app)
    with writing() as session:
        version = session.get(RulebookVersion, world.cycle.rulebook_id)
        assert version is not None
        book = replace(parse_rulebook(version.document), before_hand_in=needed)
        session.add(
            row := RulebookVersion(
                cycle_id=world.cycle.id, version=2, document=canonical_json(book.to_json()).decode(),
                fingerprint=book.fingerprint(), created_at=EARLY,
            )
        )  # fmt: skip
        session.flush()
        cycle = session.get(Cycle, world.cycle.id)
        assert cycle is not None
        cycle.rulebook_id = row.id
    return world


def passes(world: World, actor: Actor, lessons: tuple[str, ...] = content.LESSONS) -> None:
    for lesson in lessons:
        answer_quiz(
            cycle_id=world.cycle.id, lesson_id=lesson, answers=right(lesson), actor=actor, now=DEVELOPMENT
        )


@pytest.mark.parametrize("needed", ["training", "lessons", "training_or_lessons"])
def test_handing_in_waits_for_it(app: Flask, needed: str) -> None:
    world = asking(app, needed)
    nino = author()
    project = written(world, nino)

    def refused() -> set[str]:
        with pytest.raises(Problems) as found:
            hand_in_project(project_id=project.id, actor=nino, now=DEVELOPMENT)
        return {problem.code for problem in found.value.problems}

    assert refused() == {f"{needed}_needed"}
    attended(world, author())  # somebody else was there
    passes(world, nino, content.LESSONS[:-1])  # one is still missing
    session = announced(world)
    comes(session, nino)  # a seat is not attendance
    assert refused() == {f"{needed}_needed"}
    if needed == "training":
        attended(world, nino)
    else:
        passes(world, nino)
    hand_in_project(project_id=project.id, actor=nino, now=DEVELOPMENT)
    assert the(project.id).state == "handed_in"


def test_without_the_rule_nothing_is_asked(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    project = written(world, nino)
    hand_in_project(project_id=project.id, actor=nino, now=DEVELOPMENT)
    assert the(project.id).state == "handed_in"


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_task_list_shows_it_from_the_beginning(sqlite_app: Flask, clock: FrozenClock, lang: str) -> None:
    world = asking(sqlite_app, "lessons")
    clock.moment = DEVELOPMENT
    nino = author()
    project = written(world, nino)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    web.sign_in_as(nino.account_id or 0)
    base = f"{world.url}/projects/{project.number}/edit"
    tasks = web.page(f"{base}?lang={lang}")
    assert f"{world.url}/trainings/lessons" in tasks.links
    assert f"{base}/hand-in" not in tasks.links
    assert any("/trainings/lessons" in link for link in web.page(f"{base}/hand-in").links)
    passes(world, nino)
    assert f"{base}/hand-in" in web.page(base).links
    rules = web.page(f"{world.url}/rulebook?lang={lang}").text
    assert ("გაკვეთილის კითხვებს" if lang == "ka" else "quiz of every lesson") in rules


def test_the_form_of_the_rulebook_knows_it(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = make_world(sqlite_app, published=False)
    clock.set(2026, 2, 10)
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    web.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    address = f"/{world.town.slug}/admin/2026/participation"
    assert 'value="training_or_lessons"' in web.page(address).html
    data = {
        "act_number": "1-1", "act_date": "2026-01-05", "min_age_idea": "14", "who_may_hand_in": "resident",
        "max_ideas_per_author": "3", "supporters_needed": "0", "channels": "web", "objection_days": "5",
        "before_hand_in": "training", "based_on": "1",
    }  # fmt: skip
    assert web.send(address, data).status_code == 302
    assert here_by_id(world.cycle.id, now=DEVELOPMENT).rules.before_hand_in == "training"
