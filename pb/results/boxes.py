"""The opened box of a cycle as the file that is counted: valid ballots only, in the order of the box."""

from __future__ import annotations

from datetime import datetime, timedelta

from pb.core.errors import Missing
from pb.core.phases import Calendar, Phase
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here
from pb.results import profile, queries
from pb.voting.models import VotingRound
from pb.voting.queries import opened_choices


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
