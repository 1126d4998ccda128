"""The rules of one cycle as data; this file alone says what a rulebook holds and when it may be published.

Money in tetri, weights in basis points, scores in hundredths of a point, ages in years. A rulebook in use is
never edited: a new version supersedes it, and only before the phase at which the part freezes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.errors import Invalid, Problem
from pb.core.phases import ORDER, Phase
from pb.core.plain import from_plain, later, to_plain
from pb.core.rubrics import Criterion, Rubric
from pb.core.rulebook_checks import (
    BALLOT_KINDS,
    BEFORE_HAND_IN,
    CHANNELS,
    COUNTING_RULES,
    IDENTIFICATIONS,
    READERS,
    SCOPES,
    SCORES_PUBLIC,
    TIES,
    WHO_MAY_HAND_IN,
    rulebook_problems,
)
from pb.core.shortlist import Shortlist
from pb.core.words import LANGUAGES, Words

__all__ = [
    "BALLOT_KINDS",
    "BEFORE_HAND_IN",
    "CHANNELS",
    "COUNTING_RULES",
    "GUARDIAN_BELOW",
    "IDENTIFICATIONS",
    "LANGUAGES",
    "READERS",
    "SCOPES",
    "SCORES_PUBLIC",
    "TIES",
    "WHO_MAY_HAND_IN",
    "BallotRules",
    "Category",
    "Check",
    "CountingRules",
    "Criterion",
    "Rubric",
    "Rulebook",
    "ScoringRules",
    "Shortlist",
    "VoterRules",
    "Words",
    "canonical_json",
    "frozen_at_phase",
    "frozen_changes",
    "starter",
]

# Below this age an idea needs a guardian's consent, whatever the rulebook's minimum is.
GUARDIAN_BELOW = 16

_FROZEN_AT_REVIEW = frozenset({"rubric", "shortlist", "scoring"})


@dataclass(frozen=True)
class Category:
    id: str
    name: Words


@dataclass(frozen=True)
class Check:
    """A gate that officials check, yes or no, and that gives no points.

    ``text``: what is asked; ``failing``: the sentence the author reads when it fails; ``ground``: the rule it
    rests on; ``correctable``: whether the author may mend it (then a failure returns the idea instead of
    refusing it); ``department``: who answers it, in the town's own words ("": the officer of the contest).
    """

    id: str
    text: Words
    failing: Words
    ground: Words
    correctable: bool
    department: str = later("")


@dataclass(frozen=True)
class BallotRules:
    """``kind``: approval (choose-one is approval with ``max_choices`` 1) or knapsack (spend the budget).

    ``max_choices`` binds either kind; ``min_suggested`` is a gentle question, never a refusal. ``scope``:
    projects of the whole town, or of the voter's own unit (with the town-wide ones). ``read_by``: who may read the
    opened ballots one by one; a town that fears the buying of votes shows them to observers alone. ``on_paper``:
    whether centres also issue ballots of paper.
    """

    kind: str = "approval"
    max_choices: int = 10
    min_suggested: int = 3
    scope: str = "town"
    read_by: str = later("everybody")
    on_paper: bool = later(False)


@dataclass(frozen=True)
class CountingRules:
    """``rule``: one of COUNTING_RULES; ``minimum_votes``: fewer cannot win; ``ties``: the order of tie
    breakers.

    For equal shares: ``utility`` cost or cardinality, ``completion`` none, add1, add1u, utilitarian or
    comparison, ``step_tetri`` the step of add1. ``price_per_vote_tetri``: for price-per-vote. ``leftover``: where a
    unit's unspent money goes.
    """

    rule: str = "equal-shares"
    minimum_votes: int = 0
    ties: tuple[str, ...] = ("cost", "votes", "lot")
    utility: str = "cost"
    completion: str = "add1"
    step_tetri: int = 100
    price_per_vote_tetri: int = 10_000
    leftover: str = "keep"


@dataclass(frozen=True)
class ScoringRules:
    """Who scores what. ``members_per_project``: so many members are drawn for each project; 0: everybody scores
    everything. ``adjust``: whether the score of a sheet is corrected by how strict its member is (pb.core.adjustment).
    """

    members_per_project: int = 0
    adjust: bool = False


@dataclass(frozen=True)
class VoterRules:
    """What holds for the roll and for showing who one is. The numbers here never change: older rulebooks lack them.

    ``people_per_phone``: more sharing a mobile number get no codes. ``claim_days``: so long an imported roll lies
    open to claims before it is approved. ``keep_roll_days``: so long after the results the roll is kept. The others are
    from how many on a day (or in an hour) an alarm tells: one device, one address, one operator in an hour, the whole
    town in an hour, people of 85 and more on one device or address.
    """

    people_per_phone: int = 4
    claim_days: int = 0
    keep_roll_days: int = 30
    alarm_device: int = 5
    alarm_address: int = 40
    alarm_operator: int = 20
    alarm_hour: int = 200
    alarm_very_old: int = 4


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """Everything a cycle is decided by. Built by ``starter``, changed by ``dataclasses.replace``, stored as
    JSON.
    """

    act_number: str
    act_date: date | None
    min_age_idea: int
    min_age_vote: int
    who_may_hand_in: tuple[str, ...]
    max_ideas_per_author: int
    supporters_needed: int = 0
    pot_tetri: int
    unit_sums: Mapping[str, int]
    town_wide_tetri: int
    cost_cap_tetri: int
    cost_floor_tetri: int
    categories: tuple[Category, ...]
    checklist: tuple[Check, ...]
    rubric: Rubric
    ballot: BallotRules
    counting: CountingRules
    shortlist: Shortlist
    channels: tuple[str, ...]
    identification: tuple[str, ...]
    scores_public: str
    objection_days: int
    votes_held: bool
    before_hand_in: str = later(
        "nothing"
    )  # one of BEFORE_HAND_IN: what authors do before handing in a project
    voters: VoterRules = later(VoterRules())  # noqa: RUF009 - frozen
    scoring: ScoringRules = later(ScoringRules())  # noqa: RUF009 - frozen

    def to_json(self) -> dict[str, Any]:
        """Plain data; ``from_json`` gives back an equal rulebook."""
        data: dict[str, Any] = to_plain(self)
        return data

    @classmethod
    def from_json(cls, data: Any) -> Rulebook:
        """Raises Invalid("missing_key" | "unknown_key" | "wrong_type") and the path as ``field``."""
        return from_plain(cls, data)

    def problems(self, unit_slugs: Collection[str]) -> tuple[Problem, ...]:
        """Everything that is wrong, at once; empty when it can be published. ``unit_slugs``: the town's
        units.
        """
        return rulebook_problems(self, unit_slugs)

    def fingerprint(self) -> str:
        """SHA-256, in hex, of the canonical JSON."""
        return hashlib.sha256(canonical_json(self.to_json())).hexdigest()

    def category(self, category_id: str) -> Category:
        """Raises Invalid("unknown_category")."""
        for category in self.categories:
            if category.id == category_id:
                return category
        raise Invalid("unknown_category", field="category")

    def check(self, check_id: str) -> Check:
        """Raises Invalid("unknown_check")."""
        for check in self.checklist:
            if check.id == check_id:
                return check
        raise Invalid("unknown_check", field="check")


def frozen_at_phase(part: str) -> Phase:
    """The phase at whose opening a part (a field of Rulebook) cannot change any more. ValueError for no such
    part.
    """
    if part not in {field.name for field in fields(Rulebook)}:
        raise ValueError(f"a rulebook has no part {part!r}")
    return Phase.REVIEW if part in _FROZEN_AT_REVIEW else Phase.IDEAS


def frozen_changes(old: Rulebook, new: Rulebook, phase: Phase) -> tuple[str, ...]:
    """The parts in which ``new`` differs from ``old`` although they are frozen in ``phase``; empty: it may
    supersede.
    """
    return tuple(
        field.name
        for field in fields(Rulebook)
        if getattr(old, field.name) != getattr(new, field.name)
        and ORDER.index(phase) >= ORDER.index(frozen_at_phase(field.name))
    )


def starter(
    pot_tetri: int,
    unit_slugs: Collection[str],
    *,
    split: str = "one_pot",
    act_number: str = "",
    act_date: date | None = None,
) -> Rulebook:
    """A Georgian town's first rulebook: see ``pb.core.starter.starter``, which does it."""
    from pb.core import starter as first  # it is made of the classes above

    return first.starter(pot_tetri, unit_slugs, split=split, act_number=act_number, act_date=act_date)
