"""What an author, or an operator for somebody, does: begin, write, attach, file, take back. One transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pb.appeals import events, queries
from pb.appeals.kinds import GROUNDS, IDEA, KINDS, Contested
from pb.appeals.models import TEXT_MAX, TEXT_MIN, Objection, ObjectionFile
from pb.appeals.numbers import number_words
from pb.appeals.terms import due_on, term_is_over
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.cycles import holds
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content
from pb.ideas.documents import Document
from pb.ideas.pictures import Prepared
from pb.messages.outbox import notify
from pb.policy import Action, Actor, authorise

MOST_FILES = 3
SLIP_LIMIT = 120


@dataclass(frozen=True)
class Attachment:
    """A file ready to be stored (a checked PDF or a photo made anew). ``kind``: "pdf" or "photo"."""

    kind: str
    name: str
    data: bytes

    @classmethod
    def of(cls, given: Document | Prepared, number: int) -> Attachment:
        """From what pb.ideas.documents or pb.ideas.pictures prepared."""
        if isinstance(given, Document):
            return cls("pdf", given.name, given.data)
        return cls("photo", f"photo-{number}.webp", given.large)


@command
def begin(
    *,
    cycle_id: int,
    thing: str,
    number: int,
    ground: str,
    points: Collection[str],
    actor: Actor,
    now: datetime,
    slip: str = "",
) -> int:
    """The first step: what is contested and why; gives the draft's id. Chosen again, the draft is changed.

    ``thing``: "idea" or "project", by its ``number``; ``points``: ids of what the decision rests on. ``slip``: where
    the signed paper is kept, when an operator does it for somebody. An objection that was filed already is given back
    as it is. Raises Missing, Refused, Closed("objection_too_late"), Problems on "ground", "points", "slip".
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    found = queries.contested(here, thing, number, now)
    if found is None:
        raise Missing("no_such_page")
    helping = actor.account_id not in found.author_ids
    authorise(actor, Action.ASSIST_OBJECTION if helping else Action.OBJECT, town_id=here.town.id, thing=found)
    row = queries.standing(found.kind, found.decision_id, lock=True)
    if row is not None and row.state != "draft":
        _require_party(row, here, actor)
        return row.id
    require_in_time(here, found, now)
    slip = content.clean_line(slip)[:SLIP_LIMIT] if helping else ""
    problems = []
    if ground not in GROUNDS:
        problems.append(Problem("choose_ground", "ground"))
    chosen = [point.id for point in found.points if point.id in points]
    if found.points and not chosen:
        problems.append(Problem("choose_points", "points"))
    if helping and not slip:
        problems.append(Problem("slip_needed", "slip"))
    if problems:
        raise Problems(problems)
    if row is None:
        row = Objection(
            cycle_id=cycle_id,
            kind=found.kind,
            thing_number=found.number,
            decision_id=found.decision_id,
            decided_first_at=found.at,
            state="draft",
            rests_on=[{"id": point.id, **point.words} for point in found.points],
            created_at=now,
            version=0,
        )
        setattr(row, "idea_id" if thing == IDEA else "project_id", found.thing_id)
        db.session.add(row)
    elif helping:
        _require_party(row, here, actor)
    row.ground, row.points, row.version = ground, chosen, row.version + 1
    if helping:
        row.helper_id, row.slip = actor.account_id, slip
    db.session.flush()
    return row.id


def require_in_time(here: Here, found: Contested, now: datetime) -> None:
    """Closed("objection_too_late") once the last day has passed."""
    if term_is_over(found.at, here.rules, now):
        raise Closed("objection_too_late", last_day=found.until)


def _require_party(row: Objection, here: Here, actor: Actor) -> None:
    authorise(actor, Action.OBJECT, town_id=here.town.id, thing=queries.case_of(row))


def _draft(objection_id: int, actor: Actor, now: datetime) -> tuple[Objection, Here]:
    cycle_id = _cycle_of(objection_id)
    here = here_by_id(cycle_id, now=now, lock=True)
    row = queries.locked(objection_id)
    _require_party(row, here, actor)
    if row.state != "draft":
        raise Closed("objection_filed")
    return row, here


def _cycle_of(objection_id: int) -> int:
    row = db.session.get(Objection, objection_id)
    if row is None:
        raise Missing("no_such_page")
    return row.cycle_id


