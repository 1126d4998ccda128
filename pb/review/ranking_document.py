"""The ranking as a document that anybody can redo: this file alone says what it holds. Pure.

Scores in hundredths of a point, means in hundredths of a level, money in tetri. Projects go by their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.rulebook import Rulebook
from pb.core.scoring import RankInput, RankRow, ranking, shortlist

FORMAT = "pb-ranking-1"


@dataclass(frozen=True)
class CountedSheet:
    """One submitted sheet. ``letter`` stands for its member, on this project alone."""

    letter: str
    values: Mapping[str, int]


@dataclass(frozen=True)
class RankedProject:
    """A project with its counted sheets. ``unit``: slug, None for the whole town; ``members``: how many were
    not recused.
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


def rank_rows(projects: Sequence[RankedProject], rules: Rulebook) -> tuple[RankRow, ...]:
    """The ranking of the projects that have their quorum."""
    inputs = [
        RankInput(p.number, [s.values for s in p.sheets], unit=p.unit)
        for p in projects
        if len(p.sheets) >= p.quorum
    ]
    return ranking(inputs, rules.rubric) if inputs else ()


def proposed(rows: Sequence[RankRow], projects: Sequence[RankedProject], rules: Rulebook) -> set[int]:
    """The numbers that the shortlist rule puts on the ballot."""
    costs: dict[int | str, int] = {p.number: p.cost_tetri for p in projects}
    found = shortlist(rows, costs, rules.shortlist, rules.unit_sums, rules.town_wide_tetri)
    return {int(number) for number in found}


def proposal(row: RankRow, chosen: set[int], rules: Rulebook) -> tuple[str, str]:
    """What the rule proposes for a project, and why: the outcome and one of within, below_criterion,
    below_score, beyond.

    Who passes every minimum but stands behind the line goes to the reserve.
    """
    if row.project_id in chosen:
        return "on_ballot", "within"
    if row.below_minimum:
        return "not_shortlisted", "below_criterion"
    if row.score_hundredths < rules.shortlist.minimum_score:
        return "not_shortlisted", "below_score"
    return "reserve", "beyond"


def build(
    *,
    town: str,
    year: int,
    snapshot: int,
    opened_at: str,
    rulebook_version: int,
    rules: Rulebook,
    projects: Sequence[RankedProject],
) -> dict[str, Any]:
    """The document. Single sheets are in it unless the rulebook publishes sums alone ("aggregate")."""
    rows = rank_rows(projects, rules)
    chosen = proposed(rows, projects, rules)
    by_number = {p.number: p for p in projects}
    return {
        "format": FORMAT,
        "town": town,
        "year": year,
        "snapshot": snapshot,
        "opened_at": opened_at,
        "rulebook": {"version": rulebook_version, "fingerprint": rules.fingerprint()},
        "criteria": [
            {
                "id": c.id,
                "name": dict(c.name),
                "weight_bp": c.weight_bp,
                "low": c.low,
                "high": c.high,
                "minimum_mean_hundredths": c.minimum_mean_hundredths,
            }
            for c in rules.rubric.criteria
        ],
        "shortlist": asdict(rules.shortlist),
        "unit_sums_tetri": dict(rules.unit_sums),
        "town_wide_tetri": rules.town_wide_tetri,
        "projects": [
            _project(row, by_number[int(row.project_id)], proposal(row, chosen, rules), rules) for row in rows
        ],
        "below_quorum": [p.number for p in projects if len(p.sheets) < p.quorum],
    }


def _project(row: RankRow, project: RankedProject, said: tuple[str, str], rules: Rulebook) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "number": project.number,
        "title": project.title,
        "unit": project.unit,
        "cost_tetri": project.cost_tetri,
        "revision": project.revision,
        "revision_fingerprint": project.fingerprint,
        "members": project.members,
        "quorum": project.quorum,
        "sheets": len(project.sheets),
        "sums": {c.id: sum(s.values[c.id] for s in project.sheets) for c in rules.rubric.criteria},
        "rank": row.rank,
        "score_hundredths": row.score_hundredths,
        "means_hundredths": dict(row.criterion_means_hundredths),
        "below_minimum": list(row.below_minimum),
        "tied_with": [int(other) for other in row.tied_with],
        "settled_by": row.settled_by,
        "proposal": said[0],
        "because": said[1],
    }
    if rules.scores_public != "aggregate":
        entry["by_member"] = {
            s.letter: dict(s.values) for s in sorted(project.sheets, key=lambda s: s.letter)
        }
    return entry


def serialise(document: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON and its SHA-256 in hex."""
    data = canonical_json(dict(document))
    return data.decode(), hashlib.sha256(data).hexdigest()
