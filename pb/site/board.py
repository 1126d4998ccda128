"""The staff board: what waits for whoever is signed in, what is late, and where to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.policy import Action, Actor, allowed
from pb.results.queries import published
from pb.review import queries_commission, queries_eligibility, queries_ranking
from pb.voting.breaker import pause_of
from pb.voting.claims import open_claims
from pb.voting.paper import unsettled
from pb.voting.queries_alarms import facts_of
from pb.voting.queries_people import roll_in_force
from pb.voting.rounds import round_of


@dataclass(frozen=True)
class Entry:
    """One line of the board. ``count`` waits, ``late`` of them are late; None where nothing is counted."""

    label: str
    url: str
    hint: str = ""
    count: int | None = None
    late: int = 0


def entries(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    """The lines that the actor's roles give, what is late first."""
    found: list[Entry] = []
    for action, make in (
        (Action.SEE_QUEUE, _queue),
        (Action.ASSIST_IDEA, _help),
        (Action.SEE_COMMISSION, _commission),
        (Action.SEE_CLAIMS, _claims),
        (Action.SEE_ALARMS, _alarms),
        (Action.BIND_PHONE, _phone),
        (Action.EDIT_CYCLE, _administration),
        (Action.SEE_PAPER, _paper),
        (Action.HELP_IN_PERSON, _centre),
    ):
        if allowed(actor, action, town_id=here.town.id, status=here.status):
            found += make(here, actor, now)
    return sorted(found, key=lambda entry: (-entry.late, -(entry.count or 0)))


def _url(here: Here, endpoint: str) -> str:
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year)


def _queue(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    waiting = queries_eligibility.counts(here.the_cycle.id)["waiting"]
    late = queries_eligibility.late_count(here.the_cycle.id, now)
    return [
        Entry(
            _("Eligibility of ideas"),
            _url(here, "review.queue"),
            _("Ideas that wait for a check; the term is ten working days."),
            waiting,
            late,
        )
    ]


def _help(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    return [
        Entry(
            _("Help with an idea"),
            _url(here, "ideas.help_desk"),
            _("For people without internet or phone, and for paper forms."),
        )
    ]


def _commission(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    assert actor.account_id is not None
    own = queries_commission.progress(here, actor.account_id)
    lines = [
        Entry(
            _("Scoring of projects"),
            _url(here, "review.desk"),
            _("Your own sheets that are still to be submitted."),
            max(0, own.due - own.done),
        )
    ]
    if queries_ranking.is_open(here.the_cycle.id):
        lines.append(Entry(_("Ranking and decisions"), _url(here, "review.scores"), _("They are open.")))
    return lines


def _paper(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    if not here.rules.ballot.on_paper or not here.rules.votes_held:
        return []
    row = round_of(here.the_cycle.id)
    missing = row is not None and row.closed_at is not None and row.opened_at is None and unsettled(row)
    hint = _("Batches, protocols of the centres, keyed sheets.")
    return [Entry(_("Voting on paper"), _url(here, "paper.index"), hint, 1 if missing else None)]


def _centre(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    if "in_person" not in here.rules.identification:
        return []
    lines = [Entry(_("Help a person to vote"), _url(here, "centre.desk"), _("At the screen of the centre."))]
    if here.rules.ballot.on_paper:
        hint = _("To a person who shows the identity card.")
        lines.append(Entry(_("Issue a paper ballot"), _url(here, "paper.desk"), hint))
    return lines


def _administration(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    cycle = here.the_cycle
    roll, vote = roll_in_force(cycle.id), round_of(cycle.id)
    lines = [
        Entry(_("Rules, dates and publication"), _url(here, "cycles.tasks"), _("The contest’s task list.")),
        Entry(
            _("Extend, pause or halt"),
            _url(here, "cycles.acts"),
            _("Acts of two administrators."),
        ),
        Entry(_("Staff and roles"), url_for("accounts.staff", town=here.town.slug)),
        Entry(
            _("Seats of the commission"),
            _url(here, "review.seats"),
            _("Who scores, and by which act they were appointed."),
        ),
    ]
    if here.rules.votes_held:
        lines.append(
            Entry(
                _("Voter roll"),
                _url(here, "roll.index"),
                _("Approved: %(n)s voters", n=roll.size) if roll else _("Not approved yet."),
            )
        )
        lines.append(
            Entry(
                _("Letters with codes"),
                _url(here, "letters.index"),
                _("For people without a mobile number."),
            )
        )
        lines.append(
            Entry(
                _("Ballot box"),
                _url(here, "voting.box"),
                _("Prepared.") if vote else _("To be prepared when the ballot is locked."),
            )
        )
    if here.status is not None and here.status.phase in (Phase.RESULTS, Phase.IMPLEMENTATION):
        done = published(cycle.id, now) is not None
        lines.append(
            Entry(_("Count"), _url(here, "results.count"), _("Published.") if done else "", 0 if done else 1)
        )
        lines.append(Entry(_("Delivery of the winners"), _url(here, "delivery.manage")))
    return lines


def _claims(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    waiting = open_claims(here.the_cycle.id) if here.rules.votes_held else 0
    if not waiting:
        return []
    hint = _("Each is decided before the roll is approved.")
    return [Entry(_("Claims to the voter roll"), _url(here, "claims.index"), hint, waiting)]


def _alarms(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    if here.status is None or here.status.phase is not Phase.VOTING:
        return []
    facts = len(facts_of(here.the_cycle.id, here.rules.voters))
    paused = pause_of(here.the_cycle.id) is not None
    hint = _("Codes by text message are paused.") if paused else _("Facts to look into; they block nobody.")
    return [Entry(_("Alarms of the vote"), _url(here, "alarms.index"), hint, facts, int(paused))]


def _phone(here: Here, actor: Actor, now: datetime) -> list[Entry]:
    if not here.rules.votes_held:
        return []
    hint = _("With the identity card in hand.")
    return [Entry(_("Write down or change a mobile number"), _url(here, "centre.phone"), hint)]
