"""Text messages as networks count and price them, and texts with placeholders: ``{number}``, ``{day}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

from pb.core.workdays import TBILISI

# GSM 03.38: one septet a sign, those of the extension table two (an escape before them). Anything else, a single
# Georgian letter too, makes the whole message UCS-2, counted in UTF-16 units.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM_ALONE, GSM_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_STRAY = re.compile(r"[{}]")


class Parts(NamedTuple):
    """How a text message is cut: ``units`` of ``per_part`` in ``parts``; ``unicode``: it holds a sign beyond GSM."""

    parts: int
    units: int
    per_part: int
    unicode: bool


def parts_of(text: str) -> Parts:
    """In how many parts (segments) a text goes out, each of which is paid for; an empty one is one part.

    A sign is never cut in two: one of two units that would straddle the border begins the next part.
    """
    unicode = not all(sign in _GSM or sign in _GSM_EXTENDED for sign in text)
    if unicode:
        sizes = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
        alone, per_part = UCS2_ALONE, UCS2_PART
    else:
        sizes = [2 if sign in _GSM_EXTENDED else 1 for sign in text]
        alone, per_part = GSM_ALONE, GSM_PART
    units = sum(sizes)
    if units <= alone:
        return Parts(1, units, alone, unicode)
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > per_part:
            parts, filled = parts + 1, 0
        filled += size
    return Parts(parts, units, per_part, unicode)


def placeholders(text: str) -> frozenset[str]:
    """The names that stand in braces in a text."""
    return frozenset(PLACEHOLDER.findall(text))


def has_stray_brace(text: str) -> bool:
    """Whether a brace belongs to no placeholder: most likely one that was typed wrong."""
    return bool(_STRAY.search(PLACEHOLDER.sub("", text)))


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with every placeholder replaced, once: what a value holds is never read as a placeholder.

    KeyError names one that has no value.
    """
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


QUIET_FROM, QUIET_UNTIL = time(21), time(9)  # of the day in Georgia


def after_quiet(moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours (21:00–09:00 in Georgia) that it lies in."""
    local = moment.astimezone(TBILISI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, TBILISI).astimezone(moment.tzinfo)
