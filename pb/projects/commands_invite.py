"""Inviting authors: admitted ideas become projects. One transaction each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from pb.core.errors import Closed, DomainError, Invalid, Missing
from pb.core.georgian import search_fold
from pb.core.phases import Phase
from pb.core.workdays import TBILISI
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import joined
from pb.ideas.commands_review import mark_invited
from pb.ideas.models import Idea
from pb.ideas.telling import day_words
from pb.policy import Action, Actor, authorise
from pb.projects import events, queries, text
from pb.projects.models import Project, ProjectIdea
from pb.projects.records import add_revision, note, number_of, tell_authors

# What later features ask before an idea may become a project: fn(here, idea, now) -> the reason why not, or None.
REQUIREMENTS: list[Callable[[Here, Idea, datetime], DomainError | None]] = []


def unmet(here: Here, idea: Idea, now: datetime) -> DomainError | None:
    """The first reason why an admitted idea cannot be invited yet; None when it can."""
    return next((why for ask in REQUIREMENTS if (why := ask(here, idea, now)) is not None), None)


@command
def invite_project(*, idea_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Make a project of admitted ideas; its number, unit and category are those of the first (lowest) number.

    The first revision is the idea's own text, so that nobody begins with an empty page. Ideas of other authors
    cannot come together here: their authors join them first (ideas.commands_joining), and ideas that were joined
    come with the one they go on under, with the moment of the last consent. Ideas become invited;
    writes ProjectInvited. Gives the project's id. Raises Missing, Refused,
    Closed("wrong_state", "already_invited"), Invalid("consent_missing").
    """
    ideas = queries.ideas_for_update(list(idea_ids))
    if not ideas or len(ideas) != len(set(idea_ids)) or len({idea.cycle_id for idea in ideas}) != 1:
        raise Missing("no_such_idea")
    here = here_by_id(ideas[0].cycle_id, now=now)
    for idea in ideas:
        authorise(actor, Action.INVITE_PROJECT, town_id=here.town.id, status=here.status, thing=idea)
        if idea.author_ids != ideas[0].author_ids:
            raise Invalid("consent_missing", number=idea.number)
        why = unmet(here, idea, now)
        if why is not None:
            raise why
    project = _project_from(ideas[0], here, now)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Closed("already_invited") from error
    for idea in ideas:
        db.session.add(ProjectIdea(project_id=project.id, idea_id=idea.id))
        for merged_id, agreed_at in joined.merged_into(idea.id):
            db.session.add(ProjectIdea(project_id=project.id, idea_id=merged_id, consent_at=agreed_at))
        mark_invited(idea_id=idea.id, actor=actor, now=now)
    add_revision(project, _text_of(ideas[0]), [], [], number=1, by=None, now=now)
    note(
        events.ProjectInvited(number=number_of(project), idea_ids=[idea.id for idea in ideas]),
        project,
        actor,
        now,
    )
    if here.calendar is not None:
        until = here.calendar.closes(Phase.DEVELOPMENT) - timedelta(microseconds=1)
        day = day_words(until.astimezone(TBILISI).date())
        tell_authors(project, "project_invited", here=here, now=now, day=day)
    return project.id


@command
def invite_all(*, cycle_id: int, idea_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Make a project of each of these admitted ideas, all or none. Gives their number.

    Ideas that somebody invited meanwhile are left alone, as are the actor's own (another officer invites
    those), and those that lack what the rulebook asks (too few supporters). Raises as ``invite_project``.
    """
    wanted = set(idea_ids)
    ideas = [i for i in queries.ideas_for_update(queries.invitable_ideas(cycle_id)) if i.id in wanted]
    mine = [idea for idea in ideas if actor.account_id not in idea.author_ids and idea.state == "eligible"]
    here = here_by_id(cycle_id, now=now)
    mine = [idea for idea in mine if unmet(here, idea, now) is None]
    for idea in mine:
        invite_project(idea_ids=[idea.id], actor=actor, now=now)
    return len(mine)


def _project_from(idea: Idea, here: Here, now: datetime) -> Project:
    assert idea.number is not None
    project = Project(
        cycle_id=here.the_cycle.id,
        number=idea.number,
        state=ProjectState.INVITED.value,
        unit_id=idea.unit_id,
        category=idea.category,
        title=idea.title,
        author_label=idea.author_label,
        language=idea.language,
        search_text=search_fold(idea.title),
        created_at=now,
    )
    db.session.add(project)
    return project


def _text_of(idea: Idea) -> dict[str, Any]:
    given = {
        "title": idea.title,
        "problem": idea.problem,
        "what": idea.solution,
        "beneficiaries": idea.beneficiaries,
    }
    taken = {name: value[: text.FIELD_LIMITS[name]] for name, value in given.items()}
    return {**text.empty_fields(), **taken}
