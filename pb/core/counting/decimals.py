"""Exact decimal numbers as scaled integers: read from text and printed back, never through a float."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from pb.core.canonical import LARGEST_INT
from pb.core.errors import Invalid

MAX_DECIMALS = 3
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?")


def parse(text: str) -> tuple[int, int]:
    """``"-12,50"`` to ``(-1250, 2)``: the digits as an integer and how many of them stand behind the mark.

    Raises Invalid ``not_a_number``, ``number_too_large`` (over 3 digits behind the mark, zeros at the end
    not counted, or digits that together are above 2^53 - 1, which every JSON reader holds exactly) or
    ``ambiguous_number`` (``1,500``: a thousand and a half, or one and a half?).
    """
    stripped = text.strip()
    # The length is looked at first: converting a million digits is work that a hostile file must not cause.
    match = _NUMBER.fullmatch(stripped) if len(stripped) <= 64 else None
    if match is None:
        start = stripped[:64].lstrip("+-")
        code = "number_too_large" if start.isascii() and start.isdigit() else "not_a_number"
        raise Invalid(code, expected="a number such as 12500 or 12500.50", found=shorten(text))
    sign, whole, part = match.group(1), match.group(2), match.group(3) or ""
    if len(part) == 3 and "," in stripped:
        expected = "12500 for thousands, 12.500 or 12,50 for decimals"
        raise Invalid("ambiguous_number", expected=expected, found=shorten(text))
    part = part if len(part) <= MAX_DECIMALS else part.rstrip("0").ljust(MAX_DECIMALS, "0")
    value = int(whole + part)
    if value > LARGEST_INT or len(part) > MAX_DECIMALS:
        expected = f"at most {LARGEST_INT} and {MAX_DECIMALS} decimals"
        raise Invalid("number_too_large", expected=expected, found=shorten(text))
    return (-value if sign == "-" else value), len(part)


def rescale(value: int, decimals: int, to: int) -> int:
    """``value`` with ``decimals`` places as an integer with ``to`` places; rounds up when places are lost."""
    if to >= decimals:
        return value * 10 ** (to - decimals)
    return -(-value // 10 ** (decimals - to))


def common_scale(parsed: Iterable[tuple[int, int]]) -> int:
    """The places that hold every number of the list exactly."""
    return max((decimals for _, decimals in parsed), default=0)


def show(value: int, decimals: int, mark: str = ".") -> str:
    """``(1250, 2)`` to ``"12.50"``, always with all the places; three of them never behind a comma, where
    they would read as thousands."""
    if decimals == 0:
        return str(value)
    mark = "." if decimals == 3 else mark
    digits = str(abs(value)).rjust(decimals + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-decimals]}{mark}{digits[-decimals:]}"


def exact(value: int, decimals: int) -> int | Decimal:
    """The number itself: an int where it is whole, else a Decimal without zeros at the end."""
    if value % 10**decimals == 0:
        return value // 10**decimals
    return Decimal(show(value, decimals).rstrip("0"))


def shorten(text: str, length: int = 60) -> str:
    """A piece of somebody's file for an error message: bounded, control characters made visible."""
    piece = text if len(text) <= length else text[:length] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in piece)
