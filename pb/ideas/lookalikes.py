"""Which ideas resemble a text: shared groups of three letters, the title counting most. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pb.core.georgian import search_fold

MOST = 3
ENOUGH = 300  # thousandths


class Candidate(NamedTuple):
    """An idea to compare with. ``text``: folded (search_fold) words of title and texts."""

    number: int
    title: str
    text: str
    same_unit: bool
    same_category: bool


def resembling(title: str, text: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """At most three candidates that look alike, the closest first; () when none does."""
    own_title, own_text = _groups(search_fold(title)), _groups(search_fold(text))
    scored = []
    for candidate in candidates:
        score = _alike(own_title, _groups(search_fold(candidate.title))) * 6 // 10
        score += _alike(own_text, _groups(candidate.text)) * 4 // 10
        score += 60 * candidate.same_unit + 60 * candidate.same_category
        if score >= ENOUGH:
            scored.append((-score, candidate.number, candidate))
    return tuple(candidate for _, _, candidate in sorted(scored)[:MOST])


def _groups(folded: str) -> frozenset[str]:
    """Groups of three letters within words; the ends of words vary with the case and weigh little so."""
    return frozenset(
        word[i : i + 3] for word in folded.split() if len(word) > 2 for i in range(len(word) - 2)
    )


def _alike(a: frozenset[str], b: frozenset[str]) -> int:
    """Thousandths of Dice's coefficient."""
    return 2000 * len(a & b) // (len(a) + len(b)) if a and b else 0
