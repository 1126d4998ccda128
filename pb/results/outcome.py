"""A stored count as pages and files read it: the engine's document in tetri, by project. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
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
    Of equal shares and Phragmén: ``price_tetri`` what a supporter with enough money paid, cut off;
    ``effective_votes`` as text; ``supporters_left_tetri``: what its supporters had left; ``spent_on``: on which
    projects they had spent, the biggest sum first. What a rule does not say is None or empty.
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
    price_tetri: int | None = None
    effective_votes: str = ""
    supporters_left_tetri: int | None = None
    spent_on: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class StepRecord:
    """One step of a count. ``by``: the part of the rule that took it ("" where a rule has one part only).

    ``supporters``: who named it; ``paid_less``: those of them who paid less than the others; ``before_tetri``:
    what its supporters had left together (equal shares), or had paid before (Phragmén).
    """

    project: str
    pot: str
    funded: bool
    cost_tetri: int
    spent_tetri: int
    by: str
    price_tetri: int | None
    effective_votes: str
    supporters: int
    paid_less: int
    before_tetri: int | None


@dataclass(frozen=True)
class PotFacts:
    """Equal shares of one pot: ``share_tetri`` of each of its ``voters``, raised ``raises`` times to
    ``endowment_tetri``. ``prefer``: voters who have more under equal shares, and under greedy, where the two
    were compared; ``kept``: whether equal shares stayed.
    """

    pot: str
    voters: int
    share_tetri: int
    raises: int
    endowment_tetri: int
    prefer: tuple[int, int] | None
    kept: bool


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
    decimals: int
    budget_tetri: int
    spent_tetri: int
    left_tetri: int
    parameters: Mapping[str, Any]
    winners: tuple[str, ...]
    pots: tuple[PotSum, ...]
    ties: tuple[TieRecord, ...]
    records: Mapping[str, Record]
    order: tuple[str, ...]
    steps: tuple[StepRecord, ...] = ()
    facts: tuple[PotFacts, ...] = ()

    @property
    def family(self) -> str:
        """Whose words explain it: "shares", "phragmen", or "greedy" for all that go down a list."""
        return {"equal-shares": "shares", "phragmen": "phragmen"}.get(self.rule, "greedy")

    def amount_tetri(self, name: str) -> int | None:
        """A parameter that is money: "step", "price"; None where the rule has none."""
        value = self.parameters.get(name)
        return None if value is None else to_tetri(value, self.decimals)

    def step_of(self, project: str) -> StepRecord | None:
        """The step in which a project was taken or refused, or None."""
        return next((step for step in self.steps if step.project == project), None)

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

    scale = _Scale(decimals)
    sure = scale.sure
    records = {one["project"]: _record(one, scale) for one in data["projects"]}
    return Outcome(
        rule=data["rule"],
        version=data["version"],
        ballots=data["ballots"],
        voters=data["voters"],
        minimum=data["parameters"]["minimum"],
        point_decimals=data["point_decimals"],
        decimals=decimals,
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
        steps=tuple(_step(step, scale) for step in data["steps"]),
        facts=tuple(_facts(one, scale) for one in data.get("facts", ())),
    )


@dataclass(frozen=True)
class _Scale:
    """Amounts of a document in tetri."""

    decimals: int

    def sure(self, value: int) -> int:
        return to_tetri(value, self.decimals)

    def tetri(self, value: int | None) -> int | None:
        return None if value is None else self.sure(value)

    def cut(self, text: str | None) -> int | None:
        """A decimal amount of minor units in whole tetri, cut off."""
        return None if text is None else int(Decimal(text).scaleb(2 - self.decimals))


def _record(one: Mapping[str, Any], scale: _Scale) -> Record:
    return Record(
        project=one["project"],
        name=one["name"],
        pot=one["pot"],
        rank=one["rank"],
        score=one["score"],
        votes=one["votes"],
        cost_tetri=scale.sure(one["cost"]),
        funded=one["funded"],
        reason=one["reason"] or "",
        left_tetri=scale.tetri(one.get("left")),
        spent_tetri=scale.tetri(one["spent"]),
        missing_tetri=scale.tetri(one["missing"]),
        by=one["by"] or "",
        votes_needed=one.get("votes_needed"),
        votes_to_spare=one.get("votes_to_spare"),
        price_tetri=scale.cut(one.get("price")),
        effective_votes=one.get("effective_votes") or "",
        supporters_left_tetri=scale.tetri(one.get("supporters_left")),
        spent_on=tuple(
            (part["project"], scale.sure(part["amount"]))
            for part in one.get("spent_on", ())
            if part["amount"] is not None
        ),
    )


def _step(step: Mapping[str, Any], scale: _Scale) -> StepRecord:
    before = step.get("left_before", step.get("loads_before"))
    return StepRecord(
        project=step["project"],
        pot=step["pot"],
        funded=step["funded"],
        cost_tetri=scale.sure(step["cost"]),
        spent_tetri=scale.sure(step["spent"]),
        by=step.get("by") or "",
        price_tetri=scale.cut(step.get("price")),
        effective_votes=step.get("effective_votes") or "",
        supporters=step.get("supporters") or 0,
        paid_less=step.get("paid_less") or 0,
        before_tetri=scale.tetri(before),
    )


def _facts(one: Mapping[str, Any], scale: _Scale) -> PotFacts:
    compared = one["preference"]
    return PotFacts(
        pot=one["pot"],
        voters=one["voters"],
        share_tetri=scale.cut(one["share"]) or 0,
        raises=one["raises"],
        endowment_tetri=scale.cut(one["endowment"]) or 0,
        prefer=(compared["shares"], compared["greedy"]) if compared else None,
        kept=compared is None or compared["kept"],
    )


def to_tetri(value: int, decimals: int) -> int:
    """An amount at a file's scale in tetri, exactly. ValueError where a fraction of a tetri would be left."""
    whole, rest = divmod(value * 100, 10**decimals)
    if rest:
        raise ValueError("a fraction of a tetri")
    return whole
