"""How many supporters the rulebook asks for before an idea can become a project."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.ideas.joined import group_of
from pb.ideas.records import number_of
from pb.talking.queries_supports import supporters


def lacking(here: Here, idea: Any, now: datetime) -> Closed | None:
    """Why the idea cannot be invited yet: too few people stand for it; None where there are enough."""
    needed = here.rules.supporters_needed
    if not needed:
        return None
    have = supporters(group_of(idea.id), now)
    if have >= needed:
        return None
    return Closed("too_few_supporters", needed=needed, have=have, number=number_of(here, idea))
