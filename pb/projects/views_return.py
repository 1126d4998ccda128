"""The officer's notes on a project that was handed in, the authors' answers, and what changed between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import TextAreaField

from pb import clock
from pb.core.errors import Missing, Problem
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects import merging
from pb.projects.beside import all_beside, part_label
from pb.projects.commands_return import ANSWER_WORDS, NOTE_WORDS, answer_return_notes, return_project
from pb.projects.editing import newest, place_of
from pb.projects.models import Project, ProjectReturn
from pb.projects.page_parts import Hurdle, Part, Task
from pb.projects.queries_return import noted, return_of, unanswered
from pb.projects.text import FIELD_PAGES
from pb.projects.views import blueprint, load, number_words, text_values
from pb.projects.views_edit import page_of
from pb.web.forms import Form, status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import language


def words_form(prefix: str, labels: Mapping[str, str]) -> type[Form]:
    """A form of text areas "<prefix>-<part>"."""
    fields: dict[str, Any] = {f"{prefix}-{name}": TextAreaField(words) for name, words in labels.items()}
    return type("WordsForm", (Form,), fields)


def _given(form: Form, prefix: str) -> dict[str, str]:
    start = f"{prefix}-"
    return {
        name.removeprefix(start): form[name].data or "" for name in form._fields if name.startswith(start)
    }


@blueprint.route("/<int:number>/return", methods=["GET", "POST"])
@guard(Action.RETURN_PROJECT, number=load)
def give_back(here: Here, number: Project) -> ResponseReturnValue:
    """The officer: the text that was handed in, a note under each part."""
    project = number
    if (returned := return_of(project.id, clock.now())) is not None:
        return redirect(url_for("projects.returned", **place_of(here, project)))
    form = words_form("note", {name: part_label(name) for name in FIELD_PAGES})()
    if submitted(form, lambda: return_project(
        project_id=project.id, notes=_given(form, "note"), actor=current_actor(), now=clock.now()
    )):  # fmt: skip
        flash(_("The project went back to its authors; they were told."), "success")
        return redirect(url_for("projects.returned", **place_of(here, project)))
    text = newest(project)
    return render_template(
        "projects/return.html", project=project, number=number_words(here, project.number), form=form,
        text=text, names=list(FIELD_PAGES), limit=NOTE_WORDS, returned=returned, **text_values(text),
    ), status_of(form)  # fmt: skip


@blueprint.get("/<int:number>/returned")
@guard(Action.READ_PROJECT_DRAFT, number=load)
def returned(here: Here, number: Project) -> ResponseReturnValue:
    """Notes and answers one by one, and what changed in the text since."""
    found = return_of(number.id, clock.now())
    if found is None:
        raise Missing("no_such_page")
    now_text = newest(number)
    parts = all_beside(merging.saved_parts(found.revision), merging.saved_parts(now_text), language())
    return render_template(
        "projects/returned.html", project=number, number=number_words(here, number.number), returned=found,
        rows=note_rows(found), parts={part.name: part for part in parts}, now_text=now_text,
        changed=[part for part in parts if part.changed],
    )  # fmt: skip


def note_rows(found: ProjectReturn) -> list[dict[str, Any]]:
    """Each note with its part in words and its answer (None: not answered)."""
    answers = {answer.field: answer for answer in found.answers}
    return [
        {"part": name, "label": part_label(name), "note": found.notes[name], "answer": answers.get(name)}
        for name in noted(found)
    ]


@blueprint.route("/<int:number>/edit/answers", methods=["GET", "POST"])
@guard(Action.DEVELOP_PROJECT, number=load)
def answers(here: Here, number: Project) -> ResponseReturnValue:
    """The authors: each note with the way to its part, and what they answer."""
    found = return_of(number.id, clock.now())
    if found is None:
        raise Missing("no_such_page")
    rows = note_rows(found)
    form = words_form("answer", {name: _("Your answer") for name in found.notes})(
        data={f"answer-{row['part']}": row["answer"].words for row in rows if row["answer"]}
    )
    if submitted(form, lambda: answer_return_notes(
        project_id=number.id, answers=_given(form, "answer"), actor=current_actor(), now=clock.now()
    )):  # fmt: skip
        flash(_("Saved."), "success")
        return redirect(url_for("projects.edit", **place_of(here, number)))
    urls = {name: url_for(f"projects.{FIELD_PAGES[name]}", **place_of(here, number)) for name in found.notes}
    return page_of(
        "answers", here, number, "answers", form=form, rows=rows, urls=urls, returned=found,
        limit=ANSWER_WORDS, open=number.state == "developing",
    ), status_of(form)  # fmt: skip


def remarks(here: Here, project: Project) -> dict[str, list[Part]]:
    """The officer's note beside its field."""
    found = return_of(project.id, clock.now()) if project.handed_in_revision_id else None
    if found is None:
        return {}
    url = url_for("projects.answers", **place_of(here, project))
    return {row["part"]: [("projects/_note.html", {**row, "url": url})] for row in note_rows(found)}


def tasks(here: Here, project: Project) -> Sequence[Task]:
    """Answering the notes, in the list of tasks."""
    found = return_of(project.id, clock.now()) if project.handed_in_revision_id else None
    if found is None:
        return []
    left = len(unanswered(found))
    hint = (
        ngettext("%(num)s note has no answer yet", "%(num)s notes have no answer yet", left)
        if left
        else _("All notes are answered")
    )
    url = url_for("projects.answers", **place_of(here, project))
    return [Task(_("The officer's notes"), "answer" if left else "done", hint=hint, url=url)]


def hurdles(here: Here, project: Project, now: datetime) -> Sequence[Hurdle]:
    """Notes without an answer keep a project from being handed in again."""
    found = return_of(project.id, now) if project.handed_in_revision_id else None
    left = len(unanswered(found))
    return [Hurdle(Problem("notes_unanswered", None, {"count": left}), "projects.answers")] if left else []
