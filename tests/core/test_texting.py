"""Parts of text messages, placeholders, and the quiet hours: properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.texting import (
    GSM_ALONE,
    GSM_PART,
    UCS2_ALONE,
    UCS2_PART,
    after_quiet,
    fill,
    has_stray_brace,
    parts_of,
    placeholders,
)
from pb.core.workdays import TBILISI

GEORGIAN = st.text(alphabet=[chr(c) for c in range(0x10D0, 0x10FB)], min_size=1, max_size=400)
PLAIN = st.text(alphabet="abcXYZ 0123.,", max_size=700)
ANY = st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("ა" * 70, 1),
        ("ა" * 71, 2),
        ("ა" * 134, 2),
        ("ა" * 135, 3),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 152, 2),
        ("€" * 153, 3),  # 76 of two septets fill 152 of 153: the 77th is not cut in two
        ("a" * 159 + "ა", 3),  # a single Georgian letter: all 160 are counted in twos of bytes
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 signs of two units fill 66 of 67
    ],
)
def test_known_lengths(text: str, parts: int) -> None:
    assert parts_of(text).parts == parts


@given(GEORGIAN)
def test_georgian_is_counted_in_67s(text: str) -> None:
    found = parts_of(text)
    assert found.unicode
    assert found.parts == (1 if len(text) <= UCS2_ALONE else -(-len(text) // UCS2_PART))


@given(PLAIN)
def test_latin_is_counted_in_153s(text: str) -> None:
    found = parts_of(text)
    assert not found.unicode
    assert found.parts == (1 if len(text) <= GSM_ALONE else -(-len(text) // GSM_PART))


@given(ANY)
def test_units_are_those_of_utf16_and_parts_hold_them(text: str) -> None:
    found = parts_of(text)
    if found.unicode:
        assert found.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert found.units <= found.parts * found.per_part
    assert found.parts == 1 or found.units > (found.parts - 1) * (found.per_part - 1)


@given(ANY, st.text(alphabet="აbc", max_size=5))
def test_more_text_is_never_fewer_parts(text: str, more: str) -> None:
    assert parts_of(text + more).parts >= parts_of(text).parts


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), ANY, min_size=1, max_size=4))
def test_what_a_value_holds_is_not_filled_again(values: dict[str, str]) -> None:
    text = " ".join("{" + name + "}" for name in values)
    assert fill(text, values) == " ".join(values.values())
    assert placeholders(text) == frozenset(values)


def test_braces_give_nothing_but_names() -> None:
    assert fill("{a.__class__} {a!r} {0} {A}", {"a": "x"}) == "{a.__class__} {a!r} {0} {A}"
    assert has_stray_brace("{a.__class__}")
    assert has_stray_brace("{ number}")
    assert not has_stray_brace("{number}: {url}")
    with pytest.raises(KeyError):
        fill("{missing}", {})


@given(st.integers(0, 366 * 24 * 60 * 60))
def test_after_the_quiet_hours(seconds: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    later = after_quiet(at)
    assert timedelta() <= later - at <= timedelta(hours=12)
    assert 9 <= later.astimezone(TBILISI).hour < 21
    assert after_quiet(later) == later
    assert later == at or (later.astimezone(TBILISI).hour, later.astimezone(TBILISI).minute) == (9, 0)
