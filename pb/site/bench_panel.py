"""A commission with scored projects, written straight into an empty database for the benchmark."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from pb.accounts.models import Account
from pb.accounts.personal import seal
from pb.accounts.queries import actor_by_id
from pb.core.panel import PanelSheet
from pb.core.ranks import RankRow
from pb.core.rubrics import Criterion
from pb.core.rulebook import Rulebook
from pb.core.shortlist import shortlist
from pb.core.tally import PanelProject
from pb.cycles.models import Cycle
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.places.queries import units_of
from pb.policy import Actor, Role
from pb.projects import text
from pb.projects.models import Project, ProjectRevision
from pb.review import queries_commission, queries_ranking
from pb.review.commands_decision import follow_ranking, open_scores, publish_decisions
from pb.review.models import ConflictDeclaration, ScoreLine, ScoreSheet
from pb.review.models_panel import Seat
from pb.review.ranking_document import panel_projects
from pb.site import seed_towns
from pb.site.seed_towns import at

DECLARED, SCORED, OPENED = at(2026, 9, 23, 10), at(2026, 9, 24, 10), at(2026, 10, 1, 11)
REASON = "ეს განაცხადის მესამე ნაწილში წერია და მოწმდება."


@dataclass(frozen=True)
class Panel:
    """The commission that was made. ``members``: the chair last."""

    cycle_id: int
    members: list[Actor]
    project_ids: list[int]
    criteria: tuple[Criterion, ...]
    now: datetime

    @property
    def chair(self) -> Actor:
        return self.members[-1]

    @property
    def projects(self) -> int:
        return len(self.project_ids)

    def lines(self, value: int) -> dict[str, dict[str, Any]]:
        """A complete sheet."""
        return {c.id: {"value": value, "reason": REASON, "note": ""} for c in self.criteria}

    def inputs(
        self,
    ) -> tuple[
        Rulebook,
        list[PanelProject],
        Callable[[Sequence[RankRow]], Collection[int | str]],
        list[PanelSheet],
        Mapping[int, Mapping[str, Any]],
    ]:
        """Rules, projects with their sheets, the shortlist rule, sheets for flags, and the ranking's entries."""
        here = here_by_id(self.cycle_id, now=OPENED)
        projects = queries_commission.scored_projects(here)
        sheets = queries_ranking.counted_sheets(self.cycle_id)
        ranked = queries_ranking.ranked_of(here, projects, sheets)
        costs: dict[int | str, int] = {p.number: p.cost_tetri for p in ranked}
        rules = here.rules

        def chosen(rows: Sequence[RankRow]) -> Collection[int | str]:
            return shortlist(rows, costs, rules.shortlist, rules.unit_sums, rules.town_wide_tetri)

        snapshot = queries_ranking.newest_snapshot(self.cycle_id)
        assert snapshot is not None
        entries = queries_ranking.entries_of(snapshot)
        flagged = queries_ranking.panel_sheets(projects, sheets)
        return rules, panel_projects(ranked, rules.rubric), chosen, flagged, entries


def scored_panel(app: Flask, members: int, projects: int, *, scored: bool = True) -> Panel:
    """So many members and projects; ``scored``: every sheet submitted, opened, decided and published."""
    with app.app_context():
        with writing():
            town_id = seed_towns.seed_town("terjola", Actor(is_installer=True))
            staff = seed_towns.seed_staff(town_id, "terjola")
            cycle_id = seed_towns.seed_terjola_2026(town_id, staff["tj_admin1"])
        chair = staff["tj_chair"]
        assert chair.account_id is not None
        accounts = [*_accounts(town_id, members - 1), chair.account_id]
        with writing() as session:
            session.add_all(
                Seat(
                    cycle_id=cycle_id, account_id=account, represents="expert", act_number="1-1",
                    function="chair" if account == chair.account_id else "member", act_date=date(2026, 8, 14),
                    appointed_at=at(2026, 8, 24),
                )
                for account in accounts
            )  # fmt: skip
        ids = _projects(town_id, cycle_id, projects)
        here = here_by_id(cycle_id, now=SCORED)
        panel = Panel(cycle_id, [actor_by_id(a) for a in accounts], ids, here.rules.rubric.criteria, SCORED)
        _sheets(panel, here.the_cycle.rulebook_id or 0, submitted=scored)
        if scored:
            open_scores(cycle_id=cycle_id, actor=chair, now=OPENED)
            follow_ranking(cycle_id=cycle_id, actor=chair, now=OPENED + timedelta(hours=1))
            publish_decisions(
                cycle_id=cycle_id, minutes="№ 3, 01.10.2026", actor=chair, now=OPENED + timedelta(hours=2)
            )
        db.session.remove()
    return panel


