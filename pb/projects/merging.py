"""Two people write one project: what only one of them changed is taken, what both changed is refused.

Pure. The parts of a text are its fields by name, "timeline" and "budget"; each is merged on its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pb.core.errors import Problem, Problems
from pb.projects.budget import whole
from pb.projects.text import empty_fields


class Saved(Protocol):
    """A revision."""

    @property
    def fields(self) -> dict[str, Any]: ...
    @property
    def timeline(self) -> list[dict[str, Any]]: ...
    @property
    def budget(self) -> list[dict[str, Any]]: ...


Parts = dict[str, Any]


def parts_of(fields: Mapping[str, Any], timeline: Any, budget: Any) -> Parts:
    """Those parts that are given (``timeline`` and ``budget`` None: not given)."""
    rows = {"timeline": timeline, "budget": budget}
    return {**fields, **{name: value for name, value in rows.items() if value is not None}}


def saved_parts(revision: Saved | None) -> Parts:
    """All parts of a revision, also of an early one that lacks some; nothing for None."""
    if revision is None:
        return {}
    budget = [whole(line) for line in revision.budget]
    return {**empty_fields(), **revision.fields, "timeline": revision.timeline, "budget": budget}


def conflicts(seen: Parts, current: Parts, typed: Parts) -> tuple[str, ...]:
    """The parts that somebody else changed since the writer saw them, and the writer changed otherwise."""
    return tuple(
        name
        for name, value in typed.items()
        if value != current.get(name) and seen.get(name) not in (value, current.get(name))
    )


def merged(seen: Parts, current: Parts, typed: Parts) -> Parts:
    """The typed parts as they are to be saved: where the writer changed nothing, what stands there now.

    Raises Problems("changed_meanwhile") naming each part that both changed.
    """
    clashing = conflicts(seen, current, typed)
    if clashing:
        raise Problems([Problem("changed_meanwhile", name) for name in clashing])
    return {name: current.get(name) if value == seen.get(name) else value for name, value in typed.items()}


def unchanged(old: Saved, new: Parts) -> bool:
    """Whether saving these parts changes nothing."""
    stands = saved_parts(old)
    return all(stands.get(name) == value for name, value in new.items())


def documents(old: Saved, new: Parts) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Fields, timeline and budget of the next revision: the old ones with the new parts."""
    rows = {"timeline": old.timeline, "budget": old.budget, **new}
    fields = {name: value for name, value in new.items() if name not in ("timeline", "budget")}
    return {**empty_fields(), **old.fields, **fields}, rows["timeline"], rows["budget"]
