"""Blocked words: found in whatever letters they were typed, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.georgian import KEYBOARD, NATIONAL_2002, romanise
from pb.talking.words import blocked_in, fold_of, without_invisible

BACK = {letter: latin for latin, letter in KEYBOARD.items()}
GEORGIAN = st.text(alphabet=sorted(NATIONAL_2002), min_size=3, max_size=12)


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("სულელი", "შენ სულელი ხარ", ("სულელი",)),
        ("სულელი", "shen suleli xar", ("suleli",)),
        ("suleli", "შენ სულელი ხარ!", ("სულელი",)),
        ("ჭკვიანი", "Wkviani", ("Wkviani",)),  # the Georgian keyboard on Latin keys
        ("სულელი", "სულელმა თქვა", ()),
        ("სულელ*", "სულელმა, სულელებს, უსულელო", ("სულელმა", "სულელებს")),
        ("სულელი", "სუ\u200bლე\u00adლი", ("სულელი",)),
        ("სულელი", "ᲡᲣᲚᲔᲚᲘ", ("ᲡᲣᲚᲔᲚᲘ",)),
        ("კაცი", "საკაცი კაცივით", ()),
        ("сволочь", "ты Сволочь", ("Сволочь",)),
    ],
)
def test_found_and_not_found(typed: str, text: str, found: tuple[str, ...]) -> None:
    assert blocked_in(text, [fold_of(typed)]) == found


@pytest.mark.parametrize("typed", ["", " ", "*", "ა", "ორი სიტყვა", "%", "a" * 70])
def test_what_is_no_word(typed: str) -> None:
    assert fold_of(typed) == ""


@given(GEORGIAN)
def test_every_spelling_of_a_word_is_found(word: str) -> None:
    fold = fold_of(word)
    for spelling in (word, romanise(word), "".join(BACK[letter] for letter in word)):
        assert blocked_in(f"აქ {spelling}, რა", [fold]) == (spelling,), spelling


@given(st.text(max_size=200), st.lists(GEORGIAN, max_size=5))
def test_what_is_said_to_be_blocked_stands_in_the_text(text: str, words: list[str]) -> None:
    for found in blocked_in(text, [fold_of(word) for word in words]):
        assert found in without_invisible(text)
