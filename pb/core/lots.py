"""The lot between projects that are equal in everything: the list is fixed first, the seed comes from a named public
number that nobody can know yet, and anybody can draw again. The draw is that of the count
(pb.core.counting.ties.lot_key).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from pb.core.counting.ties import LOT_VERSION, lot_key
from pb.core.errors import Invalid

SEED_MAX = 80  # characters


def list_fingerprint(numbers: Sequence[int], salt: str) -> str:
    """SHA-256 (hex) of the projects' numbers in the cycle, ascending, with a secret salt: published at once, it must
    not let anybody try out which projects are equal before the ranking is public.
    """
    text = json.dumps([LOT_VERSION, salt, sorted(numbers)], separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def clean_seed(text: str) -> str:
    """The public number as it goes into the draw: digits alone, groups separated by one hyphen ("7-12-19-23-31-40").

    Blanks, commas and dashes between groups are all the same, so that two people who type the same number type the same
    seed. Raises Invalid("not_a_public_number").
    """
    plain = "".join(char if char in "0123456789" else " " for char in text.strip())
    if not plain.strip() or any(char not in "0123456789 ,;.-–—" for char in text.strip()):
        raise Invalid("not_a_public_number", field="seed")
    seed = "-".join(plain.split())
    if len(seed) > SEED_MAX:
        raise Invalid("too_long", field="seed", limit=SEED_MAX)
    return seed


def draw(numbers: Sequence[int], salt: str, seed: str) -> tuple[int, ...]:
    """The drawn order: the smaller SHA-256 of list, seed and number goes first."""
    listed = list_fingerprint(numbers, salt)
    return tuple(sorted(numbers, key=lambda number: lot_key(listed, seed, str(number))))
