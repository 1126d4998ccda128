"""From a ranking's inputs to its results: this file alone computes what a ranking document says. Pure. The document is
described in docs/rescoring.md.

Scores in hundredths of a point, means in hundredths of a level, money in tetri; projects go by their number in the
cycle, members by letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pb.core.adjustment import member_offsets
from pb.core.agreement import agreement_code, alpha_of_units
from pb.core.lots import draw
from pb.core.panel import MemberId
from pb.core.ranks import RankRow, Standing, order
from pb.core.rubrics import Criterion, Rubric
from pb.core.shortlist import Shortlist, shortlist
from pb.core.tally import PanelProject, Tally, half_up
from pb.core.ways import Robustness, robustness

FORMAT = "pb-ranking-2"

Document = Mapping[str, Any]
#: By project number: whose sheet a letter stands for.
Members = Mapping[int, Mapping[str, MemberId]]


def rubric_of(document: Document) -> Rubric:
    """The criteria of a document; their questions and levels play no part in the arithmetic."""
    return Rubric(
        tuple(
            Criterion(
                id=c["id"],
                name=c["name"],
                question={},
                weight_bp=c["weight_bp"],
                low=c["low"],
                high=c["high"],
                minimum_mean_hundredths=c["minimum_mean_hundredths"],
                kind=c["kind"],
            )
            for c in document["criteria"]
        )
    )


def exact(value: Fraction) -> str:
    """„425/3“: an exact number as text."""
    return f"{value.numerator}/{value.denominator}"


def results(document: Document, members: Members | None = None) -> dict[str, Any]:
    """What follows from a document's inputs: {"projects": {number: fields}, "zone", "ways", "agreement", "offsets"}.

    Inputs: criteria, shortlist, unit_sums_tetri, town_wide_tetri, scoring, letters, lots, and of each project with its
    quorum unit, cost_tetri, running_cost_tetri and by_member (or sums, judged, sheets and score_sum where single sheets
    are not published). ``members``: who the letters are, where letters of different projects do not say it
    themselves; without it the ways that leave a member out are not computed. Raises Invalid.
    """
    rubric = rubric_of(document)
    entries = {entry["number"]: entry for entry in document["projects"]}
    lots = [draw(one["list"], one["salt"], one["seed"]) for one in document["lots"]]
    whole: dict[str, Any] = {"projects": {}, "zone": None, "ways": None, "agreement": None, "offsets": None}
    if not entries:
        return whole
    if any("by_member" not in entry for entry in entries.values()):
        rows = order((_from_sums(entry, rubric) for entry in entries.values()), rubric, lots)
        whole["projects"] = _ranked(rows, document, entries)
        return whole
    linked = members is not None or document["letters"] == "stable"
    projects = [_panel(entry, members, linked) for entry in entries.values()]
    tally = Tally(projects, rubric)
    raw = {p.project_id: tally.mean(p.project_id) for p in projects}
    if document["scoring"]["adjust"]:
        scores = {
            key: {m: Fraction(n, tally.denominator) for m, n in sheets.items()}
            for key, sheets in tally.scores.items()
        }
        offsets = member_offsets(scores)
        tally = Tally(projects, rubric, offsets)
        whole["offsets"] = _offsets(offsets, members)
    rows = order(map(tally.standing, projects), rubric, lots)
    whole["projects"] = _ranked(rows, document, entries)
    for project in projects:
        key = project.project_id
        found = whole["projects"][key]
        found["trimmed_hundredths"], found["median_hundredths"] = tally.trimmed(key), tally.median(key)
        found["spread_hundredths"] = tally.spread(key)
        if document["scoring"]["adjust"]:
            found["raw_hundredths"] = raw[key]
    if linked:
        by_unit = document["shortlist"]["per_unit"]
        firm = robustness(
            projects,
            rubric,
            lambda ranked: proposed(ranked, document, entries),
            lots=lots,
            pool=(lambda p: p.unit) if by_unit else (lambda p: None),
            tally=tally,
        )
        _add_firmness(whole, firm)
    whole["agreement"] = _agreement(entries.values(), rubric)
    return whole


def _panel(entry: Document, members: Members | None, linked: bool) -> PanelProject:
    number = entry["number"]

    def who(letter: str) -> MemberId:
        if members is not None:
            return members[number][letter]
        return letter if linked else f"{number} {letter}"

    sheets = {who(letter): sheet for letter, sheet in entry["by_member"].items()}
    return PanelProject(number, sheets, entry["unit"], entry["running_cost_tetri"])


def _from_sums(entry: Document, rubric: Rubric) -> Standing:
    """Where single sheets are not published: the mean from the sum of the sheets' scores."""
    above, below = entry["score_sum"].split("/")
    total = Fraction(int(above), int(below))
    return Standing(
        entry["number"],
        half_up(total.numerator * 100, total.denominator * entry["sheets"]),
        {c.id: half_up(entry["sums"][c.id] * 100, entry["judged"][c.id]) for c in rubric.criteria},
        entry["unit"],
        entry["running_cost_tetri"],
    )


