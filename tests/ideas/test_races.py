"""Two people, or one person twice, at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from pb import clock
from pb.core.errors import Closed, DomainError
from pb.db import db
from pb.ideas import commands
from pb.ideas.models import Idea, IdeaRevision
from tests.factories import make_world
from tests.ideas.making import author, drafted
from tests.ideas.test_commands import world_rules


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """Run all acts in threads of their own, released together; gives results or domain errors."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(n: int, act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[n] = act()
            except DomainError as error:
                results[n] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_submissions_get_different_numbers(app: Flask) -> None:
    world = make_world(app)
    people = [author() for _ in range(6)]
    drafts = [drafted(world, p).id for p in people]
    now = clock.now()
    db.session.rollback()
    at_once(
        app,
        [
            (lambda i=i, p=p: commands.submit_idea(idea_id=i, consent=True, actor=p, now=now).id)  # type: ignore[misc]
            for i, p in zip(drafts, people, strict=True)
        ],
    )
    numbers = db.session.scalars(select(Idea.number).order_by(Idea.number)).all()
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_double_tap_makes_one_idea(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    draft = drafted(world, nino).id
    now = clock.now()
    db.session.rollback()
    numbers = at_once(
        app,
        [
            lambda: commands.submit_idea(idea_id=draft, consent=True, actor=nino, now=now).number
            for _ in range(4)
        ],
    )
    assert numbers == [1, 1, 1, 1]
    assert db.session.scalar(select(func.count()).select_from(IdeaRevision)) == 1


def test_the_limit_holds_in_a_race(app: Flask) -> None:
    world = make_world(app)
    world_rules(world, max_ideas_per_author=1)
    nino = author()
    drafts = [drafted(world, nino, title=t).id for t in ("ერთი", "ორი", "სამი")]
    now = clock.now()
    db.session.rollback()
    results = at_once(
        app,
        [
            (lambda i=i: commands.submit_idea(idea_id=i, consent=True, actor=nino, now=now).number)  # type: ignore[misc]
            for i in drafts
        ],
    )
    assert sorted(str(type(r).__name__) for r in results) == ["Closed", "Closed", "int"]
    assert all(r.code == "idea_limit" for r in results if isinstance(r, Closed))
