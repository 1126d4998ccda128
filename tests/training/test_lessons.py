"""Lessons: their files, the quiz, progress, and what can be taken away."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Missing, Problems, Refused
from pb.policy import NOBODY
from pb.training import content
from pb.training.commands_lessons import answer_quiz
from pb.training.queries_mentors import lessons_passed, results_of
from tests.conftest import FrozenClock
from tests.factories import make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.training.making import SUMMER


@pytest.mark.parametrize("lesson_id", content.LESSONS)
def test_both_languages_say_the_same(lesson_id: str) -> None:
    ka, en = content.lesson(lesson_id, "ka"), content.lesson(lesson_id, "en")
    assert ka.version == en.version
    assert ka.minutes == en.minutes
    assert [(b.kind, len(b.items), b.text if b.kind == "criterion" else "") for b in ka.blocks] == [
        (b.kind, len(b.items), b.text if b.kind == "criterion" else "") for b in en.blocks
    ]
    assert [(q.right, len(q.options)) for q in ka.questions] == [
        (q.right, len(q.options)) for q in en.questions
    ]
    assert len(ka.questions) >= 3
    for one in (ka, en):
        assert one.title
        assert one.summary
        assert all(len(question.explanation) > 20 for question in one.questions)
    rubric_ids = {"need", "benefit", "feasibility", "inclusion", "sustainability", ""}
    assert {b.text for b in ka.blocks if b.kind == "criterion"} <= rubric_ids


def test_the_right_answer_is_not_always_at_the_same_place() -> None:
    places = {q.right for one in content.LESSONS for q in content.lesson(one, "ka").questions}
    assert len(places) > 1


@pytest.mark.parametrize(
    "text",
    [
        "title: a\nsummary: b\nminutes: 1\nversion: 1\n\n? q\n- a\n- b\n= why",
        "title: a\nsummary: b\nminutes: 1\nversion: 1\n\n? q\n+ a\n+ b\n= why",
        "title: a\nsummary: b\nminutes: 1\nversion: 1\n\n? q\n+ a\n- b",
    ],
)
def test_a_question_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a question"):
        content.parsed("x", text)


@given(st.lists(st.one_of(st.none(), st.integers(-2, 5)), max_size=5))
def test_open_answers_are_named_and_right_ones_counted(answers: list[int | None]) -> None:
    lesson = content.lesson("problem", "ka")
    complete = len(answers) >= 3 and all(a is not None and 0 <= a < 3 for a in answers[:3])
    if complete:
        expected = sum(a == q.right for a, q in zip(answers, lesson.questions, strict=False))
        assert content.right_answers(lesson, answers) == expected
    else:
        with pytest.raises(Problems):
            content.right_answers(lesson, answers)


def right(lesson_id: str) -> list[int | None]:
    return [question.right for question in content.lesson(lesson_id, "ka").questions]


def test_progress_is_kept_and_passed_stays_passed(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    values = {"cycle_id": world.cycle.id, "lesson_id": "budget", "now": SUMMER}
    wrong = [0, 0, 0]
    assert answer_quiz(answers=wrong, actor=nino, **values) < 3  # type: ignore[arg-type]
    row = results_of(nino.account_id)["budget"]
    assert (row.answers, row.passed_at, row.questions) == (wrong, None, 3)
    assert answer_quiz(answers=right("budget"), actor=nino, **values) == 3  # type: ignore[arg-type]
    assert answer_quiz(answers=wrong, actor=nino, **values) < 3  # type: ignore[arg-type]
    assert results_of(nino.account_id)["budget"].passed_at == SUMMER
    assert lessons_passed([nino.account_id or 0]) == {nino.account_id: {"budget"}}
    assert lessons_passed([author().account_id or 0]) == {}
    with pytest.raises(Refused):
        answer_quiz(answers=wrong, actor=NOBODY, **values)  # type: ignore[arg-type]
    with pytest.raises(Missing):
        answer_quiz(**{**values, "lesson_id": "nothing"}, answers=wrong, actor=nino)  # type: ignore[arg-type]


def test_a_visitor_reads_the_explanations_and_nothing_is_kept(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = make_world(sqlite_app)
    clock.moment = SUMMER
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    address = f"{world.url}/trainings/lessons/scoring"
    lesson = content.lesson("scoring", "ka")
    assert lesson.questions[0].explanation not in web.page(address).text
    for part in ("q0=1", "checked=1", "q0=1&q1=1&q2=99"):
        assert web.get(f"{address}?{part}").status_code == 422
    text = web.get(f"{address}?q0=0&q1=1&q2=1").get_data(as_text=True)
    assert lesson.questions[0].explanation in text
    assert "შედეგი არ შეინახა" in text
    web.sign_in_as(world.citizen.id)
    assert web.send(f"{address}/answers", {"q0": "1"}).status_code == 422
    answer = web.send(f"{address}/answers", {"q0": "1", "q1": "1", "q2": "1"}, follow_redirects=True)
    assert "გაკვეთილი გაიარეთ" in answer.get_data(as_text=True)
    assert "scoring" in {k for k, row in results_of(world.citizen.id).items() if row.passed_at}
    assert "გავლილია" in web.page(f"{world.url}/trainings/lessons").text


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_one_file_holds_all_and_asks_the_network_for_nothing(
    sqlite_app: Flask, clock: FrozenClock, lang: str
) -> None:
    world = make_world(sqlite_app)
    clock.moment = SUMMER
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    answer = web.get(f"{world.url}/trainings/lessons.html?lang={lang}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True)
    for one in content.lessons(lang):
        assert one.title in text.replace("&#39;", "'")
    for word in ("http://", "https://www", "src=", "/assets/"):
        assert word not in text
    assert len(answer.data) < 200_000
