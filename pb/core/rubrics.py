"""Rubrics and sheets: this file alone says what a criterion is and when a sheet is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from pb.core.errors import Invalid, Problem, Problems
from pb.core.plain import later
from pb.core.words import Words, words_problems

WEIGHT_TOTAL = 10_000  # basis points
MIN_REASON = 30  # characters
# A sheet that leaves criteria out must still judge this much of the weight, else it would speak for what it did not
# see.
LEAST_JUDGED_BP = 5_000

# What a criterion does. A scored one gives points by its weight. A gate gives none, but a project whose mean on it
# misses the minimum is not shortlisted. Information is asked and published, and changes nothing.
SCORED, GATE, INFORMATION = "scored", "gate", "information"
CRITERION_KINDS = (SCORED, GATE, INFORMATION)


@dataclass(frozen=True)
class Criterion:
    """One question that every member answers with a whole number from ``low`` to ``high``.

    ``kind``: one of CRITERION_KINDS; ``weight_bp`` in basis points, 0 unless scored; ``levels`` holds the
    words of each level, lowest first;
    ``minimum_mean_hundredths`` is what the mean over the members must reach, in hundredths of a level (None:
    no minimum).
    """

    id: str
    name: Words
    question: Words
    weight_bp: int
    low: int = 0
    high: int = 5
    levels: tuple[Words, ...] = ()
    minimum_mean_hundredths: int | None = None
    kind: str = later(SCORED)

    def level(self, value: int) -> Words:
        """The words of the level ``value``. Raises Invalid("out_of_scale")."""
        if not self.low <= value <= self.high:
            raise Invalid("out_of_scale", field=self.id, low=self.low, high=self.high)
        return self.levels[value - self.low]


@dataclass(frozen=True)
class Rubric:
    """The criteria of a cycle in their published order (the first two that are scored break ties)."""

    criteria: tuple[Criterion, ...]

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """The criteria that give points."""
        return tuple(criterion for criterion in self.criteria if criterion.kind == SCORED)

    def criterion(self, criterion_id: str) -> Criterion:
        """Raises Invalid("unknown_criterion")."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise Invalid("unknown_criterion", field=criterion_id)

    def problems(self, field: str = "rubric") -> tuple[Problem, ...]:
        """Everything that is wrong with the rubric; empty when it can be published."""
        if not self.scored:
            return (Problem("no_criteria", field),)
        found: list[Problem] = []
        seen: set[str] = set()
        for index, criterion in enumerate(self.criteria):
            place = f"{field}.criteria.{index}"
            if not criterion.id or criterion.id in seen:
                found.append(Problem("bad_or_repeated_id", f"{place}.id", {"id": criterion.id}))
            seen.add(criterion.id)
            found.extend(_criterion_problems(criterion, place))
        total = sum(criterion.weight_bp for criterion in self.scored)
        if total != WEIGHT_TOTAL:
            found.append(Problem("weights_do_not_sum", field, {"total": total, "expected": WEIGHT_TOTAL}))
        return tuple(found)


def _criterion_problems(criterion: Criterion, place: str) -> list[Problem]:
    found = [*words_problems(criterion.name, f"{place}.name")]
    found += words_problems(criterion.question, f"{place}.question")
    found += _kind_problems(criterion, place)
    if criterion.low >= criterion.high:
        found.append(Problem("empty_scale", f"{place}.high", {"low": criterion.low, "high": criterion.high}))
        return found
    expected = criterion.high - criterion.low + 1
    if len(criterion.levels) != expected:
        params = {"found": len(criterion.levels), "expected": expected}
        found.append(Problem("wrong_number_of_levels", f"{place}.levels", params))
    for index, words in enumerate(criterion.levels):
        found += words_problems(words, f"{place}.levels.{index}")
    minimum = criterion.minimum_mean_hundredths
    if minimum is not None and not criterion.low * 100 <= minimum <= criterion.high * 100:
        found.append(Problem("minimum_outside_scale", f"{place}.minimum_mean_hundredths"))
    return found


def _kind_problems(criterion: Criterion, place: str) -> list[Problem]:
    if criterion.kind not in CRITERION_KINDS:
        return [Problem("not_a_choice", f"{place}.kind", {"value": criterion.kind})]
    if criterion.kind == SCORED:
        return [] if criterion.weight_bp > 0 else [Problem("not_positive", f"{place}.weight_bp")]
    found = [Problem("weight_without_points", f"{place}.weight_bp")] if criterion.weight_bp else []
    minimum = criterion.minimum_mean_hundredths
    if criterion.kind == GATE and (minimum is None or minimum <= criterion.low * 100):
        found.append(Problem("gate_without_minimum", f"{place}.minimum_mean_hundredths"))
    if criterion.kind == INFORMATION and minimum is not None:
        found.append(Problem("minimum_of_information", f"{place}.minimum_mean_hundredths"))
    return found


