"""Photos come in with all sorts of things; small clean WebP goes out."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from PIL import Image

from pb.core.errors import Invalid
from pb.ideas.pictures import SMALL_BYTES, prepared


def photo(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **values: object) -> bytes:
    image = Image.effect_noise(size, 90).convert("RGB")
    out = BytesIO()
    image.save(out, kind, **values)
    return out.getvalue()


def test_small_is_small_whatever_it_shows() -> None:
    dice = random.Random(1)
    noise = Image.frombytes("RGB", (1500, 1500), dice.randbytes(1500 * 1500 * 3))
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)
    made = prepared(out.getvalue())
    assert len(made.small) <= SMALL_BYTES
    with Image.open(BytesIO(made.large)) as large:
        assert large.format == "WEBP"
        assert max(large.size) <= 1600
        assert large.size == (made.width, made.height)


def test_place_and_time_are_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretPhone"
    exif[0x8825] = {1: "N", 2: (42.0, 7.0, 30.0)}
    data = photo((400, 200), exif=exif, comment=b"SecretComment", xmp=b"<x>SecretXmp</x>")
    assert b"SecretPhone" in data
    made = prepared(data)
    for result in (made.small, made.large):
        for trace in (b"Secret", b"EXIF", b"XMP", b"ICCP", b"GPS"):
            assert trace not in result
        with Image.open(BytesIO(result)) as picture:
            assert not picture.getexif()
            assert picture.width < picture.height


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats(kind: str) -> None:
    assert prepared(photo((300, 300), kind)).width == 300


def test_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(BytesIO(prepared(out.getvalue()).large)) as picture:
        assert picture.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo(kind="GIF"),
        photo(kind="BMP"),
        photo()[:500],
    ],
    ids=["empty", "text", "svg", "gif", "bmp", "cut"],
)
def test_what_is_no_photo(data: bytes) -> None:
    with pytest.raises(Invalid, match="not_a_picture"):
        prepared(data)


def test_a_bomb_is_refused_unread() -> None:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Invalid, match="picture_too_large"):
        prepared(out.getvalue())
    with pytest.raises(Invalid, match="picture_too_large"):
        prepared(b"\xff" * (12 * 1024 * 1024 + 1))
