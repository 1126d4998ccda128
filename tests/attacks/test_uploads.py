"""Files that are sent: pictures that are none, or two things at once, or too much; lists that are no lists."""

from __future__ import annotations

import random
import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from pb.core.errors import DomainError, Invalid
from pb.ideas.pictures import prepared
from pb.places.unit_table import decoded, read_units
from tests.attacks.making import attacker, make_estate
from tests.conftest import FrozenClock


def encoded(kind: str, size: tuple[int, int] = (120, 90), mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size, None).save(out, kind)
    return out.getvalue()


def png(width: int, height: int, data: bytes = b"", colour: int = 2) -> bytes:
    """A PNG that says to be of any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG, b"<!doctype html><script>alert(1)</script>", encoded("GIF"), encoded("BMP"), encoded("TIFF"),
        encoded("ICO"), encoded("PPM"), b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"PK\x03\x04" * 40, b"\x00" * 4000,
        encoded("PNG")[:60], encoded("JPEG")[:60], encoded("WEBP")[:30], png(0, 0), png(1, 0), b"GIF89a" + SVG,
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        prepared(data)


@pytest.mark.parametrize(
    ("width", "height"),
    [(2**31 - 1, 2**31 - 1), (60_000, 60_000), (50_000_001, 1), (1, 50_000_001), (9_000, 9_000)],
)
def test_a_bomb_is_refused_before_it_is_read(width: int, height: int) -> None:
    with pytest.raises(Invalid):
        prepared(png(width, height, b"\x00" * 1000))


def test_a_small_file_never_needs_much_room() -> None:
    """The largest picture that is admitted and packs into little: decoding it stays within reason."""
    for side, admitted in ((4_400, True), (7_000, False)):
        bomb = png(side, side, b"\x00" * ((side * 4 + 1) * side), colour=6)
        assert len(bomb) < 400_000
        if admitted:
            tracemalloc.start()
            assert prepared(bomb).width <= 1600
            tracemalloc.stop()
        else:
            with pytest.raises(Invalid):
                prepared(bomb)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_broken_pictures_are_refused_and_never_crash(kind: str) -> None:
    dice, whole = random.Random(kind), encoded(kind)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.3:
            del data[dice.randrange(len(data)) :]
        try:
            made = prepared(bytes(data))
        except Invalid:
            continue
        assert made.large[:4] == b"RIFF"


def test_a_picture_that_is_also_something_else_is_only_a_picture() -> None:
    """What hangs behind, before or inside a picture is left behind: it is drawn anew."""
    for kind in ("PNG", "JPEG", "WEBP"):
        made = prepared(encoded(kind) + b"<script>alert(1)</script>" + b"PK\x03\x04evil" + SVG)
        for data in (made.small, made.large):
            assert data[:4] == b"RIFF"
            assert data[8:12] == b"WEBP"
            for trace in (b"script", b"PK\x03\x04", b"svg", b"EXIF", b"XMP "):
                assert trace not in data


def test_uploads_through_the_form(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Whatever is called a picture: a message beside the field, no crash, and nothing is kept."""
    estate = make_estate(sqlite_app, "terjola", 11)
    client = attacker(sqlite_app, estate.author)
    for step in ("idea", "place", "cost"):
        url = f"{estate.url}/ideas/mine/{estate.ids['draft']}/{step}"
        if 'type="file"' not in client.get(url).get_data(as_text=True):
            continue
        for name, data in (
            ("x.svg", SVG), ("x.png", SVG), ("x.jpg", b"<html>"), ("../../etc/passwd", encoded("PNG")[:50]),
            ("x" * 3000 + ".png", b"x"), ("\x01\u202e.png", b""), ("x.png", png(60_000, 60_000)),
        ):  # fmt: skip
            answer = client.send(url, {"picture": (BytesIO(data), name)}, content_type="multipart/form-data")
            assert answer.status_code in (302, 422), (name, answer.status_code)
        break
    else:
        pytest.fail("no page takes a picture")


def test_lists_that_are_none(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Files of units and of voters: broken, endless, with odd signs."""
    estate = make_estate(sqlite_app, "terjola", 11)
    client = attacker(sqlite_app, estate.everything)
    clock.set(2026, 2, 20)
    odd = (
        b"", b"\x00" * 1000, b"\xff\xfe\x00", b'"' * 5000, b"a,b\n" * 5000, b"\n" * 5000, "ა;ბ\n".encode() * 100,
        b"slug,kind\n" + b"x" * 200_000, b"=1+1,@x\n=1,=1\n", SVG,
    )  # fmt: skip
    for data in odd:
        with pytest.raises(DomainError):
            read_units(decoded(data))
        for url, field in (("/terjola/admin/units", "units"), (f"{estate.url}/roll", "file")):
            for more in ({}, {"store": "y"}):
                files = {field: (BytesIO(data), "list.csv"), **more}
                answer = client.send(url, files, content_type="multipart/form-data")
                assert answer.status_code in (200, 302, 422), (url, data[:10], answer.status_code)
    assert client.send(f"{estate.url}/roll", {}).status_code in (400, 422)
    assert client.send("/terjola/admin/units", {}).status_code in (400, 422)
