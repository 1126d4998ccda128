"""The commission's and the office's queues on the staff board."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from pb.accounts.queries import name_of, staff_of
from pb.cycles import board_parts
from pb.cycles.board_parts import Entry, address, held
from pb.cycles.queries import Here
from pb.messages import audiences
from pb.policy import Action, Actor, Role
from pb.review import (
    queries_commission,
    queries_conflicts,
    queries_eligibility,
    queries_feasibility,
    queries_ranking,
)
from pb.review.queries_duty import sheets_in
from pb.review.showing_feasibility import department_words


def join(app: Flask) -> None:
    """Register the lines, and the groups to whom the staff may write."""
    audiences.register("audience_commission", lambda here: queries_commission.panel_of(here).everybody)
    audiences.register("audience_missing", _missing)
    for action, make in (
        (Action.SEE_QUEUE, _eligibility),
        (Action.SEE_QUEUE, _invitations),
        (Action.SEE_QUEUE, _opinions),
        (Action.SEE_QUEUE, _costs),
        (Action.SEE_COMMISSION, _commission),
        (Action.DECIDE_CHALLENGE, _challenges),
        (Action.APPOINT_COMMISSION, _seats),
    ):
        board_parts.line(app, action, make)


def _missing(here: Here) -> Iterable[int]:
    """Members with sheets that are not submitted yet."""
    for account in queries_commission.member_accounts(here):
        own = queries_commission.progress(here, account.id)
        if own.due > own.done:
            yield account.id


def _eligibility(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    cycle_id = here.the_cycle.id
    rows = queries_eligibility.queue(cycle_id, now=now)
    hands = queries_eligibility.in_hand(cycle_id, now)
    names = {account.id: name_of(account) for account in staff_of(here.town.id)}
    who = (names.get(hands.get(r.idea.id, 0), "") if r.idea.state == "in_check" else "" for r in rows)
    yield Entry(
        _("Eligibility of ideas"),
        address(here, "review.queue"),
        _("Ideas that wait for a check; the term is ten working days."),
        len(rows),
        sum(row.late for row in rows),
        held(who),
    )


def _invitations(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    waiting = queries_eligibility.counts(here.the_cycle.id)["admitted"]
    if waiting:
        url = address(here, "review.queue", shelf="admitted")
        yield Entry(
            _("Admitted ideas without an invitation"), url, _("Invited one by one or all at once."), waiting
        )


def _opinions(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    asked = queries_feasibility.open_opinions(here.the_cycle.id, now)
    if asked:
        yield Entry(
            _("Opinions of departments"),
            address(here, "review.opinions"),
            _("Asked for and not given yet."),
            len(asked),
            sum(row.late for row in asked),
            held(department_words(row.request.department) for row in asked),
        )


def _costs(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    projects = queries_commission.scored_projects(here)
    if not projects or queries_ranking.is_open(here.the_cycle.id):
        return
    cards = queries_feasibility.newest_cards(here.the_cycle.id)
    standings = [cards[p.id].standing if p.id in cards else "" for p in projects]
    office = sum(standing in ("", "refused") for standing in standings)
    waiting = standings.count("waiting")
    holders = ((_("the office"), office), (_("the authors"), waiting))
    yield Entry(
        _("Cost of the projects"),
        address(here, "review.costs"),
        _("Cards to be made, and answers of authors that are still to come."),
        office + waiting,
        who=tuple(pair for pair in holders if pair[1]),
    )


def _commission(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    assert actor.account_id is not None
    own = queries_commission.progress(here, actor.account_id)
    yield Entry(
        _("Scoring of projects"),
        address(here, "review.desk"),
        _("Your own sheets that are still to be submitted."),
        max(0, own.due - own.done),
    )
    if queries_ranking.is_open(here.the_cycle.id):
        yield Entry(_("Ranking and decisions"), address(here, "review.scores"), _("They are open."))
    elif actor.has(here.town.id, Role.CHAIR, Role.SECRETARY):
        missing = [(m.name, m.due - m.submitted) for m in sheets_in(here).members if m.due > m.submitted]
        if missing:
            yield Entry(
                _("Sheets of the commission"),
                address(here, "review.scores"),
                _("Not submitted yet. Reminders go out by themselves."),
                sum(count for _name, count in missing),
                who=tuple(missing),
            )


def _challenges(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    waiting = sum(row.decision is None for row in queries_conflicts.challenges(here.the_cycle.id, now))
    if waiting:
        url = address(here, "review.challenges")
        yield Entry(_("Challenges of members"), url, _("The chair decides each, with a reason."), waiting)


def _seats(here: Here, actor: Actor, now: datetime) -> Iterable[Entry]:
    hint = _("Who scores, and by which act they were appointed.")
    yield Entry(_("Seats of the commission"), address(here, "review.seats"), hint)