class ScoredLine(Protocol):
    """What a line of a sheet must offer, be it a row of the database or a ``Line``."""

    @property
    def criterion_id(self) -> str: ...

    @property
    def value(self) -> int | None: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """A member's answer to one criterion; ``value`` None means "cannot judge"."""

    criterion_id: str
    value: int | None
    reason: str = ""


def needs_reason(value: int | None, criterion: Criterion) -> bool:
    """The two lowest levels, the highest, and "cannot judge" are never given without a public reason; of a gate,
    what misses its minimum.
    """
    if value is None:
        return True
    if criterion.kind != SCORED:
        minimum = criterion.minimum_mean_hundredths
        return minimum is not None and value * 100 < minimum
    return value <= criterion.low + 1 or value >= criterion.high


def check_complete(lines: Iterable[ScoredLine], rubric: Rubric, *, allow_cannot_judge: bool = False) -> None:
    """Refuse a sheet that has gaps. Raises Problems, one for each fault.

    Fields are ``<criterion>.value`` and ``<criterion>.reason``. ``allow_cannot_judge``: accept "cannot judge"
    with a reason (such a sheet is submitted, and counts only when the chair accepts it) as long as at least half of
    the weight is judged.
    """
    found: list[Problem] = []
    known = {criterion.id: criterion for criterion in rubric.criteria}
    seen: set[str] = set()
    unjudged: list[str] = []
    for line in lines:
        criterion = known.get(line.criterion_id)
        if criterion is None or line.criterion_id in seen:
            code = "unknown_criterion" if criterion is None else "duplicate_line"
            found.append(Problem(code, f"{line.criterion_id}.value"))
            continue
        seen.add(criterion.id)
        if line.value is None:
            unjudged.append(criterion.id)
        if line.value is None and not allow_cannot_judge:
            found.append(Problem("cannot_judge", f"{criterion.id}.value"))
        elif line.value is not None and not _in_scale(line.value, criterion):
            params = {"low": criterion.low, "high": criterion.high}
            found.append(Problem("out_of_scale", f"{criterion.id}.value", params))
        elif needs_reason(line.value, criterion) and len((line.reason or "").strip()) < MIN_REASON:
            found.append(Problem("reason_needed", f"{criterion.id}.reason", {"minimum": MIN_REASON}))
    found += [Problem("missing_line", f"{key}.value") for key in known if key not in seen]
    if (
        not found
        and unjudged
        and sum(c.weight_bp for c in known.values() if c.id not in unjudged) < LEAST_JUDGED_BP
    ):
        found.append(
            Problem("too_little_judged", f"{unjudged[0]}.value", {"percent": LEAST_JUDGED_BP // 100})
        )
    if found:
        raise Problems(found)


def _in_scale(value: object, criterion: Criterion) -> bool:
    return type(value) is int and criterion.low <= value <= criterion.high


def sheet_score(lines: Mapping[str, int], rubric: Rubric, *, partial: bool = False) -> Fraction:
    """The exact score of one sheet, 0 to 100: the weighted mean of how far up each scale the values are.

    ``partial``: a sheet whose "cannot judge" the chair accepted; the weights of the criteria it does judge
    are scaled up to 100 %, since missing is not zero. Gates and information give no points. Raises
    Invalid("incomplete_sheet" | "unknown_criterion"
    | "out_of_scale").
    """
    for criterion_id in lines:
        rubric.criterion(criterion_id)
    points, weights = Fraction(0), 0
    for criterion in rubric.criteria:
        if criterion.id not in lines:
            if partial:
                continue
            raise Invalid("incomplete_sheet", field=criterion.id)
        value = lines[criterion.id]
        if not _in_scale(value, criterion):
            raise Invalid("out_of_scale", field=criterion.id, low=criterion.low, high=criterion.high)
        if criterion.kind != SCORED:
            continue
        points += Fraction(criterion.weight_bp * (value - criterion.low), criterion.high - criterion.low)
        weights += criterion.weight_bp
    if not weights:
        raise Invalid("incomplete_sheet")
    return points * 100 / weights
