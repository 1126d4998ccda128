"""A small example of each rule of counting: five projects, ten voters, counted by the engine that counts votes.

No number of these sentences is written by hand; a page that explains a rule shows what the rule did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from pb.core import counting_terms as terms
from pb.core.counting.profile import BallotKind, Profile, Project, RawBallot, make_profile
from pb.core.counting.registry import RULES, count
from pb.core.money import format_amount
from pb.core.rulebook import CountingRules
from pb.web.filters import money_words
from pb.web.wording import language

MONEY = 3_000_000  # tetri
VOTERS = 10
NAMES: Mapping[str, Any] = {
    "road": _l("Road"),
    "lighting": _l("Outdoor lighting"),
    "sports": _l("Sports ground"),
    "benches": _l("Benches"),
    "wifi": _l("Wi-Fi in the library"),
}
#: Cost in tetri, and which of the voters 1 to 10 chose it.
PROJECTS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "road": (2_000_000, (1, 2, 3, 4, 5, 6)),
    "lighting": (1_200_000, (6, 7, 8, 9, 10)),
    "sports": (900_000, (1, 2, 3, 4)),
    "benches": (260_000, (1, 2, 3)),
    "wifi": (500_000, (9,)),
}
PRICE = 240_000  # tetri that a vote is worth in the example
MINIMUM = 5  # votes, where the example shows a minimum
#: The two villages of the example by unit: their sums, and what belongs to them.
UNITS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "upper": (2_100_000, ("road", "sports", "benches")),
    "lower": (900_000, ("lighting", "wifi")),
}
UNIT_NAMES = {"upper": _l("Upper village"), "lower": _l("Lower village")}
TIES = ("cost", "order")


@dataclass(frozen=True)
class Line:
    """A project as the example's table shows it."""

    name: str
    cost: int
    votes: int
    voters: str


@dataclass(frozen=True)
class Worked:
    """The example under one rule. ``steps``: sentences in the order of the count; ``funded``: the end of it."""

    steps: tuple[str, ...]
    funded: str


def example_profile(by_unit: bool = False) -> Profile:
    """The example's ballots as data."""
    unit_of = {name: unit for unit, (_sum, names) in UNITS.items() for name in names} if by_unit else {}
    return make_profile(
        kind=BallotKind.APPROVAL,
        projects=[Project(name, cost, unit=unit_of.get(name, "")) for name, (cost, _who) in PROJECTS.items()],
        budget=MONEY,
        ballots=[
            RawBallot([name for name, (_cost, who) in PROJECTS.items() if voter in who])
            for voter in range(1, VOTERS + 1)
        ],
        decimals=2,
    )


@lru_cache(maxsize=64)
def counted(counting: CountingRules, by_unit: bool = False) -> Mapping[str, Any]:
    """The example counted, as the engine's plain data; amounts in tetri."""
    used = replace(counting, ties=TIES, price_per_vote_tetri=PRICE, step_tetri=step_of(counting))
    profile = example_profile(by_unit)
    given = terms.parameters(used)
    if not by_unit:
        return count(profile, used.rule, given).to_data()
    sums = {unit: money for unit, (money, _names) in UNITS.items()}
    return count(profile, used.rule, given, unit_sums=sums).to_data()


def step_of(counting: CountingRules) -> int:
    """The step of the example: the rulebook's, but a lari at least, or a page would have to count too often."""
    return max(counting.step_tetri, 100)


def table() -> list[Line]:
    """The projects of the example."""
    return [
        Line(str(NAMES[name]), cost, len(who), f"{who[0]}–{who[-1]}" if len(who) > 1 else str(who[0]))
        for name, (cost, who) in PROJECTS.items()
    ]


def worked(counting: CountingRules) -> Worked:
    """The example under a rulebook's rule, without its minimum (which is of another size)."""
    rules = replace(counting, minimum_votes=0)
    data = counted(rules)
    tell = {"equal-shares": _shares, "phragmen": _phragmen}.get(counting.rule, _greedy)
    return Worked(tuple(tell(data, rules)), _funded(data))


def with_minimum(counting: CountingRules) -> str:
    """What a minimum would change in the example."""
    data = counted(replace(counting, minimum_votes=MINIMUM))
    out = [one["project"] for one in data["projects"] if one["reason"] == "below_minimum"]
    return _(
        "If a project needed at least %(minimum)s votes, these would be out before the count: %(out)s. "
        "%(funded)s",
        minimum=MINIMUM,
        out=_names(out),
        funded=_funded(data),
    )


def by_units(counting: CountingRules) -> list[str]:
    """The example with the money divided between two villages: a sentence for each."""
    data = counted(replace(counting, minimum_votes=0), by_unit=True)
    return [
        _(
            "%(unit)s: %(sum)s for its own projects (%(projects)s). Funded: %(funded)s; left: %(left)s.",
            unit=UNIT_NAMES[pot["name"]],
            sum=money_words(pot["sum"]),
            projects=_names(UNITS[pot["name"]][1]),
            funded=_names([code for code in data["winners"] if code in UNITS[pot["name"]][1]]),
            left=money_words(pot["left"]),
        )
        for pot in data["pots"]
        if pot["name"]
    ]


