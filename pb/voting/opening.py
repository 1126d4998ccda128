"""Opening away from the site: a file with what is sealed, two custodians' keys, and nothing else.

In one run with both keys, or in two halves: each custodian makes the own half on the own machine, and whoever has
both halves and the file joins them. Knows neither Flask nor the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pb.core.errors import Invalid
from pb.voting import boxfiles
from pb.voting.boxfiles import EXPORT, KINDS, OPENED, SHARE, BoxFile
from pb.voting.keyfiles import public_of
from pb.voting.sealing import CUSTODIANS, Kind, join_parts, open_share

Progress = Callable[[int], None]  # told the number of things done so far
EVERY = 500


@dataclass(frozen=True)
class Done:
    """What an opening gave. ``faults``: ids of what could not be opened."""

    count: int
    faults: tuple[str, ...]
    digest: str


def custodian_of(export: BoxFile, key: X25519PrivateKey) -> int:
    """Which of the three (from 0) a key belongs to. Raises Invalid("key_of_nobody")."""
    public = public_of(key).hex()
    for number, custodian in enumerate(export.head.get("custodians", [])):
        if custodian.get("public_key") == public:
            return number
    raise Invalid("key_of_nobody", file=export.name)


def is_for(line: dict[str, Any], what: str, *numbers: int) -> bool:
    """Whether custodians (from 1) have a share in it: a trial ballot is sealed to the two whose numbers it bears."""
    return what != "trial" or {str(one) for one in numbers} <= set(str(line["id"]).split("-"))


def make_share(export: Path, key: X25519PrivateKey, out: Path, progress: Progress | None = None) -> Done:
    """One custodian's half: two of the three parts of each key. Alone it opens nothing.

    Raises Invalid("key_of_nobody" | "bad_box_file" | "file_exists" | …).
    """
    digest, faults = boxfiles.digest_of(export, EXPORT), list[str]()
    with boxfiles.opened(export, EXPORT) as sealed, boxfiles.created(out) as file:
        number, kind = custodian_of(sealed, key), KINDS[sealed.what]

        def lines() -> Iterator[dict[str, Any]]:
            for line in _counted(sealed.lines, progress):
                parts = _parts(line, kind, number, key, sealed)
                if parts is None and is_for(line, sealed.what, number + 1):
                    faults.append(str(line["id"]))
                shown = {str(part): value.hex() for part, value in parts.items()} if parts else None
                yield {"id": line["id"], "parts": shown}

        head = _head(SHARE, sealed, digest, custodian=number + 1)
        written = boxfiles.write(file, head, lines())  # which tells the faults
        return Done(sealed.count, tuple(faults), written)


def combine(export: Path, one: Path, other: Path, out: Path, progress: Progress | None = None) -> Done:
    """Two halves and the file become the opened file. Raises Invalid("halves_differ" | "bad_box_file" | …)."""
    digest, faults = boxfiles.digest_of(export, EXPORT), list[str]()
    with (
        boxfiles.opened(export, EXPORT) as sealed,
        boxfiles.opened(one, SHARE) as first,
        boxfiles.opened(other, SHARE) as second,
        boxfiles.created(out) as file,
    ):
        pair = sorted(_custodian(half, digest, sealed) for half in (first, second))
        if pair[0] == pair[1]:
            raise Invalid("halves_differ", found="two halves of one custodian")

        def lines() -> Iterator[dict[str, Any]]:
            for line, a, b in zip_longest(_counted(sealed.lines, progress), first.lines, second.lines):
                if not (line and a and b and line["id"] == a["id"] == b["id"]):
                    raise Invalid("halves_differ", found="another order or number of lines")
                yield _joined(line, _read_parts(a), _read_parts(b), sealed, pair, faults)

        head = _head(OPENED, sealed, digest, pair=pair)
        written = boxfiles.write(file, head, lines())  # which tells the faults
        return Done(sealed.count, tuple(faults), written)


def open_together(
    export: Path, keys: tuple[X25519PrivateKey, X25519PrivateKey], out: Path, progress: Progress | None = None
) -> Done:
    """Both keys at one machine, in one run. Raises Invalid("halves_differ" | "key_of_nobody" | …)."""
    digest, faults = boxfiles.digest_of(export, EXPORT), list[str]()
    with boxfiles.opened(export, EXPORT) as sealed, boxfiles.created(out) as file:
        numbered = sorted((custodian_of(sealed, key), place) for place, key in enumerate(keys))
        if numbered[0][0] == numbered[1][0]:
            raise Invalid("halves_differ", found="the key of one custodian twice")
        kind, pair = KINDS[sealed.what], [who + 1 for who, _ in numbered]

        def lines() -> Iterator[dict[str, Any]]:
            for line in _counted(sealed.lines, progress):
                one, other = (_parts(line, kind, who, keys[place], sealed) for who, place in numbered)
                yield _joined(line, one, other, sealed, pair, faults)

        head = _head(OPENED, sealed, digest, pair=pair)
        written = boxfiles.write(file, head, lines())  # which tells the faults
        return Done(sealed.count, tuple(faults), written)


def _counted(lines: Iterator[dict[str, Any]], progress: Progress | None) -> Iterator[dict[str, Any]]:
    number = 0
    for number, line in enumerate(lines, 1):
        yield line
        if progress is not None and number % EVERY == 0:
            progress(number)
    if progress is not None:
        progress(number)


def _head(form: str, sealed: BoxFile, digest: str, **more: Any) -> dict[str, Any]:
    of = {"round": sealed.round_label, "what": sealed.what, "count": sealed.count, "export": digest}
    return {"format": form, **of, **more}


def _parts(
    line: dict[str, Any], kind: Kind, number: int, key: X25519PrivateKey, sealed: BoxFile
) -> dict[int, bytes] | None:
    try:
        return open_share(boxfiles.raw(line.get("sealed")), number, key, sealed.round_label, kind)
    except Invalid:
        return None


def _joined(
    line: dict[str, Any],
    one: dict[int, bytes] | None,
    other: dict[int, bytes] | None,
    sealed: BoxFile,
    pair: list[int],
    faults: list[str],
) -> dict[str, Any]:
    if not is_for(line, sealed.what, *pair):
        return {"id": line["id"], "fault": "other_pair"}
    try:
        if one is None or other is None:
            raise Invalid("cannot_open")
        content = join_parts(
            KINDS[sealed.what], boxfiles.raw(line.get("sealed")), one, other, sealed.round_label
        )
    except Invalid as error:
        faults.append(str(line["id"]))
        return {"id": line["id"], "fault": error.code}
    # Ballots are padded with blanks to one length; whoever reads the file pads them again.
    shown = content.rstrip(b" ") if sealed.what != "links" else content
    return {"id": line["id"], "content": boxfiles.text(shown)}


def _custodian(half: BoxFile, digest: str, sealed: BoxFile) -> int:
    said = (half.head.get("export"), half.what, half.round_label, half.count)
    if said != (digest, sealed.what, sealed.round_label, sealed.count):
        raise Invalid("halves_differ", file=half.name, found="a half of another file")
    number = half.head.get("custodian")
    if not isinstance(number, int) or not 1 <= number <= CUSTODIANS:
        raise Invalid("bad_box_file", file=half.name)
    return number


def _read_parts(line: dict[str, Any]) -> dict[int, bytes] | None:
    if line.get("parts") is None:
        return None
    try:
        return {int(part): bytes.fromhex(value) for part, value in line["parts"].items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise Invalid("bad_box_file", found="a part that cannot be read") from error
