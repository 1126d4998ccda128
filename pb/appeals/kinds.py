"""What can be objected to. A later feature registers its decisions here; this feature knows of them only by this table.

``register(Kind(…))`` in the later feature's wiring; the order of registration is the order in which a thing is asked
what of it can be contested. A thing has at most one such decision at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from pb.cycles.queries import Here
from pb.policy import Actor

if TYPE_CHECKING:
    from pb.appeals.models import Objection

IDEA, PROJECT = "idea", "project"
GROUNDS = ("facts", "rules", "overlooked", "procedure")
OUTCOMES = ("upheld", "partly", "rejected")


@dataclass(frozen=True)
class Point:
    """One thing that a decision rests on: a failed check, a criterion. ``words``: {"ka": …, "en": …}."""

    id: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Contested:
    """A decision that can be objected to, or could be. ``thing_id``: of the idea or project; ``at``: when it became
    public, whence the term runs; ``reason``: as published.
    """

    kind: str
    thing_id: int
    number: int
    title: str
    language: str
    decision_id: int
    at: datetime
    points: tuple[Point, ...]
    author_ids: frozenset[int]
    reason: str = ""
    until: date | None = None  # filled in by the queries, from the rulebook in force
    state: str = "contested"  # for the policy


@dataclass(frozen=True)
class Kind:
    """A kind of decision. ``thing``: IDEA or PROJECT.

    ``find(here, number, now)``: the decision of this kind that stands on the thing, or None. ``authors(thing_id)``:
    accounts. ``at_work(thing_id, decision_id)``: who decided or was at work on it, and does not examine.
    ``uphold(here, objection, actor, now)``: what follows when it is upheld or partly upheld (``objection.outcome``
    says which); ``reject``: what follows when not. Both run in the command's transaction.
    """

    code: str
    thing: str
    find: Callable[[Here, int, datetime], Contested | None]
    authors: Callable[[int], Collection[int]]
    at_work: Callable[[int, int], Collection[int]]
    uphold: Callable[[Here, Objection, Actor, datetime], None]
    reject: Callable[[Here, Objection, Actor, datetime], None] = field(default=lambda *_given: None)


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; the same code again replaces (wiring runs once an application)."""
    for kind in kinds:
        KINDS[kind.code] = kind
