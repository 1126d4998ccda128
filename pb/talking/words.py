"""Which words of a text a town does not let through, in whatever letters they were typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from pb.core.georgian import search_fold, search_variants

# What is put between the letters of a word so that no list finds it.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_WORD = re.compile(r"\w+(?:['’ʼ`´-]\w+)*", re.UNICODE)
STAR = "*"


def without_invisible(text: str) -> str:
    """The text without signs that nobody sees."""
    return _INVISIBLE.sub("", text)


def fold_of(typed: str) -> str:
    """How a blocked word is stored and compared: romanised, a star at its end for any ending; "" for none."""
    plain = without_invisible(typed).strip()
    stem = search_fold(plain.rstrip(STAR)).replace("-", "")
    if not re.fullmatch(r"\w{2,60}", stem):
        return ""
    return stem + STAR if plain.endswith(STAR) else stem


def blocked_in(text: str, folds: Collection[str]) -> tuple[str, ...]:
    """The words of ``text``, as they stand in it, that are blocked: each once, in the order of the text.

    A word is read in every way in which people type Georgian (letters, romanisation, Latin keys). ``folds``: as
    ``fold_of`` gives them.
    """
    whole = {fold for fold in folds if not fold.endswith(STAR)}
    stems = tuple(fold[:-1] for fold in folds if fold.endswith(STAR))
    found: dict[str, None] = {}
    for match in _WORD.finditer(without_invisible(text)):
        readings = {variant.replace("-", "") for variant in search_variants(match[0])}
        if any(reading in whole or (stems and reading.startswith(stems)) for reading in readings):
            found[match[0]] = None
    return tuple(found)
