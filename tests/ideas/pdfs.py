"""PDF documents made by hand, sound and otherwise."""

from __future__ import annotations

import zlib


def pdf(*objects: bytes, trailer: bytes = b"", version: bytes = b"1.7") -> bytes:
    """A document of one empty page, with ``objects`` beside it."""
    body = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n"
    body += b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    body += b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
    for n, inside in enumerate(objects, start=4):
        body += b"%d 0 obj\n" % n + inside + b"\nendobj\n"
    return body + b"trailer\n<< /Root 1 0 R " + trailer + b">>\nstartxref\n0\n%%EOF\n"


def stream(
    inside: bytes, kind: bytes = b"/Type /ObjStm /N 1 /First 4", filters: bytes = b"/FlateDecode"
) -> bytes:
    """An object stream, packed."""
    packed = zlib.compress(inside)
    return b"<< %s /Filter %s /Length %d >>\nstream\n%s\nendstream" % (kind, filters, len(packed), packed)
