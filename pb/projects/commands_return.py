"""The officer gives a project that was handed in back once, with notes; its authors answer them one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pb.core.errors import Closed, Invalid, Problem, Problems
from pb.core.phases import Phase
from pb.core.workdays import TBILISI
from pb.core.workflow import move_project
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.ideas.telling import day_words
from pb.policy import Action, Actor, authorise
from pb.projects import events, queries
from pb.projects.models import ProjectAnswer, ProjectReturn
from pb.projects.queries_return import return_of
from pb.projects.records import newest, note, number_of, tell_authors
from pb.projects.text import FIELD_PAGES
from pb.projects.then import refuse_before_later_acts

NOTE_WORDS = 800
ANSWER_WORDS = 800


@command
def return_project(*, project_id: int, notes: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Give a project that was handed in back to its authors. ``notes``: by part of the text (text.FIELD_PAGES).

    Once for each project. What was handed in counts until it is handed in again. Tells the authors; writes
    ProjectReturned. Raises Refused, Closed("returned_once"), Invalid("notes_missing"), Problems("too_long" on
    "note-<part>"), ValueError for a part that a project does not have.
    """
    project = queries.project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    refuse_before_later_acts(project, now)
    authorise(actor, Action.RETURN_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    assert actor.account_id is not None
    if return_of(project.id, now) is not None:
        raise Closed("returned_once")
    if unknown := notes.keys() - FIELD_PAGES.keys():
        raise ValueError(f"a project has no part {sorted(unknown)}")
    given = {name: clean_text(notes[name]) for name in FIELD_PAGES if notes.get(name)}
    given = {name: words for name, words in given.items() if words}
    if not given:
        raise Invalid("notes_missing")
    _refuse_long(given, "note", NOTE_WORDS)
    project.state = move_project(project.state, "return").value
    project.version += 1
    db.session.add(
        ProjectReturn(
            project_id=project.id, revision_id=newest(project).id, notes=given, at=now, by=actor.account_id
        )
    )
    note(events.ProjectReturned(number=number_of(project), notes=len(given)), project, actor, now)
    if here.calendar is not None:
        until = here.calendar.closes(Phase.DEVELOPMENT) - timedelta(microseconds=1)
        day = day_words(until.astimezone(TBILISI).date())
        tell_authors(project, "project_returned", here=here, now=now, day=day)


@command
def answer_return_notes(*, project_id: int, answers: Mapping[str, str], actor: Actor, now: datetime) -> int:
    """Keep the authors' answers to the officer's notes, by part; gives how many are new or worded anew.

    An empty one leaves what was answered before. Writes ProjectNotesAnswered. Raises Refused, Closed("not_returned"),
    Problems("too_long" on "answer-<part>").
    """
    project = queries.project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    refuse_before_later_acts(project, now)
    authorise(actor, Action.DEVELOP_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    assert actor.account_id is not None
    returned = return_of(project.id, now)
    if returned is None or project.state != "developing":
        raise Closed("not_returned")
    given = {name: clean_text(words) for name, words in answers.items() if name in returned.notes}
    _refuse_long(given, "answer", ANSWER_WORDS)
    before = {answer.field: answer for answer in returned.answers}
    changed = 0
    for name, words in given.items():
        old = before.get(name)
        if not words or (old is not None and old.words == words):
            continue
        changed += 1
        if old is None:
            db.session.add(
                ProjectAnswer(return_id=returned.id, field=name, words=words, at=now, by=actor.account_id)
            )
        else:
            old.words, old.at, old.by = words, now, actor.account_id
    if changed:
        said = events.ProjectNotesAnswered(number=number_of(project), answers=changed)
        note(said, project, actor, now)
    return changed


def _refuse_long(given: Mapping[str, str], prefix: str, limit: int) -> None:
    found = [
        Problem("too_long", f"{prefix}-{name}", {"limit": limit})
        for name, words in given.items()
        if len(words) > limit
    ]
    if found:
        raise Problems(found)
