"""What later features hang on the author's pages: remarks, tasks, and what must be settled before handing in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from pb.core.errors import Problem, Problems
from pb.projects import commands, page_parts
from pb.projects.page_parts import Hurdle, Task
from tests.conftest import FrozenClock
from tests.factories import make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import DEVELOPMENT, the, written


@pytest.fixture
def settled() -> Iterator[list[bool]]:
    """Hooks of a feature that asks for something; whether it is settled."""
    done = [False]

    def remarks(_here: Any, _project: Any) -> dict[str, list[page_parts.Part]]:
        return {"budget": [("errors/_remark_of_tests.html", {})]}

    def tasks(_here: Any, _project: Any) -> list[Task]:
        return [
            Task("ტრენინგი", "answer", url="/somewhere", due=datetime(2026, 8, 1, tzinfo=DEVELOPMENT.tzinfo))
        ]

    def hurdles(_here: Any, _project: Any, _now: datetime) -> list[Hurdle]:
        return [] if done[0] else [Hurdle(Problem("budget_missing"), "projects.show")]

    page_parts.REMARKS.append(remarks)
    page_parts.TASKS.append(tasks)
    page_parts.HURDLES.append(hurdles)
    yield done
    page_parts.REMARKS.remove(remarks)
    page_parts.TASKS.remove(tasks)
    page_parts.HURDLES.remove(hurdles)


def test_what_is_not_settled_keeps_a_complete_project_from_being_handed_in(
    app: Flask, settled: list[bool]
) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    with pytest.raises(Problems) as refused:
        commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert [problem.code for problem in refused.value.problems] == ["budget_missing"]
    assert the(project.id).handed_in_revision_id is None
    settled[0] = True
    commands.hand_in_project(project_id=project.id, actor=citizen, now=DEVELOPMENT)
    assert the(project.id).state == "handed_in"


def test_pages_show_tasks_remarks_and_the_way_to_what_is_not_settled(
    sqlite_app: Flask, clock: FrozenClock, settled: list[bool]
) -> None:
    from jinja2 import ChoiceLoader, DictLoader

    world = make_world(sqlite_app)
    clock.set(2026, 7, 20)
    loader = sqlite_app.jinja_env.loader
    assert loader is not None
    remark = DictLoader({"errors/_remark_of_tests.html": "<p>შენიშვნა ფასზე</p>"})
    sqlite_app.jinja_env.loader = ChoiceLoader([remark, loader])
    citizen = author()
    project = written(world, citizen)
    visitor: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    assert citizen.account_id is not None
    visitor.sign_in_as(citizen.account_id)
    base = f"{world.url}/projects/{project.number}/edit"
    tasks = visitor.page(base)
    assert "/somewhere" in tasks.links
    assert "საჭიროა თქვენი პასუხი" in tasks.text
    assert "2026 წლის 31 ივლისის ჩათვლით" in tasks.text or "1 აგვისტო" in tasks.text
    assert f"{base}/hand-in" not in tasks.links, "not possible yet"
    assert "შენიშვნა ფასზე" in visitor.page(f"{base}/budget").text
    assert "შენიშვნა ფასზე" not in visitor.page(f"{base}/upkeep").text
    assert f"{world.url}/projects/{project.number}" in visitor.page(f"{base}/hand-in").links
    settled[0] = True
    assert f"{base}/hand-in" in visitor.page(base).links
