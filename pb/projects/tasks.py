"""The author's list of tasks: what of a project is done, and what is still to do."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from pb.core.errors import Invalid
from pb.core.money import format_lari
from pb.core.rulebook import Rulebook
from pb.projects.models import Project, ProjectRevision
from pb.projects.page_parts import Task
from pb.projects.text import cost_of, missing_parts
from pb.web.wording import error_words

TEXT_PARTS = frozenset({"title", "problem", "what", "beneficiaries"})


def tasks_of(
    project: Project,
    text: ProjectRevision,
    rules: Rulebook,
    lang: str,
    *,
    more: Sequence[Task] = (),
    hurdles: bool = False,
) -> dict[str, Task]:
    """The tasks by the name of their page, in order. ``more``: those of later features, named "more-1" and so on;
    ``hurdles``: whether one of these keeps the project from being handed in.
    """
    problems = missing_parts(
        text.fields, text.timeline, text.budget, cap=rules.cost_cap_tetri, floor=rules.cost_floor_tetri
    )
    wrong = {problem.field: problem for problem in problems}
    cost, steps = cost_of(text.budget), len(text.timeline)
    budget_hint = _("In all: %(sum)s", sum=format_lari(cost, lang)) if cost else _cap_words(rules, lang)
    if cost and "budget" in wrong:
        budget_hint = error_words(Invalid(wrong["budget"].code, **wrong["budget"].params))
    tasks = {
        "text": Task(
            _("What it is about, what will be done, who benefits"),
            _text_state(text, bool(TEXT_PARTS & wrong.keys())),
            hint=_("Taken over from your idea: read it and work it out") if text.number == 1 else "",
        ),
        "budget": Task(
            _("Cost estimate"),
            "done" if "budget" not in wrong else "problem" if cost else "todo",
            hint=budget_hint,
        ),
        "timeline": Task(
            _("Timeline"),
            "done" if steps else "todo",
            hint=ngettext("%(num)s step", "%(num)s steps", steps)
            if steps
            else _("What is done in which month"),
        ),
        "upkeep": Task(
            _("Upkeep"),
            "todo" if "upkeep" in wrong else "done",
            hint=_("Who looks after it when it is done"),
        ),
    }
    tasks.update((f"more-{n}", task) for n, task in enumerate(more, start=1))
    tasks["hand_in"] = _handing_in(project, text, ready=not problems and not hurdles)
    return tasks


def _text_state(text: ProjectRevision, incomplete: bool) -> str:
    if text.number == 1:
        return "todo"
    return "doing" if incomplete else "done"


def _cap_words(rules: Rulebook, lang: str) -> str:
    if not rules.cost_cap_tetri:
        return _("What is bought or done, how much of it, at what price")
    return _("A project may cost at most %(sum)s", sum=format_lari(rules.cost_cap_tetri, lang))


def _handing_in(project: Project, text: ProjectRevision, *, ready: bool) -> Task:
    words = _("Read it all once more and hand it in")
    if project.handed_in_revision_id == text.id:
        return Task(words, "done", words=_("Handed in"))
    if not ready:
        return Task(words, "blocked", hint=_("When everything above is done"))
    if project.handed_in_revision_id is not None:
        return Task(
            words, "todo", hint=_("You changed the text since you handed it in"), words=_("Hand in again")
        )
    return Task(words, "todo")
