"""A rehearsal of the count: what each rule would do with the town's money on invented ballots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb.core.money import format_amount
from pb.core.trial_count import VOTERS_RANGE, Trial, TrialRule, compared, trial
from pb.core.whole import whole_number
from pb.cycles import queries
from pb.cycles.queries import Here
from pb.cycles.views import bp
from pb.cycles.words_rules import RULES_SHORT
from pb.places.queries import units_of
from pb.policy import Action
from pb.web.filters import money_words, words
from pb.web.guard import guard
from pb.web.wording import language

VOTERS, DRAWS = 1_000, 9_999


@dataclass(frozen=True)
class Shown:
    """A rule in words. ``units``: money per voter, in the order of the town's units."""

    name: str
    own: bool
    funded: str
    spent: str
    share: str
    permille: int
    least: str
    most: str
    units: list[str]
    refused: bool


@bp.get("/<town>/admin/<int:year>/trial-count")
@guard(Action.EDIT_CYCLE)
def trial_count(here: Here) -> ResponseReturnValue:
    """Rules side by side on ballots that follow from ``voters`` and ``draw`` in the address."""
    low, high = VOTERS_RANGE
    voters = min(max(whole_number(request.args.get("voters")) or VOTERS, low), high)
    draw = min(max(whole_number(request.args.get("draw")) or 1, 1), DRAWS)
    units = {unit.slug: words(unit.name) for unit in units_of(here.town.id)}
    version = here.the_cycle.rulebook_version
    context: dict[str, Any] = {"voters": voters, "draw": draw, "low": low, "high": high, "draws": DRAWS}
    if version is None or not units or here.rules.pot_tetri <= 0:
        return render_template("cycles/trial_count.html", made=None, rules=[], **context)
    made, found = _counted(version.document, tuple(units), voters, draw)
    return render_template(
        "cycles/trial_count.html",
        made=made,
        rules=[_shown(one, units) for one in found],
        units=units,
        projects=[_project(project.id, made, found, units) for project in made.profile.projects],
        minimum=here.rules.counting.minimum_votes,
        money=here.rules.pot_tetri,
        **context,
    )


@lru_cache(maxsize=16)
def _counted(
    document: str, units: tuple[str, ...], voters: int, draw: int
) -> tuple[Trial, tuple[TrialRule, ...]]:
    rules = queries.parse_rulebook(document)
    made = trial(rules, units, voters=voters, seed=str(draw))
    return made, compared(rules, made)


def rule_name(one: TrialRule) -> str:
    """The rule; most votes with its minimum, where it has one."""
    name = str(RULES_SHORT.get(one.rule, one.rule))
    if not one.minimum or one.rule != "greedy":
        return name
    return _("%(rule)s; at least %(votes)s votes", rule=name, votes=one.minimum)


def _shown(one: TrialRule, units: dict[str, str]) -> Shown:
    by_unit = [one.units.get(slug, 0) for slug in units]
    return Shown(
        name=rule_name(one),
        own=one.own,
        funded=format_amount(len(one.winners) * 100, language()),
        spent=_lari(one.spent_tetri),
        share=percent(one.permille),
        permille=one.permille,
        least=_lari(min(by_unit)),
        most=_lari(max(by_unit)),
        units=[_lari(amount) for amount in by_unit],
        refused=bool(one.refused),
    )


def _lari(tetri: int) -> str:
    """Whole lari: the ballots are invented, finer amounts would only look exact."""
    return money_words((tetri + 50) // 100 * 100)


def percent(permille: int) -> str:
    """„94,1 %“."""
    whole, rest = divmod(permille, 10)
    return f"{whole}{',' if language() == 'ka' else '.'}{rest}\u00a0%"


def _project(
    project_id: str, made: Trial, found: tuple[TrialRule, ...], units: dict[str, str]
) -> dict[str, Any]:
    place = made.profile.index[project_id]
    return {
        "number": project_id,
        "near": units.get(made.near[project_id], "") or _("Whole municipality"),
        "cost": money_words(made.profile.projects[place].cost),
        "votes": made.profile.tally.votes[place],
        "by": [rule_name(one) for one in found if project_id in one.winners],
    }
