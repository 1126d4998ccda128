"""Photos: made anew as WebP, small and large, without any of the metadata that phones put in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from pb.core.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 12 * 1024 * 1024
LARGEST_PIXELS = 50_000_000  # a phone of 2026 makes 48 million; more is a bomb or a mistake
# Phones write photos as JPEG, which is decoded at a smaller size. The others are decoded whole, and a few KB of
# them may hold any number of equal pixels.
LARGEST_WHOLE = 20_000_000
SMALL_BYTES = 40 * 1024
SMALL_SIDE, LARGE_SIDE = 640, 1600

# Pillow's own guard, for whatever it opens before we can look at the size.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


@dataclass(frozen=True)
class Prepared:
    """A picture ready to be stored. ``width`` and ``height`` are those of the large one."""

    small: bytes
    large: bytes
    width: int
    height: int


def prepared(data: bytes, field: str = "picture") -> Prepared:
    """Re-encode an uploaded file. Raises Invalid("picture_too_large" | "not_a_picture")."""
    if len(data) > LARGEST_FILE:
        raise Invalid("picture_too_large", field=field, megabytes=LARGEST_FILE // (1024 * 1024))
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > (LARGEST_PIXELS if opened.format == "JPEG" else LARGEST_WHOLE):
                raise Invalid("picture_too_large", field=field, megabytes=LARGEST_FILE // (1024 * 1024))
            opened.draft("RGB", (2 * LARGE_SIDE, 2 * LARGE_SIDE))  # JPEG decodes straight to a smaller size
            plain = _plain(opened)
    except Image.DecompressionBombError:
        raise Invalid("picture_too_large", field=field, megabytes=LARGEST_FILE // (1024 * 1024)) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Invalid("not_a_picture", field=field) from None
    large = plain.copy()
    large.thumbnail((LARGE_SIDE, LARGE_SIDE), Image.Resampling.LANCZOS)
    return Prepared(_small(large), _webp(large, 78), large.width, large.height)


def _plain(opened: Image.Image) -> Image.Image:
    """Upright pixels on white, in a new image that carries nothing else along."""
    opened.thumbnail((2 * LARGE_SIDE, 2 * LARGE_SIDE), reducing_gap=2)
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        fresh = Image.new("RGB", upright.size, "white")
        fresh.paste(upright, mask=upright.getchannel("A"))
        return fresh
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright if upright.mode == "RGB" else upright.convert("RGB"))
    return fresh


def _small(image: Image.Image) -> bytes:
    """At most 40 KB: less quality first, then fewer pixels."""
    side = SMALL_SIDE
    while True:
        candidate = image.copy()
        candidate.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in (72, 58, 44, 30):
            data = _webp(candidate, quality)
            if len(data) <= SMALL_BYTES:
                return data
        side = side * 3 // 4


def _webp(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=None)
    return out.getvalue()
