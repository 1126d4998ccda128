"""Codes that nobody guesses and nobody has to store: a name and what only this site can work out from it."""

from __future__ import annotations

from pb.accounts.personal import keyed_hash

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
_LENGTH = 12


def signs_of(purpose: str, name: str, facts: str) -> str:
    """„name-k7pm-4xq9-2hdw“: 59 bits, derived; ``facts`` are what must change for the code to change."""
    number = int(keyed_hash(purpose, f"{name} {facts}"), 16)
    signs = ""
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(_SIGNS))
        signs += _SIGNS[rest]
    return "-".join([name, *(signs[i : i + 4] for i in range(0, _LENGTH, 4))])
