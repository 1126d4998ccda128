"""Documents: a PDF is taken as it is, once a look into its bytes finds nothing that acts by itself. Pure."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pb.core.errors import Invalid
from pb.core.georgian import lower_mtavruli

LARGEST_FILE = 10 * 1024 * 1024
NAME_LIMIT = 100
# What lists of objects may unpack to, all together; more is a bomb.
LARGEST_INSIDE = 32 * 1024 * 1024

# Names of actions and of files within the file. None is needed by a document that is only read.
_ACTIVE = frozenset(
    (
        "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm", "ImportData", "GoToE",
        "Rendition", "XFA", "Movie",
    )
)  # fmt: skip
_NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]{3,80})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_HEAD = 16_384  # how far back the dictionary of a stream may begin
_MOST_STREAMS = 5_000  # more than this is no document of a few pages, and would take long to look through
_PLAIN_FILTER = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*(?:\]|/|>|$)")
_END_OF_ZIP = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # a ZIP's end may stand this far from the end of a file
_UNSAFE_IN_NAME = re.compile('[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\\\|?*]')


@dataclass(frozen=True)
class Document:
    """A PDF ready to be stored. ``fingerprint``: SHA-256 in hex."""

    name: str
    data: bytes
    fingerprint: str


def checked(data: bytes, filename: str, field: str = "document") -> Document:
    """The document, or Invalid: document_too_large, not_a_pdf, document_locked, document_acts."""
    if len(data) > LARGEST_FILE:
        raise Invalid("document_too_large", field=field, megabytes=LARGEST_FILE // (1024 * 1024))
    if not data.startswith((b"%PDF-1.", b"%PDF-2.")) or not _ends_there(data):
        raise Invalid("not_a_pdf", field=field)
    names = set(_names(data))
    if "Encrypt" in names:
        raise Invalid("document_locked", field=field)
    for inside in _object_lists(data, field):
        names.update(_names(inside))
    if names & _ACTIVE:
        raise Invalid("document_acts", field=field)
    return Document(safe_name(filename), data, hashlib.sha256(data).hexdigest())


def safe_name(filename: str) -> str:
    """How a document is called when it is saved: no folders, nothing that a system takes for more than a name."""
    last = re.split(r"[/\\]", lower_mtavruli(filename))[-1]
    stem = " ".join(_UNSAFE_IN_NAME.sub(" ", last).split()).strip(". ")
    stem = re.sub(r"(?i)\.pdf$", "", stem).strip(". ")
    return (stem[:NAME_LIMIT].strip(". ") or "document") + ".pdf"


def _ends_there(data: bytes) -> bool:
    """Whether nothing hangs behind the document: another kind of file begins there."""
    _, mark, rest = data[-2048:].rpartition(b"%%EOF")
    return bool(mark) and not rest.strip(b"\x00\t\n\x0c\r ") and _END_OF_ZIP not in data[-_ZIP_TAIL:]


def _names(data: bytes) -> Iterator[str]:
    """Every name in the bytes, escapes undone. Streams are looked through too: better once too often."""
    for match in _NAME.finditer(data):
        plain = _ESCAPE.sub(lambda hit: bytes([int(hit[1], 16)]), match[1])
        yield plain.decode("latin-1")


def _object_lists(data: bytes, field: str) -> Iterator[bytes]:
    """The object streams, unpacked: names may hide in them."""
    left = LARGEST_INSIDE
    for n, match in enumerate(_STREAM.finditer(data)):
        if n == _MOST_STREAMS:
            raise Invalid("not_a_pdf", field=field)
        earliest = max(0, match.start() - _HEAD)
        head = data[max(data.rfind(b"obj", earliest, match.start()), earliest) : match.start()]
        if "ObjStm" not in set(_names(head)):
            continue
        if not _PLAIN_FILTER.search(head):
            if b"/Filter" in head or b"#" in head:
                raise Invalid("not_a_pdf", field=field)  # packed in a way that nobody needs here
            continue  # not packed: its names were seen already
        unpack = zlib.decompressobj()
        try:
            inside = unpack.decompress(data[match.end() :], left + 1)
        except zlib.error:
            raise Invalid("not_a_pdf", field=field) from None
        left -= len(inside)
        if left < 0:
            raise Invalid("document_too_large", field=field, megabytes=LARGEST_FILE // (1024 * 1024))
        yield inside
