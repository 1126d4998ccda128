"""What ideas show on the front page of a cycle: the way in, how many there are, the newest."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row

from pb.core.phases import Phase
from pb.cycles import front_parts
from pb.cycles.queries import Here
from pb.ideas import queries
from pb.ideas.content import public_number
from pb.ideas.views import url_of
from pb.web.filters import words

SHOWING = frozenset({Phase.IDEAS, Phase.DEVELOPMENT})


def action(here: Here) -> front_parts.Action:
    """The big button while ideas are taken."""
    return url_of(here, "start"), _("Hand in an idea")


def _newest(here: Here) -> list[Row[Any]]:
    """Asked for twice on one page, read once."""
    if "newest_ideas" not in g:
        g.newest_ideas = queries.newest(here.the_cycle.id)
    found: list[Row[Any]] = g.newest_ideas
    return found


def number(here: Here) -> front_parts.Number | None:
    """How many ideas are public."""
    rows = _newest(here)
    if not rows:
        return None
    total = rows[0].total
    return total, ngettext("idea handed in", "ideas handed in", total)


def newest(here: Here) -> front_parts.Part | None:
    """The three latest, while ideas are what the cycle is about."""
    if here.status is None or here.status.phase not in SHOWING:
        return None
    rows = _newest(here)
    if not rows:
        return None
    prefix, year = here.town.number_prefix, here.the_cycle.year
    return "ideas/front_part.html", {
        "ideas": rows,
        "total": rows[0].total,
        "categories": {category.id: words(category.name) for category in here.rules.categories},
        "number": lambda n: public_number(prefix, year, n),
    }
