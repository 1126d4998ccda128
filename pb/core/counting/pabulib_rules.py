"""What a Pabulib file says about its count: the rule, unit pots, pairs that exclude each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib import TOWN_SUM, UNIT_SUM
from pb.core.counting.parameters import EXTRA
from pb.core.counting.profile import Profile
from pb.core.errors import Invalid

#: Pabulib's words for the greedy rules.
FILE_RULES = {
    "greedy": "greedy",
    "greedy-threshold": "greedy",
    "greedy-exclusive": "greedy",
    "greedy-no-skip": "greedy-no-skip",
}
#: Its words for equal shares, and ours of the same form, with their completions. Of its other words,
#: ``greedy-custom`` is told in a comment, ``equalshares-comparison`` (no larger shares, but the comparison)
#: is not known of any town, and ``unknown`` is none.
FILE_SHARES = {
    "equalshares": "none",
    "equalshares/add1": "add1",
    "equalshares/add1-comparison": "comparison",
    "equalshares/add1u": "add1u",
    "equalshares/utilitarian": "utilitarian",
    "equalshares/comparison": "comparison",
}
#: Rules for which Pabulib has no word stand in a file by their own names.
OWN_RULES = ("greedy-per-cost", "price-per-vote", "phragmen")
#: What a file of ours says in META of the count beside the rule: our key there, and the parameter.
FILE_SETTINGS = {
    "utility": "utility",
    "add1_step": "step",
    "price_per_vote": "price",
    "tie_seed": "seed",
    "leftover": "leftover",
}


def file_rule(profile: Profile) -> tuple[str, dict[str, Any]]:
    """Rule, minimum and completion from META. Utilities of equal shares are costs and the step is one unit of
    the currency, as in the files known, unless ``file_settings`` says otherwise.

    Raises Invalid ``unknown_file_rule`` for a rule that we do not have.
    """
    named = profile.meta.get("rule", "").strip()
    parameters: dict[str, Any] = {}
    if named in FILE_SHARES:
        rule, parameters["completion"] = "equal-shares", FILE_SHARES[named]
    elif named in FILE_RULES or named in OWN_RULES:
        rule = FILE_RULES.get(named, named)
    else:
        known = ", ".join(sorted([*FILE_RULES, *FILE_SHARES, *OWN_RULES]))
        found = numbers.shorten(named) or "none"
        raise Invalid("unknown_file_rule", "rule", expected=f"a rule in META, one of {known}", found=found)
    minimum = profile.meta.get("min_project_score_threshold", "").strip()
    return rule, {**parameters, "minimum": minimum} if minimum else parameters


def file_settings(profile: Profile, takes: Collection[str]) -> dict[str, Any]:
    """What else a file that we have written says of its count, so that it can be counted again from the file
    alone. ``takes``: the extra parameters of the rule; an empty result for the files of others."""
    found = {ours: profile.meta.get(key, "").strip() for key, ours in FILE_SETTINGS.items()}
    settings: dict[str, Any] = {
        name: value for name, value in found.items() if value and (name not in EXTRA or name in takes)
    }
    ties = profile.meta.get("ties", "").strip()
    if ties:
        settings["ties"] = [name.strip() for name in ties.split(",")]
    return settings


def file_exclusions(profile: Profile) -> list[tuple[str, str]]:
    """Pairs from the column ``excludes`` of PROJECTS (ids with commas between them), each pair once."""
    pairs = set()
    for project in profile.projects:
        for other in filter(None, (name.strip() for name in project.extra.get("excludes", "").split(","))):
            pairs.add((min(project.id, other), max(project.id, other)))
    return sorted(pairs)


def file_sums(profile: Profile) -> tuple[dict[str, int], int]:
    """Sums per unit and for the whole town from META, in minor units, in the order of the file.

    Without a sum of its own the whole town has what the units' sums leave of the budget.
    """

    def amount(key: str) -> int:
        value, places = numbers.parse(profile.meta[key] or "0")
        return numbers.rescale(value, places, profile.decimals)

    sums = {key[len(UNIT_SUM) :]: amount(key) for key in profile.meta if key.startswith(UNIT_SUM)}
    if not sums:
        expected = f"lines {UNIT_SUM}UNIT;SUM in META, or --unit-sum UNIT=SUM"
        raise Invalid("no_unit_sums", "unit_sums", expected=expected, found="none")
    return sums, amount(TOWN_SUM) if TOWN_SUM in profile.meta else rest_for_town(profile, sums)


def rest_for_town(profile: Profile, sums: Mapping[str, int]) -> int:
    """What the sums of units leave of the budget; nothing where they are above it."""
    return max(0, profile.budget - sum(sums.values()))
