"""The lessons: short texts that come with the program, each in both languages, with a quiz. Pure.

A lesson is a text file for each language (data/<id>.<language>.txt): a head of "name: value" lines, an empty line,
then a block a line: "## " heading, "- " item of a list, "> " example, "! " something important, "{criterion <id>}"
the levels of a criterion of the rubric in force, "{criteria}" those of all; anything else is a paragraph. "? " begins a
question, with "+ " the right answer, "- " wrong ones, and "= " the explanation. ``version`` rises with the content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pb.core.errors import Problem, Problems

# In the order in which they are read.
LESSONS = ("problem", "beneficiaries", "land", "budget", "timeline", "upkeep", "team", "scoring")
_KINDS = {"## ": "heading", "> ": "example", "! ": "important"}


@dataclass(frozen=True)
class Block:
    """A piece of a lesson. ``kind``: text, heading, example, important, list (``items``), criterion (``text``: its id;
    "" for all of them).
    """

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """``right``: the position of the right one among ``options``, from 0."""

    text: str
    options: tuple[str, ...]
    right: int
    explanation: str


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language. ``minutes``: how long it takes to read."""

    id: str
    version: int
    title: str
    summary: str
    minutes: int
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...]


@lru_cache(maxsize=64)
def lesson(lesson_id: str, language: str) -> Lesson:
    """A lesson in a language ("ka" or "en"). KeyError when there is none of this id."""
    if lesson_id not in LESSONS:
        raise KeyError(lesson_id)
    language = language if language in ("ka", "en") else "ka"
    file = resources.files("pb.training").joinpath(f"data/{lesson_id}.{language}.txt")
    return parsed(lesson_id, file.read_text(encoding="utf-8"))


def lessons(language: str) -> list[Lesson]:
    """All of them, in order."""
    return [lesson(lesson_id, language) for lesson_id in LESSONS]


def parsed(lesson_id: str, text: str) -> Lesson:
    """A lesson from its file. ValueError for a file that is not as the head of this module says."""
    head, _, body = text.partition("\n\n")
    values = dict(line.split(": ", 1) for line in head.splitlines())
    blocks: list[Block] = []
    questions: list[Question] = []
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    first = next((n for n, line in enumerate(lines) if line.startswith("? ")), len(lines))
    for line in lines[:first]:
        if line.startswith("- "):
            before = blocks.pop().items if blocks and blocks[-1].kind == "list" else ()
            blocks.append(Block("list", items=(*before, line[2:])))
        elif line.startswith("{"):
            name = line.strip("{}").split()
            blocks.append(Block("criterion", text=name[1] if name[0] == "criterion" else ""))
        else:
            kind = next((kind for mark, kind in _KINDS.items() if line.startswith(mark)), "text")
            blocks.append(Block(kind, text=line if kind == "text" else line.split(" ", 1)[1]))
    while first < len(lines):
        following = (n for n in range(first + 1, len(lines)) if lines[n].startswith("? "))
        end = next(following, len(lines))
        questions.append(_question(lines[first:end]))
        first = end
    return Lesson(
        lesson_id, int(values["version"]), values["title"], values["summary"], int(values["minutes"]),
        tuple(blocks), tuple(questions),
    )  # fmt: skip


def _question(lines: Sequence[str]) -> Question:
    options = [line for line in lines[1:] if line[:2] in ("+ ", "- ")]
    right = [n for n, line in enumerate(options) if line.startswith("+ ")]
    why = [line[2:] for line in lines[1:] if line.startswith("= ")]
    if len(right) != 1 or len(why) != 1 or len(options) + 2 != len(lines):
        raise ValueError(f"not a question: {lines[0]}")
    return Question(lines[0][2:], tuple(line[2:] for line in options), right[0], why[0])


def right_answers(found: Lesson, answers: Sequence[int | None]) -> int:
    """How many of the answers (positions from 0, one a question) are right.

    Raises Problems("choose_answer") with field "q<n>", n from 0, for questions that were left open.
    """
    open_ones = [
        Problem("choose_one_answer", f"q{n}")
        for n, question in enumerate(found.questions)
        if n >= len(answers) or answers[n] is None or not 0 <= (answers[n] or 0) < len(question.options)
    ]
    if open_ones:
        raise Problems(open_ones)
    return sum(answers[n] == question.right for n, question in enumerate(found.questions))
