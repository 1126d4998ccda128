"""Files that travel between the site and the custodians: what is sealed, one custodian's half, what was opened.

JSON lines: a head, one line for each thing, and an end with their number and the SHA-256 of all bytes before it.
They are read and written line by line, so that memory stays flat. Knows neither Flask nor the database.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pb.core.errors import Invalid
from pb.voting.sealing import BALLOT, LINK, Kind

EXPORT = "pb-box-export-v1"
SHARE = "pb-box-share-v1"
OPENED = "pb-box-opened-v1"
#: What such a file is about, and of which kind the sealed things in it are.
KINDS: dict[str, Kind] = {"ballots": BALLOT, "trial": BALLOT, "links": LINK}


@dataclass
class BoxFile:
    """A file that is being read. ``digest`` is known when ``lines`` were read to their end."""

    name: str
    head: dict[str, Any]
    lines: Iterator[dict[str, Any]]
    digest: str = ""

    @property
    def what(self) -> str:
        return str(self.head["what"])

    @property
    def round_label(self) -> str:
        return str(self.head["round"])

    @property
    def count(self) -> int:
        return int(self.head["count"])


def write(out: IO[bytes], head: dict[str, Any], lines: Iterable[dict[str, Any]]) -> str:
    """Write a file whose number of lines is ``head["count"]``; gives its digest. ValueError for another number."""
    digest = hashlib.sha256()

    def put(line: dict[str, Any]) -> None:
        data = _line(line)
        digest.update(data)
        out.write(data)

    put(head)
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007  # the number of the last one is compared
        put(line)
    if number != head["count"]:
        raise ValueError(f"the head says {head['count']} lines, there are {number}")
    out.write(_line({"end": number, "sha256": digest.hexdigest()}))
    return digest.hexdigest()


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@contextmanager
def created(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner reads, and that is there when it is whole. Raises Invalid("file_exists")."""
    if path.exists():
        raise Invalid("file_exists", file=str(path))
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise Invalid("cannot_write_file", file=str(path), found=error.strerror) from error
    finally:
        unfinished.unlink(missing_ok=True)


def read(source: IO[bytes], form: str, name: str = "file") -> BoxFile:
    """The head, and the lines as they are asked for. Raises Invalid("bad_box_file"), while reading the lines too:
    only who has read to the end knows that the file is whole.
    """
    head = _parsed(source.readline(), name)
    good = head.get("format") == form and head.get("what") in KINDS
    if not good or not isinstance(head.get("round"), str) or not isinstance(head.get("count"), int):
        raise Invalid("bad_box_file", file=name, found=str(head.get("format", "another file")), expected=form)
    digest = hashlib.sha256(_line(head))
    found = BoxFile(name, head, iter(()))
    found.lines = _lines(source, found, digest)
    return found


def _lines(source: IO[bytes], found: BoxFile, digest: Any) -> Iterator[dict[str, Any]]:
    for number, data in enumerate(source):
        line = _parsed(data, found.name)
        if "end" in line:
            whole = line == {"end": number, "sha256": digest.hexdigest()} and number == found.count
            if not whole or source.read(1):
                raise Invalid("bad_box_file", file=found.name, found="a file that was changed")
            found.digest = digest.hexdigest()
            return
        digest.update(data)
        yield line
    raise Invalid("bad_box_file", file=found.name, found="a file that is cut off")


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        line = json.loads(data)
        if not isinstance(line, dict) or _line(line) != data:
            raise ValueError("not a line of ours")
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_box_file", file=name, found="a line that cannot be read") from error
    return line


@contextmanager
def opened(path: Path, form: str) -> Iterator[BoxFile]:
    """``read`` of a file by its path. Raises Invalid("no_such_file") too."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise Invalid("no_such_file", file=str(path)) from error
    with source:
        yield read(source, form, str(path))


def digest_of(path: Path, form: str) -> str:
    """The digest of a whole file, by its bytes; what its lines say is for ``read`` to find. Raises as ``read``."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise Invalid("no_such_file", file=str(path)) from error
    with source:
        found = read(source, form, str(path))
        digest, last, number = hashlib.sha256(_line(found.head)), b"", 0
        for data in source:
            digest.update(last)
            last, number = data, number + 1
    whole = {"end": number - 1, "sha256": digest.hexdigest()}
    if number - 1 != found.count or last != _line(whole):
        raise Invalid("bad_box_file", file=str(path), found="a file that was changed, or is cut off")
    return digest.hexdigest()


def text(data: bytes) -> str:
    """Bytes as they stand in a line."""
    return base64.b64encode(data).decode()


def raw(value: object) -> bytes:
    """The inverse. Raises Invalid("bad_box_file")."""
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise Invalid("bad_box_file", found="a value that cannot be read") from error


def grouped(digest: str) -> str:
    """The beginning of a digest as people compare it: five groups of four."""
    return " ".join(digest[start : start + 4] for start in range(0, 20, 4))
