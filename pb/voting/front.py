"""What voting shows on the front page of a cycle: the way to the ballot, and how many have voted."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.voting.queries import turnout
from pb.voting.queries_people import roll_in_force

SHOWING = frozenset({Phase.VOTING, Phase.RESULTS})


def action(here: Here) -> front_parts.Action:
    """The big button while the vote is open."""
    return url_for("vote.start", town=here.town.slug, year=here.the_cycle.year), _("Vote now")


def turnout_part(here: Here) -> front_parts.Part | None:
    """How many have voted, during the vote and until the results."""
    if here.status is None or here.status.phase not in SHOWING or here.status.waiting_for:
        return None
    roll = roll_in_force(here.the_cycle.id)
    found = turnout(here.the_cycle.id, roll.unit_sizes) if roll else None
    return ("voting/part_turnout.html", {"turnout": found}) if found else None