def shortlist_of(document: Document) -> Shortlist:
    """The shortlist rule of a document."""
    return Shortlist(**document["shortlist"])


def proposed(rows: Sequence[RankRow], document: Document, entries: Mapping[int, Document]) -> set[int | str]:
    """The numbers that the shortlist rule puts in."""
    costs: dict[int | str, int] = {number: entry["cost_tetri"] for number, entry in entries.items()}
    rule = shortlist_of(document)
    return set(shortlist(rows, costs, rule, document["unit_sums_tetri"], document["town_wide_tetri"]))


def proposal(row: RankRow, chosen: set[int | str], rule: Shortlist) -> tuple[str, str]:
    """What the rule proposes for a project, and why: the outcome and one of within, below_criterion, below_score,
    beyond. Who passes every minimum but stands behind the line goes to the reserve.
    """
    if row.project_id in chosen:
        return "on_ballot", "within"
    if row.below_minimum:
        return "not_shortlisted", "below_criterion"
    if row.score_hundredths < rule.minimum_score:
        return "not_shortlisted", "below_score"
    return "reserve", "beyond"


def _ranked(
    rows: Sequence[RankRow], document: Document, entries: Mapping[int, Document]
) -> dict[int | str, dict[str, Any]]:
    chosen, rule = proposed(rows, document, entries), shortlist_of(document)
    found = {}
    for row in rows:
        outcome, because = proposal(row, chosen, rule)
        found[row.project_id] = {
            "rank": row.rank,
            "score_hundredths": row.score_hundredths,
            "means_hundredths": dict(row.criterion_means_hundredths),
            "below_minimum": list(row.below_minimum),
            "tied_with": list(row.tied_with),
            "settled_by": row.settled_by,
            "proposal": outcome,
            "because": because,
        }
    return found


def _add_firmness(whole: dict[str, Any], firm: Robustness) -> None:
    whole["ways"] = len(firm.ways)
    whole["zone"] = list(firm.zone) if firm.zone else None
    for one in firm.projects:
        whole["projects"][one.project_id] |= {
            "lowest_hundredths": one.lowest,
            "highest_hundredths": one.highest,
            "within": one.within,
            "grey": one.grey,
        }


def _offsets(offsets: Mapping[MemberId, Fraction], members: Members | None) -> dict[str, str]:
    """By letter, which is the same on all projects where there is an adjustment."""
    letters = {who: letter for row in (members or {}).values() for letter, who in row.items()}
    return {letters.get(member, str(member)): exact(offset) for member, offset in offsets.items()}


def _agreement(entries: Any, rubric: Rubric) -> dict[str, Any]:
    """Krippendorff's alpha of each criterion (ordinal), and its word."""
    found = {}
    listed = list(entries)
    for criterion in rubric.criteria:
        alpha = alpha_of_units([s.get(criterion.id) for s in e["by_member"].values()] for e in listed)
        found[criterion.id] = {
            "alpha": exact(alpha) if alpha is not None else None,
            "word": agreement_code(alpha),
        }
    return found
