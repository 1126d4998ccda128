"""Letters, numbers and dates in Georgian."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Invalid
from pb.core.georgian import (
    KEYBOARD,
    NATIONAL_2002,
    date_words,
    deadline_words,
    lower_mtavruli,
    moment_words,
    normal_mobile,
    normal_personal_number,
    romanise,
    search_fold,
    search_variants,
    slug,
)

ALPHABET = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
georgian = st.text(st.sampled_from(ALPHABET), max_size=12)


def typed(text: str) -> str:
    """The Latin keys of a Georgian text."""
    return "".join(next(key for key, letter in KEYBOARD.items() if letter == sign) for sign in text)


def test_the_tables_hold_the_33_letters() -> None:
    assert "".join(sorted(ALPHABET)) == ALPHABET == "".join(sorted(NATIONAL_2002))
    assert sorted(KEYBOARD.values()) == sorted(ALPHABET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("თერჯოლა", "terjola"), ("ღვანკითი", "ghvankiti"), ("წყალი", "tsqali"), ("ჭოგნარი 2", "chognari 2"),
     ("ხონი", "khoni"), ("ძევრი", "dzevri"), ("ჟანგი", "zhangi"), ("Mixed ფრაზა", "Mixed praza")],
)  # fmt: skip
def test_romanisation(text: str, expected: str) -> None:
    assert romanise(text) == expected


def test_georgian_capitals_come_down() -> None:
    capitals = "".join(chr(ord(letter) - 0x10D0 + 0x1C90) for letter in "თერჯოლა")
    assert lower_mtavruli(capitals + " A") == "თერჯოლა A"
    assert romanise(capitals) == "terjola"
    assert search_fold(capitals) == "terjola"


@given(st.text())
def test_no_capital_of_georgian_is_left(text: str) -> None:
    lowered = lower_mtavruli(text)
    assert not any("\u1c90" <= sign <= "\u1cba" or "\u1cbd" <= sign <= "\u1cbf" for sign in lowered)
    assert lower_mtavruli(lowered) == lowered


@pytest.mark.parametrize(
    ("text", "expected"),
    [("თერჯოლა 2026", "terjola-2026"), ("„გარე განათება“ — ჩხარი!", "gare-ganateba-chkhari"),
     ("Café", "cafe"), ("", ""), ("Привет", ""), ("…", "")],
)  # fmt: skip
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text(), st.integers(1, 80))
def test_a_slug_is_short_and_plain(text: str, limit: int) -> None:
    made = slug(text, limit)
    assert len(made) <= limit
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")
    assert not made.endswith("-")


def test_a_slug_is_cut_between_words() -> None:
    assert slug("სოფლის გზის რეაბილიტაცია", 12) == "soplis-gzis"
    assert slug("რეაბილიტაცია", 6) == "reabil"


@given(georgian)
def test_georgian_latin_and_keyboard_meet(text: str) -> None:
    stored = search_fold(text)
    for query in (text, romanise(text), typed(text)):
        assert not query or stored in search_variants(query)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert search_fold(search_fold(text)) == search_fold(text)


@given(st.text())
def test_a_query_as_it_stands_is_always_among_its_variants(text: str) -> None:
    variants = search_variants(text)
    assert (search_fold(text) in variants) == bool(search_fold(text))
    assert len(set(variants)) == len(variants)


def test_how_people_search() -> None:
    assert search_fold("  წყალი   მოვიდა ") == "tsqali movida"
    assert "tsqali" in search_variants("wyali")
    assert "tsqali" in search_variants("Wyali")  # a phone's capital
    assert search_variants("Wiatura")[:2] == ("wiatura", "chiatura")
    assert search_fold("Ts'qali") == "tsqali"
    assert "wyali" in search_variants("წყალი")  # stored as it was typed
    assert search_variants("  ") == ()


@pytest.mark.parametrize(
    "text",
    ["555000028", "0555000028", "995555000028", "+995555000028", "+995 555 00 00 28", "(0)555-00-00-28",
     "00995 555000028", "555.00.00.28"],
)  # fmt: skip
def test_mobile_numbers(text: str) -> None:
    assert normal_mobile(text) == "+995555000028"


@pytest.mark.parametrize(
    "text", ["", "322123456", "55500002", "5550000288", "+99455500002", "٥٥٥000028", "555 000 02x"]
)
def test_no_mobile_number(text: str) -> None:
    with pytest.raises(Invalid, match="bad_mobile"):
        normal_mobile(text)


def test_personal_numbers() -> None:
    assert normal_personal_number(" 01000 000011 ") == "01000000011"
    for text in ("0100000001", "010000000111", "0100000001a", "٠1000000011"):
        with pytest.raises(Invalid) as caught:
            normal_personal_number(text)
        assert text not in str(caught.value)


def test_dates_in_words() -> None:
    assert date_words(date(2026, 9, 30), "ka") == "2026 წლის 30 სექტემბერი"
    assert date_words(date(2026, 9, 30), "en") == "30 September 2026"


def test_deadlines_in_words() -> None:
    six = datetime(2026, 9, 30, 14, 0, tzinfo=UTC)
    assert deadline_words(six, "ka") == "ოთხშაბათი, 2026 წლის 30 სექტემბრის ჩათვლით, 18:00-მდე"
    assert deadline_words(six, "en") == "until Wednesday 30 September 2026, 18:00"
    assert moment_words(six, "ka") == "2026 წლის 30 სექტემბერი, 18:00"
    midnight = datetime(2026, 6, 30, 20, 0, tzinfo=UTC)  # 1 July, 00:00 in Tbilisi
    assert deadline_words(midnight, "ka") == "სამშაბათი, 2026 წლის 30 ივნისის ჩათვლით, 24:00-მდე"
    assert deadline_words(midnight, "en") == "until Tuesday 30 June 2026, 24:00"
    with pytest.raises(ValueError, match="time zone"):
        deadline_words(datetime(2026, 6, 30), "ka")  # noqa: DTZ001
