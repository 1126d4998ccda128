"""What trainings, lessons and mentors show on pages of other features, and what the rules ask before handing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.queries import given_name
from pb.core.errors import Problem
from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.projects.models import Project
from pb.projects.page_parts import Hurdle, Part, Task
from pb.training import conditions, content, queries, queries_mentors
from pb.training.queries_mentors import Mentored
from pb.web.guard import current_actor

SHOWN = 3
SHOWING = frozenset({Phase.PREPARATION, Phase.IDEAS, Phase.DEVELOPMENT})


def front(here: Here) -> front_parts.Part | None:
    """The next trainings, while people write."""
    if here.status is None or here.status.phase not in SHOWING:
        return None
    now = clock.now()
    coming = [
        one
        for one in queries.sessions_of(here.the_cycle.id, now)
        if one.session.begins_at > now and one.session.cancelled_at is None
    ]
    if not coming and here.status.phase is not Phase.DEVELOPMENT:
        return None
    return "training/_front.html", {"rows": coming[:SHOWN]}


def hurdles(here: Here, project: Project, now: datetime) -> Sequence[Hurdle]:
    """A training or the lessons, where the rules ask for them before a project is handed in."""
    if conditions.met(here, project.author_ids):
        return ()
    needed = here.rules.before_hand_in
    return (
        Hurdle(Problem(f"{needed}_needed"), "training.lessons" if needed == "lessons" else "training.index"),
    )


def tasks(here: Here, project: Project) -> Sequence[Task]:
    """The lines that trainings, mentors and the own score add to the author's list."""
    place: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    needed = here.rules.before_hand_in
    found = []
    if needed == "lessons":
        found.append(Task(
            _("Lessons"), _done(here, project), hint=_lessons_words(project),
            url=url_for("training.lessons", **place),
        ))  # fmt: skip
    elif needed != "nothing":
        hint = (
            _("One of the authors attends a training")
            if needed == "training"
            else _("One of the authors attends a training, or passes the quiz of every lesson")
        )
        url = url_for("training.index", **place)
        found.append(Task(_("Training"), _done(here, project), hint=hint, url=url))
    else:
        found.append(Task(
            _("Trainings and lessons"), "optional", hint=_("Short lessons and meetings on writing a project"),
            words=_("If you like"), url=url_for("training.index", **place),
        ))  # fmt: skip
    mentors = queries_mentors.mentors_of(project.id)
    remarks = queries_mentors.remarks_of(project.id)
    if mentors or remarks:
        left = sum(row.done_at is None for row in remarks)
        words = ngettext("%(num)s remark to look at", "%(num)s remarks to look at", left) if left else ""
        found.append(Task(
            _("Remarks of the mentor"), "todo" if left else "done", words=words or _("Nothing open"),
            hint=_("Advice beside your text, and answers to your questions"),
            url=url_for("training.remarks", number=project.number, **place),
        ))  # fmt: skip
    found.append(Task(
        _("Score your own project"), "optional", words=_("If you like"),
        hint=_("With the commission’s criteria, before the work and after it; nobody else sees it"),
        url=url_for("training.own_score", number=project.number, **place),
    ))  # fmt: skip
    return found


def _done(here: Here, project: Project) -> str:
    return "done" if conditions.met(here, project.author_ids) else "todo"


def _lessons_words(project: Project) -> str:
    passed = queries_mentors.lessons_passed(project.author_ids)
    most = max((len(found & set(content.LESSONS)) for found in passed.values()), default=0)
    return _("Passed: %(n)s of %(of)s", n=most, of=len(content.LESSONS))


def remarks(here: Here, project: Project) -> Mapping[str, Sequence[Part]]:
    """The mentor's remarks beside the fields that they are about; those that are done are folded away."""
    found: dict[str, list[Any]] = {}
    for row in queries_mentors.remarks_of(project.id):
        found.setdefault(row.field, []).append((row, given_name(row.mentor)))
    return {
        field: [("training/_remarks.html", {"rows": rows, "project": project})]
        for field, rows in found.items()
        if field
    }


def mentor_of_project(here: Here, project: Project) -> Part | None:
    """On the project's page: the way of its mentor to the remarks."""
    thing: Mentored = queries_mentors.mentored(project)
    if not allowed(current_actor(), Action.READ_AS_MENTOR, town_id=here.town.id, thing=thing):
        return None
    return "training/_of_project.html", {"project": project}
