"""What a project's text may hold; this file alone checks fields and steps, and fingerprints the whole.

Pure: plain values in, plain values out. Budget lines: pb.projects.budget.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.errors import Problem, Problems
from pb.core.money import LARGEST_TETRI
from pb.ideas.content import clean_line, clean_text
from pb.projects.budget import cost_of

# Characters. The order is that of the pages.
FIELD_LIMITS: Mapping[str, int] = {
    "title": 80,
    "problem": 2000,
    "what": 3000,
    "beneficiaries": 1000,
    "land_code": 200,
    "land_words": 500,
    "team": 1000,
    "upkeep": 1000,
    "upkeep_from": 300,
}
LINES = frozenset({"title", "land_code"})  # one line each; the others are text of several lines
# Whose the land or the building is; "none": the project needs none. What stands with permits.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "land_owner": ("municipality", "state", "private", "none", "unknown"),
    "land_permit": ("not_needed", "have", "asked", "later", "unknown"),
}
SUMS = ("upkeep_tetri",)  # tetri, None: not said
# Every field, by the page of the author's on which it stands.
PAGES: Mapping[str, tuple[str, ...]] = {
    "text": ("title", "problem", "what", "beneficiaries"),
    "land": ("land_code", "land_owner", "land_permit", "land_words"),
    "team": ("team",),
    "upkeep": ("upkeep", "upkeep_tetri", "upkeep_from"),
}
_ROWS = ("budget", "timeline")
# On which page each part stands, in the order in which a text is read.
FIELD_PAGES: Mapping[str, str] = {
    **{name: page for page in ("text", "land", "team") for name in PAGES[page]},
    **{name: name for name in _ROWS},
    **dict.fromkeys(PAGES["upkeep"], "upkeep"),
}
REQUIRED = (
    "title", "problem", "what", "beneficiaries", "land_owner", "land_permit", "upkeep", "upkeep_tetri",
)  # fmt: skip
STEP_WORDS = 300
REASON_LIMIT = 500  # of an author's own reason to withdraw
MAX_STEPS = 40
MOST_CODES = 8

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# Zone, sector, quarter, parcel; then a building on it and a part of that (the National Agency of Public Registry).
_CADASTRAL = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{3}(\.\d{2,3}){0,3}")


def cadastral_codes(typed: str) -> tuple[str, ...]:
    """The codes in what a person typed: "33.05.43.127", several with commas, blanks around the points allowed.

    Raises Problems("not_cadastral") naming the first that has not the shape of one.
    """
    codes = [re.sub(r"\s*\.\s*", ".", one.strip()) for one in re.split(r"[,;\n]", typed) if one.strip()]
    wrong = next((code for code in codes if not _CADASTRAL.fullmatch(code)), None)
    if wrong is not None:
        raise Problems([Problem("not_cadastral", "land_code", {"typed": wrong[:40]})])
    if len(codes) > MOST_CODES:
        raise Problems([Problem("too_many_rows", "land_code", {"limit": MOST_CODES})])
    return tuple(dict.fromkeys(codes))


def empty_fields() -> dict[str, Any]:
    """All fields of a text in which nothing is written yet."""
    return {name: None if name in SUMS else "" for names in PAGES.values() for name in names}


def checked_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields with plain line ends, no blanks around and no signs that turn a line around on the
    ballot. Raises Problems (too_long, not_cadastral, not_a_choice, too_much_money), ValueError for a field that a
    project does not have.
    """
    if unknown := given.keys() - empty_fields().keys():
        raise ValueError(f"a project has no field {sorted(unknown)}")
    fields = {name: _cleaned(name, value) for name, value in given.items()}
    found = [problem for name, value in fields.items() for problem in _field_problems(name, value)]
    if fields.get("land_code") and not any(problem.field == "land_code" for problem in found):
        try:
            fields["land_code"] = ", ".join(cadastral_codes(fields["land_code"]))
        except Problems as problems:
            found.extend(problems.problems)
    if found:
        raise Problems(found)
    return fields


