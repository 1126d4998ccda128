"""A version of a rule that a town has used is never edited: what it makes of these elections is held.

A fingerprint that changes means that a published result could no longer be computed again. Then the change
belongs in a new version of the rule, under a new line here; the old lines stay for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import RULES, count

COSTS = {"a": 50, "b": 60, "c": 40, "d": 25, "e": 25, "f": 900, "g": 10, "h": 0}
SETS = ["abc", "ab", "a", "cd", "ce", "de", "f", "bd", "", "abcdef", "ghe", "hc"]


def election(kind: BallotKind, **more: Any) -> Profile:
    """Eight projects and 78 voters: ties, a cost of nothing, one over the pot, a ballot that is empty."""
    ballots = []
    for weight, names in enumerate(SETS, 1):
        chosen = names[:1] if kind is BallotKind.CHOOSE_ONE else names[:4]
        pointed = kind in (BallotKind.CUMULATIVE, BallotKind.SCORING)
        points = [(weight + place) % 5 for place in range(len(chosen))] if pointed else []
        ballots.append(RawBallot(list(chosen), points, weight=weight, unit="n" if weight % 2 else "s"))
    projects = [Project(name, cost, f"Project {name}") for name, cost in COSTS.items()]
    facts: dict[str, Any] = {"kind": kind, "projects": projects, "budget": 130, "max_length": 5}
    return make_profile(**{**facts, "ballots": ballots, **more})


def in_units() -> Profile:
    units = {"a": "n", "b": "n", "c": "s", "d": "s"}
    projects = [Project(name, cost, unit=units.get(name, "")) for name, cost in COSTS.items()]
    return election(BallotKind.APPROVAL, projects=projects)


UNITS: Mapping[str, Any] = {"unit_sums": {"n": 70, "s": 30}, "town_sum": 30}
PLAIN: Mapping[str, Any] = {}
STRICT: Mapping[str, Any] = {
    "minimum": 12,
    "ties": ["cost", "votes", "lot"],
    "seed": "4711",
    "exclusive": [["a", "c"]],
    "funded_elsewhere": ["g"],
    "leftover": "town_wide",
}
#: What a rule must be given beside the rest.
NEEDED: Mapping[str, Mapping[str, Any]] = {"price-per-vote": {"price": 2}}


def fingerprints(rule: str) -> str:
    """One fingerprint (SHA-256, hex, 16 digits) over the bytes of all the elections that the rule counts."""
    digest = hashlib.sha256()
    needed = NEEDED.get(rule, {})
    for kind in BallotKind:
        if kind in RULES[rule].kinds:
            for given in (PLAIN, STRICT):
                digest.update(count(election(kind), rule, {**given, **needed}).to_json())
    for given in (PLAIN, STRICT):
        digest.update(count(in_units(), rule, {**given, **needed}, **UNITS).to_json())
    scaled = election(BallotKind.APPROVAL, decimals=2, decimal_mark=",")
    digest.update(count(scaled, rule, needed).to_json())
    return digest.hexdigest()[:16]


HELD = {
    ("greedy", "1"): "b21c4503c1a59207",
    ("greedy-no-skip", "1"): "a6f97491a8a69ca8",
    ("greedy-per-cost", "1"): "569782b09fbfc81a",
    ("price-per-vote", "1"): "b43cc17df3b50418",
    ("equal-shares", "1"): "a82e0095679a02a7",
    ("phragmen", "1"): "fec0ad56bdab1fa2",
}


@pytest.mark.parametrize(("rule", "version"), HELD)
def test_a_version_gives_the_same_bytes_for_ever(rule: str, version: str) -> None:
    assert RULES[rule].version == version
    assert fingerprints(rule) == HELD[rule, version]


def test_every_rule_is_held() -> None:
    assert {(rule.id, rule.version) for rule in RULES.values()} == set(HELD)