def worth(price_tetri: int) -> str:
    """How many votes the dearest project of the example needs at a rulebook's own price of a vote."""
    cost = PROJECTS["road"][0]
    return _(
        "A project of %(cost)s needs %(votes)s votes.",
        cost=money_words(cost),
        votes=format_amount(-(-cost // price_tetri) * 100, language()),
    )


def _names(codes: Sequence[str]) -> str:
    return ", ".join(str(NAMES[code]) for code in codes) or _("no project")


def _funded(data: Mapping[str, Any]) -> str:
    funded = _("Funded: %(projects)s, together %(sum)s.",
               projects=_names(data["winners"]), sum=money_words(data["total_cost"]))  # fmt: skip
    chosen = {who for code in data["winners"] for who in PROJECTS[code][1]}
    return f"{funded} " + ngettext(
        "%(num)s of the ten voters gets something that they voted for.",
        "%(num)s of the ten voters get something that they voted for.",
        len(chosen),
    )


def _of(one: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What the sentences say of a project."""
    votes = len(PROJECTS[one["project"]][1])
    return {
        "project": NAMES[one["project"]],
        "votes": ngettext("%(num)s vote", "%(num)s votes", votes),
        "cost": money_words(one["cost"]),
        "left": money_words(one.get("left")),
        **more,
    }


def tetri(text: str | int | None) -> int:
    """A decimal amount of the engine in whole tetri, cut off."""
    return int(Decimal(text or 0))


def _greedy(data: Mapping[str, Any], rules: CountingRules) -> list[str]:
    lines = []
    for one in data["projects"]:
        votes = one["votes"]
        rate = votes * 100_000_00 // one["cost"]  # hundredths of a vote for each 1,000 lari
        values = _of(one, rate=_hundredths(rate), worth=money_words(votes * PRICE))
        reason = one["reason"]
        if one["funded"] and rules.rule == "greedy-per-cost":
            text = _(
                "%(project)s: %(rate)s votes for each 1,000 lari; costs %(cost)s of the %(left)s: funded."
            )
        elif one["funded"] and rules.rule == "price-per-vote":
            text = _("%(project)s: %(votes)s are worth %(worth)s, enough for %(cost)s: funded.")
        elif one["funded"]:
            text = _("%(project)s: %(votes)s; costs %(cost)s of the %(left)s that there are: funded.")
        elif reason == "votes_do_not_pay":
            text = _("%(project)s: %(votes)s are worth %(worth)s, too little for %(cost)s.")
        elif reason == "does_not_fit" and rules.rule == "greedy-no-skip":
            text = _("%(project)s: %(votes)s; costs %(cost)s, but only %(left)s are left: the count stops.")
        elif reason == "does_not_fit" and rules.rule == "greedy-per-cost":
            text = _(
                "%(project)s: %(rate)s votes for each 1,000 lari; costs %(cost)s, but only %(left)s are left: "
                "skipped."
            )
        elif reason == "does_not_fit":
            text = _("%(project)s: %(votes)s; costs %(cost)s, but only %(left)s are left: skipped.")
        else:
            continue
        lines.append(text % values)
    return lines


def _hundredths(value: int) -> str:
    point = "," if language() == "ka" else "."
    return f"{value // 100}{point}{value % 100:02}"


def _shares(data: Mapping[str, Any], rules: CountingRules) -> list[str]:
    facts = data["facts"][0]
    lines = [_("Each of the ten voters has a share of %(share)s.", share=money_words(tetri(facts["share"])))]
    if facts["raises"]:
        lines.append(
            _(
                "Everybody's share is raised in steps of %(step)s until the next step would spend more than "
                "there is: to %(endowment)s.",
                step=money_words(step_of(rules)),
                endowment=money_words(tetri(facts["endowment"])),
            )
        )
    for step in data["steps"]:
        lines.append(_bought(step))
    for one in data["projects"]:
        if one["reason"] == "supporters_lack_money":
            values = _of(one, has=money_words(one["supporters_left"]))
            lines.append(
                _("%(project)s: its supporters have %(has)s left together, too little for %(cost)s.") % values
            )
    if facts["preference"]:
        compared = facts["preference"]
        text = _(
            "Compared with “most votes”: %(shares)s voters get more of what they chose by equal shares, "
            "%(greedy)s by most votes. So the result of equal shares stays."
        ) if compared["kept"] else _(
            "Compared with “most votes”: %(shares)s voters get more of what they chose by equal shares, "
            "%(greedy)s by most votes. So the result of most votes is taken."
        )  # fmt: skip
        lines.append(text % {"shares": compared["shares"], "greedy": compared["greedy"]})
    return lines


def _bought(step: Mapping[str, Any]) -> str:
    if step["by"] != "shares":
        text = _("%(project)s: %(votes)s; paid from the money that nobody could spend together: funded.")
        return text % _of(step)
    values = _of(step, price=money_words(tetri(step["price"])), supporters=step["supporters"])
    if not step["paid_less"]:
        return _("%(project)s: its %(supporters)s supporters pay %(price)s each: funded.") % values
    values["less"] = step["paid_less"]
    text = _(
        "%(project)s: its %(supporters)s supporters pay %(price)s each, or what they have left (%(less)s of "
        "them): funded."
    )
    return text % values


def _phragmen(data: Mapping[str, Any], rules: CountingRules) -> list[str]:
    lines = []
    for step in data["steps"]:
        values = _of(step, price=money_words(tetri(step["price"])), supporters=step["supporters"])
        text = _(
            "When each voter has been given %(price)s, the %(supporters)s supporters of this project have its "
            "cost together: %(project)s is funded."
        )
        lines.append(text % values)
    stop = next((one for one in data["projects"] if one["reason"] == "does_not_fit"), None)
    if stop is not None:
        text = _("%(project)s would be next, but costs %(cost)s; only %(left)s are left: the count ends.")
        lines.append(text % _of(stop))
    return lines


__all__ = ["RULES", "Line", "Worked", "by_units", "counted", "table", "with_minimum", "worked", "worth"]
