"""What a Pabulib file says about its count: the rule, unit pots, pairs that exclude each other."""

from __future__ import annotations

from typing import Any

from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib import TOWN_SUM, UNIT_SUM
from pb.core.counting.profile import Profile
from pb.core.errors import Invalid

#: Pabulib's words for the rules that we have.
FILE_RULES = {
    "greedy": "greedy",
    "greedy-threshold": "greedy",
    "greedy-exclusive": "greedy",
    "greedy-no-skip": "greedy-no-skip",
}


def file_rule(profile: Profile) -> tuple[str, dict[str, Any]]:
    """Rule and parameters from META. Raises Invalid ``unknown_file_rule`` for a rule that we do not have."""
    named = profile.meta.get("rule", "").strip()
    if named not in FILE_RULES:
        expected = "a rule in META, one of " + ", ".join(sorted(FILE_RULES))
        raise Invalid("unknown_file_rule", "rule", expected=expected, found=numbers.shorten(named) or "none")
    minimum = profile.meta.get("min_project_score_threshold", "").strip()
    return FILE_RULES[named], {"minimum": minimum} if minimum else {}


def file_exclusions(profile: Profile) -> list[tuple[str, str]]:
    """Pairs from the column ``excludes`` of PROJECTS (ids with commas between them), each pair once."""
    pairs = set()
    for project in profile.projects:
        for other in filter(None, (name.strip() for name in project.extra.get("excludes", "").split(","))):
            pairs.add((min(project.id, other), max(project.id, other)))
    return sorted(pairs)


def file_sums(profile: Profile) -> tuple[dict[str, int], int]:
    """Sums per unit and for the whole town from META, in minor units, in the order of the file."""

    def amount(key: str) -> int:
        value, places = numbers.parse(profile.meta[key] or "0")
        return numbers.rescale(value, places, profile.decimals)

    sums = {key[len(UNIT_SUM) :]: amount(key) for key in profile.meta if key.startswith(UNIT_SUM)}
    if not sums:
        expected = f"lines {UNIT_SUM}UNIT;SUM in META, or --unit-sum UNIT=SUM"
        raise Invalid("no_unit_sums", "unit_sums", expected=expected, found="none")
    return sums, amount(TOWN_SUM) if TOWN_SUM in profile.meta else 0
