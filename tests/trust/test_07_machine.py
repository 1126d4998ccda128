"""Point 7, second part. Any course of a vote, held against a model that is written in sets (tests/trust/course.py)."""

from __future__ import annotations

from pathlib import Path

import hypothesis
from flask import Flask
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import FrozenClock
from tests.trust.course import VOTERS, Course
from tests.trust.papers import make_vote_with_paper
from tests.trust.reporting import Reached, sized
from tests.trust.town import Again


def test_every_course_agrees_with_the_model(
    sqlite_app: Flask, clock: FrozenClock, tmp_path: Path, reached: Reached
) -> None:
    runs = sized(25, 2000)
    again = Again(sqlite_app, clock, tmp_path, lambda: make_vote_with_paper(sqlite_app, clock, VOTERS))
    Course.fresh, Course.steps, made = staticmethod(lambda: (again.begin(), clock)), 0, [0]

    class Counted(Course):
        def __init__(self) -> None:
            made[0] += 1
            super().__init__()

    settings = hypothesis.settings(
        max_examples=runs, stateful_step_count=sized(12, 12), database=None, derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Counted, settings=settings)
    reached("courses that agree with the model", must=f"at least {runs}", got=made[0], holds=made[0] >= runs)
    reached("steps in them", got=Counted.steps)
