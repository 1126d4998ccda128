"""What is wrong with a file of an election is said in the reader's language, with the place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from pb.core.counting import csv_ballots, pabulib
from pb.core.errors import Invalid
from pb.web.wording import error_words
from pb.web.words_files import FILE_ERRORS
from tests.core.counting.samples import FILE

COUNTING = Path(__file__).parents[2] / "pb" / "core" / "counting"
READERS = ("pabulib", "pabulib_text", "pabulib_votes", "csv_ballots", "decimals", "profile")
# Checks of profiles that code makes: in a file the budget is a number of META, and each row is one voter.
NOT_IN_FILES = {"negative_budget", "bad_weight"}


def codes(module: str) -> set[str]:
    """The codes that a module can raise: each text that stands first in ``Invalid(…)`` or ``fault(…)``, and
    those of a variable ``code``.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse((COUNTING / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Invalid", "fault"):
                found |= texts(node.args[0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
            found |= texts(node.value)
    return found


def texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_code_of_the_readers_has_words_and_no_words_are_left_over() -> None:
    raised = set().union(*map(codes, READERS)) - NOT_IN_FILES
    assert "duplicate_voter" in raised
    assert "broken_quotes" in raised
    assert raised == set(FILE_ERRORS)


@pytest.mark.parametrize("locale", ["ka", "en"])
def test_a_fault_is_a_sentence_with_its_place(app: Flask, locale: str) -> None:
    with pytest.raises(Invalid) as caught:
        pabulib.read(FILE.replace("2;a\n", "2;x\n").encode())
    with app.app_context(), force_locale(locale):
        words = error_words(caught.value)
    sentence = {
        "ka": "VOTES, სტრიქონი 16: ბიულეტენში მითითებული პროექტი სიაში არ არის: x",
        "en": "VOTES, line 16: the ballot names a project that is not in the list: x",
    }
    assert words == sentence[locale]


def test_a_percent_sign_in_a_file_is_a_percent_sign(app: Flask) -> None:
    with pytest.raises(Invalid) as caught:
        csv_ballots.read(b"budget;5%(s)d\ncost;1\nvoter;a\n1;1\n")
    with app.app_context(), force_locale("en"):
        assert error_words(caught.value) == "META, line 1: this is not a number: 5%(s)d"


def test_a_voter_reads_other_words_for_the_same_code(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        assert error_words(Invalid("too_many_choices", chosen=6, limit=5)).startswith("You have chosen 6")
