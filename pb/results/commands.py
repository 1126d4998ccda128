"""Acts on results: ordering the count of the opened box, and publishing a count. Two acts, by design."""

from __future__ import annotations

from datetime import datetime

from pb.audit.log import record
from pb.core.counting.registry import RULES
from pb.core.errors import Closed
from pb.core.phases import Gate
from pb.core.workflow import ProjectState
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.policy import Action, Actor, authorise
from pb.projects.commands import set_outcome
from pb.results import events, queries
from pb.results.commands_import import import_finished
from pb.results.models import CountOrder
from pb.results.records import publish
from pb.voting.gatekeeping import refuse_broken
from pb.voting.posting import post_result
from pb.voting.rounds import the_round

__all__ = ["import_finished", "note_ballots_taken", "order_count", "publish_result"]

UNDECIDED = frozenset({ProjectState.HANDED_IN, ProjectState.FROZEN, ProjectState.DECIDED})


@command
def order_count(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Ask for the count of the opened box by the rulebook; gives the id of the order, which the worker does.

    A count that waits, or that was done by the same rulebook and version of its rule, is not ordered again: its
    order is given back. Writes CountOrder. Raises Refused, Closed("wrong_phase" | "no_vote_held" |
    "box_not_opened" | "rule_not_available"), Missing("no_round").
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.COUNT, town_id=here.town.id, status=here.status)
    if not here.rules.votes_held:
        raise Closed("no_vote_held")
    the_round(cycle_id)
    if not queries.box_is_open(cycle_id, now):
        raise Closed("box_not_opened")
    rule = RULES.get(here.rules.counting.rule)
    if rule is None:
        raise Closed("rule_not_available", rule=here.rules.counting.rule)
    asked = (rule.id, rule.version, here.rules.fingerprint())
    former = queries.last_order(cycle_id)
    if former is not None and former.stage != "failed" and _answers(former, asked):
        return former.id
    order = CountOrder(
        cycle_id=cycle_id,
        rule=rule.id,
        rule_version=rule.version,
        rulebook=asked[2],
        asked_at=now,
        asked_by=actor.account_id,
    )
    db.session.add(order)
    db.session.flush()
    return order.id


def _answers(former: CountOrder, asked: tuple[str, str, str]) -> bool:
    """Whether an order that did not fail is, or will be, the count that is asked for."""
    return former.finished_at is None or (former.rule, former.rule_version, former.rulebook) == asked


@command
def publish_result(
    *, cycle_id: int, result_fingerprint: str | None = None, actor: Actor, now: datetime
) -> None:
    """Make a count public: the one with ``result_fingerprint`` (default: the newest).

    Moves every project on the ballot to selected or not_selected (ProjectMoved for each), passes the gate
    RESULT_PUBLISHED and writes ResultPublished, row and event. Without a vote the commission's decisions are
    the result: every project must have been decided, and those on its list are selected
    (DecisionsTakenAsResult). Raises Refused, Closed("wrong_phase" | "already_published_result" |
    "not_counted" | "decisions_missing"), and where the box does not pass its check
    (pb.voting.gatekeeping).
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.PUBLISH_RESULT, town_id=here.town.id, status=here.status)
    if queries.published_row(cycle_id) is not None:
        raise Closed("already_published_result")
    if here.rules.votes_held:
        _publish_count(here, result_fingerprint, actor, now)
    else:
        _publish_decisions(here, actor, now)
    pass_gate(cycle_id=cycle_id, gate=Gate.RESULT_PUBLISHED, actor=actor, now=now)


@command
def note_ballots_taken(*, cycle_id: int, name: str, fingerprint: str, actor: Actor, now: datetime) -> None:
    """Note that an observer takes a file of the ballots along. Writes BallotsTaken. Raises Refused."""
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.READ_BALLOTS, town_id=here.town.id, status=here.status)
    event = events.BallotsTaken(name, fingerprint)
    record(event, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)


def _publish_count(here: Here, fingerprint: str | None, actor: Actor, now: datetime) -> None:
    cycle_id = here.the_cycle.id
    newest = queries.latest_count(cycle_id, now)
    count = queries.count_by_fingerprint(cycle_id, fingerprint) if fingerprint else newest
    if count is None:
        raise Closed("not_counted")
    refuse_broken(the_round(cycle_id))
    outcome = queries.outcome_of(count)
    projects = queries.projects_by_code(here)
    for code, found in outcome.records.items():
        project = projects[code]
        act = "select" if found.funded else "not_select"
        set_outcome(project_id=project.id, act=act, actor=actor, now=now)
    publish(here, count.id, actor, now)
    post_result(
        cycle_id=cycle_id, rule=count.rule, version=count.rule_version,
        inputs=count.inputs_fingerprint, result=count.fingerprint, now=now,
    )  # fmt: skip
    event = events.ResultPublished(
        winners=len(outcome.winners),
        spent_tetri=outcome.spent_tetri,
        rule=count.rule,
        inputs_fingerprint=count.inputs_fingerprint,
        fingerprint=count.fingerprint,
    )
    record(event, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)


def _publish_decisions(here: Here, actor: Actor, now: datetime) -> None:
    cycle_id = here.the_cycle.id
    projects = queries.projects_of(cycle_id)
    if any(project.state in UNDECIDED for project in projects):
        raise Closed("decisions_missing")
    for project in projects:
        if project.state == ProjectState.ON_BALLOT:  # the commission's list; nobody votes on it
            set_outcome(project_id=project.id, act="select", actor=actor, now=now)
    won = [project for project in projects if project.state in queries.WON]
    publish(here, None, actor, now)
    event = events.DecisionsTakenAsResult(len(won), sum(project.cost_tetri for project in won))
    record(event, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
