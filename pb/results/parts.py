"""What results show on pages of other features: the winners on the front page, the vote on a project's
page.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.core.phases import ORDER, Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.projects.page_parts import Part
from pb.results import pages, queries
from pb.results.sentences import grouped, score_words, why
from pb.web.filters import money_words

SHOWN = 6  # winners on the front page


def _found(here: Here) -> queries.Published | None:
    """What is public now; asked only from the phase on in which it can be."""
    if here.status is None or ORDER.index(here.status.phase) < ORDER.index(Phase.RESULTS):
        return None
    return queries.published(here.the_cycle.id, clock.now())


def action(here: Here) -> front_parts.Action | None:
    """The big button once there is a result."""
    if _found(here) is None:
        return None
    return url_for("results.show", town=here.town.slug, year=here.the_cycle.year), _("See the results")


def number(here: Here) -> front_parts.Number | None:
    """How many projects won."""
    found = _found(here)
    if found is None or found.outcome is None:
        return None
    total = len(found.outcome.winners)
    return total, ngettext("project funded", "projects funded", total)


def winners(here: Here) -> front_parts.Part | None:
    """The first winners in the order of the count."""
    found = _found(here)
    if found is None or found.outcome is None or not found.outcome.winners:
        return None
    outcome = found.outcome
    shown = pages.winner_cards(here, outcome, queries.projects_by_code(here), SHOWN)
    lede = _(
        "%(voters)s ballots gave %(sum)s to the winners.",
        voters=grouped(outcome.voters),
        sum=money_words(outcome.spent_tetri),
    )
    return "results/_front.html", {"winners": shown, "lede": lede}


def of_project(here: Here, project: Project) -> Part | None:
    """What the published count says of a project."""
    found = queries.outcome_of_project(here, project, clock.now())
    if found is None:
        return None
    outcome, record = found
    context: dict[str, Any] = {
        "record": record,
        "votes": score_words(outcome, record.score),
        "of": sum(one.pot == record.pot for one in outcome.records.values()),
        "why": why(record, outcome, queries.projects_by_code(here)),
        "url": pages.why_url(here, project),
    }
    return "results/_of_project.html", context
