"""Ages, labels, languages, cleaning, look-alikes: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.georgian import search_fold
from pb.ideas.content import (
    Person,
    age_bands,
    clean_line,
    clean_text,
    language_of,
    needs_guardian,
    public_number,
    youngest_in,
)  # fmt: skip
from pb.ideas.lookalikes import Candidate, resembling


@pytest.mark.parametrize(
    ("minimum", "bands"),
    [
        (14, ("0-13", "14-15", "16-17", "18-29", "30-44", "45-59", "60-")),
        (16, ("0-15", "16-17", "18-29", "30-44", "45-59", "60-")),
        (21, ("0-20", "21-29", "30-44", "45-59", "60-")),
    ],
)
def test_bands_begin_at_the_rulebooks_age(minimum: int, bands: tuple[str, ...]) -> None:
    assert age_bands(minimum) == bands
    assert youngest_in(bands[1]) == minimum


def test_guardians() -> None:
    assert needs_guardian("14-15")
    assert not needs_guardian("16-17")
    assert not needs_guardian("")


def test_labels() -> None:
    assert Person("ნინო", "სანიმუშო", "30-44").label == "ნინო ს."
    assert Person("ნინო", "", "30-44").label == "ნინო"
    assert (
        Person("ნინო", "ს", "30-44", kind="group", organisation="ჩვენი უბანი").label == "ნინო ს., ჩვენი უბანი"
    )


@pytest.mark.parametrize(
    ("text", "spoken", "tag"),
    [
        ("გზა", "en", "ka"),
        ("The road", "en", "en"),
        ("gza gvinda", "ka", "ka-Latn"),
        ("Дорога", "ka", "ru"),
        ("123", "ka", "ka"),
        ("გზა WiFi-ით", "en", "ka"),
    ],
)
def test_languages(text: str, spoken: str, tag: str) -> None:
    assert language_of(text, spoken) == tag


def test_cleaning() -> None:
    assert clean_line(" ა\n\tბ\x00\u202e ") == "ა ბ"
    assert clean_text("ა  \r\n\r\n\r\n\r\nბ\x07") == "ა\n\nბ"
    assert clean_line("ᲒᲖᲐ") == "გზა"
    assert clean_line(None) == ""


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_numbers() -> None:
    assert public_number("TJ", 2026, 42) == "TJ-2026-0042"
    assert public_number("TJ", 2026, 12345) == "TJ-2026-12345"


def candidate(number: int, title: str, text: str = "", near: bool = False) -> Candidate:
    return Candidate(number, title, search_fold(f"{title} {text}"), near, near)


def test_alike_ideas_are_found_and_others_are_not() -> None:
    ideas = [
        candidate(1, "გარე განათება სკოლიდან ავტოსადგურამდე", "სიბნელეში დადიან ბავშვები", near=True),
        candidate(2, "სპორტული მოედანი", "ბურთს ვერ თამაშობენ", near=True),
        candidate(3, "გარე განათების მოწყობა სკოლის ქუჩაზე", "ბნელა", near=True),
        candidate(4, "წყლის ჭა"),
        *(candidate(n, "გარე განათება სკოლასთან") for n in range(5, 9)),
    ]
    found = resembling("გარე განათება სკოლასთან", "საღამოს ბავშვები სიბნელეში ბრუნდებიან სკოლიდან", ideas)
    assert len(found) == 3
    assert {c.number for c in found} <= {1, 3, 5, 6, 7, 8}
    assert resembling("ხიდი", "ხიდი ჩაინგრა", ideas) == ()
    assert resembling("", "", ideas) == ()
