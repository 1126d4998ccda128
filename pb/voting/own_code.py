"""The fingerprint of the program that runs: its code, templates, texts and migrations, as they stood at its start."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pb.config import ROOT
from pb.core.board import code_print

_PARTS = (
    ("pb", "*.py"),
    ("pb", "*.po"),
    ("templates", "*.html"),
    ("static", "*"),
    ("migrations", "*.py"),
    ("requirements", "run.txt"),
)


def _files() -> Iterator[tuple[str, bytes]]:
    for folder, pattern in _PARTS:
        for path in (ROOT / folder).rglob(pattern):
            if path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()


@cache
def own_code() -> str:
    """SHA-256 in hex (pb.core.board.code_print), computed once in a process."""
    return code_print(_files())
