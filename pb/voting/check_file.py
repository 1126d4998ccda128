"""The file with which a voter can check the own ballot: choices and random bytes.

Made from the last page before casting and read again on any device; it is never stored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pb.core.ballots import BALLOT_LENGTH, Ballot, ballot_bytes, commitment, parse_ballot, tracking_code
from pb.core.canonical import canonical_json
from pb.core.errors import Invalid
from pb.voting import tokens
from pb.voting.rounds import frozen_round

FORMAT = "pb-check-1"
LONGEST = 20_000  # characters that are read


@dataclass(frozen=True)
class Checked:
    """A file that was read: the ballot, and what its bytes hash to (hex)."""

    ballot: Ballot
    commitment: str

    @property
    def code(self) -> str:
        """The receipt code that this ballot has, if it was cast."""
        return tracking_code(bytes.fromhex(self.commitment))


def make(*, round_id: int, slot: str, unit_id: int, choices: Sequence[str], token: str) -> bytes:
    """The file of the ballot that this page casts, and no other. Writes nothing.

    Raises Invalid("page_changed") for a token that was not issued for these choices, Invalid on ``choices``.
    """
    frozen = frozen_round(round_id)
    random = tokens.read(token, round_id, slot, choices)
    unit = frozen.unit_on_ballot(unit_id)
    frozen.check(choices, unit)
    content = ballot_bytes(frozen.label, unit, choices, tokens.ballot_random(random, slot))
    said = {
        "content": content.decode().rstrip(" "),
        "format": FORMAT,
        "commitment": commitment(content).hex(),
    }
    return canonical_json(said) + b"\n"


def read(text: str) -> Checked:
    """What a file says. Its commitment is computed from the content, whatever the file calls it.

    Raises Invalid("bad_check_file").
    """
    try:
        if len(text) > LONGEST:
            raise ValueError
        found = json.loads(text)
        content = str(found["content"]).encode().ljust(BALLOT_LENGTH, b" ")
        return Checked(parse_ballot(content), commitment(content).hex())
    except (ValueError, KeyError, TypeError, RecursionError, Invalid) as error:
        raise Invalid("bad_check_file", field="text") from error
