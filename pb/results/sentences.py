"""Why a project won or did not, in the reader's language; every number comes from the stored count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from pb.core.money import format_amount
from pb.projects.models import Project
from pb.results.outcome import Outcome, Record
from pb.results.wording import OUTCOMES, SETTLED
from pb.web.filters import money_words
from pb.web.wording import language


@dataclass(frozen=True)
class Why:
    """``short``: two or three words. ``sentence``: what happened. ``what_if``: what would have changed it."""

    short: str
    sentence: Markup
    what_if: str


def grouped(number: int) -> str:
    """A count as people read it: 90 494 in Georgian, 90,494 in English."""
    return format_amount(number * 100, language(), blank="\u00a0")


def score_words(outcome: Outcome, score: int) -> str:
    """What a project was ranked by: „6 540 ხმა“, „2.5 ქულა“."""
    text = outcome.score_text(score)
    one = 1 if text == "1" else 2
    text = grouped(int(text)) if text.lstrip("-").isdigit() else text
    if outcome.in_points:
        return ngettext("%(n)s point", "%(n)s points", one, n=text)
    return ngettext("%(n)s vote", "%(n)s votes", one, n=text)


def titled(title: str, lang: str) -> Markup:
    """A title in the language in which it was typed."""
    return Markup('<span lang="{}">{}</span>').format(lang, title)


def title_of(code: str, outcome: Outcome, projects: Mapping[str, Project]) -> Markup:
    """The title of a project by its id in the count."""
    project = projects.get(code)
    if project is not None:
        return titled(project.title, project.language)
    record = outcome.records.get(code)
    return titled(record.name if record else code, "ka")


def why(record: Record, outcome: Outcome, projects: Mapping[str, Project]) -> Why:
    """The words for one project."""
    return Why(
        short=str(OUTCOMES.get(record.reason, record.reason)),
        sentence=_sentence(record, outcome, projects),
        what_if=_what_if(record, outcome),
    )


def _sentence(record: Record, outcome: Outcome, projects: Mapping[str, Project]) -> Markup:
    values: dict[str, Any] = {
        "votes": score_words(outcome, record.score),
        "minimum": score_words(outcome, outcome.minimum),
        "rank": record.rank,
        "cost": money_words(record.cost_tetri),
        "left": money_words(record.left_tetri),
        "missing": money_words(record.missing_tetri),
        "pot": money_words(outcome.pot(record.pot).sum_tetri + outcome.pot(record.pot).brought_tetri),
        "by": title_of(record.by, outcome, projects) if record.by else "",
    }
    if record.reason == "lost_tie":
        values |= _tie_values(record, outcome, projects)
    return Markup(_template(record)) % values


def _template(record: Record) -> str:
    if record.funded:
        if record.left_tetri is None:
            return _("Funded with %(votes)s, place %(rank)s.")
        return _(
            "Funded: %(votes)s gave it place %(rank)s, and when its turn came, %(left)s was left for the "
            "%(cost)s it needed."
        )
    if record.reason == "lost_tie":
        if record.by:
            return _(
                "It lost a tie: “%(others)s” had %(votes)s as well and went first (decided by: %(how)s); "
                "then it was excluded by “%(by)s”."
            )
        return _(
            "It lost a tie: “%(others)s” had %(votes)s as well and went first (decided by: %(how)s); then "
            "%(left)s was left of the %(cost)s it needed."
        )
    return {
        "funded_elsewhere": lambda: _("It is funded from other money, so it took no part."),
        "no_votes": lambda: _("Nobody voted for it."),
        "below_minimum": lambda: _(
            "Below the minimum: it got %(votes)s, and at least %(minimum)s are asked for."
        ),
        "over_pot": lambda: _("It costs %(cost)s, more than the %(pot)s that there were in all."),
        "does_not_fit": lambda: _(
            "The money was not enough: when its turn came, %(left)s was left of the %(cost)s it needed."
        ),
        "stopped": lambda: _(
            "The count had ended before its turn: the money was not enough for “%(by)s”, and by this rule "
            "nothing is skipped."
        ),
        "excluded": lambda: _("It cannot be carried out together with “%(by)s”, which won."),
    }.get(record.reason, lambda: _("It was not funded."))()


def _tie_values(record: Record, outcome: Outcome, projects: Mapping[str, Project]) -> dict[str, Any]:
    tie = outcome.tie_of(record.project)
    if tie is None:
        return {"others": "", "how": ""}
    before = tie.projects[: tie.projects.index(record.project)]
    others = _between().join(
        title_of(code, outcome, projects) for code in before if outcome.records[code].funded
    )
    return {"others": others, "how": ", ".join(str(SETTLED[one]) for one in tie.settled_by)}


def _what_if(record: Record, outcome: Outcome) -> str:
    if record.funded:
        if record.votes_to_spare is None:
            return ""
        if record.votes_to_spare <= 0:
            return _("With any less it would not have won.")
        return _(
            "Even with %(votes)s less it would have won.", votes=score_words(outcome, record.votes_to_spare)
        )
    if record.reason == "funded_elsewhere":
        return ""
    if record.votes_needed is None:
        return _("No number of votes would have been enough.")
    return _("It would have won with %(votes)s more.", votes=score_words(outcome, record.votes_needed))


def _between() -> Markup:
    """What stands between two quoted titles."""
    return Markup(_("”, “"))


def tie_words(outcome: Outcome, projects: Mapping[str, Project]) -> list[Markup]:
    """A sentence on each tie that decided who won."""
    return [
        Markup(_("Level with %(votes)s: “%(projects)s”. Who went first was decided by: %(how)s."))
        % {
            "votes": score_words(outcome, tie.score),
            "projects": _between().join(title_of(code, outcome, projects) for code in tie.projects),
            "how": ", ".join(str(SETTLED[one]) for one in tie.settled_by),
        }
        for tie in outcome.ties
        if tie.changed_winners
    ]
