"""Acts on a cycle that nobody has read yet: calling it otherwise, moving it to another year, discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pb.audit.log import record
from pb.core.errors import Closed, Invalid
from pb.cycles import events, queries
from pb.cycles.commands import FIRST_YEAR, LAST_YEAR
from pb.cycles.models import CalendarVersion, Cycle, RulebookVersion
from pb.cycles.queries import Here
from pb.cycles.starting import moved
from pb.cycles.versions import add_calendar
from pb.db import command, db
from pb.policy import Action, Actor, authorise

NAME_LIMIT = 80
DRAFTS = (RulebookVersion.__table__, CalendarVersion.__table__)


@command
def rename_cycle(*, cycle_id: int, name: Mapping[str, str], year: int, actor: Actor, now: datetime) -> None:
    """Change the name ("ka" and "en") and the year of an unpublished cycle; its dates move with the year.

    The same again changes nothing. Writes CycleRenamed (and CalendarSaved). Raises Refused,
    Closed("already_published"), Invalid("required" | "too_long" on name_ka, name_en; "bad_year" |
    "year_taken" on year).
    """
    here = _draft(cycle_id, actor, now)
    cycle = here.the_cycle
    words = {lang: " ".join(name.get(lang, "").split()) for lang in ("ka", "en")}
    for lang, text in words.items():
        if not text:
            raise Invalid("required", field=f"name_{lang}")
        if len(text) > NAME_LIMIT:
            raise Invalid("too_long", field=f"name_{lang}", limit=NAME_LIMIT)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("bad_year", field="year", low=FIRST_YEAR, high=LAST_YEAR)
    former = cycle.year
    if (dict(cycle.name), former) == (words, year):
        return
    if year != former and queries.cycle_of(here.town.id, year) is not None:
        raise Invalid("year_taken", field="year", year=year)
    cycle.name, cycle.year = words, year
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid("year_taken", field="year", year=year) from error
    if year != former and here.calendar is not None:
        add_calendar(cycle, moved(here.calendar, year - former), "", actor, now)
    _record(events.CycleRenamed(year, former), cycle, actor, now)


@command
def discard_cycle(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """Discard an unpublished cycle: it is found nowhere any more and its year is free.

    Its drafts of rules and dates stay in the database, which never deletes a version that the log names; the
    row gives its year up for a negative one that no address has. Writes CycleDiscarded. Raises Refused,
    Closed("already_published" | "cycle_in_use", when more than its drafts hangs on it, such as a voter roll).
    """
    cycle = _draft(cycle_id, actor, now).the_cycle
    if _in_use(cycle.id):
        raise Closed("cycle_in_use")
    year, cycle.year, cycle.archived_at = cycle.year, -cycle.id, now
    _record(events.CycleDiscarded(year), cycle, actor, now)


def _draft(cycle_id: int, actor: Actor, now: datetime) -> Here:
    here = queries.here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.EDIT_CYCLE, town_id=here.town.id)
    if here.the_cycle.published_at is not None or here.the_cycle.year < 0:
        raise Closed("already_published")
    return here


def _in_use(cycle_id: int) -> bool:
    """Whether a row of any table, but for the cycle's drafts, points to the cycle."""
    for table in db.metadata.sorted_tables:
        if table in DRAFTS:
            continue
        for column in table.columns:
            points = any(key.column.table is Cycle.__table__ for key in column.foreign_keys)
            if points and db.session.scalar(select(column).where(column == cycle_id).limit(1)) is not None:
                return True
    return False


def _record(
    act: events.CycleRenamed | events.CycleDiscarded, cycle: Cycle, actor: Actor, now: datetime
) -> None:
    record(act, subject_id=cycle.id, by=actor, at=now, town_id=cycle.town_id, cycle_id=cycle.id)
