"""What changed between two texts, word by word, and between two lists, row by row; pure, nothing is escaped here.

The shortest edit script of E. W. Myers (An O(ND) difference algorithm, 1986), with a limit on D: texts that have
almost nothing in common are told apart as a whole, so that no pair of texts takes longer than a blink.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T", bound=Hashable)

SAME, GONE, NEW = "same", "gone", "new"
MOST_EDITS = 500  # tokens; beyond, the differing middle is one change

# A word, a run of blanks, or one other sign.
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of text: in both (SAME), only in the old one (GONE), only in the new one (NEW)."""

    kind: str
    text: str


class Change(NamedTuple):
    """``old[i]`` beside ``new[j]``: equal, or one of them None (the other stands alone)."""

    i: int | None
    j: int | None


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in order. SAME and GONE together are ``old``, SAME and NEW together are ``new``.

    Neighbouring pieces differ in kind, none is empty; blanks between two changed words belong to the change.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[tuple[str, str]] = []
    for i, j in changes(before, after):
        if i is not None and j is not None:
            pieces.append((SAME, before[i]))
        elif i is not None:
            pieces.append((GONE, before[i]))
        elif j is not None:
            pieces.append((NEW, after[j]))
    return _joined(pieces)


def _joined(pieces: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """Stretches instead of tokens: what is between two SAME stretches of words is one GONE and one NEW."""
    found: list[Piece] = []
    same, gone, new = "", "", ""

    def flush_change() -> None:
        nonlocal gone, new
        found.extend(Piece(kind, text) for kind, text in ((GONE, gone), (NEW, new)) if text)
        gone = new = ""

    def flush_same() -> None:
        nonlocal same
        if same:
            found.append(Piece(SAME, same))
        same = ""

    for kind, text in pieces:
        if kind == SAME:
            same += text
            if gone or new:
                if text.isspace() and same == text:
                    continue  # may turn out to be the blank between two changed words
                flush_change()
            continue
        if (gone or new) and same:  # only a blank since the last change
            gone, new, same = gone + same, new + same, ""
        else:
            flush_same()
        if kind == GONE:
            gone += text
        else:
            new += text
    flush_change()
    flush_same()
    return tuple(found)


def changes(old: Sequence[T], new: Sequence[T]) -> list[Change]:
    """How ``old`` became ``new``: every index of both once, in order."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    head = [Change(k, k) for k in range(start)]
    middle = _shortest(old[start : len(old) - end], new[start : len(new) - end])
    shifted = [Change(None if i is None else i + start, None if j is None else j + start) for i, j in middle]
    tail = [Change(len(old) - k, len(new) - k) for k in range(end, 0, -1)]
    return head + shifted + tail


def _shortest(old: Sequence[T], new: Sequence[T]) -> list[Change]:
    """Myers' greedy algorithm; where more than MOST_EDITS are needed, all of ``old`` and then all of ``new``."""
    n, m = len(old), len(new)
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for d in range(min(n + m, MOST_EDITS) + 1):
        trail.append(dict(furthest))
        for k in range(-d, d + 1, 2):
            if k == -d or (k != d and furthest[k - 1] < furthest[k + 1]):
                x = furthest[k + 1]
            else:
                x = furthest[k - 1] + 1
            y = x - k
            while x < n and y < m and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[k] = x
            if x >= n and y >= m:
                return _walked_back(trail, n, m)
    return [*(Change(i, None) for i in range(n)), *(Change(None, j) for j in range(m))]


def _walked_back(trail: Sequence[dict[int, int]], x: int, y: int) -> list[Change]:
    found: list[Change] = []
    for d in range(len(trail) - 1, -1, -1):
        furthest, k = trail[d], x - y
        down = k == -d or (k != d and furthest.get(k - 1, -1) < furthest.get(k + 1, -1))
        before = k + 1 if down else k - 1
        x0 = furthest[before] if d else 0
        y0 = x0 - before if d else 0
        begins = x0 if down or not d else x0 + 1  # where the stretch of equal ones after the step begins
        while x > begins and y > 0:
            x, y = x - 1, y - 1
            found.append(Change(x, y))
        if d:
            found.append(Change(None, y0) if down else Change(x0, None))
        x, y = x0, y0
    found.reverse()
    return found


def row_diff(old: Sequence[T], new: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Rows of two lists side by side: equal ones in one row; where rows were replaced, the first beside the first."""
    found: list[tuple[T | None, T | None]] = []
    gone: list[T] = []
    fresh: list[T] = []

    def flush() -> None:
        for k in range(max(len(gone), len(fresh))):
            found.append((gone[k] if k < len(gone) else None, fresh[k] if k < len(fresh) else None))
        gone.clear()
        fresh.clear()

    for i, j in changes(old, new):
        if i is not None and j is not None:
            flush()
            found.append((old[i], new[j]))
        elif i is not None:
            gone.append(old[i])
        elif j is not None:
            fresh.append(new[j])
    flush()
    return found
