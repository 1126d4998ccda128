"""Bringing a finished election in from a Pabulib file: one act that makes a whole cycle in the past."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from pb.audit.log import record
from pb.core.ballots import ballot_bytes, commitment
from pb.core.canonical import canonical_json
from pb.core.counting.pabulib import PabulibFile, read
from pb.core.errors import Closed, Invalid
from pb.core.georgian import search_fold
from pb.core.phases import Gate
from pb.core.rulebook import CountingRules
from pb.core.workflow import ProjectState
from pb.cycles import commands as cycle_commands
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, cycle_of, here_by_id
from pb.db import command, db
from pb.places.queries import units_of
from pb.policy import Action, Actor, authorise
from pb.projects.models import Project
from pb.projects.records import add_revision
from pb.results import counting, events, importing, queries, records
from pb.voting.models import OpenedBallot, VotingRound
from pb.voting.rounds import OnBallot

BATCH = 2_000
Progress = Callable[[int, int], None]  # ballots kept so far, of how many
PAST_GATES = (Gate.ROLL_APPROVED, Gate.BALLOT_LOCKED, Gate.TRIAL_OPENED)


@dataclass(frozen=True)
class FinishedProject:
    """What a file cannot say of a project; ``id`` is the one of the file. Empty values leave the file's.

    ``unit``: slug of a unit of the town. ``fields``: the text {title, problem, what, beneficiaries, upkeep}.
    """

    id: str
    title: str = ""
    unit: str = ""
    category: str = ""
    author_label: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Imported:
    """``new`` is False when this very file was brought in before. ``ballots_kept``: opened ballots stored."""

    cycle_id: int
    result_id: int
    new: bool
    ballots_kept: int = 0


@command
def import_finished(
    *,
    town_id: int,
    year: int | None = None,
    name: Mapping[str, str] | None = None,
    projects: Sequence[FinishedProject] = (),
    pabulib_text: str | bytes,
    rule: str | None = None,
    published_at: datetime | None = None,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Imported:
    """Make a finished, counted and published cycle of an existing town out of a Pabulib file.

    ``year``: default META's ``instance``. ``rule``: count by this rule of ours instead of the file's. Stores
    cycle, rulebook, calendar, projects, a closed round, its opened ballots (approvals only; other kinds
    stand in the stored file alone), count and publication, dated in the past; ElectionImported and the
    events of a new cycle are dated ``now``. The same file again changes nothing. Raises Refused,
    Invalid("year_taken", and everything that is wrong with the file), Closed("election_not_over").
    """
    authorise(actor, Action.CREATE_CYCLE, town_id=town_id)
    data = pabulib_text.encode() if isinstance(pabulib_text, str) else bytes(pabulib_text)
    opened = read(data)
    year = importing.year_of(opened.profile, year)
    former = cycle_of(town_id, year)
    if former is not None:
        known = queries.count_of_file(former.id, hashlib.sha256(data).hexdigest())
        if known is None:
            raise Invalid("year_taken", field="year", year=year)
        return Imported(former.id, known.id, new=False)
    rules = importing.counting_of(opened.profile, rule)
    counted = counting.count_bytes(data, rules)
    here, when = _cycle(town_id, year, name, opened, rules, published_at, actor, now)
    rows = _projects(here, opened, counted, projects, when)
    row, kept = _round(here, opened, counted.inputs_fingerprint, rows, when, progress)
    for gate in PAST_GATES:
        pass_gate(cycle_id=row.cycle_id, gate=gate, actor=actor, now=when["prepared"])
    result = records.store(here, data, counted, actor, now, counted_at=when["opened"])
    records.publish(here, result.id, actor, when["published"])
    pass_gate(cycle_id=row.cycle_id, gate=Gate.RESULT_PUBLISHED, actor=actor, now=when["published"])
    event = events.ElectionImported(
        projects=len(rows),
        ballots=counted.result.voters,
        winners=len(counted.result.winners),
        rule=counted.result.rule,
        inputs_fingerprint=counted.inputs_fingerprint,
        fingerprint=counted.fingerprint,
    )
    record(event, subject_id=row.cycle_id, by=actor, at=now, town_id=town_id, cycle_id=row.cycle_id)
    return Imported(row.cycle_id, result.id, new=True, ballots_kept=kept)


def _cycle(
    town_id: int,
    year: int,
    name: Mapping[str, str] | None,
    opened: PabulibFile,
    rules: CountingRules,
    published_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> tuple[Here, dict[str, datetime]]:
    profile = opened.profile
    for project in profile.projects:
        importing.money_of(profile, project.cost)
    slugs = [unit.slug for unit in units_of(town_id)]
    calendar = importing.calendar_of(profile, year)
    when = importing.moments(calendar, published_at)
    if when["published"] > now:
        raise Closed("election_not_over", at=when["published"])
    cycle_id = cycle_commands.create_cycle(
        town_id=town_id,
        year=year,
        name=name or _name(profile.meta, year),
        rulebook=importing.rulebook_of(profile, rules, slugs, "–"),
        calendar=calendar,
        actor=actor,
        now=now,
    )
    here = here_by_id(cycle_id, now=now, lock=True)
    here.the_cycle.published_at = when["cycle"]
    db.session.flush()
    return here, when


def _name(meta: Mapping[str, str], year: int) -> dict[str, str] | None:
    places = dict.fromkeys(meta.get(key, "").strip() for key in ("unit", "district", "subunit"))
    place = ", ".join(filter(None, places))
    return {"ka": f"{place} {year}", "en": f"{place} {year}"} if place else None


def _projects(
    here: Here,
    opened: PabulibFile,
    counted: counting.Counted,
    given: Sequence[FinishedProject],
    when: Mapping[str, datetime],
) -> list[Project]:
    profile = opened.profile
    if len(profile.projects) > importing.MAX_PROJECTS:
        found = str(len(profile.projects))
        raise Invalid("too_many_projects", expected=f"at most {importing.MAX_PROJECTS} projects", found=found)
    units = {unit.slug: unit.id for unit in units_of(here.town.id)}
    details = {project.id: project for project in given}
    winners = set(counted.result.winners)
    language = profile.meta.get("language", "").strip()
    rows = []
    for position, listed in enumerate(profile.projects, start=1):
        more = details.get(listed.id, FinishedProject(listed.id))
        title = more.title or listed.name or listed.id
        row = Project(
            cycle_id=here.the_cycle.id,
            number=more.number or position,
            foreign_id=listed.id,
            state=(ProjectState.SELECTED if listed.id in winners else ProjectState.NOT_SELECTED).value,
            unit_id=units.get(more.unit or listed.unit),
            category=more.category if here.category(more.category) else "",
            title=title,
            cost_tetri=importing.money_of(profile, listed.cost),
            author_label=more.author_label,
            language=(more.language or language or importing.language_of(title))[:8],
            search_text=search_fold(" ".join([title, *more.fields.values()])),
            handed_in_at=when["prepared"],
            frozen_at=when["prepared"],
            created_at=when["cycle"],
        )
        db.session.add(row)
        rows.append((row, more))
    db.session.flush()
    for row, more in rows:
        if more.fields:
            _keep_text(row, more, when["prepared"])
    db.session.flush()
    return [row for row, _ in rows]


def _keep_text(row: Project, more: FinishedProject, at: datetime) -> None:
    """The text of a project of a former year, as the revision that was handed in."""
    fields = dict.fromkeys(("title", "problem", "what", "beneficiaries", "upkeep"), "") | {"title": row.title}
    line = {
        "what": row.title, "unit": "", "quantity_milli": 1000, "price_tetri": row.cost_tetri,
        "sum_tetri": row.cost_tetri,
    }  # fmt: skip
    revision = add_revision(row, {**fields, **more.fields}, [], [line], number=1, by=None, now=at)
    row.handed_in_revision = revision


def _round(
    here: Here,
    opened: PabulibFile,
    fingerprint: str,
    rows: Sequence[Project],
    when: Mapping[str, datetime],
    progress: Progress | None,
) -> tuple[VotingRound, int]:
    units = {unit.id: unit.slug for unit in units_of(here.town.id)}
    listed = [
        asdict(
            OnBallot(
                id=row.foreign_id,
                code=row.foreign_id,
                title=row.title,
                cost_tetri=row.cost_tetri,
                unit=units.get(row.unit_id or 0, ""),
                lang=row.language,
            )
        )
        for row in rows
    ]
    frozen: dict[str, Any] = {"projects": listed, "custodians": []}
    row = VotingRound(
        cycle_id=here.the_cycle.id,
        label=f"{here.town.slug}-{here.the_cycle.year}",
        projects=listed,
        custodians=[],
        fingerprint=hashlib.sha256(canonical_json(frozen)).hexdigest(),
        prepared_at=when["prepared"],
        trial_opened_at=when["prepared"],
        closed_at=when["opened"],
        opened_at=when["opened"],
    )
    db.session.add(row)
    db.session.flush()
    kept = _keep_ballots(row, opened, fingerprint, progress) if importing.approvals(opened.profile) else 0
    return row, kept


def _keep_ballots(row: VotingRound, opened: PabulibFile, fingerprint: str, progress: Progress | None) -> int:
    """Store each ballot as if it had been opened here; the random bytes follow from the file and the place
    in it.

    Where a ballot is longer than ours can be, none is stored: the file holds them all in any case.
    """
    try:
        ballots = list(_ballots(row, opened, fingerprint))
    except Invalid as error:
        if error.code != "ballot_too_long":
            raise
        return 0
    for start in range(0, len(ballots), BATCH):
        db.session.execute(insert(OpenedBallot), ballots[start : start + BATCH])
        if progress is not None:
            progress(min(start + BATCH, len(ballots)), len(ballots))
    return len(ballots)


def _ballots(row: VotingRound, opened: PabulibFile, fingerprint: str) -> Iterable[dict[str, Any]]:
    votes = opened.document.sections["VOTES"]
    chosen, place = votes.require("vote"), votes.column("unit")
    for position, cells in enumerate(votes.rows, start=1):
        choices = sorted({name.strip() for name in cells[chosen].split(",")} - {""})
        unit = cells[place].strip() if place is not None else ""
        random32 = hashlib.sha256(f"pb-import-v1|{fingerprint}|{position}".encode()).digest()
        content = ballot_bytes(row.label, unit or None, choices, random32)
        yield {
            "round_id": row.id, "position": position, "commitment": commitment(content).hex(),
            "ballot": content, "choices": choices, "unit_slug": unit, "fault": "",
        }  # fmt: skip
