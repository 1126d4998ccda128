"""Acts on results: counting the opened box, and publishing a count. Two acts, by design."""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.audit.log import record
from pb.core.errors import Closed, Missing
from pb.core.phases import Calendar, Gate, Phase
from pb.core.workdays import TBILISI
from pb.core.workflow import ProjectState
from pb.cycles.gates import pass_gate
from pb.cycles.queries import Here, here_by_id
from pb.db import command
from pb.policy import Action, Actor, authorise
from pb.projects.commands import set_outcome
from pb.results import counting, events, profile, queries
from pb.results.commands_import import import_finished
from pb.results.records import publish, store
from pb.voting.models import VotingRound
from pb.voting.queries import opened_choices
from pb.voting.rounds import the_round

__all__ = ["count_cycle", "import_finished", "publish_result"]

UNDECIDED = frozenset({ProjectState.HANDED_IN, ProjectState.FROZEN, ProjectState.DECIDED})


@command
def count_cycle(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Count the opened box by the rulebook and store the result; gives the id of its row.

    Counting the same box again gives the same row. Writes CountResult and ResultCounted (not public). Raises
    Refused, Closed("wrong_phase" | "no_vote_held" | "box_not_opened" | "rule_not_available"),
    Missing("no_round").
    """
    here = here_by_id(cycle_id, now=now, lock=True)
    authorise(actor, Action.COUNT, town_id=here.town.id, status=here.status)
    if not here.rules.votes_held:
        raise Closed("no_vote_held")
    row = the_round(cycle_id)
    if not queries.box_is_open(cycle_id, now):
        raise Closed("box_not_opened")
    data = profile_bytes(here, row)
    counted = counting.count_bytes(data, here.rules.counting)
    known = queries.count_by_fingerprint(cycle_id, counted.fingerprint)
    if known is not None:
        return known.id
    return store(here, data, counted, actor, now).id


def profile_bytes(here: Here, row: VotingRound) -> bytes:
    """The opened box of a cycle as the file that is counted: valid ballots only, in the order of the box."""
    cycle = here.the_cycle
    codes = {str(project["id"]): str(project["code"]) for project in row.projects}
    categories = {code: project.category for code, project in queries.projects_by_code(here).items()}
    votes, commitments = [], []
    for ballot in opened_choices(cycle.id):
        commitments.append(ballot.commitment)
        if not ballot.fault:
            votes.append(profile.Vote(tuple(codes[choice] for choice in ballot.choices), ballot.unit_slug))
    if here.calendar is None:
        raise Missing("no_calendar")
    first, last = voting_days(here.calendar)
    election = profile.Election(
        description=f"{here.town.full_name.get('en') or here.town.slug}, {cycle.year}",
        place=here.town.name.get("en") or here.town.slug,
        year=cycle.year,
        label=row.label,
        voting_from=first.astimezone(TBILISI).date(),
        voting_to=last.astimezone(TBILISI).date(),
        rules=here.rules,
        projects=[
            profile.Listed(
                id=str(p["code"]),
                cost_tetri=p["cost_tetri"],
                name=p["title"],
                unit=p["unit"],
                category=categories.get(str(p["code"]), ""),
            )
            for p in row.projects
        ],
        seed=profile.seed_of(commitments),
    )
    return profile.write(election, votes)


def voting_days(calendar: Calendar) -> tuple[datetime, datetime]:
    """First and last moment of the vote."""
    return calendar.opens(Phase.VOTING), calendar.closes(Phase.VOTING) - timedelta(microseconds=1)


@command
def publish_result(
    *, cycle_id: int, result_fingerprint: str | None = None, actor: Actor, now: datetime
) -> None:
    """Make a count public: the one with ``result_fingerprint`` (default: the newest).

    Moves every project on the ballot to selected or not_selected (ProjectMoved for each), passes the gate
    RESULT_PUBLISHED and writes ResultPublished, row and event. Without a vote the commission's decisions are
    the result: every project must have been decided, and those on its list are selected
    (DecisionsTakenAsResult). Raises Refused, Closed("wrong_phase" | "already_published_result" |
    "not_counted" | "decisions_missing").
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


def _publish_count(here: Here, fingerprint: str | None, actor: Actor, now: datetime) -> None:
    cycle_id = here.the_cycle.id
    newest = queries.latest_count(cycle_id, now)
    count = queries.count_by_fingerprint(cycle_id, fingerprint) if fingerprint else newest
    if count is None:
        raise Closed("not_counted")
    outcome = queries.outcome_of(count)
    projects = queries.projects_by_code(here)
    for code, found in outcome.records.items():
        project = projects[code]
        act = "select" if found.funded else "not_select"
        set_outcome(project_id=project.id, act=act, actor=actor, now=now)
    publish(here, count.id, actor, now)
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
