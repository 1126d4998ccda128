"""What stands beside a count for information: what it gives to the voters, and what other rules would have chosen.

Made from the stored ballots and the stored result alone; canonical JSON of its own, no part of the result.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.counting import decimals as numbers
from pb.core.counting.more_voters import LATER, more_voters
from pb.core.counting.pabulib import UNIT_SUM, read
from pb.core.counting.pabulib_rules import file_sums
from pb.core.counting.parameters import NAMES
from pb.core.counting.profile import Profile
from pb.core.counting.registry import RULES
from pb.core.counting.representation import compare
from pb.results.outcome import to_tetri

FORM = "pb-comparison-v1"
#: The rules with which a result is compared, beside its own, with the parameters that only they take.
OTHERS: Mapping[str, Mapping[str, Any]] = {
    "greedy": {},
    "greedy-per-cost": {},
    "equal-shares": {"utility": "cost", "completion": "add1"},
    "phragmen": {},
}


def document_of(data: bytes, document: str) -> bytes:
    """The comparison of a stored count. ``data``: the Pabulib bytes; ``document``: the engine's JSON.

    The other rules get the same minimum, ties, pairs and sums. Raises what the engine raises for the rule itself.
    """
    profile = read(data).profile
    found = json.loads(document)
    shown = found["parameters"]
    shared = {name: shown[name] for name in NAMES if name in shown}
    shared["minimum"] = numbers.show(shown["minimum"], found["point_decimals"])
    rule = found["rule"]
    own = {name: shown[name] for name in RULES[rule].takes if name in shown}
    counts = [(rule, {**shared, **own})]
    counts += [(name, {**shared, **extra}) for name, extra in OTHERS.items() if name != rule]
    made = compare(profile, counts, **_sums(profile))
    own_figures, result = made[0].figures, made[0].result
    return canonical_json(
        {
            "more_voters": more_voters(profile, result, LATER) if result else {},
            "form": FORM,
            "rule": rule,
            "decimals": profile.decimals,
            "figures": own_figures and own_figures.to_data(),
            "others": [one.to_data() for one in made[1:]],
        }
    )


def _sums(profile: Profile) -> dict[str, Any]:
    if not any(key.startswith(UNIT_SUM) for key in profile.meta):
        return {}
    sums, town = file_sums(profile)
    return {"unit_sums": sums, "town_sum": town}


@dataclass(frozen=True)
class ReachView:
    """What an outcome gives to some voters. ``unit``: slug, "" for the whole town; ``permille``: of the voters
    who have a funded choice, cut off; ``average_tetri``: money that went to the choices of a voter, cut off.
    """

    unit: str
    voters: int
    represented: int
    permille: int
    average_tetri: int


@dataclass(frozen=True)
class OtherRule:
    """What another rule would have chosen; ``refused``: the code of why it has no meaning here."""

    rule: str
    refused: str
    winners: tuple[str, ...]
    spent_tetri: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    whole: ReachView | None


@dataclass(frozen=True)
class Beside:
    """A stored comparison as pages read it. ``more_voters``: by project that was refused, where it is known, with
    how many more voters who choose it alone it would have been funded, and with one fewer not.
    """

    whole: ReachView
    units: tuple[ReachView, ...]
    others: tuple[OtherRule, ...]
    more_voters: Mapping[str, int] = field(default_factory=dict)


@lru_cache(maxsize=32)
def parse(document: str) -> Beside:
    """A stored comparison."""
    data = json.loads(document)
    decimals = data["decimals"]
    return Beside(
        whole=reach(data["figures"], decimals),
        units=tuple(reach(one, decimals) for one in data["figures"]["units"]),
        others=tuple(_other(one, decimals) for one in data["others"]),
        more_voters=data.get("more_voters", {}),
    )


def reach(one: Mapping[str, Any], decimals: int) -> ReachView:
    """The engine's figures of some voters, in tetri."""
    voters, represented = one["voters"], one["represented"]
    return ReachView(
        unit=one.get("unit", ""),
        voters=voters,
        represented=represented,
        permille=represented * 1000 // voters if voters else 0,
        average_tetri=int(Decimal(one["average"]).scaleb(2 - decimals)),
    )


def _other(one: Mapping[str, Any], decimals: int) -> OtherRule:
    return OtherRule(
        rule=one["rule"],
        refused=one["refused"] or "",
        winners=tuple(one["winners"]),
        spent_tetri=to_tetri(one["total_cost"] or 0, decimals),
        gained=tuple(one["gained"]),
        lost=tuple(one["lost"]),
        whole=reach(one["figures"], decimals) if one["figures"] else None,
    )
