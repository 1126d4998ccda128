"""The ranking laid out for pages and for download: entries, decisions, recusals, sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from pb import clock
from pb.appeals.terms import objections_until
from pb.core.bundles import letters_stable, sealed
from pb.core.rubrics import Criterion
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_commission, queries_ranking, queries_scoring
from pb.review.letters import LETTERS
from pb.review.models import Decision, DecisionsPublished, RankingSnapshot
from pb.review.panel_members import Panel
from pb.review.points import points
from pb.review.queries_ranking import OpenSheet
from pb.web.wording import label, language

IN_GEORGIAN = str.maketrans(LETTERS, "აბგდევზთიკლმნოპჟრსტუფქღყშჩ"[: len(LETTERS)])


@dataclass(frozen=True)
class Row:
    """A ranked project. ``entry``: its part of the document (pb.review.ranking_document)."""

    entry: Mapping[str, Any]
    project: Project
    number: str
    decision: Decision | None


def rows_of(here: Here, snapshot: RankingSnapshot, *, public: bool = False) -> list[Row]:
    """All ranked projects in the order of their ranks, each with its newest decision on this ranking; ``public``:
    without those that were taken anew and are not out yet.
    """
    projects = {p.number: p for p in queries_commission.scored_projects(here)}
    cycle_id = here.the_cycle.id
    decided = (
        queries_ranking.public_decisions(cycle_id, clock.now())
        if public
        else queries_ranking.decisions(cycle_id)
    )
    found = []
    for number, entry in queries_ranking.entries_of(snapshot).items():
        project = projects.get(number)
        if project is None:
            continue  # withdrawn since
        decision = decided.get(project.id)
        if decision is not None and decision.snapshot_id != snapshot.id:
            decision = None
        found.append(Row(entry, project, number_of(project), decision))
    return found


def outcome_words(here: Here, outcome: str) -> str:
    """The words of a decision; where no vote is held, the commission's word is the last."""
    if not here.rules.votes_held:
        outcome = {"on_ballot": "selected", "not_shortlisted": "not_selected"}.get(outcome, outcome)
    return label(outcome)


def why(here: Here, entry: Mapping[str, Any]) -> str:
    """Why the rule proposes what it proposes, with the numbers."""
    rules, because = here.rules, entry["because"]
    if because == "below_score":
        return _(
            "The score %(score)s is below the minimum of %(minimum)s.",
            score=points(entry["score_hundredths"]),
            minimum=points(rules.shortlist.minimum_score),
        )
    if because == "below_criterion":
        return " ".join(
            _(
                "The mean of “%(criterion)s” is %(mean)s; at least %(minimum)s is needed.",
                criterion=_words(criterion.name),
                mean=points(entry["means_hundredths"][criterion.id]),
                minimum=points(criterion.minimum_mean_hundredths),
            )
            for criterion in rules.rubric.criteria
            if criterion.id in entry["below_minimum"]
        )
    return label(f"because_{because}")


def _words(words: Mapping[str, str]) -> str:
    return words.get(language()) or words["ka"]


def member_label(here: Here, sheet: OpenSheet, names: Mapping[int, str]) -> str:
    """How a member is called in public, as the rulebook says; empty where single sheets are not public."""
    kind = here.rules.scores_public
    if kind == "named" and names.get(sheet.member_id):
        return names[sheet.member_id]
    return "" if kind == "aggregate" else _("Member %(letter)s", letter=letter_words(sheet.letter))


def letter_words(letter: str) -> str:
    """A member's letter in the reader's alphabet: the file has A, B, C; a Georgian page ა, ბ, გ."""
    return letter.translate(IN_GEORGIAN) if language() == "ka" else letter


def names_of(here: Here) -> dict[int, str]:
    """The members' names by account."""
    return {a.id: queries_commission.name_of(a) for a in queries_commission.member_accounts(here)}


@dataclass(frozen=True)
class CriterionView:
    """What the commission said on one criterion: the mean in hundredths of a level, the words of the level
    that the mean reached, and the reasons that were given, (member, level, reason).
    """

    criterion: Criterion
    mean: int
    level: int
    words: Mapping[str, str]
    reasons: list[tuple[str, int | None, str]]


