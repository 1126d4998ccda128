"""The parameters of a count, checked and in one canonical form; the defaults set no condition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pb.core.counting import decimals as numbers
from pb.core.counting.profile import Profile
from pb.core.counting.ties import TieOrder, fingerprint, tie_order
from pb.core.errors import Invalid

LEFTOVERS = ("carried_over", "town_wide")
#: What a unit of utility is: money spent on a project, or the project itself.
UTILITIES = ("cost", "cardinality")
#: What equal shares does with the money that its shares leave.
COMPLETIONS = ("none", "add1", "add1u", "utilitarian", "comparison")
#: The completions that raise the shares, by ``step`` at a time.
STEPPING = frozenset({"add1", "add1u", "comparison"})
#: What every rule may be given, and what only the rules that name it in ``Rule.takes``.
NAMES = ("minimum", "ties", "seed", "exclusive", "funded_elsewhere", "leftover")
EXTRA = ("utility", "completion", "step", "price")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What every rule may be given, and what only some use.

    ``minimum`` in scaled score; ``rivals`` per project the positions that exclude it; ``elsewhere`` ids
    that are funded from other money; ``leftover`` what becomes of a unit's unspent money: kept, or added to
    the town's pot; ``step`` and ``price`` in minor units of the profile, the price None where no rule needs
    one; ``shown``: what the result says, nothing in it that the rule does not use.
    """

    minimum: int
    ties: TieOrder
    rivals: Mapping[int, frozenset[int]]
    elsewhere: frozenset[str]
    leftover: str
    utility: str
    completion: str
    step: int
    price: int | None
    shown: Mapping[str, Any]


def check(profile: Profile, given: Mapping[str, Any], takes: Collection[str] = ()) -> Parameters:
    """Parameters from plain data: ``minimum`` (number, or text such as "2.5", in points), ``ties`` (names),
    ``seed`` (text), ``exclusive`` (pairs of ids), ``funded_elsewhere`` (ids), ``leftover`` (one of
    LEFTOVERS); of the extra ones those that the rule takes: ``utility`` (one of UTILITIES), ``completion``
    (one of COMPLETIONS), ``step`` and ``price`` (minor units of the profile as int, or an amount as text).
    None stands for "not given".

    Raises Invalid when one is unknown, has no use or makes no sense for this profile.
    """
    given = {name: value for name, value in given.items() if value is not None}
    _check_names(given, takes)
    order = tie_order(tuple(given.get("ties") or ("order",)), _seed(given.get("seed")))
    minimum = _minimum(given.get("minimum"), profile)
    pairs = _pairs(profile, given.get("exclusive") or ())
    elsewhere = frozenset(given.get("funded_elsewhere") or ())
    for name in elsewhere:
        _known(profile, name, "funded_elsewhere")
    leftover = _one_of(given, "leftover", LEFTOVERS, "carried_over")
    utility = _one_of(given, "utility", UTILITIES, "cost")
    completion = _one_of(given, "completion", COMPLETIONS, "add1")
    step = _amount(profile, given, "step")
    price = _amount(profile, given, "price")
    if "price" in takes and price is None:
        raise Invalid("missing_price", "price", expected="the money that a vote is worth", found="none")
    shown: dict[str, Any] = {"ties": list(order.criteria), "leftover": leftover}
    if order.seed is not None:
        shown["seed"] = order.seed
        shown["list_fingerprint"] = fingerprint(project.id for project in profile.projects)
    if pairs:
        shown["exclusive"] = [list(pair) for pair in pairs]
    if elsewhere:
        shown["funded_elsewhere"] = sorted(elsewhere)
    step = 10**profile.decimals if step is None else step
    extra = {"utility": utility, "completion": completion, "step": step, "price": price}
    used = set(takes) - ({"step"} if completion not in STEPPING else set())
    shown |= {name: extra[name] for name in EXTRA if name in used}
    return Parameters(
        minimum=minimum,
        ties=order,
        rivals=_rivals(profile, pairs),
        elsewhere=elsewhere,
        leftover=leftover,
        utility=utility,
        completion=completion,
        step=step,
        price=price,
        shown=shown,
    )


def _check_names(given: Mapping[str, Any], takes: Collection[str]) -> None:
    for name in given:
        if name not in NAMES + EXTRA:
            known = ", ".join(NAMES + EXTRA)
            raise Invalid("unknown_parameter", name, expected=f"one of {known}", found=numbers.shorten(name))
        if name in EXTRA and name not in takes:
            expected = "one of " + ", ".join([*NAMES, *sorted(takes)])
            raise Invalid("parameter_without_use", name, expected=expected, found=name)


def _one_of(given: Mapping[str, Any], name: str, words: Sequence[str], default: str) -> str:
    value = given.get(name) or default
    if value not in words:
        found = numbers.shorten(str(value))
        raise Invalid(f"unknown_{name}", name, expected="one of " + ", ".join(words), found=found)
    return str(value)


def _amount(profile: Profile, given: Mapping[str, Any], name: str) -> int | None:
    """Money above nothing in minor units of the profile; None when it is not given."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int):
        value = money(profile, str(value), name)
    if value <= 0:
        raise Invalid("not_positive", name, expected="an amount above 0", found=profile.money(value))
    return value


def money(profile: Profile, text: str, name: str) -> int:
    """An amount as text in minor units of the profile. Raises Invalid when it is finer than they are."""
    value, places = numbers.parse(text)
    if places > profile.decimals and value % 10 ** (places - profile.decimals):
        expected = f"an amount with at most {profile.decimals} decimals, as in the file"
        raise Invalid("too_many_decimals", name, expected=expected, found=numbers.shorten(text))
    return numbers.rescale(value, places, profile.decimals)


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
