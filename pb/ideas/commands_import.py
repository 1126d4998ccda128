"""Taking over ideas that came on paper from a spreadsheet: checked first, imported after a second confirmation."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.audit.log import record
from pb.core.errors import Closed, DomainError, Invalid, Problem
from pb.core.georgian import search_fold
from pb.core.workflow import IdeaState
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content, events, records
from pb.ideas.commands import handed_in
from pb.ideas.import_table import Line, read_lines
from pb.ideas.lookalikes import Candidate, resembling
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_attached import IdeaHelp
from pb.ideas.models_import import IdeaImport
from pb.places.queries import units_of
from pb.policy import Action, Actor, authorise

CHANNEL = "paper"
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Checked:
    """A row with all that speaks against it. ``alike``: numbers of ideas that look alike, which blocks nothing."""

    line: Line
    problems: tuple[Problem, ...]
    alike: tuple[str, ...]


def check_lines(lines: list[Line], here: Here) -> list[Checked]:
    """The rows against each other and against the ideas of the contest.

    The same person with the same title is a duplicate, in the file or in the contest, and is not imported.
    """
    rows = db.session.execute(
        select(Idea.number, Idea.title, Idea.unit_id, Idea.category, IdeaAuthor.person_hash)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .where(Idea.cycle_id == here.the_cycle.id, Idea.number.is_not(None))
        .order_by(Idea.number, IdeaAuthor.id)
    ).all()
    known = {(row.person_hash, search_fold(row.title)): _number(here, row.number) for row in rows}
    room: dict[str, int] = {}
    seen: dict[tuple[str, str], int] = {}
    checked = []
    for line in lines:
        who, problems = _person_hash(line), list(line.problems)
        key = (who, search_fold(line.fields["title"]))
        if not problems and key in known:
            problems.append(Problem("handed_in_already", "title", {"number": known[key]}))
        elif not problems and key in seen:
            problems.append(Problem("twice_in_table", "title", {"row": seen[key]}))
        if not problems:
            if who not in room:
                taken = records.counted_ideas(here.the_cycle.id, None, who)
                room[who] = here.rules.max_ideas_per_author - taken
            if room[who] <= 0:
                problems.append(Problem("idea_limit", "surname", {"limit": here.rules.max_ideas_per_author}))
            else:
                room[who] -= 1
        seen.setdefault(key, line.number)
        title = line.fields["title"]
        candidates = (
            Candidate(
                row.number, row.title, search_fold(row.title), row.unit_id == line.fields["unit_id"],
                row.category == line.fields["category"],
            )
            for row in rows
        )  # fmt: skip
        alike = resembling(title, title, candidates) if not problems else ()
        checked.append(
            Checked(line, tuple(problems), tuple(dict.fromkeys(_number(here, c.number) for c in alike)))
        )
    return checked


def _number(here: Here, number: int) -> str:
    return content.public_number(here.town.number_prefix, here.the_cycle.year, number)


def _person_hash(line: Line) -> str:
    return keyed_hash("author", f"{search_fold(line.person.full_name)} {line.person.unit_id}")


@command
def keep_import(*, cycle_id: int, raw: bytes, actor: Actor, now: datetime) -> int:
    """Keep a file that can be read, sealed, for a day; gives its id. No idea is made.

    Writes IdeaTableChecked. Raises Refused, Closed("wrong_phase" | "channel_not_open"), Invalid on ``file``.
    """
    here = _here(cycle_id, actor, now)
    lines = read_lines(raw, here, units_of(here.town.id))
    row = IdeaImport(
        cycle_id=cycle_id, file_sealed=seal(base64.b64encode(raw).decode()),
        fingerprint=hashlib.sha256(raw).hexdigest(), by=actor.account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _note(events.IdeaTableChecked(len(lines)), row, here, actor, now)
    return row.id


def _here(cycle_id: int, actor: Actor, now: datetime) -> Here:
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.IMPORT_IDEAS, town_id=here.town.id, status=here.status)
    if CHANNEL not in here.rules.channels:
        raise Closed("channel_not_open", channel=CHANNEL)
    return here


def report(row: IdeaImport, here: Here) -> list[Checked]:
    """What an import would do now, row by row; empty when the file is erased."""
    if row.file_sealed is None:
        return []
    raw = base64.b64decode(unseal(row.file_sealed))
    return check_lines(read_lines(raw, here, units_of(here.town.id)), here)


@command
def run_import(*, import_id: int, count: int | None, actor: Actor, now: datetime) -> int:
    """Hand in every row that has no fault, as on paper with its signed slip; gives how many. The file is erased.

    ``count``: as typed by whoever confirms. Authors have no account: nobody is written to. Writes IdeaHandedIn and
    HelpGiven for each, IdeasImported once. Raises Refused, Closed("table_over" | "wrong_phase"), Invalid on
    ``count``: nothing_to_import, other_rows.
    """
    cycle_id = _locked(import_id).cycle_id
    here = _here(cycle_id, actor, now)
    row = _locked(import_id)
    if row.state != "checked" or row.file_sealed is None:
        raise Closed("table_over")
    good = [checked for checked in report(row, here) if not checked.problems]
    if not good:
        raise Invalid("nothing_to_import", field="count")
    if count != len(good):
        raise Invalid("other_rows", field="count", count=len(good))
    for checked in good:
        _hand_in(checked.line, here, actor, now)
    row.state, row.file_sealed, row.imported = "done", None, len(good)
    _note(events.IdeasImported(len(good)), row, here, actor, now)
    return len(good)


def _hand_in(line: Line, here: Here, actor: Actor, now: datetime) -> None:
    idea = Idea(
        cycle_id=here.the_cycle.id, state=IdeaState.DRAFT.value, notes={}, created_at=now, version=0,
        channel=CHANNEL, author_label=line.person.label, **{**line.fields, "groups": ""},
    )  # fmt: skip
    author = IdeaAuthor()
    records.store_person(author, line.person)
    idea.authors.append(author)
    idea.help = IdeaHelp(operator_id=actor.account_id, begun_at=now, consent="signed_slip", slip=line.slip)
    records.store_derived(idea, "ka", now)
    db.session.add(idea)
    db.session.flush()
    try:
        done = handed_in(idea, here, consent=True, actor=actor, now=now)
    except DomainError as error:  # checked a moment ago, under the same lock
        raise Invalid("other_rows", field="count", count=0) from error
    act = events.HelpGiven(records.number_of(here, done), CHANNEL, "signed_slip")
    record(act, subject_id=idea.id, by=actor, at=now, town_id=here.town.id, cycle_id=idea.cycle_id)


@command
def drop_import(*, import_id: int, actor: Actor, now: datetime) -> None:
    """Erase the file unused. Raises Refused, Closed("table_over")."""
    row = _locked(import_id)
    here = here_by_id(row.cycle_id, now=now)
    authorise(actor, Action.IMPORT_IDEAS, town_id=here.town.id, status=here.status)
    if row.state != "checked":
        raise Closed("table_over")
    row.state, row.file_sealed = "dropped", None
    _note(events.IdeaTableDropped(), row, here, actor, now)


def erase_due(*, now: datetime) -> int:
    """Erase files that nobody imported within a day (the worker); gives how many."""
    due = (IdeaImport.state == "checked", IdeaImport.at <= now - KEPT)
    if db.session.scalars(select(IdeaImport.id).where(*due).limit(1)).first() is None:
        return 0
    return _erase(now=now)


@command
def _erase(*, now: datetime) -> int:
    rows = db.session.scalars(
        select(IdeaImport)
        .where(IdeaImport.state == "checked", IdeaImport.at <= now - KEPT)
        .order_by(IdeaImport.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.state, row.file_sealed = "dropped", None
    return len(rows)


def _locked(import_id: int) -> IdeaImport:
    return db.session.execute(
        select(IdeaImport)
        .where(IdeaImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _note(act: events.ImportAct, row: IdeaImport, here: Here, actor: Actor, now: datetime) -> None:
    record(act, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id)
