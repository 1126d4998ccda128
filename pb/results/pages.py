"""What the pages of a result show, put together once for the public page, its preview and the page of a
project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from pb.core.georgian import slug
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.results import queries
from pb.results.outcome import Outcome, PotSum, Record
from pb.results.sentences import Why, score_words, tie_words, title_of, titled, why
from pb.results.wording import OUTCOMES
from pb.web.filters import money_words, words

NEIGHBOURS = 3  # projects shown above and below one in the order


@dataclass(frozen=True)
class Winner:
    """A funded project as a card shows it."""

    url: str
    title: str
    lang: str
    number: str
    unit: str
    category: str
    cost: str
    votes: str
    state: str


@dataclass(frozen=True)
class PotView:
    """One pot: its sums, and the rows of the running sum in the order of the count."""

    id: str
    name: str
    pot: PotSum
    winners: int
    rows: list[dict[str, Any]]

    @property
    def money(self) -> int:
        """Tetri that the pot had, with what came over from the units."""
        return self.pot.sum_tetri + self.pot.brought_tetri


@dataclass(frozen=True)
class Unranked:
    """A project that never had a turn."""

    url: str
    title: Markup
    votes: str
    cost: str
    why: Why


@dataclass(frozen=True)
class ResultPage:
    """Everything that the page of a result needs beside the outcome itself."""

    winners: list[Winner]
    pots: list[PotView]
    unranked: list[Unranked]
    ties: list[Markup]


def why_url(here: Here, project: Project | None, public: bool = True) -> str:
    """The page that explains one project; the project's own while the result is not ``public``."""
    if project is None:
        return ""
    endpoint = "results.why" if public else "projects.show"
    return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year, number=project.number)


def result_page(
    here: Here, outcome: Outcome, projects: Mapping[str, Project], *, public: bool = True
) -> ResultPage:
    """The page of a count; ``projects`` by their ids in it. Not ``public``: a preview."""
    units = unit_names(here)
    by_pot: dict[str, list[Record]] = {pot.name: [] for pot in outcome.pots}
    for code in outcome.order:
        by_pot[outcome.records[code].pot].append(outcome.records[code])
    had_turn = set(outcome.order)
    return ResultPage(
        winners=winner_cards(here, outcome, projects, public=public),
        pots=[
            PotView(
                id=f"pot-{slug(pot.name) or 'town'}",
                name=units.get(pot.name, pot.name) if pot.name else _("Whole municipality"),
                pot=pot,
                winners=sum(record.funded for record in by_pot[pot.name]),
                rows=[_row(here, outcome, record, projects, public) for record in by_pot[pot.name]],
            )
            for pot in outcome.pots
        ],
        unranked=[
            Unranked(
                url=why_url(here, projects.get(code), public),
                title=title_of(code, outcome, projects),
                votes=score_words(outcome, record.score),
                cost=money_words(record.cost_tetri),
                why=why(record, outcome, projects),
            )
            for code, record in outcome.records.items()
            if code not in had_turn
        ],
        ties=tie_words(outcome, projects),
    )


def winner_cards(
    here: Here,
    outcome: Outcome,
    projects: Mapping[str, Project],
    limit: int | None = None,
    public: bool = True,
) -> list[Winner]:
    """The funded projects in the order of the count."""
    units = unit_names(here)
    codes = [code for code in outcome.winners if code in projects]
    return [
        _winner(here, outcome, outcome.records[code], projects[code], units, public) for code in codes[:limit]
    ]


def unit_names(here: Here) -> dict[str, str]:
    """Names of the town's units by slug, in the reader's language."""
    return {unit.slug: words(unit.name) for unit in here.town.units}


def _winner(
    here: Here,
    outcome: Outcome,
    record: Record,
    project: Project,
    units: Mapping[str, str],
    public: bool,
) -> Winner:
    category = here.category(project.category)
    return Winner(
        url=why_url(here, project, public),
        title=project.title,
        lang=project.language,
        number=queries.code_of(here, project),
        unit=units.get(project.unit.slug, "") if project.unit else "",
        category=words(category.name) if category else "",
        cost=money_words(record.cost_tetri),
        votes=score_words(outcome, record.score),
        state=project.state if project.state in queries.WON else "selected",
    )


def _row(
    here: Here, outcome: Outcome, record: Record, projects: Mapping[str, Project], public: bool
) -> dict[str, Any]:
    """A row of the running sum."""
    return {
        "label": title_of(record.project, outcome, projects),
        "url": why_url(here, projects.get(record.project), public),
        "cost": record.cost_tetri,
        "running": record.spent_tetri or 0,
        "cost_words": money_words(record.cost_tetri),
        "running_words": money_words(record.spent_tetri) if record.funded else "–",
        "votes_words": score_words(outcome, record.score),
        "taken": record.funded,
        "reason": why(record, outcome, projects).sentence,
    }


@dataclass(frozen=True)
class ProjectPage:
    """What the page „why" shows of one project."""

    record: Record
    why: Why
    pot_name: str
    pot_money: int
    of: int
    turn: list[dict[str, Any]]
    around: list[dict[str, Any]]
    minimum: str


def project_page(
    here: Here, outcome: Outcome, project: Project, record: Record, projects: Mapping[str, Project]
) -> ProjectPage:
    """The page of one project of a published count."""
    pot = outcome.pot(record.pot)
    members = [one for one in outcome.records.values() if one.pot == record.pot]
    members.sort(key=lambda one: one.rank)
    first = max(0, record.rank - 1 - NEIGHBOURS)
    around = members[first : record.rank + NEIGHBOURS]
    return ProjectPage(
        record=record,
        why=why(record, outcome, projects),
        pot_name=unit_names(here).get(record.pot, record.pot) if record.pot else "",
        pot_money=pot.sum_tetri + pot.brought_tetri,
        of=len(members),
        turn=_turn(outcome, record, members, project),
        around=[
            {
                "label": title_of(one.project, outcome, projects),
                "value": max(one.score, 0),
                "words": score_words(outcome, one.score),
                "url": "" if one is record else why_url(here, projects.get(one.project)),
                "note": _("(this project)") if one is record else str(OUTCOMES.get(one.reason, "")),
                "tone": "good" if one.funded else "dim",
            }
            for one in around
        ],
        minimum=score_words(outcome, outcome.minimum) if outcome.minimum else "",
    )


def _turn(outcome: Outcome, record: Record, members: list[Record], project: Project) -> list[dict[str, Any]]:
    """Two rows: what was given out before the project's turn, and the project. Empty when it had none."""
    if record.left_tetri is None:
        return []
    pot = outcome.pot(record.pot)
    before = pot.sum_tetri + pot.brought_tetri - record.left_tetri
    taken = sum(one.funded and one.rank < record.rank for one in members)
    rows = []
    if taken:
        rows.append(
            {
                "label": ngettext(
                    "%(num)s project taken before it", "%(num)s projects taken before it", taken
                ),
                "url": "",
                "cost": before,
                "running": before,
                "cost_words": money_words(before),
                "running_words": _("left: %(sum)s", sum=money_words(record.left_tetri)),
                "votes_words": "",
                "taken": True,
                "reason": "",
            }
        )
    rows.append(
        {
            "label": titled(project.title, project.language),
            "url": "",
            "cost": record.cost_tetri,
            "running": record.spent_tetri or 0,
            "cost_words": money_words(record.cost_tetri),
            "running_words": "",
            "votes_words": score_words(outcome, record.score),
            "taken": record.funded,
            "reason": "",
        }
    )
    return rows
