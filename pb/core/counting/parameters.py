"""The parameters of a count, checked and in one canonical form; the defaults set no condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pb.core.counting import decimals as numbers
from pb.core.counting.profile import Profile
from pb.core.counting.ties import TieOrder, fingerprint, tie_order
from pb.core.errors import Invalid

LEFTOVERS = ("carried_over", "town_wide")
NAMES = ("minimum", "ties", "seed", "exclusive", "funded_elsewhere", "leftover")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What every rule may be given.

    ``minimum`` in scaled score; ``rivals`` per project the positions that exclude it; ``elsewhere`` ids
    that are funded from other money; ``leftover`` what becomes of a unit's unspent money: kept, or added to
    the town's pot.
    """

    minimum: int
    ties: TieOrder
    rivals: Mapping[int, frozenset[int]]
    elsewhere: frozenset[str]
    leftover: str
    shown: Mapping[str, Any]


def check(profile: Profile, given: Mapping[str, Any]) -> Parameters:
    """Parameters from plain data: ``minimum`` (number, or text such as "2.5", in points), ``ties`` (names),
    ``seed`` (text), ``exclusive`` (pairs of ids), ``funded_elsewhere`` (ids), ``leftover`` ("carried_over"
    or "town_wide").

    Raises Invalid when one is unknown or makes no sense for this profile.
    """
    for name in given:
        if name not in NAMES:
            raise Invalid("unknown_parameter", name, expected="one of " + ", ".join(NAMES), found=name)
    order = tie_order(tuple(given.get("ties") or ("order",)), _seed(given.get("seed")))
    minimum = _minimum(given.get("minimum"), profile)
    pairs = _pairs(profile, given.get("exclusive") or ())
    elsewhere = frozenset(given.get("funded_elsewhere") or ())
    for name in elsewhere:
        _known(profile, name, "funded_elsewhere")
    leftover = given.get("leftover") or "carried_over"
    if leftover not in LEFTOVERS:
        raise Invalid(
            "unknown_leftover", "leftover", expected="one of " + ", ".join(LEFTOVERS), found=str(leftover)
        )
    shown: dict[str, Any] = {"ties": list(order.criteria), "leftover": leftover}
    if order.seed is not None:
        shown["seed"] = order.seed
        shown["list_fingerprint"] = fingerprint(project.id for project in profile.projects)
    if pairs:
        shown["exclusive"] = [list(pair) for pair in pairs]
    if elsewhere:
        shown["funded_elsewhere"] = sorted(elsewhere)
    return Parameters(minimum, order, _rivals(profile, pairs), elsewhere, leftover, shown)


def _seed(value: Any) -> str | None:
    return None if value is None else str(value)


def _minimum(value: Any, profile: Profile) -> int:
    number, places = numbers.parse(str(0 if value is None else value))
    if number < 0:
        raise Invalid("negative_number", "minimum", expected="a minimum of at least 0", found=str(value))
    # Scores have no finer step than the scale of the points, so rounding up changes nothing.
    return numbers.rescale(number, places, profile.point_decimals)


def _known(profile: Profile, name: str, parameter: str) -> int:
    if name not in profile.index:
        raise Invalid(
            "unknown_project", parameter, expected="an id from the list", found=numbers.shorten(str(name))
        )
    return profile.index[name]


def _pairs(profile: Profile, given: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    pairs = set()
    for pair in given:
        if len(pair) != 2 or pair[0] == pair[1]:
            found = numbers.shorten(",".join(pair))
            raise Invalid("bad_pair", "exclusive", expected="two different projects", found=found)
        for name in pair:
            _known(profile, name, "exclusive")
        pairs.add((min(pair), max(pair)))
    return sorted(pairs)


def _rivals(profile: Profile, pairs: Sequence[tuple[str, str]]) -> dict[int, frozenset[int]]:
    rivals: dict[int, set[int]] = {}
    for one, other in pairs:
        rivals.setdefault(profile.index[one], set()).add(profile.index[other])
        rivals.setdefault(profile.index[other], set()).add(profile.index[one])
    return {position: frozenset(others) for position, others in rivals.items()}
