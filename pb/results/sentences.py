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
from pb.results import sentences_shares as shares
from pb.results.outcome import Outcome, Record
from pb.results.titles import title_of
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
    if outcome.family != "greedy":
        values |= shares.values_of(record, outcome)
        if record.reason == "supporters_lack_money":
            values["spent"] = shares.spent_words(record, outcome, projects)
    elif outcome.rule in ("greedy-per-cost", "price-per-vote"):
        values |= _of_money(record, outcome)
    return Markup(_template(record, outcome)) % values


def _of_money(record: Record, outcome: Outcome) -> dict[str, str]:
    """Votes for each 1,000 lari, and what the votes are worth."""
    rate = record.score * 100_000_00 // max(1, record.cost_tetri) // 10**outcome.point_decimals
    price = outcome.amount_tetri("price") or 0
    return {
        "rate": format_amount(rate, language(), blank="\u00a0"),
        "worth": money_words(record.votes * price),
    }


def _template(record: Record, outcome: Outcome) -> str:
    if outcome.family != "greedy":
        own = shares.funded(record, outcome) if record.funded else shares.refused(record, outcome)
        if own:
            return own
    if record.funded:
        if outcome.rule == "greedy-per-cost" and record.left_tetri is not None:
            return _(
                "Funded: %(votes)s for a cost of %(cost)s (%(rate)s for each 1,000 lari) gave it place %(rank)s; "
                "when its turn came, %(left)s was left."
            )
        if outcome.rule == "price-per-vote" and record.left_tetri is not None:
            return _(
                "Funded: %(votes)s are worth %(worth)s, enough for the %(cost)s it needed, and when its turn "
                "came, %(left)s was left."
            )
        if record.left_tetri is None:
            return _("Funded with %(votes)s, place %(rank)s.")
        return _(
            "Funded: %(votes)s gave it place %(rank)s, and when its turn came, %(left)s was left for the "
            "%(cost)s it needed."
        )
    if record.reason == "lost_tie" and outcome.rule == "greedy-per-cost":
        return _(
            "It lost a tie: “%(others)s” had as many votes for the money and went first (decided by: %(how)s); "
            "then %(left)s was left of the %(cost)s it needed."
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
        "no_votes": lambda: _("Its points add up to nothing.") if record.votes else _("Nobody voted for it."),
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
        "votes_do_not_pay": lambda: _(
            "Its %(votes)s are worth %(worth)s, and it costs %(cost)s: the votes do not pay for it."
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
    if outcome.family == "shares" or (outcome.family == "phragmen" and record.funded):
        return ""  # more supporters change everybody's share: no number of votes says it for sure
    if outcome.family == "phragmen" and record.votes_needed is not None:
        return ngettext(
            "It would have won with %(n)s more voter who chose it alone.",
            "It would have won with %(n)s more voters who chose it alone.",
            record.votes_needed,
            n=grouped(record.votes_needed),
        )
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
    level = {
        "greedy-per-cost": _(
            "Level in votes for the money: “%(projects)s”. Who went first was decided by: %(how)s."
        ),
        "equal-shares": _(
            "Level in effective votes: “%(projects)s”. Who went first was decided by: %(how)s."
        ),
        "phragmen": _("Bought at the same moment: “%(projects)s”. Who went first was decided by: %(how)s."),
    }
    by_votes = _("Level with %(votes)s: “%(projects)s”. Who went first was decided by: %(how)s.")
    return [
        Markup(level.get(outcome.rule, by_votes))
        % {
            "votes": score_words(outcome, tie.score),
            "projects": _between().join(title_of(code, outcome, projects) for code in tie.projects),
            "how": ", ".join(str(SETTLED[one]) for one in tie.settled_by),
        }
        for tie in outcome.ties
        if tie.changed_winners
    ]
