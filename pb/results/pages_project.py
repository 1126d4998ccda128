"""What the page of one project of a result shows: why it won or did not, with its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.results.beside import Beside
from pb.results.outcome import Outcome, Record
from pb.results.pages import unit_names, why_url
from pb.results.sentences import Why, score_words, why
from pb.results.sentences_shares import more_voters_words, votes_words
from pb.results.titles import title_of, titled
from pb.results.wording import OUTCOMES
from pb.web.filters import money_words

NEIGHBOURS = 3  # projects shown above and below one in the order
BY_SCORE = ("greedy", "greedy-no-skip", "price-per-vote")  # the rules whose places follow the votes


@dataclass(frozen=True)
class ProjectPage:
    """What the page „why" shows of one project. ``turn``: the money at its turn; ``paid``: on what its supporters
    spent their shares; ``around``: who stood above and below it. Each is empty where the rule knows no such thing.
    """

    record: Record
    why: Why
    pot_name: str
    pot_money: int
    of: int
    numbers: list[tuple[str, str]]
    turn: list[dict[str, Any]]
    paid: list[dict[str, Any]]
    around: list[dict[str, Any]]
    minimum: str


def project_page(
    here: Here,
    outcome: Outcome,
    project: Project,
    record: Record,
    projects: Mapping[str, Project],
    beside: Beside | None = None,
) -> ProjectPage:
    """The page of one project of a published count; ``beside``: what was found besides, where it is there."""
    said = why(record, outcome, projects)
    more = beside.more_voters.get(record.project) if beside else None
    if more is not None:
        said = replace(said, what_if=more_voters_words(more))
    pot = outcome.pot(record.pot)
    members = [one for one in outcome.records.values() if one.pot == record.pot]
    members.sort(key=lambda one: one.rank)
    first = max(0, record.rank - 1 - NEIGHBOURS)
    around = members[first : record.rank + NEIGHBOURS]
    return ProjectPage(
        record=record,
        why=said,
        pot_name=unit_names(here).get(record.pot, record.pot) if record.pot else "",
        pot_money=pot.sum_tetri + pot.brought_tetri,
        of=len(members),
        numbers=_numbers(outcome, record, len(members)),
        turn=_turn(outcome, record, members, project) if outcome.family == "greedy" else [],
        paid=_paid(here, outcome, record, projects),
        around=[
            {
                "label": title_of(one.project, outcome, projects),
                "value": max(one.score, 0),
                "words": score_words(outcome, one.score),
                "url": "" if one is record else why_url(here, projects.get(one.project)),
                "note": _("(this project)") if one is record else str(OUTCOMES.get(one.reason, "")),
                "tone": "good" if one.funded else "dim",
            }
            for one in (around if outcome.rule in BY_SCORE else [])
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


def _numbers(outcome: Outcome, record: Record, of: int) -> list[tuple[str, str]]:
    """The large numbers of the page, four at most."""
    numbers = [
        (outcome.score_text(record.score), _("points") if outcome.in_points else _("votes")),
        (str(record.rank), _("place among %(n)s", n=of)),
        (money_words(record.cost_tetri), _("cost")),
    ]
    if outcome.family == "shares" and record.effective_votes:
        numbers.insert(1, (votes_words(record.effective_votes), _("effective votes")))
    elif record.supporters_left_tetri is not None and not record.funded:
        numbers.append((money_words(record.supporters_left_tetri), _("was left to its supporters")))
    elif record.left_tetri is not None:
        numbers.append((money_words(record.left_tetri), _("was left when its turn came")))
    return numbers


def _paid(
    here: Here, outcome: Outcome, record: Record, projects: Mapping[str, Project]
) -> list[dict[str, Any]]:
    """On what the supporters of a project spent their shares, as rows for components/bars.html."""
    rows = [
        {
            "label": title_of(code, outcome, projects),
            "url": "" if code == record.project else why_url(here, projects.get(code)),
            "value": amount,
            "words": money_words(amount),
            "note": _("(this project)") if code == record.project else "",
            "tone": "good" if code == record.project else "plain",
        }
        for code, amount in record.spent_on
    ]
    if record.supporters_left_tetri is not None:
        left = record.supporters_left_tetri
        rows.append(
            {
                "label": _("left at the end"),
                "url": "",
                "value": left,
                "words": money_words(left),
                "tone": "dim",
            }
        )
    return rows