def _cleaned(name: str, value: Any) -> Any:
    if name in SUMS:
        return value
    return clean_line(value) if name in LINES or name in CHOICES else clean_text(value)


def _field_problems(name: str, value: Any) -> Iterator[Problem]:
    if name in SUMS:
        if value is not None and not 0 <= value <= LARGEST_TETRI:
            yield Problem("too_much_money", name)
    elif name in CHOICES:
        if value and value not in CHOICES[name]:
            yield Problem("not_a_choice", name, {"value": value[:40]})
    elif len(value) > FIELD_LIMITS[name]:
        yield Problem("too_long", name, {"limit": FIELD_LIMITS[name]})


def checked_timeline(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Steps {month "2027-03", step} in the order of their months; empty rows are left out.

    Raises Problems with the row's fields, "steps-<row>-month" and "steps-<row>-step".
    """
    steps: list[dict[str, str]] = []
    found: list[Problem] = []
    for row, one in enumerate(given):
        month, step = str(one.get("month") or "").strip(), clean_line(str(one.get("step") or ""))
        if not (month or step):
            continue
        if not month:
            found.append(Problem("step_without_month", f"steps-{row}-month", {"row": row + 1}))
        elif not _MONTH.fullmatch(month):
            found.append(Problem("not_a_month", f"steps-{row}-month", {"row": row + 1}))
        if not step:
            found.append(Problem("step_without_words", f"steps-{row}-step", {"row": row + 1}))
        elif len(step) > STEP_WORDS:
            found.append(Problem("too_long", f"steps-{row}-step", {"limit": STEP_WORDS}))
        steps.append({"month": month, "step": step})
    if len(steps) > MAX_STEPS:
        found.append(Problem("too_many_rows", "steps", {"limit": MAX_STEPS}))
    if found:
        raise Problems(found)
    return sorted(steps, key=lambda step: step["month"])


def document(fields: Mapping[str, Any], timeline: Sequence[Any], budget: Sequence[Any]) -> dict[str, Any]:
    """The whole text as it is fingerprinted."""
    return {"fields": dict(fields), "timeline": list(timeline), "budget": list(budget)}


def fingerprint(fields: Mapping[str, Any], timeline: Sequence[Any], budget: Sequence[Any]) -> str:
    """SHA-256, in hex, of the text's canonical JSON (core.canonical)."""
    return hashlib.sha256(canonical_json(document(fields, timeline, budget))).hexdigest()


def missing_parts(
    fields: Mapping[str, Any], timeline: Sequence[Any], budget: Sequence[Any], *, cap: int, floor: int
) -> tuple[Problem, ...]:
    """What still keeps the text from being handed in. ``cap`` and ``floor`` are tetri, 0 for none.

    ``field`` names the part of the text: a field, "timeline" or "budget".
    """
    found = [Problem(f"{name}_missing", name) for name in REQUIRED if fields.get(name) in (None, "")]
    if fields.get("upkeep_tetri") and not fields.get("upkeep_from"):
        found.append(Problem("upkeep_from_missing", "upkeep_from"))
    if not timeline:
        found.append(Problem("timeline_missing", "timeline"))
    return (*found, *cost_problems(budget, cap=cap, floor=floor))


def cost_problems(budget: Sequence[Any], *, cap: int, floor: int) -> tuple[Problem, ...]:
    """What is wrong with the sum by the rulebook's cap and floor (tetri, 0 for none)."""
    cost = cost_of(budget)
    if cost == 0:
        return (Problem("budget_missing", "budget"),)
    if cap and cost > cap:
        over = {"cap_tetri": cap, "cost_tetri": cost, "over_tetri": cost - cap}
        return (Problem("over_cap", "budget", over),)
    if cost < floor:
        return (Problem("under_floor", "budget", {"floor_tetri": floor, "cost_tetri": cost}),)
    return ()
