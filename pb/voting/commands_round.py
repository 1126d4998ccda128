"""Acts on the round before the vote: freezing the ballot with its keys, and the trial opening."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from pb.audit.log import record
from pb.config import Settings
from pb.core.ballots import ballot_bytes
from pb.core.canonical import canonical_json
from pb.core.errors import Closed, Refused
from pb.core.phases import Gate
from pb.core.workflow import ProjectState
from pb.cycles.gates import pass_gate
from pb.cycles.models import PassedGate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.models import Project
from pb.voting import link_key
from pb.voting.custodians import demonstration_custodians, demonstration_keys, public_keys
from pb.voting.events import RoundPrepared, TrialOpened
from pb.voting.models import VotingRound
from pb.voting.posting import catch_up
from pb.voting.rounds import OnBallot, round_of, the_round
from pb.voting.sealing import PAIRS, open_ballot, seal_ballot

SUMMARY = 150  # characters of a project's description on the ballot: the same room for each


@command
def prepare_round(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Freeze what is on the ballot and the custodians' public keys; give the round's id.

    May be done again as long as no trial was opened. Writes RoundPrepared (public). Raises Refused
    ("custodians_missing") in production, where custodians with keys of their own are needed and are not there
    yet; Closed("ballot_not_locked" | "nothing_on_ballot" | "no_voting" | "wrong_phase").
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
        "custodians": demonstration_custodians(_settings(), label),
    }
    fingerprint = hashlib.sha256(canonical_json(frozen)).hexdigest()
    if row is None:
        row = VotingRound(cycle_id=cycle_id, label=label, link_key_name=link_key.make())
        db.session.add(row)
    row.projects, row.custodians = frozen["projects"], frozen["custodians"]
    row.fingerprint, row.prepared_at = fingerprint, now
    db.session.flush()
    catch_up(row, now)
    record(
        RoundPrepared(len(projects), fingerprint),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
    )  # fmt: skip
    return row.id


@command
def open_trial(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """Seal a trial ballot and open it with each pair of custodians; passes TRIAL_OPENED.

    Writes TrialOpened (public). Does nothing when it was done. Raises Missing("no_round"), Closed
    ("ballot_changed") when the projects are no longer those that were frozen, Invalid("cannot_open") when a
    pair fails, Refused("custodians_missing") in production.
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.OPEN_TRIAL, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.trial_opened_at is not None:
        return
    if [asdict(p) for p in ballot_of(here)] != row.projects:
        raise Closed("ballot_changed")
    private = demonstration_keys(_settings(), row.label)
    first = str(row.projects[0]["id"])
    trial = ballot_bytes(row.label, None, [first], os.urandom(32), "trial")
    sealed = seal_ballot(trial, public_keys(row.custodians), row.label)
    for pair in PAIRS:
        if open_ballot(sealed, pair, (private[pair[0]], private[pair[1]]), row.label) != trial:
            raise Refused("trial_failed")
    row.trial_opened_at = now
    catch_up(row, now)
    pass_gate(cycle_id=cycle_id, gate=Gate.TRIAL_OPENED, actor=actor, now=now)
    record(
        TrialOpened(len(PAIRS), row.fingerprint),
        subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id,
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
