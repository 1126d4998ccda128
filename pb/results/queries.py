"""Reading counts and results: what is published at a moment, and what staff may see before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from pb.audit.models import Event
from pb.core.workflow import ProjectState
from pb.cycles.models import Cycle
from pb.cycles.queries import Here
from pb.db import db
from pb.ideas.content import public_number
from pb.projects.models import Project
from pb.results.models import CountComparison, CountOrder, CountResult, ResultPublished
from pb.results.outcome import Outcome, Record, parse_outcome
from pb.voting.paper import invalid_total
from pb.voting.queries import Turnout, turnout
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import round_of

#: States that only a published result gives.
AFTER_RESULT = frozenset(
    {ProjectState.SELECTED, ProjectState.NOT_SELECTED, ProjectState.IMPLEMENTING, ProjectState.DONE}
)
WON = (ProjectState.SELECTED, ProjectState.IMPLEMENTING, ProjectState.DONE)


@dataclass(frozen=True)
class Published:
    """A published result. Without a vote there is no count and no outcome."""

    at: datetime
    count: CountResult | None
    outcome: Outcome | None


def published_row(cycle_id: int) -> ResultPublished | None:
    """The publication, whenever it happened (for commands)."""
    return db.session.get(ResultPublished, cycle_id)


def is_published(cycle_id: int, now: datetime) -> bool:
    """Whether the result is public at ``now``."""
    row = published_row(cycle_id)
    return row is not None and row.published_at <= now


def published(cycle_id: int, now: datetime) -> Published | None:
    """What is public at ``now``; None before (also when the rehearsal clock was turned back before it)."""
    row = published_row(cycle_id)
    if row is None or row.published_at > now:
        return None
    if row.result_id is None:
        return Published(row.published_at, None, None)
    count = db.session.get_one(CountResult, row.result_id)
    return Published(row.published_at, count, outcome_of(count))


def outcome_of(count: CountResult) -> Outcome:
    """The stored document, parsed (once per process)."""
    return parse_outcome(count.document)


def latest_count(cycle_id: int, now: datetime) -> CountResult | None:
    """The newest count made up to ``now``, published or not: for those who may see it before."""
    return db.session.scalars(
        select(CountResult)
        .where(CountResult.cycle_id == cycle_id, CountResult.counted_at <= now)
        .order_by(CountResult.counted_at.desc(), CountResult.id.desc())
        .limit(1)
    ).first()


def count_by_fingerprint(cycle_id: int, fingerprint: str) -> CountResult | None:
    """The count of the cycle whose document has this SHA-256."""
    return db.session.execute(
        select(CountResult).where(CountResult.cycle_id == cycle_id, CountResult.fingerprint == fingerprint)
    ).scalar_one_or_none()


def count_of_file(cycle_id: int, inputs_fingerprint: str) -> CountResult | None:
    """A count of these very bytes."""
    return db.session.scalars(
        select(CountResult)
        .where(CountResult.cycle_id == cycle_id, CountResult.inputs_fingerprint == inputs_fingerprint)
        .order_by(CountResult.id)
        .limit(1)
    ).first()


def texts_of(count_id: int) -> tuple[str, str]:
    """Profile and document of a count."""
    row = db.session.execute(
        select(CountResult)
        .where(CountResult.id == count_id)
        .options(undefer(CountResult.profile), undefer(CountResult.document))
        .execution_options(populate_existing=True)
    ).scalar_one()
    return row.profile, row.document


def last_order(cycle_id: int) -> CountOrder | None:
    """The newest order to count the cycle's box."""
    return db.session.scalars(
        select(CountOrder).where(CountOrder.cycle_id == cycle_id).order_by(CountOrder.id.desc()).limit(1)
    ).first()


def order_due(now: datetime) -> int | None:
    """The id of the oldest order that is not finished."""
    return db.session.scalars(
        select(CountOrder.id)
        .where(CountOrder.finished_at.is_(None), CountOrder.asked_at <= now)
        .order_by(CountOrder.id)
        .limit(1)
    ).first()