def criteria_of(here: Here, row: Row, sheets: list[OpenSheet]) -> list[CriterionView]:
    """A project criterion by criterion, in the rubric's order."""
    names = names_of(here) if here.rules.scores_public == "named" else {}
    hidden = here.rules.scores_public == "aggregate"
    found = []
    for criterion in here.rules.rubric.criteria:
        mean = row.entry["means_hundredths"][criterion.id]
        reasons = [
            (
                member_label(here, sheet, names),
                None if hidden else sheet.values.get(criterion.id),
                sheet.reasons[criterion.id],
            )
            for sheet in sheets
            if criterion.id in sheet.reasons
        ]
        level = mean // 100
        found.append(CriterionView(criterion, mean, level, criterion.level(level), reasons))
    return found


@dataclass(frozen=True)
class RecusalView:
    """A recusal as the minutes name it."""

    member: str
    kind: str
    project: Project
    number: str


def recusals_of(here: Here, panel: Panel) -> list[RecusalView]:
    """Recusals from the scored projects, by project, then in the order of appointment. Never the details."""
    names = names_of(here)
    return [
        RecusalView(names.get(member, ""), kind, project, number_of(project))
        for project in queries_commission.scored_projects(here)
        for member in panel.everybody
        if (kind := panel.kind(member, project.id))
    ]


@dataclass(frozen=True)
class SecondSheetView:
    """A second sheet as everybody reads of it: on which project, and why. Never whose."""

    reason: str
    project: Project
    number: str


def second_sheets_of(here: Here) -> list[SecondSheetView]:
    """The second sheets that count, by project, then by reason."""
    sheets = queries_ranking.counted_sheets(here.the_cycle.id)
    return [
        SecondSheetView(why, project, number_of(project))
        for project in queries_commission.scored_projects(here)
        for why in sorted(sheet.why_second for sheet in sheets.get(project.id, []) if sheet.why_second)
    ]


def public_bundle(here: Here, snapshot: RankingSnapshot, publication: DecisionsPublished) -> dict[str, Any]:
    """Everything from which the ranks and the decisions can be followed; no personal data but the names of
    members, which are public.
    """
    rows, final = (
        rows_of(here, snapshot, public=True),
        queries_ranking.final_list(here.the_cycle.id, clock.now()),
    )
    bundle: dict[str, Any] = {
        "ranking": queries_ranking.document_of(snapshot),
        "ranking_sha256": snapshot.fingerprint,
        "rulebook": here.rules.to_json(),
        "published_at": publication.at.isoformat(),
        "minutes": publication.minutes,
        "objections_until": objections_until(publication.at, here.rules).isoformat(),
        "final": {"at": final.at.isoformat(), "minutes": final.minutes} if final else None,
        "decisions": [
            {
                "number": row.project.number,
                "outcome": row.decision.outcome,
                "departs": row.decision.departs,
                "reason": row.decision.reason,
                "after_objection": row.decision.objection_id is not None,
            }
            for row in rows
            if row.decision is not None
        ],
        "recusals": [
            {"number": r.project.number, "member": r.member, "kind": r.kind}
            for r in recusals_of(here, queries_commission.panel_of(here))
        ],
        "gaps": [
            {
                "number": gap.project.number,
                "criteria": sorted(gap.reasons),
                "accepted_because": gap.accepted.reason,
            }
            for gap in queries_scoring.gaps(here.the_cycle.id)
            if gap.accepted is not None
        ],
    }
    bundle["second_sheets"] = [
        {"number": row.project.number, "reason": row.reason} for row in second_sheets_of(here)
    ]
    sheets = queries_ranking.counted_sheets(here.the_cycle.id, stable=letters_stable(here.rules))
    if here.rules.scores_public == "named":
        names = names_of(here)
        bundle["members"] = {
            str(row.project.number): {
                s.letter: names.get(s.member_id, "") for s in sheets.get(row.project.id, [])
            }
            for row in rows
        }
    if here.rules.scores_public != "aggregate":
        bundle["reasons"] = {
            str(row.project.number): {s.letter: dict(s.reasons) for s in sheets.get(row.project.id, [])}
            for row in rows
        }
    return sealed(bundle)
