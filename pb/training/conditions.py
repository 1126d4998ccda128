"""Whether the authors of a project did what the rulebook asks before it is handed in."""

from __future__ import annotations

from collections.abc import Collection

from pb.cycles.queries import Here
from pb.training.content import LESSONS
from pb.training.queries import attended_any
from pb.training.queries_mentors import lessons_passed


def met(here: Here, authors: Collection[int]) -> bool:
    """Whether one of the authors (account ids) did it; True where the rules ask for nothing."""
    needed = here.rules.before_hand_in
    if needed == "nothing":
        return True
    if needed in ("training", "training_or_lessons") and attended_any(here.the_cycle.id, authors):
        return True
    if needed in ("lessons", "training_or_lessons"):
        return any(set(LESSONS) <= passed for passed in lessons_passed(authors).values())
    return False
