"""A stored count as pages and files read it: the engine's document in tetri, by project. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pb.core.counting import decimals as numbers


@dataclass(frozen=True)
class PotSum:
    """One sum of money. ``name``: slug of the unit, or "" for the whole town. All in tetri."""

    name: str
    sum_tetri: int
    brought_tetri: int
    spent_tetri: int
    left_tetri: int


@dataclass(frozen=True)
class Record:
    """What the count says of one project. Scores in units of 10^-``point_decimals`` of the outcome.

    ``spent_tetri``: the running sum after its turn, ``left_tetri`` the money before it; None without a turn.
    """

    project: str
    name: str
    pot: str
    rank: int
    score: int
    votes: int
    cost_tetri: int
    funded: bool
    reason: str
    left_tetri: int | None
    spent_tetri: int | None
    missing_tetri: int | None
    by: str
    votes_needed: int | None
    votes_to_spare: int | None


@dataclass(frozen=True)
class TieRecord:
    """Projects with equal scores in the order in which they were taken."""

    pot: str
    score: int
    projects: tuple[str, ...]
    settled_by: tuple[str, ...]
    changed_winners: bool


@dataclass(frozen=True)
class Outcome:
    """A whole count. ``order``: the projects that had a turn, in the order of the count."""

    rule: str
    version: str
    ballots: str
    voters: int
    minimum: int
    point_decimals: int
    budget_tetri: int
    spent_tetri: int
    left_tetri: int
    parameters: Mapping[str, Any]
    winners: tuple[str, ...]
    pots: tuple[PotSum, ...]
    ties: tuple[TieRecord, ...]
    records: Mapping[str, Record]
    order: tuple[str, ...]

    @property
    def in_points(self) -> bool:
        """Whether voters gave points or places instead of votes."""
        return self.ballots in ("cumulative", "ordinal", "scoring")

    def pot(self, name: str) -> PotSum:
        """The pot of that name."""
        return next(pot for pot in self.pots if pot.name == name)

    def tie_of(self, project: str) -> TieRecord | None:
        """The tie in which a project stood, or None."""
        return next((tie for tie in self.ties if project in tie.projects), None)

    def score_text(self, score: int) -> str:
        """A score as a number: "654", "2.5"."""
        text = numbers.show(score, self.point_decimals)
        return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=32)
def parse_outcome(document: str) -> Outcome:
    """A stored document. ValueError for an amount that is no whole number of tetri (never stored)."""
    data = json.loads(document)
    decimals = data["decimals"]

    def tetri(value: int | None) -> int | None:
        return None if value is None else to_tetri(value, decimals)

    def sure(value: int) -> int:
        return to_tetri(value, decimals)

    records = {
        one["project"]: Record(
            project=one["project"],
            name=one["name"],
            pot=one["pot"],
            rank=one["rank"],
            score=one["score"],
            votes=one["votes"],
            cost_tetri=sure(one["cost"]),
            funded=one["funded"],
            reason=one["reason"] or "",
            left_tetri=tetri(one["left"]),
            spent_tetri=tetri(one["spent"]),
            missing_tetri=tetri(one["missing"]),
            by=one["by"] or "",
            votes_needed=one["votes_needed"],
            votes_to_spare=one["votes_to_spare"],
        )
        for one in data["projects"]
    }
    return Outcome(
        rule=data["rule"],
        version=data["version"],
        ballots=data["ballots"],
        voters=data["voters"],
        minimum=data["parameters"]["minimum"],
        point_decimals=data["point_decimals"],
        budget_tetri=sure(data["budget"]),
        spent_tetri=sure(data["total_cost"]),
        left_tetri=sure(data["left"]),
        parameters=data["parameters"],
        winners=tuple(data["winners"]),
        pots=tuple(
            PotSum(pot["name"], sure(pot["sum"]), sure(pot["brought"]), sure(pot["spent"]), sure(pot["left"]))
            for pot in data["pots"]
        ),
        ties=tuple(
            TieRecord(
                tie["pot"],
                tie["score"],
                tuple(tie["projects"]),
                tuple(tie["settled_by"]),
                tie["changed_winners"],
            )
            for tie in data["ties"]
        ),
        records=records,
        order=tuple(step["project"] for step in data["steps"]),
    )


def to_tetri(value: int, decimals: int) -> int:
    """An amount at a file's scale in tetri, exactly. ValueError where a fraction of a tetri would be left."""
    whole, rest = divmod(value * 100, 10**decimals)
    if rest:
        raise ValueError("a fraction of a tetri")
    return whole
