"""Demonstration: the commission declares conflicts, scores, opens the scores and decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pb.policy import Actor
from pb.review.commands_commission import declare_conflict, submit_sheet
from pb.review.commands_decision import open_scores, publish_decisions
from pb.review.commands_final import confirm_list
from pb.site.demo_people import content
from pb.site.seed_session import hold_session
from pb.site.seed_towns import at

DECLARED = at(2026, 9, 23, 10)
SCORED = at(2026, 9, 24, 10)
OPENED = at(2026, 10, 1, 11)
PUBLISHED = at(2026, 10, 2, 17)
FINAL = at(2026, 10, 10, 11)


def seed_review(cycle_id: int, projects: dict[str, int], staff: dict[str, Actor]) -> None:
    """Seven members, one recusal, 24 projects; the ranking, the decisions, the preliminary list and the final one."""
    data = content("projects_terjola")
    recused = {(r["letter"], r["project"]): r for r in data["recusals"]}
    members = {m["letter"]: staff[m["person"]] for m in data["members"]}
    for n, row in enumerate(data["projects"]):
        for letter, member in members.items():
            conflict = recused.get((letter, row["key"]))
            declare_conflict(
                project_id=projects[row["key"]],
                kind=conflict["type"] if conflict else "none",
                details=conflict["note"] if conflict else "",
                actor=member,
                now=DECLARED + timedelta(minutes=n),
            )
            if conflict is None:
                submit_sheet(
                    project_id=projects[row["key"]],
                    lines=_lines(row, letter),
                    actor=member,
                    now=SCORED + timedelta(hours=5 * n, minutes=11 * ord(letter) % 60),
                )
    chair = staff["tj_chair"]
    open_scores(cycle_id=cycle_id, actor=chair, now=OPENED)
    departures = {
        projects[row["key"]]: (row["expected"]["decision"], row["expected"]["reason"])
        for row in data["projects"]
        if row["expected"]["departs"]
    }
    hold_session(cycle_id, departures, staff, list(members.values()))
    publish_decisions(cycle_id=cycle_id, minutes="№ 3, 2026 წლის 2 ოქტომბერი", actor=chair, now=PUBLISHED)
    confirm_list(cycle_id=cycle_id, minutes="№ 14, 2026 წლის 10 ოქტომბერი", actor=chair, now=FINAL)


def _lines(row: dict[str, Any], letter: str) -> dict[str, dict[str, Any]]:
    reasons = row["reasons"].get(letter, {})
    return {
        criterion: {"value": value, "reason": reasons.get(criterion, ""), "note": ""}
        for criterion, value in row["scores"][letter].items()
    }
