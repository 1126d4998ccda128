"""What the pages of a result show, put together once for the public page, its preview and the page of a
project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from pb.core.georgian import slug
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.results import queries
from pb.results.outcome import Outcome, PotSum, Record
from pb.results.sentences import Why, score_words, tie_words, why
from pb.results.sentences_shares import pot_words, votes_words
from pb.results.titles import title_of
from pb.web.filters import money_words, words


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
    """One pot: its sums, and the rows of the running sum in the order of the count.

    ``said``: sentences on the pot as a whole; ``lacking``: refused projects with what their supporters had, as
    rows for components/bars.html (both of equal shares alone).
    """

    id: str
    name: str
    pot: PotSum
    winners: int
    rows: list[dict[str, Any]]
    said: list[str]
    lacking: list[dict[str, Any]]

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
    unranked_title: str
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
                said=[
                    text for one in outcome.facts if one.pot == pot.name for text in pot_words(one, outcome)
                ],
                lacking=[
                    _lacking(here, outcome, record, projects, public)
                    for record in outcome.records.values()
                    if record.pot == pot.name and lacks(record)
                ],
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
            if code not in had_turn and not lacks(record)
        ],
        unranked_title=(
            _("Projects that took no part in the count")
            if outcome.family == "shares"
            else _("Projects whose turn never came")
        ),
        ties=tie_words(outcome, projects),
    )


def lacks(record: Record) -> bool:
    """Whether the money of its supporters was what kept a project from being funded."""
    return not record.funded and record.supporters_left_tetri is not None and bool(record.missing_tetri)


def _lacking(
    here: Here, outcome: Outcome, record: Record, projects: Mapping[str, Project], public: bool
) -> dict[str, Any]:
    """A row of the bars: how much of a project's cost its supporters had left, of 1,000."""
    had = record.supporters_left_tetri or 0
    return {
        "label": title_of(record.project, outcome, projects),
        "url": why_url(here, projects.get(record.project), public),
        "value": had * 1000 // max(1, record.cost_tetri),
        "words": money_words(had),
        "note": _(
            "%(votes)s; %(cost)s needed",
            votes=score_words(outcome, record.score),
            cost=money_words(record.cost_tetri),
        ),
        "tone": "dim",
    }


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


def measure_words(record: Record, outcome: Outcome) -> str:
    """What a project was taken by: its votes, and its effective votes where they differ from them."""
    votes = score_words(outcome, record.score)
    step = outcome.step_of(record.project)
    if outcome.family != "shares" or step is None or not (step.paid_less or outcome.in_points):
        return votes
    return _("%(votes)s, %(effective)s effective", votes=votes, effective=votes_words(record.effective_votes))


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
        "votes_words": measure_words(record, outcome),
        "taken": record.funded,
        "reason": why(record, outcome, projects).sentence,
    }
