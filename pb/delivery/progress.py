"""How far a winner is: delays in days and money paid, computed from its milestones. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Promise(Protocol):
    """What is read of a milestone."""

    id: int
    title: str
    due: date
    done_on: date | None
    paid_tetri: int
    note: str


@dataclass(frozen=True)
class Step:
    """A milestone at a day. ``late_days``: done so many days after ``due``, or overdue for so long; else
    0.
    """

    id: int
    title: str
    due: date
    done_on: date | None
    paid_tetri: int
    note: str
    late_days: int

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def is_overdue(self) -> bool:
        """Promised for a day that is over, and not done."""
        return not self.is_done and self.late_days > 0


@dataclass(frozen=True)
class Progress:
    """``delay_days``: of the step that is overdue for longest, else of the last step done. Sums in tetri."""

    steps: tuple[Step, ...]
    cost_tetri: int
    paid_tetri: int
    delay_days: int
    next_step: Step | None

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def overdue(self) -> bool:
        return any(step.is_overdue for step in self.steps)

    @property
    def all_done(self) -> bool:
        return bool(self.steps) and self.done == len(self.steps)


def progress(milestones: Iterable[Promise], cost_tetri: int, today: date) -> Progress:
    """The progress on ``today``. A step done after today (a clock turned back) counts as not done yet."""
    steps = tuple(_step(one, today) for one in sorted(milestones, key=lambda one: (one.due, one.id)))
    overdue = [step.late_days for step in steps if step.is_overdue]
    finished = [step for step in steps if step.is_done]
    finished.sort(key=lambda step: (step.done_on or today, step.due))
    return Progress(
        steps=steps,
        cost_tetri=cost_tetri,
        paid_tetri=sum(step.paid_tetri for step in steps),
        delay_days=max(overdue) if overdue else (finished[-1].late_days if finished else 0),
        next_step=next((step for step in steps if not step.is_done), None),
    )


def _step(one: Promise, today: date) -> Step:
    done_on = one.done_on if one.done_on is not None and one.done_on <= today else None
    happened = one.done_on is None or done_on is not None
    late = ((done_on or today) - one.due).days
    return Step(
        id=one.id,
        title=one.title,
        due=one.due,
        done_on=done_on,
        paid_tetri=one.paid_tetri if happened else 0,
        note=one.note if happened else "",
        late_days=max(0, late),
    )
