"""The rulebook a town begins with; this file alone reads the starter's words and chooses its numbers."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from pb.core.money import split_equal
from pb.core.plain import from_plain
from pb.core.rubrics import Criterion, Rubric
from pb.core.rulebook import BallotRules, Category, Check, CountingRules, Rulebook, VoterRules
from pb.core.rulebook_checks import CHANNELS, IDENTIFICATIONS, MOST_STEPS_OF_SUM, WHO_MAY_HAND_IN
from pb.core.shortlist import Shortlist

SPLITS = ("one_pot", "equal_per_unit")
USUAL_FLOOR_TETRI = 500_00


@dataclass(frozen=True)
class _StarterWords:
    categories: tuple[Category, ...]
    checklist: tuple[Check, ...]
    criteria: tuple[Criterion, ...]


@lru_cache(maxsize=1)
def _words() -> _StarterWords:
    text = resources.files("pb.core").joinpath("data/starter_rulebook.json").read_text(encoding="utf-8")
    return from_plain(_StarterWords, json.loads(text))


def starter(
    pot_tetri: int,
    unit_slugs: Collection[str],
    *,
    split: str = "one_pot",
    act_number: str = "",
    act_date: date | None = None,
) -> Rulebook:
    """A Georgian town's first rulebook; all that it lacks to be published is the council's act.

    ``split`` one_pot: the whole town's money in one pot, a project may take a tenth of it. equal_per_unit: the
    same sum for each of ``unit_slugs`` in whole lari (the first ones get the odd lari), decided by the unit's
    own people. ValueError for another split.
    """
    if split not in SPLITS:
        raise ValueError(f"no way to split the money is called {split!r}")
    units = sorted(unit_slugs)
    unit_sums: dict[str, int] = {}
    town_wide, cap = pot_tetri, max(pot_tetri // 10, min(pot_tetri, 10 * USUAL_FLOOR_TETRI))
    if split == "equal_per_unit" and units:
        lari, odd_tetri = divmod(pot_tetri, 100)
        shares = [share * 100 for share in split_equal(lari, len(units))]
        shares[0] += odd_tetri
        unit_sums = dict(zip(units, shares, strict=True))
        town_wide, cap = 0, min(shares)
    words = _words()
    return Rulebook(
        act_number=act_number,
        act_date=act_date,
        min_age_idea=14,
        min_age_vote=16,
        who_may_hand_in=WHO_MAY_HAND_IN,
        max_ideas_per_author=3,
        pot_tetri=pot_tetri,
        unit_sums=unit_sums,
        town_wide_tetri=town_wide,
        cost_cap_tetri=cap,
        cost_floor_tetri=min(USUAL_FLOOR_TETRI, cap // 10),
        categories=words.categories,
        checklist=words.checklist,
        rubric=Rubric(words.criteria),
        ballot=BallotRules(
            kind="approval", max_choices=10, min_suggested=3, scope="own_unit" if unit_sums else "town"
        ),
        # Equal shares by cost, everybody's share raised by a lari at a time (by more where there
        # are tens of millions), what is left carried over; equal
        # projects by lower cost, then more votes, then a lot whose seed is fixed before anybody knows a ballot.
        counting=CountingRules(
            rule="equal-shares",
            utility="cost",
            completion="add1",
            step_tetri=100 * max(1, -(-pot_tetri // (100 * MOST_STEPS_OF_SUM))),
            leftover="keep",
            ties=("cost", "votes", "lot"),
        ),
        shortlist=Shortlist(
            kind="money_times", money_times_percent=250, minimum_score=5000, per_unit=bool(unit_sums)
        ),
        channels=CHANNELS,
        identification=IDENTIFICATIONS,
        scores_public="pseudonymous",
        objection_days=5,
        votes_held=True,
        voters=VoterRules(claim_days=5),
    )