@command
def save_text(
    *,
    objection_id: int,
    words: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    language: str = "ka",
) -> int:
    """Keep the text of a draft, complete or not; gives its version. The same text again changes nothing.

    ``version``: of the text that the writer saw. Raises Missing, Refused, Closed("objection_filed"),
    Invalid("too_long", "changed_meanwhile").
    """
    row, _here = _draft(objection_id, actor, now)
    words = content.clean_text(words)
    if words == row.words:
        return row.version
    if len(words) > TEXT_MAX:
        raise Invalid("too_long", field="words", limit=TEXT_MAX)
    if version is not None and version != row.version:
        raise Invalid("changed_meanwhile", field="words")
    row.words, row.version = words, row.version + 1
    row.language = content.language_of(words, language)
    return row.version


@command
def attach(*, objection_id: int, files: Collection[Attachment], actor: Actor, now: datetime) -> None:
    """Put files to a draft; one that is there already is not put twice. Invalid("too_many_files") beyond three, then
    none is stored. Raises Missing, Refused, Closed("objection_filed").
    """
    row, _here = _draft(objection_id, actor, now)
    known = {one.fingerprint for one in queries.files_of(row.id)}
    fresh = {hashlib.sha256(one.data).hexdigest(): one for one in files}
    fresh = {key: one for key, one in fresh.items() if key not in known}
    if len(known) + len(fresh) > MOST_FILES:
        raise Invalid("too_many_files", field="files", limit=MOST_FILES)
    for fingerprint, one in fresh.items():
        db.session.add(
            ObjectionFile(
                objection_id=row.id, kind=one.kind, name=one.name, data=one.data, size=len(one.data),
                fingerprint=fingerprint, added_at=now,
            )
        )  # fmt: skip


@command
def detach(*, objection_id: int, file_id: int, actor: Actor, now: datetime) -> None:
    """Take a file away from a draft; nothing happens when it is gone already."""
    row, _here = _draft(objection_id, actor, now)
    file = queries.file_row(row.id, file_id)
    if file is not None:
        db.session.delete(file)


@command
def file_objection(*, objection_id: int, actor: Actor, now: datetime) -> Objection:
    """File the draft: it gets its number and the day until which it is decided, and the next phase waits for it.

    Twice is one act. The decision must still stand and its term run. Tells the authors. Writes ObjectionFiled. Raises
    Missing, Refused, Closed("objection_too_late", "decision_stands_no_more"), Invalid("text_too_short").
    """
    here = here_by_id(_cycle_of(objection_id), now=now, lock=True)
    row = queries.locked(objection_id)
    _require_party(row, here, actor)
    if row.state != "draft":
        return row
    thing = KINDS[row.kind].thing
    found = queries.contested(here, thing, row.thing_number, now)
    if found is None or (found.kind, found.decision_id) != (row.kind, row.decision_id):
        raise Closed("decision_stands_no_more")
    require_in_time(here, found, now)
    if len(row.words) < TEXT_MIN:
        raise Invalid("text_too_short", field="words", limit=TEXT_MIN)
    row.number = queries.next_number(row.cycle_id)
    row.state, row.filed_at, row.filed_by, row.due = "filed", now, actor.account_id, due_on(now)
    db.session.flush()
    holds.hold(here=here, thing="objection", thing_id=row.id, now=now)
    note(events.filed(thing, number_words(here, row), row.kind), here, row, actor, now)
    tell("objection_filed", row, here, now, day=row.due)
    return row


@command
def withdraw(*, objection_id: int, actor: Actor, now: datetime) -> None:
    """Take an objection back: a draft goes with its files, one that was filed stays on record and nothing waits for it
    any more. Twice is one act. Writes ObjectionWithdrawn. Raises Missing, Refused, Closed("objection_decided").
    """
    here = here_by_id(_cycle_of(objection_id), now=now, lock=True)
    row = queries.locked(objection_id)
    _require_party(row, here, actor)
    if row.state == "withdrawn":
        return
    if row.state == "decided":
        raise Closed("objection_decided")
    if row.state == "draft":
        db.session.delete(row)
        return
    row.state, row.withdrawn_at = "withdrawn", now
    db.session.flush()
    holds.release(thing="objection", thing_id=row.id, now=now)
    note(events.withdrawn(KINDS[row.kind].thing, number_words(here, row)), here, row, actor, now)


def note(act: events.ObjectionAct, here: Here, row: Objection, actor: Actor, now: datetime) -> None:
    """Add the event to the log, on the thing."""
    record(act, subject_id=row.thing_id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id)


def tell(kind: str, row: Objection, here: Here, now: datetime, **params: object) -> None:
    """A message to the authors of the thing, with the way to the objection."""
    authors = KINDS[row.kind].authors(row.thing_id)
    given = {"number": number_words(here, row), **params}
    notify(kind, authors, given, here=here, now=now, page=f"objections/{row.number}")
