"""The diff gives back both texts, says no more than it must, and stays quick whatever it is given."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pb.core.diff import GONE, MOST_EDITS, NEW, SAME, changes, row_diff, word_diff

WORDS = st.lists(
    st.sampled_from(["გზა", "ხიდი", "სანათი", " ", "  ", "\n", ".", ",", "<b>", "&", "14"]), max_size=40
)
TEXTS = st.one_of(st.text(max_size=80), WORDS.map("".join))
ROWS = st.lists(st.integers(0, 4), max_size=14)


@given(TEXTS, TEXTS)
def test_applying_the_diff_gives_the_new_text_and_undoing_it_the_old(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(text for kind, text in pieces if kind != GONE) == new
    assert "".join(text for kind, text in pieces if kind != NEW) == old
    assert all(text for _kind, text in pieces)
    assert all(a.kind != b.kind for a, b in itertools.pairwise(pieces))


@given(TEXTS)
def test_equal_texts_have_no_change(text: str) -> None:
    assert [piece.kind for piece in word_diff(text, text)] == ([SAME] if text else [])


def longest_common(old: list[int], new: list[int]) -> int:
    """The plain reference: the table of the textbook."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(ROWS, ROWS)
def test_the_script_is_the_shortest_and_in_order(old: list[int], new: list[int]) -> None:
    found = changes(old, new)
    assert [i for i, _ in found if i is not None] == list(range(len(old)))
    assert [j for _, j in found if j is not None] == list(range(len(new)))
    both = [(i, j) for i, j in found if i is not None and j is not None]
    assert all(old[i] == new[j] for i, j in both)
    assert len(both) == longest_common(old, new)


@given(ROWS, ROWS)
def test_rows_stand_side_by_side(old: list[int], new: list[int]) -> None:
    pairs = row_diff(old, new)
    assert [a for a, _ in pairs if a is not None] == old
    assert [b for _, b in pairs if b is not None] == new


def test_blanks_between_changed_words_belong_to_the_change() -> None:
    assert word_diff("დაიდგმება ორი ძველი სანათი აქ", "დაიდგმება სამი ახალი სანათი აქ") == (
        (SAME, "დაიდგმება "), (GONE, "ორი ძველი"), (NEW, "სამი ახალი"), (SAME, " სანათი აქ"),
    )  # fmt: skip


def test_a_replaced_row_stands_beside_the_new_one() -> None:
    assert row_diff(["a", "b", "c"], ["a", "x", "c", "d"]) == [
        ("a", "a"),
        ("b", "x"),
        ("c", "c"),
        (None, "d"),
    ]


def test_texts_without_anything_in_common_are_one_change() -> None:
    old = " ".join(f"a{n}" for n in range(MOST_EDITS))
    new = " ".join(f"b{n}" for n in range(MOST_EDITS))
    assert word_diff(old, new) == ((GONE, old), (NEW, new))
