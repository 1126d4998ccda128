"""The ranking as a document that anybody can redo: this file alone says what its inputs are. Pure.

What follows from the inputs, ``pb.core.rescoring.results`` computes, the same function by which everybody checks it.
Scores in hundredths of a point, means in hundredths of a level, money in tetri. Projects go by their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pb.core.bundles import letters_stable, rules_of, sums_of
from pb.core.canonical import canonical_json
from pb.core.rescoring import FORMAT, results
from pb.core.rubrics import Rubric
from pb.core.rulebook import Rulebook
from pb.core.scoring import SMALLEST_QUORUM
from pb.core.tally import PanelProject

__all__ = ["FORMAT", "letters_stable"]


@dataclass(frozen=True)
class CountedSheet:
    """One counted sheet. ``letter`` stands for its member; ``member_id`` never leaves this server. ``values``: a level
    for each criterion but those that the chair accepted as not judged.
    """

    letter: str
    values: Mapping[str, int]
    member_id: int = 0


@dataclass(frozen=True)
class RankedProject:
    """A project with its counted sheets. ``unit``: slug, None for the whole town; ``members``: how many were
    not recused; ``running_cost_tetri``: a year, 0 where no card says it.
    """

    number: int
    title: str
    unit: str | None
    cost_tetri: int
    revision: int
    fingerprint: str
    members: int
    quorum: int
    sheets: Sequence[CountedSheet]
    running_cost_tetri: int = 0


def judged(project: RankedProject, rubric: Rubric) -> dict[str, int]:
    """How many of the counted sheets judge each criterion."""
    return {c.id: sum(c.id in s.values for s in project.sheets) for c in rubric.criteria}


def has_quorum(project: RankedProject, rubric: Rubric) -> bool:
    """Whether the project may be ranked: enough sheets, and no criterion with a mean of fewer than three."""
    enough = len(project.sheets) >= project.quorum
    return enough and all(n >= SMALLEST_QUORUM for n in judged(project, rubric).values())


def panel_projects(projects: Sequence[RankedProject], rubric: Rubric) -> list[PanelProject]:
    """The projects that have their quorum, sheets by account id."""
    return [
        PanelProject(p.number, {s.member_id: s.values for s in p.sheets}, p.unit, p.running_cost_tetri)
        for p in projects
        if has_quorum(p, rubric)
    ]


def build(
    *,
    town: str,
    year: int,
    snapshot: int,
    opened_at: str,
    rulebook_version: int,
    rules: Rulebook,
    projects: Sequence[RankedProject],
    lots: Sequence[Mapping[str, Any]] = (),
    assignment: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The document. Single sheets are in it unless the rulebook publishes sums alone ("aggregate").

    ``lots``: {"number", "list", "salt", "list_sha256", "source", "source_on", "seed"} of each that was drawn.
    ``assignment``: {"number", "seed", "sha256"} where members score some projects each.
    """
    ranked = {p.number: p for p in projects if has_quorum(p, rules.rubric)}
    document: dict[str, Any] = {
        "format": FORMAT,
        "town": town,
        "year": year,
        "snapshot": snapshot,
        "opened_at": opened_at,
        "rulebook": {"version": rulebook_version, "fingerprint": rules.fingerprint()},
        **rules_of(rules),
        "lots": [dict(lot) for lot in lots],
        "assignment": dict(assignment) if assignment else None,
        "projects": [_inputs(p, rules) for p in ranked.values()],
        "below_quorum": [p.number for p in projects if p.number not in ranked],
    }
    found = results(document, {n: {s.letter: s.member_id for s in p.sheets} for n, p in ranked.items()})
    inputs = {entry["number"]: entry for entry in document["projects"]}
    if rules.scores_public == "aggregate":
        for entry in inputs.values():
            del entry["by_member"]
        for one in found["projects"].values():  # of three sheets these would tell each
            for key in ("spread_hundredths", "lowest_hundredths", "highest_hundredths"):
                one.pop(key, None)
    document["projects"] = [inputs[n] | computed for n, computed in found["projects"].items()]
    return document | {key: found[key] for key in ("zone", "ways", "agreement", "offsets")}


def _inputs(project: RankedProject, rules: Rulebook) -> dict[str, Any]:
    sheets = {s.letter: dict(s.values) for s in project.sheets}
    return {
        "number": project.number,
        "title": project.title,
        "unit": project.unit,
        "cost_tetri": project.cost_tetri,
        "running_cost_tetri": project.running_cost_tetri,
        "revision": project.revision,
        "revision_fingerprint": project.fingerprint,
        "members": project.members,
        "quorum": project.quorum,
        **sums_of(sheets, rules.rubric),
        "by_member": sheets,
    }


def serialise(document: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON and its SHA-256 in hex."""
    data = canonical_json(dict(document))
    return data.decode(), hashlib.sha256(data).hexdigest()
