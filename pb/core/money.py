"""Lari and tetri; this file alone reads, splits and writes sums of money (tetri, 100 to a lari)."""

from __future__ import annotations

import re

from pb.core.errors import Invalid

LARGEST_TETRI = 10**13  # a hundred billion lari; more is a slip of the finger

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t"), " ")
_UNIT = re.compile(r"\s*(?:₾|ლარი|ლ\.?|lari|gel)\s*$|^\s*(?:₾|gel)\s*", re.IGNORECASE)
# Thousands in groups of three with one separator throughout, then at most two decimals.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<point>[.,])(?P<cents>[0-9]{1,2}))?"
)


def parse_lari(text: str) -> int:
    """Tetri from what a person typed: "1 500,50", "1500.5", "25 000", "25,000", "1.500,50", "300 ლარი".

    Comma and point may both stand for decimals (one or two) and for thousands (groups of three), not for both
    in one number. Never negative. Raises Invalid("not_money"), Invalid("too_much_money").
    """
    plain = _UNIT.sub("", text.translate(_BLANKS)).strip()
    match = _AMOUNT.fullmatch(plain)
    if match is None or (match["group"] and match["group"] == match["point"]):
        raise Invalid("not_money", text=text)
    whole = int(re.sub("[^0-9]", "", match["whole"]))
    tetri = whole * 100 + int((match["cents"] or "0").ljust(2, "0"))
    if tetri > LARGEST_TETRI:
        raise Invalid("too_much_money", text=text)
    return tetri


def format_amount(tetri: int, lang: str, blank: str = " ") -> str:
    """The number alone: "25 000" or "1 500,50" in Georgian, "25,000" or "1,500.50" in English.

    ``blank`` separates Georgian thousands; pages may pass a no-break space.
    """
    sign = "-" if tetri < 0 else ""
    whole, rest = divmod(abs(tetri), 100)
    grouped = f"{whole:,}"
    if lang == "ka":
        return sign + grouped.replace(",", blank) + (f",{rest:02}" if rest else "")
    return sign + grouped + (f".{rest:02}" if rest else "")


def format_lari(tetri: int, lang: str, blank: str = " ") -> str:
    """The sum in words a reader knows: "25 000 ლარი" ("ka") or "25,000 lari" (any other language).

    The word, not the sign, which many fonts lack. ``blank`` as in ``format_amount``, also before the word.
    """
    return f"{format_amount(tetri, lang, blank)}{blank}{'ლარი' if lang == 'ka' else 'lari'}"


def split_equal(total: int, n: int) -> list[int]:
    """``total`` in ``n`` parts that differ by at most one tetri and add up exactly; the first ones get the
    odd tetri.

    Raises Invalid("nothing_to_split_among") for ``n`` under 1.
    """
    if n < 1:
        raise Invalid("nothing_to_split_among")
    share, odd = divmod(total, n)
    return [share + 1] * odd + [share] * (n - odd)


def line_total(quantity_milli: int, price_tetri: int) -> int:
    """The cost of a budget line in tetri: quantity in thousandths times price, halves rounded up."""
    return (quantity_milli * price_tetri + 500) // 1000
