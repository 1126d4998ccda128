"""In whose hands an idea and the project that grew from it were, from when until when; pure.

The states say it: each hand-over is an act on the public log that led to a state of another holder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

AUTHOR, OFFICE, COMMISSION, VOTERS, BUILDERS, NOBODY = (
    "author", "office", "commission", "voters", "builders", "nobody",
)  # fmt: skip

# Who has to do the next thing, by state. „Nobody“: nothing more is done with it in this contest.
HOLDERS: Mapping[str, Mapping[str, str]] = {
    "idea": {
        "submitted": OFFICE,
        "in_check": OFFICE,
        "returned": AUTHOR,
        "eligible": OFFICE,
        "ineligible": AUTHOR,  # who may object
        "invited": AUTHOR,
        "merged_into": NOBODY,
        "duplicate_of": NOBODY,
        "withdrawn": NOBODY,
        "lapsed": NOBODY,
        "ineligible_final": NOBODY,
    },
    "project": {
        "invited": AUTHOR,
        "developing": AUTHOR,
        "handed_in": OFFICE,
        "frozen": COMMISSION,
        "decided": COMMISSION,
        "on_ballot": VOTERS,
        "reserve": OFFICE,
        "not_shortlisted": NOBODY,
        "selected": BUILDERS,
        "not_selected": NOBODY,
        "implementing": BUILDERS,
        "done": NOBODY,
        "abandoned": NOBODY,
        "withdrawn": NOBODY,
    },
}


@dataclass(frozen=True)
class Step:
    """One public act. ``subject``: idea or project; ``state``: to which it led, "" for none (a text was changed)."""

    at: datetime
    subject: str
    state: str
    act: Any


@dataclass(frozen=True)
class Stretch:
    """From ``since`` until ``until`` (None: now) the thing was with ``holder``; ``acts`` of that time, oldest first."""

    holder: str
    since: datetime
    until: datetime | None
    acts: tuple[Any, ...]


def stretches(steps: Iterable[Step]) -> tuple[Stretch, ...]:
    """The whole way, oldest first: no time is missing, none is told twice.

    ``steps``: in the order in which they happened. Once there is a project, its states say who has it; what is done to
    an idea later (it is joined, split off) is told but hands nothing over.
    """
    found: list[Stretch] = []
    has_project = False
    for step in steps:
        has_project = has_project or step.subject == "project"
        speaks = step.state and (step.subject == "project" or not has_project)
        holder = HOLDERS[step.subject].get(step.state, "") if speaks else ""
        if found and holder in ("", found[-1].holder):
            last = found[-1]
            found[-1] = Stretch(last.holder, last.since, None, (*last.acts, step.act))
            continue
        if found:
            last = found[-1]
            found[-1] = Stretch(last.holder, last.since, step.at, last.acts)
        found.append(Stretch(holder or OFFICE, step.at, None, (step.act,)))
    return tuple(found)
