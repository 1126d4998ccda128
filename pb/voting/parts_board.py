"""The queues of the vote on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select

from pb.accounts.queries import name_of, staff_of
from pb.core.phases import Phase
from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address, held
from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Action, Actor
from pb.voting.breaker import pause_of
from pb.voting.claims import open_claims
from pb.voting.models_ceremony import BoxAct
from pb.voting.paper import unsettled
from pb.voting.queries_alarms import facts_of
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import round_of


def join(app: Flask) -> None:
    """Register the lines."""
    for action, make in (
        (Action.SEE_CLAIMS, _claims),
        (Action.SEE_ALARMS, _alarms),
        (Action.BIND_PHONE, _phone),
        (Action.EDIT_CYCLE, _administration),
        (Action.EDIT_CYCLE, _steps),
        (Action.SEE_PAPER, _paper),
        (Action.HELP_IN_PERSON, _centre),
    ):
        board_parts.line(app, action, make)


def _administration(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if not here.rules.votes_held:
        return
    roll, vote = roll_in_force(here.the_cycle.id), round_of(here.the_cycle.id)
    said = _("Approved: %(n)s voters", n=roll.size) if roll else _("Not approved yet.")
    yield Entry(_("Voter roll"), address(here, "roll.index"), said)
    yield Entry(
        _("Letters with codes"), address(here, "letters.index"), _("For people without a mobile number.")
    )
    said = _("Prepared.") if vote else _("To be prepared when the ballot is locked.")
    yield Entry(_("Ballot box"), address(here, "voting.box"), said)


def _steps(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    """Steps of the box that one administrator proposed: another decides, within a day."""
    vote = round_of(here.the_cycle.id)
    if vote is None:
        return
    acts = db.session.scalars(
        select(BoxAct)
        .where(BoxAct.round_id == vote.id, BoxAct.outcome.is_(None), BoxAct.expires_at > now)
        .order_by(BoxAct.id)
    ).all()
    if acts:
        names = {account.id: name_of(account) for account in staff_of(here.town.id)}
        proposers = held(names.get(act.proposed_by or 0, "") for act in acts)
        hint = _("Proposed by one administrator, to be decided by another within a day.")
        yield Entry(_("Steps of the ballot box"), address(here, "voting.box"), hint, len(acts), who=proposers)


def _paper(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if not here.rules.ballot.on_paper or not here.rules.votes_held:
        return
    row = round_of(here.the_cycle.id)
    missing = row is not None and row.closed_at is not None and row.opened_at is None and unsettled(row)
    hint = _("Batches, protocols of the centres, keyed sheets.")
    yield Entry(_("Voting on paper"), address(here, "paper.index"), hint, 1 if missing else None)


def _centre(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if "in_person" not in here.rules.identification:
        return
    yield Entry(_("Help a person to vote"), address(here, "centre.desk"), _("At the screen of the centre."))
    if here.rules.ballot.on_paper:
        hint = _("To a person who shows the identity card.")
        yield Entry(_("Issue a paper ballot"), address(here, "paper.desk"), hint)


def _claims(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    waiting = open_claims(here.the_cycle.id) if here.rules.votes_held else 0
    if waiting:
        hint = _("Each is decided before the roll is approved.")
        yield Entry(_("Claims to the voter roll"), address(here, "claims.index"), hint, waiting)


def _alarms(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if here.status is None or here.status.phase is not Phase.VOTING:
        return
    facts = len(facts_of(here.the_cycle.id, here.rules.voters))
    paused = pause_of(here.the_cycle.id) is not None
    hint = _("Codes by text message are paused.") if paused else _("Facts to look into; they block nobody.")
    yield Entry(_("Alarms of the vote"), address(here, "alarms.index"), hint, facts, int(paused))


def _phone(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    if here.rules.votes_held:
        hint = _("With the identity card in hand.")
        yield Entry(_("Write down or change a mobile number"), address(here, "centre.phone"), hint)
