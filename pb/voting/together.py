"""Group commit: what waits at the same time in a process is done in one go, by one of those who wait.

For casting alone, whose transactions cost more than what they write. Nobody waits for a group to fill: whoever
comes while nobody is at work begins at once, with whatever waits; whoever comes meanwhile is in the next group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Told(Enum):
    DONE = auto()  # somebody else has done it
    LEAD = auto()  # it is your turn to do it, for all that wait
    ALONE = auto()  # the group failed: do yours by yourself, so that a fault hits only whose it is


class _Place(Generic[T, R]):
    """One who waits, and what is brought."""

    __slots__ = ("brought", "got", "told", "turn")

    def __init__(self, brought: T) -> None:
        self.brought = brought
        self.got: R
        self.told = _Told.LEAD
        self.turn: Lock | None = None  # held until the one who waits is told something

    def tell(self, what: _Told) -> None:
        self.told = what
        if self.turn is not None:
            self.turn.release()


class Together(Generic[T, R]):
    """``work`` is one transaction: it takes what several have brought and gives as much, in the same order.

    It does all or nothing: what it raises must mean that nothing was done, or that doing it again does no harm.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], *, most: int, leaders: int = 1) -> None:
        self._work = work
        self._most = most  # in one group
        self._leaders = leaders  # groups that may be under way at the same time
        self._lock = Lock()
        self._waiting: list[_Place[T, R]] = []  # only while there are as many groups under way as may be
        self._at_work = 0

    def do(self, brought: T) -> R:
        """What ``work`` gives for ``brought``, once it is done. Raises what it raises for this one alone."""
        place: _Place[T, R] = _Place(brought)
        with self._lock:
            if self._at_work < self._leaders:
                self._at_work += 1
            else:
                place.turn = Lock()
                place.turn.acquire()
                self._waiting.append(place)
        if place.turn is not None:
            place.turn.acquire()
        if place.told is _Told.LEAD:
            self._lead(place)
        if place.told is _Told.ALONE:
            (place.got,) = self._work([brought])
        return place.got

    def _lead(self, own: _Place[T, R]) -> None:
        with self._lock:
            others = self._most - 1
            group = [own, *self._waiting[:others]]
            del self._waiting[:others]
        told = _Told.ALONE
        try:
            for place, got in zip(group, self._work([place.brought for place in group]), strict=True):
                place.got = got
            told = _Told.DONE
        except Exception:
            if len(group) == 1:
                raise
        finally:
            # Whatever happened, even the end of this thread: the next ones go on, and nobody waits for ever.
            self._hand_over()
            for place in group:
                place.tell(told)

    def _hand_over(self) -> None:
        with self._lock:
            following = self._waiting.pop(0) if self._waiting else None
            if following is None:
                self._at_work -= 1
        if following is not None:
            following.tell(_Told.LEAD)