def order_by_id(order_id: int, *, lock: bool = False) -> CountOrder:
    """An order (jobs); ``lock``: for update."""
    return db.session.get_one(CountOrder, order_id, with_for_update=lock, populate_existing=lock)


def result_without_comparison(but: Collection[int]) -> int | None:
    """The oldest count beside which no comparison stands; none of ``but``."""
    return db.session.scalars(
        select(CountResult.id)
        .outerjoin(CountComparison, CountComparison.result_id == CountResult.id)
        .where(CountComparison.result_id.is_(None), CountResult.id.not_in(but))
        .order_by(CountResult.id)
        .limit(1)
    ).first()


def comparison_text(result_id: int) -> str | None:
    """The comparison that stands beside a count; None until the worker has made it."""
    return db.session.scalar(select(CountComparison.document).where(CountComparison.result_id == result_id))


def ballots_size(count_id: int) -> int:
    """Characters of the stored profile: about the size of the file, without loading it."""
    return db.session.scalar(select(func.length(CountResult.profile)).where(CountResult.id == count_id)) or 0


def year_of_cycle(cycle_id: int) -> int:
    """The year in the cycle's address."""
    return db.session.get_one(Cycle, cycle_id).year


def code_of(here: Here, project: Project) -> str:
    """The project's id in the files of the count: that of the file it came from, or its public number."""
    return project.foreign_id or public_number(here.town.number_prefix, here.the_cycle.year, project.number)


def projects_of(cycle_id: int) -> list[Project]:
    """All projects of the cycle but withdrawn ones, with their units, by number."""
    return list(
        db.session.scalars(
            select(Project)
            .where(Project.cycle_id == cycle_id, Project.state != ProjectState.WITHDRAWN.value)
            .options(joinedload(Project.unit))
            .order_by(Project.number)
        )
    )


def projects_by_code(here: Here) -> dict[str, Project]:
    """The cycle's projects by their ids in the files of the count."""
    return {code_of(here, project): project for project in projects_of(here.the_cycle.id)}


def outcome_of_project(here: Here, project: Project, now: datetime) -> tuple[Outcome, Record] | None:
    """What the published count says of a project, or None: not published, not counted, not on the ballot."""
    found = published(here.the_cycle.id, now)
    if found is None or found.outcome is None:
        return None
    record = found.outcome.records.get(code_of(here, project))
    return None if record is None else (found.outcome, record)


def published_comparison(cycle_id: int, now: datetime) -> str | None:
    """What stands beside the published count."""
    found = published(cycle_id, now)
    return comparison_text(found.count.id) if found and found.count else None


@dataclass(frozen=True)
class Participation:
    """``valid`` ballots were counted, ``invalid`` were not (sheets of paper among them). ``turnout``: against the
    roll, where there is one.
    """

    valid: int
    invalid: int
    turnout: Turnout | None


def participation(here: Here, outcome: Outcome) -> Participation:
    """How many took part in a vote whose result is published."""
    cycle_id = here.the_cycle.id
    invalid = db.session.scalars(
        select(Event.data)
        .where(Event.cycle_id == cycle_id, Event.kind == "BoxOpened")
        .order_by(Event.id.desc())
    ).first()
    roll, row = roll_in_force(cycle_id), round_of(cycle_id)
    return Participation(
        valid=outcome.voters,
        invalid=(int(invalid.get("invalid", 0)) if invalid else 0) + (invalid_total(row.id) if row else 0),
        turnout=turnout(cycle_id, roll.unit_sizes) if roll else None,
    )


def box_is_open(cycle_id: int, now: datetime) -> bool:
    """Whether the ballots were opened by ``now``, so that they can be counted."""
    row = round_of(cycle_id)
    return row is not None and row.opened_at is not None and row.opened_at <= now