def _accounts(town_id: int, count: int) -> list[int]:
    from pb.accounts.models import RoleGrant

    with writing() as session:
        rows = [
            Account(email=f"bench{n}@example.org", name_sealed=seal(f"წევრი {n}"), created_at=DECLARED)
            for n in range(count)
        ]
        session.add_all(rows)
        session.flush()
        session.add_all(
            RoleGrant(town_id=town_id, account_id=row.id, role=Role.MEMBER, granted_at=DECLARED)
            for row in rows
        )
        return [row.id for row in rows]


def _projects(town_id: int, cycle_id: int, count: int) -> list[int]:
    units = [unit.id for unit in units_of(town_id)]
    cycle = db.session.get_one(Cycle, cycle_id)
    categories = [c.id for c in here_by_id(cycle.id, now=SCORED).rules.categories]
    fields = {
        "title": "სკვერი",
        "problem": "ნაგავია.",
        "what": "მოეწყობა.",
        "beneficiaries": "ყველას.",
        "upkeep": "მერია.",
    }
    timeline = [{"month": "2027-03", "step": "დაწყება"}]
    with writing() as session:
        made = []
        for n in range(1, count + 1):
            cost = 900_000 + n * 7_000 % 1_100_000
            budget = [
                {
                    "what": "სამუშაო",
                    "unit": "",
                    "quantity_milli": 1000,
                    "price_tetri": cost,
                    "sum_tetri": cost,
                }
            ]
            project = Project(
                cycle_id=cycle_id, number=n, state="frozen", unit_id=units[n % len(units)],
                category=categories[n % len(categories)], title=f"სკვერი {n}", cost_tetri=cost, author_label="ნ. ს.",
                search_text=f"სკვერი {n}", created_at=DECLARED, handed_in_at=DECLARED, frozen_at=DECLARED,
            )  # fmt: skip
            session.add(project)
            session.flush()
            revision = ProjectRevision(
                project_id=project.id, number=1, fields=fields, timeline=timeline, budget=budget, cost_tetri=cost,
                fingerprint=text.fingerprint(fields, timeline, budget), at=DECLARED,
            )  # fmt: skip
            session.add(revision)
            session.flush()
            project.revision_id = project.handed_in_revision_id = revision.id
            made.append(project.id)
    return made


def _sheets(panel: Panel, rulebook_id: int, *, submitted: bool) -> None:
    """Clean declarations of all, and (where asked for) every sheet, its levels drawn around a quality of the
    project.
    """
    dice = random.Random(2026)
    rows = db.session.execute(select(ProjectRevision.project_id, ProjectRevision.id))
    revisions = {project: revision for project, revision in rows}  # noqa: C416 - rows are no pairs to dict()
    members = [member.account_id for member in panel.members if member.account_id is not None]
    pairs = [(member, project) for project in panel.project_ids for member in members]
    with writing() as session:
        session.execute(
            insert(ConflictDeclaration),
            [
                {"project_id": p, "member_id": m, "kind": "none", "details": "", "at": DECLARED}
                for m, p in pairs
            ],
        )
        if not submitted:
            return
        declared = {
            (member, project): row
            for row, member, project in session.execute(
                select(ConflictDeclaration.id, ConflictDeclaration.member_id, ConflictDeclaration.project_id)
            )
        }
        session.execute(
            insert(ScoreSheet),
            [
                {
                    "project_id": p, "member_id": m, "revision_id": revisions[p], "rulebook_id": rulebook_id,
                    "declaration_id": declared[m, p], "state": "draft", "version": 1, "started_at": DECLARED,
                }
                for m, p in pairs
            ],
        )  # fmt: skip
        quality = {project: dice.gauss(3.2, 0.8) for project in panel.project_ids}
        lines = [
            {
                "sheet_id": sheet, "criterion": c.id, "reason": REASON, "private_note": "", "evidence": "",
                "value": max(c.low, min(c.high, round(dice.gauss(quality[project], 0.9)))),
            }
            for sheet, project in session.execute(select(ScoreSheet.id, ScoreSheet.project_id).order_by(ScoreSheet.id))
            for c in panel.criteria
        ]  # fmt: skip
        session.execute(insert(ScoreLine), lines)
        session.execute(update(ScoreSheet).values(state="submitted", submitted_at=SCORED))
        session.execute(update(ScoreLine).values(sealed=True))
