"""Ballots as bytes: this file alone checks choices, seals their form, and makes commitments, tracking codes
and slots.

Only SHA-256, HMAC and canonical JSON; randomness and keys are passed in. See the threat model for what this
promises.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pb.core.canonical import canonical_json
from pb.core.errors import Invalid

if TYPE_CHECKING:
    from pb.core.rulebook import BallotRules

BALLOT_LENGTH = 1024  # bytes, of every ballot: the length of what is sealed tells nothing
MAX_WORD = 40  # characters of the voter's own word
RANDOM_LENGTH = 32  # bytes
BALLOT_VERSION = 1

_COMMITMENT_DOMAIN = b"pb-ballot-v1"
_SLOT_DOMAIN = b"pb-slot-v1"
_ORDER_DOMAIN = b"pb-order-v1"


def check_choices(
    choices: Sequence[str],
    *,
    rules: BallotRules,
    costs: Mapping[str, int],
    budget: int,
    eligible: Collection[str] | None = None,
) -> None:
    """Refuse choices that the rulebook does not allow; fewer than suggested is allowed.

    ``costs`` and ``budget`` in tetri (the budget binds knapsack ballots); ``eligible``: the projects on this
    voter's ballot (all of ``costs`` when None). Raises Invalid("empty_ballot" | "duplicate_choice" |
    "unknown_project" | "too_many_choices" | "over_budget").
    """
    if not choices:
        raise Invalid("empty_ballot", field="choices")
    if len(set(choices)) != len(choices):
        raise Invalid("duplicate_choice", field="choices")
    allowed = costs.keys() if eligible is None else eligible
    for project in choices:
        if project not in allowed or project not in costs:
            raise Invalid("unknown_project", field="choices", project=project)
    if len(choices) > rules.max_choices:
        raise Invalid("too_many_choices", field="choices", limit=rules.max_choices, chosen=len(choices))
    if rules.kind == "knapsack":
        total = sum(costs[project] for project in choices)
        if total > budget:
            raise Invalid("over_budget", field="choices", budget_tetri=budget, total_tetri=total)


@dataclass(frozen=True)
class Ballot:
    """What a ballot says. ``unit`` is None where the count does not need it; ``choices`` are sorted."""

    round_id: str
    unit: str | None
    choices: tuple[str, ...]
    random32: bytes
    word: str = ""


def ballot_bytes(
    round_id: str, unit: str | None, choices: Iterable[str], random32: bytes, word: str = ""
) -> bytes:
    """Canonical JSON, padded with blanks to BALLOT_LENGTH; the order of the choices leaves no trace.

    ``random32``: 32 fresh random bytes, without which choices could be guessed from the commitment. ``word``:
    what the voter typed, if anything. Raises Invalid("word_too_long" | "bad_word" | "duplicate_choice" |
    "ballot_too_long"), ValueError when the random bytes are not 32.
    """
    if len(random32) != RANDOM_LENGTH:
        raise ValueError(f"a ballot needs {RANDOM_LENGTH} random bytes")
    word = unicodedata.normalize("NFC", word).strip()
    if len(word) > MAX_WORD:
        raise Invalid("word_too_long", field="word", limit=MAX_WORD)
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in word):
        raise Invalid("bad_word", field="word")
    listed = sorted(choices)
    if len(set(listed)) != len(listed):
        raise Invalid("duplicate_choice", field="choices")
    content = canonical_json(
        {
            "choices": listed,
            "random": random32.hex(),
            "round": round_id,
            "unit": unit,
            "v": BALLOT_VERSION,
            "word": word,
        }
    )
    if len(content) > BALLOT_LENGTH:
        raise Invalid("ballot_too_long", field="choices", length=len(content), limit=BALLOT_LENGTH)
    return content.ljust(BALLOT_LENGTH, b" ")


def parse_ballot(data: bytes) -> Ballot:
    """The inverse of ``ballot_bytes``; only the very bytes that it makes are read. Raises
    Invalid("bad_ballot").
    """
    try:
        content = json.loads(data.decode())
        unit = content["unit"]
        ballot = Ballot(
            round_id=content["round"],
            unit=unit,
            choices=tuple(content["choices"]),
            random32=bytes.fromhex(content["random"]),
            word=content["word"],
        )
        texts = (ballot.round_id, ballot.word, *ballot.choices, *(() if unit is None else (unit,)))
        if not all(isinstance(text, str) for text in texts):
            raise Invalid("bad_ballot")
        again = ballot_bytes(ballot.round_id, unit, ballot.choices, ballot.random32, ballot.word)
    except (Invalid, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("bad_ballot") from error
    if again != data:
        raise Invalid("bad_ballot")
    return ballot


def commitment(ballot: bytes) -> bytes:
    """32 bytes: SHA-256 of "pb-ballot-v1" and the padded ballot."""
    return hashlib.sha256(_COMMITMENT_DOMAIN + ballot).digest()


# Crockford's base 32: no I, L, O, U, so that a code survives being read aloud or copied by hand.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The largest prime under 32 * 32: a code is a multiple of it, which one wrong sign or two swapped ones never
# are.
_CHECK_PRIME = 1021
_CODE_SIGNS = 16
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_VALUES |= {sign.lower(): value for sign, value in _VALUES.items()}
_VALUES |= {"O": 0, "o": 0, "I": 1, "i": 1, "L": 1, "l": 1}


def _base32(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, value = divmod(number, 32)
        signs.append(ALPHABET[value])
    return "".join(reversed(signs))


def _check_signs(number: int) -> int:
    return -number * 1024 % _CHECK_PRIME


def _grouped(number: int) -> str:
    signs = _base32(number, _CODE_SIGNS)
    groups = [signs[start : start + 4] for start in range(0, _CODE_SIGNS, 4)]
    return "-".join([*groups, _base32(_check_signs(number), 2)])


def tracking_code(commitment: bytes) -> str:
    """A code like "XXXX-XXXX-XXXX-XXXX-CC": the first 80 bits of the commitment and two check signs."""
    return _grouped(int.from_bytes(commitment[:10]))


def read_tracking_code(text: str) -> str:
    """The code as ``tracking_code`` writes it, from what a person typed.

    Capitals or not, with or without blanks and hyphens, O for 0, I or L for 1. One wrong sign or two
    neighbours swapped are always noticed. Raises Invalid("bad_tracking_code").
    """
    try:
        signs = read_signs(text, _CODE_SIGNS + 2)
    except Invalid:
        raise Invalid("bad_tracking_code", field="code") from None
    number = 0
    for sign in signs:
        number = number * 32 + _VALUES[sign]
    payload, check = divmod(number, 1024)
    if check != _check_signs(payload):
        raise Invalid("bad_tracking_code", field="code")
    return _grouped(payload)


def read_signs(text: str, length: int) -> str:
    """So many signs of ALPHABET, from what a person typed: capitals or not, blanks and hyphens, O for 0, I or L for 1.

    Raises Invalid("bad_signs").
    """
    signs = re.sub(r"[\s\-\u2010-\u2015]", "", text)
    if len(signs) != length or any(sign not in _VALUES for sign in signs):
        raise Invalid("bad_signs")
    return "".join(ALPHABET[_VALUES[sign]] for sign in signs)


def code_matches(code: str, commitment: bytes) -> bool:
    """Whether a normalised tracking code belongs to this commitment."""
    return hmac.compare_digest(code, tracking_code(commitment))


def _length_prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def slot(link_key: bytes, round_id: str, pn_hash: bytes | str) -> str:
    """The pseudonym under which a person votes in a round: HMAC-SHA-256 in hex over domain, round and hashed
    number.

    Every part is prefixed with its length, so that no two persons or rounds can run together. ValueError for
    a key under 32 bytes.
    """
    if len(link_key) < 32:
        raise ValueError("a link key has at least 32 bytes")
    message = _length_prefixed(_SLOT_DOMAIN, _bytes(round_id), _bytes(pn_hash))
    return hmac.new(link_key, message, hashlib.sha256).hexdigest()


def draw_order(slot: bytes | str, ids: Iterable[str]) -> list[str]:
    """The order in which one voter sees the projects: shuffled by the slot, the same on every page and
    reload.
    """
    seed = _bytes(slot)

    def place(project: str) -> tuple[bytes, str]:
        return hashlib.sha256(_length_prefixed(_ORDER_DOMAIN, seed, project.encode())).digest(), project

    return sorted(ids, key=place)
