"""Text for a terminal: columns that a word takes, words cut to fit, and no characters that steer it."""

from __future__ import annotations

import sys
import unicodedata
from fractions import Fraction

from pb.core.counting.profile import APPROVAL_KINDS, Profile


def clean(text: str) -> str:
    """Text of a file without characters that could steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def cells(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(_cell(c) for c in text)


def _cell(c: str) -> int:
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def clip(text: str, width: int) -> str:
    """Text in at most ``width`` columns."""
    if cells(text) <= width:
        return text
    taken, used = [], 0
    for c in text:
        used += _cell(c)
        if used > width - 1:
            break
        taken.append(c)
    return "".join(taken) + ("…" if width > 0 else "")


def pad(text: str, width: int) -> str:
    """Text in exactly ``width`` columns."""
    clipped = clip(text, width)
    return clipped + " " * (width - cells(clipped))


def block() -> str:
    """What bars are drawn with; plain where the terminal's encoding has no block."""
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "#"
    return "█"


def noun_of(profile: Profile) -> str:
    """What a score counts."""
    return "votes" if profile.kind in APPROVAL_KINDS else "points"


def some(score: int, more: str, profile: Profile) -> str:
    """A score with its noun: "1 vote", "2 more votes"."""
    noun, shown = noun_of(profile), profile.points(score)
    return f"{shown} {more}{noun[:-1] if shown == '1' else noun}"


def places(value: Fraction, number: int) -> str:
    """A fraction of at least 0 with so many places, the rest cut off: ``(Fraction(2, 3), 2)`` is "0.66"."""
    whole = str(value.numerator * 10**number // value.denominator).rjust(number + 1, "0")
    return f"{whole[:-number]}.{whole[-number:]}"


def money_of(value: Fraction, profile: Profile) -> str:
    """Minor units that need not be whole as an amount with two places at least, the rest cut off."""
    return places(value / 10**profile.decimals, max(2, profile.decimals))
