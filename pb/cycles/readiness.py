"""What still keeps a cycle from being published, and the page on which each fault is mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pb.core.counting.registry import RULES, rule_for
from pb.core.counting_terms import ballot_kind
from pb.core.errors import Invalid, Problem
from pb.core.phases import Phase
from pb.core.rulebook import Rulebook
from pb.cycles.queries import Here
from pb.places.queries import units_of

# Section of the administration: patterns of the fields that are edited on it. The first that fits is the
# place.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "participation": (
        "act_number", "act_date", "min_age_idea", "who_may_hand_in*", "max_ideas_per_author",
        "supporters_needed", "channels*", "before_hand_in", "objection_days",
    ),
    "money": ("pot_tetri", "unit_sums*", "town_wide_tetri", "cost_cap_tetri", "cost_floor_tetri"),
    "dates": ("starts*", "ends", "windows*", "calendar", "votes_held"),
    "categories": ("categories*",),
    "checklist": ("checklist*",),
    "criteria": ("rubric*",),
    "commission": ("shortlist*", "scores_public", "scoring*"),
    "ballot": ("min_age_vote", "identification*", "voters*", "ballot*", "counting*"),
    "town": ("town*",),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A problem, with the section on which it is mended."""

    section: str
    problem: Problem


def fits(field: str | None, patterns: Iterable[str]) -> bool:
    """Whether a problem's field is one of those that the patterns name."""
    return any(fnmatchcase(field or "", pattern) for pattern in patterns)


def section_of(field: str | None) -> str:
    """The section on which a field is edited."""
    return next((name for name, patterns in SECTIONS.items() if fits(field, patterns)), "participation")


def faults_of(here: Here) -> tuple[Fault, ...]:
    """Everything that keeps the cycle from publication, in the order of the sections."""
    order = list(SECTIONS)
    found = [Fault(section_of(problem.field), problem) for problem in _problems(here)]
    return tuple(sorted(found, key=lambda fault: order.index(fault.section)))


def _problems(here: Here) -> list[Problem]:
    units = units_of(here.town.id)
    names = {unit.slug: unit.name for unit in units}
    found: list[Problem] = []
    if here.rulebook is None:
        found.append(Problem("no_rulebook", "act_number"))
    else:
        found += named(here.rulebook.problems(names.keys()), names)
        if here.rulebook.votes_held:
            found += _of_the_count(here.rulebook)
    if here.calendar is None:
        found.append(Problem("no_calendar", "calendar"))
    else:
        found += here.calendar.problems(here.rulebook.objection_days if here.rulebook else 0)
    if here.rulebook and here.calendar and here.rulebook.votes_held != (Phase.VOTING in here.calendar.phases):
        found.append(Problem("votes_and_dates_differ", "votes_held"))
    if not units:
        found.append(Problem("town_without_units", "town"))
    if not here.town.protection_officer.get("name"):
        found.append(Problem("town_without_officer", "town"))
    return found


def _of_the_count(book: Rulebook) -> list[Problem]:
    """Whether the engine has the rule, and has it for such ballots."""
    if book.counting.rule not in RULES:
        return [Problem("rule_not_countable", "counting.rule")]
    try:
        rule_for(book.counting.rule, ballot_kind(book.ballot), RULES)
    except Invalid as error:
        return [Problem(error.code, "counting.rule", error.params)]
    return []


def chooses_one_by_shares(book: Rulebook) -> bool:
    """Whether equal shares is to count ballots with a single choice: possible, but of little use."""
    return book.votes_held and book.counting.rule == "equal-shares" and book.ballot.max_choices == 1


def named(problems: Iterable[Problem], units: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Problems whose ``unit`` is the unit's name instead of its address."""
    return [
        replace(problem, params={**problem.params, "unit": units[problem.params["unit"]]})
        if problem.params.get("unit") in units
        else problem
        for problem in problems
    ]


def in_parts(problems: Iterable[Problem], patterns: Collection[str]) -> list[Problem]:
    """Those of the problems that lie in the fields named."""
    return [problem for problem in problems if fits(problem.field, patterns)]
