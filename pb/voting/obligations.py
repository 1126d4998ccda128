"""What still has to be settled before the link key may go and the box may be opened. Each part of the vote that has
such things registers a source here; the opening page lists them, and the command asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pb.voting.models import VotingRound


@dataclass(frozen=True)
class Obligation:
    """One thing that blocks. ``code`` has its words in the feature's ERRORS, with ``params`` in them."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


Source = Callable[[VotingRound], Iterable[Obligation]]
Eraser = Callable[[VotingRound], None]
_sources: list[Source] = []
_erasers: list[Eraser] = []


def source(function: Source) -> Source:
    """Register what lists obligations of a closed round (a decorator)."""
    if function not in _sources:
        _sources.append(function)
    return function


def eraser(function: Eraser) -> Eraser:
    """Register what erases, in the destroying command, whatever else names a person or a slot (a decorator)."""
    if function not in _erasers:
        _erasers.append(function)
    return function


def open_obligations(row: VotingRound) -> list[Obligation]:
    """Everything that blocks, in the order in which the sources were registered."""
    return [one for source_ in _sources for one in source_(row)]


def erase_all(row: VotingRound) -> None:
    """Run every eraser, within a command."""
    for erase in _erasers:
        erase(row)
