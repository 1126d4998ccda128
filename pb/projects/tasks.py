"""The author's list of tasks: what of a project is done, and what is still to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext

from pb.core.errors import Invalid, Problem
from pb.core.money import format_lari
from pb.core.rulebook import Rulebook
from pb.core.workflow import ProjectState
from pb.projects.budget import cost_of
from pb.projects.models import Project, ProjectRevision
from pb.projects.page_parts import Task
from pb.projects.text import FIELD_PAGES, PAGES, missing_parts
from pb.web.wording import error_words


def tasks_of(
    project: Project,
    text: ProjectRevision,
    rules: Rulebook,
    lang: str,
    *,
    more: Sequence[Task] = (),
    hurdles: bool = False,
    unsaved: Collection[str] = (),
) -> dict[str, Task]:
    """The tasks by the name of their page, in order. ``more``: those of later features, named "more-1" and so on;
    ``hurdles``: whether one of these keeps the project from being handed in; ``unsaved``: pages on which the reader
    has typed something that is not saved.
    """
    problems = missing_parts(
        text.fields, text.timeline, text.budget, cap=rules.cost_cap_tetri, floor=rules.cost_floor_tetri
    )
    wrong = {FIELD_PAGES[problem.field or ""] for problem in problems}
    steps = len(text.timeline)
    tasks = {
        "text": Task(
            _("What it is about, what will be done, who benefits"),
            "todo" if text.number == 1 else "doing" if "text" in wrong else "done",
            hint=_("Taken over from your idea: read it and work it out") if text.number == 1 else "",
        ),
        "land": Task(_("Land and permits"), _state(text, "land", wrong), hint=_("Whose land, which permit")),
        "team": Task(
            _("Team"), "done" if text.fields.get("team") else "todo", hint=_("Who does it (optional)")
        ),
        "budget": _budget(text, rules, lang, problems),
        "timeline": Task(
            _("Timeline"),
            "done" if steps else "todo",
            hint=ngettext("%(num)s step", "%(num)s steps", steps)
            if steps
            else _("What is done in which month"),
        ),
        "upkeep": Task(
            _("Upkeep"), _state(text, "upkeep", wrong), hint=_("Who looks after it when it is done")
        ),
    }
    for name in tasks.keys() & set(unsaved):
        hint = _("You have typed something here that is not saved yet")
        tasks[name] = replace(tasks[name], state="doing", hint=hint)
    tasks = {name: _in_words(task) for name, task in tasks.items()}
    tasks.update((f"more-{n}", task) for n, task in enumerate(more, start=1))
    tasks["hand_in"] = _handing_in(project, text, ready=not problems and not hurdles)
    return tasks


def next_of(tasks: Mapping[str, Task]) -> str:
    """The name of the task to do next: what waits for an answer first; "" when all is done."""
    order = {"answer": 0, "problem": 1, "doing": 2, "todo": 2}
    waiting = [
        (order[task.state], n, name) for n, (name, task) in enumerate(tasks.items()) if task.state in order
    ]
    needed = [one for one in waiting if one[2] != "team"] or waiting
    return min(needed)[2] if needed else ""


def _in_words(task: Task) -> Task:
    return replace(task, words=_("Not begun")) if task.state == "todo" else task


def _state(text: ProjectRevision, page: str, wrong: Collection[str]) -> str:
    """Of a page of fields: whether nothing, something or everything needed is written."""
    if page not in wrong:
        return "done"
    return "doing" if any(text.fields.get(name) for name in PAGES[page]) else "todo"


def _budget(text: ProjectRevision, rules: Rulebook, lang: str, problems: Sequence[Problem]) -> Task:
    cost = cost_of(text.budget)
    hint = _("In all: %(sum)s", sum=format_lari(cost, lang)) if cost else _cap_words(rules, lang)
    found = next((problem for problem in problems if problem.field == "budget"), None)
    if cost and found is not None:
        hint = error_words(Invalid(found.code, **found.params))
    return Task(_("Cost estimate"), "done" if found is None else "problem" if cost else "todo", hint=hint)


def _cap_words(rules: Rulebook, lang: str) -> str:
    if not rules.cost_cap_tetri:
        return _("What is bought or done, how much of it, at what price")
    return _("A project may cost at most %(sum)s", sum=format_lari(rules.cost_cap_tetri, lang))


def _handing_in(project: Project, text: ProjectRevision, *, ready: bool) -> Task:
    words = _("Read it all once more and hand it in")
    if project.state == ProjectState.HANDED_IN and project.handed_in_revision_id == text.id:
        return Task(words, "done", words=_("Handed in"))
    if not ready:
        return Task(words, "blocked", hint=_("When everything above is done"))
    if project.handed_in_revision_id is not None:
        return Task(
            words,
            "todo",
            hint=_("You changed the text since you handed it in")
            if project.handed_in_revision_id != text.id
            else _("It was returned to you"),
            words=_("Hand in again"),
        )
    return Task(words, "todo")
