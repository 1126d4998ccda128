"""What a page shows beside a result for information: what it gives to the voters, and other rules side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.cycles.words_rules import RULES_SHORT
from pb.projects.models import Project
from pb.results.beside import Beside, ReachView
from pb.results.outcome import Outcome
from pb.results.pages import unit_names
from pb.results.sentences import grouped
from pb.results.titles import title_of
from pb.web.filters import money_words
from pb.web.wording import error_words, language


@dataclass(frozen=True)
class OtherView:
    """One rule in words: how many projects for what money, for whom, and how its choice differs."""

    name: str
    funded: str
    spent: str
    share: str
    gained: Markup
    lost: Markup
    refused: str


@dataclass(frozen=True)
class BesidePage:
    """``sentence``: who has a funded choice; ``units``: rows of bars, money per voter by unit; ``own``: the
    result itself as a row beside the ``others``.
    """

    sentence: str
    units: list[dict[str, Any]]
    own: OtherView
    others: list[OtherView]


def percent(permille: int) -> str:
    """„94,1 %“."""
    whole, rest = divmod(permille, 10)
    return f"{whole}{',' if language() == 'ka' else '.'}{rest}\u00a0%"


def beside_page(here: Here, found: Beside, outcome: Outcome, projects: Mapping[str, Project]) -> BesidePage:
    """The words for a stored comparison."""
    names = unit_names(here)
    nothing = Markup("–")
    own = OtherView(
        name=str(RULES_SHORT.get(outcome.rule, outcome.rule)),
        funded=grouped(len(outcome.winners)),
        spent=money_words(outcome.spent_tetri),
        share=percent(found.whole.permille),
        gained=nothing,
        lost=nothing,
        refused="",
    )
    others = [
        OtherView(
            name=str(RULES_SHORT.get(one.rule, one.rule)),
            funded=grouped(len(one.winners)),
            spent=money_words(one.spent_tetri),
            share=percent(one.whole.permille) if one.whole else "",
            gained=_titles(one.gained, outcome, projects),
            lost=_titles(one.lost, outcome, projects),
            refused=error_words(Invalid(one.refused)) if one.refused else "",
        )
        for one in found.others
    ]
    return BesidePage(
        sentence=_(
            "Of %(voters)s voters, %(represented)s (%(share)s) have at least one funded project among those that "
            "they chose.",
            voters=grouped(found.whole.voters),
            represented=grouped(found.whole.represented),
            share=percent(found.whole.permille),
        ),
        units=[_unit(one, names) for one in found.units],
        own=own,
        others=others,
    )


def _unit(one: ReachView, names: Mapping[str, str]) -> dict[str, Any]:
    """A row of the bars: the money of a voter of one unit."""
    return {
        "label": names.get(one.unit, one.unit) or _("No unit"),
        "url": "",
        "value": one.average_tetri,
        "words": money_words(one.average_tetri),
        "note": _("%(share)s of %(voters)s", share=percent(one.permille), voters=grouped(one.voters)),
    }


def _titles(codes: tuple[str, ...], outcome: Outcome, projects: Mapping[str, Project]) -> Markup:
    return Markup(", ").join(title_of(code, outcome, projects) for code in codes) or Markup("–")
