"""The final list: one act, after the term for objections, that moves projects to their places and locks the ballot."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pb.appeals.terms import objections_until, term_is_over
from pb.core.errors import Closed, Invalid
from pb.core.phases import Gate
from pb.core.workflow import ProjectState
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.commands import set_outcome
from pb.review import queries_commission, queries_ranking
from pb.review.commands_decision import MINUTES_MAX, MINUTES_MIN, OUTCOMES, within_the_money
from pb.review.events_commission import ListConfirmed
from pb.review.models import DecisionsPublished, FinalList
from pb.review.presiding import require_presiding
from pb.review.redone import require_settled
from pb.review.snapshots import lock_commission, note

# Where a decision leads: with a vote, and where the commission's word is the last.
ACTS = {"on_ballot": "place_on_ballot", "reserve": "place_on_reserve", "not_shortlisted": "not_shortlist"}
ACTS_WITHOUT_VOTE = {**ACTS, "on_ballot": "select", "not_shortlisted": "not_select"}


def _published(here: Here) -> DecisionsPublished:
    publication = queries_ranking.publication(here.the_cycle.id)
    if publication is None:
        raise Closed("not_published_yet")
    return publication


@command
def confirm_list(*, cycle_id: int, minutes: str, actor: Actor, now: datetime) -> dict[str, int]:
    """Make the list final; gives how many projects went where. Twice is one act.

    ``minutes``: number and date of the act or the minutes that confirm it. Only after the term for objections, with
    every objection answered and every decision taken anew that an answer asks for. Moves
    every project to its place and passes Gate.BALLOT_LOCKED; where no vote is held, what would stand on the ballot is
    selected, within the money. Writes FinalList, ListConfirmed and ProjectMoved for each project. Raises Refused,
    Closed("not_published_yet", "term_still_runs"), Problems("objection_open", "project_to_redecide"),
    Invalid("minutes_missing", "over_pot").
    """
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now, lock=True)  # nobody files an objection meanwhile
    authorise(actor, Action.CONFIRM_LIST, town_id=here.town.id, status=here.status)
    require_presiding(here, actor)
    assert actor.account_id is not None
    minutes = minutes.strip()
    if not MINUTES_MIN <= len(minutes) <= MINUTES_MAX:
        raise Invalid("minutes_missing", field="minutes", limit=MINUTES_MAX)
    publication, outcomes = _published(here), queries_ranking.decisions(cycle_id)
    if queries_ranking.confirmation(cycle_id) is None:
        if not term_is_over(publication.at, here.rules, now):
            raise Closed("term_still_runs", last_day=objections_until(publication.at, here.rules))
        require_settled(here)
        _place(here, minutes, actor, now)
    counts = Counter(row.outcome for row in outcomes.values())
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def _place(here: Here, minutes: str, actor: Actor, now: datetime) -> None:
    cycle_id, outcomes = here.the_cycle.id, queries_ranking.decisions(here.the_cycle.id)
    decided = [p for p in queries_commission.scored_projects(here) if p.state == ProjectState.DECIDED]
    within_the_money(here, [p for p in decided if outcomes[p.id].outcome == "on_ballot"])
    acts = ACTS if here.rules.votes_held else ACTS_WITHOUT_VOTE
    for project in decided:
        act, reason = acts[outcomes[project.id].outcome], outcomes[project.id].reason
        set_outcome(project_id=project.id, act=act, actor=actor, now=now, reason=reason)
    db.session.add(FinalList(cycle_id=cycle_id, at=now, by=actor.account_id, minutes=minutes))
    db.session.flush()
    pass_gate(cycle_id=cycle_id, gate=Gate.BALLOT_LOCKED, actor=actor, now=now)
    counts = Counter(outcomes[p.id].outcome for p in decided)
    said = ListConfirmed(**{outcome: counts[outcome] for outcome in OUTCOMES}, minutes=minutes)
    note(said, here, cycle_id, actor, now)
