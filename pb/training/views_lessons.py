"""The lessons: read, answer the quiz, take them away as one file or on paper."""

from __future__ import annotations

import base64

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.core.errors import Invalid, Problems
from pb.core.rubrics import Criterion
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action
from pb.training import commands_lessons, content, queries_mentors
from pb.training.forms import quiz_form
from pb.training.views import blueprint, url_of
from pb.web.assets import FILES
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.pdf import pdf_response
from pb.web.wording import error_words, language


def load_lesson(here: Here, lesson: str) -> content.Lesson | None:
    """A lesson in the reader's language."""
    return content.lesson(lesson, language()) if lesson in content.LESSONS else None


def criteria(here: Here, lesson: content.Lesson) -> dict[str, list[Criterion]]:
    """The criteria of the rubric in force that the lesson's blocks name, by the block's text ("": all of them)."""
    rubric = here.rules.rubric
    return {
        block.text: [c for c in rubric.criteria if block.text in ("", c.id)]
        for block in lesson.blocks
        if block.kind == "criterion"
    }


@blueprint.get("/lessons")
@public()
def lessons(here: Here) -> ResponseReturnValue:
    """All lessons with the reader's own progress."""
    return render_template(
        "training/lessons.html",
        lessons=content.lessons(language()),
        results=queries_mentors.results_of(current_actor().account_id),
    )


@blueprint.get("/lessons/<lesson>")
@public(lesson=load_lesson)
def lesson(here: Here, lesson: content.Lesson) -> ResponseReturnValue:
    """One lesson. Of a visitor who is not signed in the answers stand in the address, and nothing is kept."""
    kept = queries_mentors.results_of(current_actor().account_id).get(lesson.id)
    chosen = {f"q{n}": str(answer) for n, answer in enumerate(kept.answers)} if kept else {}
    given = {name: value for name, value in request.args.items() if name.startswith("q")}
    form = quiz_form(lesson)(formdata=None, data=given or chosen)
    answers = _chosen(lesson, form) if given or "checked" in request.args else None
    if answers is not None:
        try:
            content.right_answers(lesson, answers)
        except Problems as found:
            for problem in found.problems:
                form[problem.field or ""].errors = [error_words(Invalid(problem.code))]
            answers = None
    return _page(here, lesson, form, answers)


@blueprint.post("/lessons/<lesson>/answers")
@guard(Action.TAKE_QUIZ, lesson=load_lesson)
@CITIZENS
def answer_quiz(here: Here, lesson: content.Lesson) -> ResponseReturnValue:
    """The answers of whoever is signed in: the result is kept."""
    form = quiz_form(lesson)()

    def act() -> None:
        commands_lessons.answer_quiz(
            cycle_id=here.the_cycle.id, lesson_id=lesson.id, answers=_chosen(lesson, form),
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    if submitted(form, act):
        return redirect(url_of(here, "lesson", lesson=lesson.id, checked=1))
    return _page(here, lesson, form, None)


def _page(
    here: Here, lesson: content.Lesson, form: Form, answers: list[int | None] | None
) -> ResponseReturnValue:
    """``answers``: those that are explained, None before they are given."""
    place, account = content.LESSONS.index(lesson.id), current_actor().account_id
    around = {n: content.LESSONS[n] for n in (place - 1, place + 1) if 0 <= n < len(content.LESSONS)}
    page = render_template(
        "training/lesson.html",
        lesson=lesson,
        form=form,
        criteria=criteria(here, lesson),
        number=place + 1,
        of=len(content.LESSONS),
        before=content.lesson(around[place - 1], language()) if place - 1 in around else None,
        after=content.lesson(around[place + 1], language()) if place + 1 in around else None,
        answered=answers is not None,
        answers=answers or [],
        right=content.right_answers(lesson, answers) if answers is not None else 0,
        kept=queries_mentors.results_of(account).get(lesson.id),
        signed_in=account is not None,
    )
    return page, status_of(form)


def _chosen(lesson: content.Lesson, form: Form) -> list[int | None]:
    return [whole_number(form[f"q{n}"].data) for n in range(len(lesson.questions))]


def _whole(here: Here, style: str) -> str:
    found = content.lessons(language())
    return render_template(
        "training/lessons_print.html",
        lessons=[(lesson, criteria(here, lesson)) for lesson in found],
        style=style,
    )


@blueprint.get("/lessons.html")
@public()
def lessons_file(here: Here) -> ResponseReturnValue:
    """All lessons as one file that needs no network: the stylesheet is in it."""
    sheet = base64.b64encode(FILES["print.css"].read_bytes()).decode()
    response = Response(
        _whole(here, f"data:text/css;base64,{sheet}"), content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="lessons-{language()}.html"'
    return response


@blueprint.get("/lessons.pdf")
@public()
def lessons_paper(here: Here) -> ResponseReturnValue:
    """All lessons on paper, A4."""
    return pdf_response(_whole(here, ""), f"lessons-{language()}.pdf")
