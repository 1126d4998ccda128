"""A small rubric and rulebook for tests of the core, with short words."""

from __future__ import annotations

from datetime import date

from pb.core.rulebook import BallotRules, Category, Check, CountingRules, Rulebook
from pb.core.scoring import Criterion, Rubric, Shortlist


def words(text: str) -> dict[str, str]:
    return {"ka": f"ქ {text}", "en": text}


def criterion(name: str, weight_bp: int, **changes: int | None) -> Criterion:
    low, high = changes.get("low", 0) or 0, changes.get("high", 5) or 5
    return Criterion(
        id=name,
        name=words(name),
        question=words(f"{name}?"),
        weight_bp=weight_bp,
        low=low,
        high=high,
        levels=tuple(words(f"{name} {value}") for value in range(low, high + 1)),
        minimum_mean_hundredths=changes.get("minimum"),
    )


RUBRIC = Rubric((criterion("need", 5000), criterion("benefit", 3000), criterion("cost", 2000)))

UNITS = ("terjola", "chkhari")

RULEBOOK = Rulebook(
    act_number="12",
    act_date=date(2026, 3, 2),
    min_age_idea=14,
    min_age_vote=16,
    who_may_hand_in=("resident", "group"),
    max_ideas_per_author=3,
    pot_tetri=50_000_00,
    unit_sums={"terjola": 30_000_00, "chkhari": 20_000_00},
    town_wide_tetri=0,
    cost_cap_tetri=20_000_00,
    cost_floor_tetri=500_00,
    categories=(Category("roads", words("roads")),),
    checklist=(Check("own_power", words("text"), words("failing"), words("ground"), False),),
    rubric=RUBRIC,
    ballot=BallotRules("approval", 5, 3, "own_unit"),
    counting=CountingRules("equal-shares", 10, ("cost", "votes", "lot")),
    shortlist=Shortlist("best_n", n=4, per_unit=True),
    channels=("web", "paper"),
    identification=("sms_code", "in_person"),
    scores_public="pseudonymous",
    objection_days=5,
    votes_held=True,
)
