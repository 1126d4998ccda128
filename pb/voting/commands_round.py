"""Acts on the round before the vote: freezing the ballot with its keys, and the trial opening."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.audit.log import record
from pb.config import Settings
from pb.core.ballots import ballot_bytes, commitment
from pb.core.canonical import canonical_json
from pb.core.errors import Closed, Invalid, Refused
from pb.core.phases import Gate
from pb.core.workflow import ProjectState
from pb.cycles.gates import pass_gate
from pb.cycles.models import PassedGate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.models import Project
from pb.voting import boxfiles, link_key
from pb.voting.custodians import frozen_custodians, keys_by_ourselves
from pb.voting.events import RoundPrepared, TrialOpened
from pb.voting.gatekeeping import refuse_broken
from pb.voting.models import VotingRound
from pb.voting.posting import catch_up
from pb.voting.rounds import OnBallot, round_of, the_round
from pb.voting.sealing import PAIRS, open_ballot
from pb.voting.trial import make_trial_ballots, note_opened, trial_ballots

SUMMARY = 150  # characters of a project's description on the ballot: the same room for each


@command
def prepare_round(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Freeze what is on the ballot and the custodians' public keys; give the round's id.

    May be done again as long as no trial was opened; a ballot for the trial is sealed for each pair each time.
    Writes RoundPrepared (public). Raises Refused("custodians_few" | "keys_missing" | "keys_dir_missing"),
    Closed("ballot_not_locked" | "nothing_on_ballot" | "no_voting" | "wrong_phase").
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.OPEN_TRIAL, town_id=here.town.id, status=here.status)
    row = round_of(cycle_id, lock=True)
    if row is not None and row.trial_opened_at is not None:
        return row.id
    if not here.rules.votes_held:
        raise Closed("no_voting")
    if not _is_locked(cycle_id):
        raise Closed("ballot_not_locked")
    projects = ballot_of(here)
    if not projects:
        raise Closed("nothing_on_ballot")
    label = f"{here.town.slug}-{here.the_cycle.year}"
    _longest_fits(here, label, projects)
    frozen = {
        "projects": [asdict(p) for p in projects],
        "custodians": frozen_custodians(_settings(), cycle_id, label),
    }
    fingerprint = hashlib.sha256(canonical_json(frozen)).hexdigest()
    if row is None:
        row = VotingRound(cycle_id=cycle_id, label=label, link_key_name=link_key.make())
        db.session.add(row)
    row.projects, row.custodians = frozen["projects"], frozen["custodians"]
    row.fingerprint, row.prepared_at = fingerprint, now
    db.session.flush()
    make_trial_ballots(row)
    catch_up(row, now)
    record(
        RoundPrepared(len(projects), fingerprint),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return row.id


@command
def import_trial(*, cycle_id: int, source: IO[bytes], actor: Actor, now: datetime) -> str:
    """Take in what a pair of custodians opened away from here; gives the pair ("1-2").

    The third pair passes TRIAL_OPENED and writes TrialOpened (public). Raises Missing("no_round"), Closed
    ("trial_done" | "ballot_changed" | "custodians_changed" | "wrong_phase"), Refused("keys_missing"), Invalid on
    ``file``: bad_box_file, trial_failed, trial_other_ballot.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.OPEN_TRIAL, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.trial_opened_at is not None:
        raise Closed("trial_done")
    opened = boxfiles.read(source, boxfiles.OPENED)
    if (opened.what, opened.round_label) != ("trial", row.label):
        raise Invalid("trial_other_ballot", field="file")
    pair = note_opened(row, opened, now)
    _pass_when_all(here, row, actor, now)
    return pair


@command
def open_trial(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """Where a demonstration made the keys by itself: open the trial ballot of each pair; passes TRIAL_OPENED.

    Writes TrialOpened (public). Does nothing when it was done. Raises Missing("no_round"), Closed
    ("ballot_changed" | "custodians_changed"), Refused("trial_failed"), Refused("custodians_missing") where people
    have the keys.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.OPEN_TRIAL, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.trial_opened_at is not None:
        return
    private = keys_by_ourselves(_settings(), row.label, row.custodians)
    for pair, ballot in zip(PAIRS, trial_ballots(row.id), strict=True):
        content = open_ballot(ballot.sealed, pair, (private[pair[0]], private[pair[1]]), row.label)
        if commitment(content).hex() != ballot.commitment:
            raise Refused("trial_failed")
        ballot.opened_at = now
    db.session.flush()
    _pass_when_all(here, row, actor, now)


def _pass_when_all(here: Here, row: VotingRound, actor: Actor, now: datetime) -> None:
    """After the third pair: the gate. Before it, what is frozen must still be what the commission decided, and the keys
    those of the custodians who are appointed now: whoever was replaced since must not open anything.
    """
    if [asdict(p) for p in ballot_of(here)] != row.projects:
        raise Closed("ballot_changed")
    if frozen_custodians(_settings(), row.cycle_id, row.label) != row.custodians:
        raise Closed("custodians_changed")
    if any(ballot.opened_at is None for ballot in trial_ballots(row.id)):
        catch_up(row, now)
        return
    refuse_broken(row)
    row.trial_opened_at = now
    catch_up(row, now)
    pass_gate(cycle_id=row.cycle_id, gate=Gate.TRIAL_OPENED, actor=actor, now=now)
    record(
        TrialOpened(len(PAIRS), row.fingerprint),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id,
    )  # fmt: skip


def ballot_of(here: Here) -> list[OnBallot]:
    """The projects that the commission put on the ballot, by number."""
    cycle = here.the_cycle
    rows = db.session.scalars(
        select(Project)
        .where(Project.cycle_id == cycle.id, Project.state == ProjectState.ON_BALLOT.value)
        .options(joinedload(Project.unit), joinedload(Project.revision))
        .order_by(Project.number)
    )
    return [
        OnBallot(
            id=str(row.id),
            code=f"{here.town.number_prefix}-{cycle.year}-{row.number:04d}",
            title=row.title,
            cost_tetri=row.cost_tetri,
            unit=row.unit.slug if row.unit else "",
            what=_short(row.revision.fields if row.revision else {}),
            lang=row.language,
        )
        for row in rows
    ]


def _short(fields: dict[str, Any]) -> str:
    """What is to be done, cut at a word to SUMMARY characters."""
    text = " ".join(str(fields.get("what") or fields.get("problem") or "").split())
    if len(text) <= SUMMARY:
        return text
    return text[:SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _longest_fits(here: Here, label: str, projects: list[OnBallot]) -> None:
    """Refuse a ballot whose longest choice would not fit into the constant length: better now than in the
    vote.
    """
    longest = sorted((p.id for p in projects), key=len, reverse=True)[: here.rules.ballot.max_choices]
    units = sorted(here.rules.unit_sums, key=len)
    unit = units[-1] if here.rules.ballot.scope == "own_unit" and units else None
    ballot_bytes(label, unit, longest, bytes(32))


def _is_locked(cycle_id: int) -> bool:
    return bool(
        db.session.scalar(
            select(PassedGate.id).where(
                PassedGate.cycle_id == cycle_id, PassedGate.gate == Gate.BALLOT_LOCKED.value
            )
        )
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pb_settings"]
    return settings
