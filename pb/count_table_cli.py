"""The table of a count on a terminal: ranks, bars, money and, if wanted, a sentence on each project."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pb import count_words_cli as words
from pb.core.counting.more_voters import more_voters
from pb.core.counting.outcome import Explanation, Reason, Result
from pb.core.counting.phragmen_records import PhragmenExplanation
from pb.core.counting.profile import Profile
from pb.core.counting.shares_records import SharesExplanation, rounded
from pb.count_text_cli import block, cells, clean, clip, money_of, noun_of, pad, places

_WORDS = {
    None: "funded",
    Reason.FUNDED_ELSEWHERE: "elsewhere",
    Reason.NO_VOTES: "no votes",
    Reason.BELOW_MINIMUM: "below minimum",
    Reason.OVER_POT: "over the pot",
    Reason.DOES_NOT_FIT: "does not fit",
    Reason.STOPPED: "stopped",
    Reason.EXCLUDED: "excluded",
    Reason.LOST_TIE: "lost the tie",
    Reason.VOTES_DO_NOT_PAY: "does not pay",
    Reason.SUPPORTERS_LACK_MONEY: "lacks money",
}
_OUTCOME = max(map(len, _WORDS.values()))
_NARROW, _WIDEST = 40, 160

#: What is known of one project, whatever the rule.
Told = Explanation | PhragmenExplanation | SharesExplanation


@dataclass(frozen=True)
class Measure:
    """What a rule decides by: its ``heading``, the number as text, and the length of its bar as a number that
    is compared with the others (None: no bar)."""

    heading: str
    text: Callable[[Told], str]
    bar: Callable[[Told], Fraction | None]


def print_table(result: Result, profile: Profile, *, explain: bool) -> None:
    """Write the table to stdout, no line wider than the terminal."""
    width = min(max(shutil.get_terminal_size().columns, _NARROW), _WIDEST)
    text = "\n".join(table(result, profile, width, explain=explain)) + "\n"
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def table(result: Result, profile: Profile, width: int, *, explain: bool) -> Iterator[str]:
    """The lines of the table."""
    heading = clean(profile.meta.get("description", "")).strip()
    if heading:
        yield clip(heading, width)
    facts = f"{result.voters} voters, {len(profile.projects)} projects, {result.ballots} ballots"
    yield from textwrap.wrap(f"{facts}, budget {profile.money(result.budget)}", width)
    yield from textwrap.wrap(_rule(result, profile), width)
    #: None where nothing is to be explained.
    more = more_voters(profile, result) if explain else None
    for pot in result.pots:
        yield ""
        if len(result.pots) > 1:
            brought = f" and {profile.money(pot.brought)} left by the units" if pot.brought else ""
            yield clip(f"{clean(pot.name) or 'Whole town'}: {profile.money(pot.sum)}{brought}", width)
        for said in words.facts([one for one in result.facts if one.pot == pot.name], profile):
            yield from textwrap.wrap(said, width)
        told = [one for one in result.projects if isinstance(one, Told) and one.pot == pot.name]
        yield from _rows(told, result, profile, width, more)
        if len(result.pots) > 1:
            yield clip(f"spent {profile.money(pot.spent)}, left {profile.money(pot.left)}", width)
    yield ""
    funded = f"Funded {len(result.winners)} of {len(profile.projects)} projects"
    spent = f"{profile.money(result.total_cost)} of {profile.money(result.budget)}"
    yield from textwrap.wrap(f"{funded} for {spent}, {profile.money(result.left)} left.", width)
    for tie in result.ties:
        if tie.decisive or explain:
            listed = ", ".join(clean(project) for project in tie.projects)
            yield from textwrap.wrap(words.tie(tie, profile, result.rule, listed), width)
    if explain:
        for said in words.reach(result, profile):
            yield from textwrap.wrap(clean(said), width)


def _rule(result: Result, profile: Profile) -> str:
    parameters = result.parameters
    said = [f"rule {result.rule} (version {result.version})"]
    if result.minimum:
        said.append(f"minimum {profile.points(result.minimum)} {noun_of(profile)}")
    said += [f"{name} {parameters[name]}" for name in ("utility", "completion") if name in parameters]
    if "step" in parameters:
        said.append(f"in steps of {profile.money(parameters['step'])}")
    if "price" in parameters:
        said.append(f"{profile.money(parameters['price'])} for a vote")
    return ", ".join([*said, "ties by " + ", ".join(parameters["ties"])])


def _measure(result: Result, profile: Profile) -> Measure:
    """By what the rule decides; the bar of the greedy rules is the score, as of old."""

    def per_cost(one: Told) -> str:
        return (
            places(Fraction(max(one.score, 0) * 1000 * 10**profile.decimals, one.cost), 2)
            if one.cost
            else "–"
        )

    def effective(one: Told) -> str:
        votes = None if isinstance(one, Explanation) else one.effective_votes
        return rounded(votes) or ""

    def load(one: Told) -> str:
        price = one.price if isinstance(one, PhragmenExplanation) else None
        return "" if price is None else money_of(price, profile)

    def paid(one: Told) -> Fraction | None:
        """The part of the cost that its supporters had: for a winner all."""
        if one.funded:
            return Fraction(1)
        left = one.supporters_left if isinstance(one, SharesExplanation) else None
        return Fraction(0) if not left or not one.cost else min(Fraction(left, one.cost), Fraction(1))

    def score(one: Told) -> Fraction | None:
        return Fraction(max(one.score, 0))

    if result.rule == "greedy-per-cost":
        return Measure(
            "per 1000", per_cost, lambda one: Fraction(max(one.score, 0), one.cost) if one.cost else None
        )
    if result.rule == "price-per-vote":
        price = int(result.parameters["price"])
        return Measure("worth", lambda one: profile.money(one.score * price), score)
    if result.rule == "equal-shares":
        return Measure("eff. votes", effective, paid)
    if result.rule == "phragmen":
        return Measure("load", load, lambda one: one.price if isinstance(one, PhragmenExplanation) else None)
    return Measure("", lambda _: "", score)


def _rows(
    told: Sequence[Told], result: Result, profile: Profile, width: int, more: Mapping[str, int] | None
) -> Iterator[str]:
    if not told:
        yield "no projects"
        return
    noun, measure = noun_of(profile), _measure(result, profile)
    rank = len(str(len(told)))
    score = max(len(noun), *(len(profile.points(one.score)) for one in told))
    cost = max(4, *(len(profile.money(one.cost)) for one in told))
    number = max(len(measure.heading), *(len(measure.text(one)) for one in told)) if measure.heading else 0
    fixed = rank + score + cost + _OUTCOME + 5
    number = number if width - fixed - number >= 6 else 0
    # What is left of the line is shared by id, name and bar; the bar goes first when there is little.
    free = width - fixed - (number + 1 if number else 0)
    names = min(max(2, *(cells(clean(one.project)) for one in told)), 16, max(free, 4))
    bar = min(24, (free - names) // 3) if free - names >= 24 else 0
    name = max(free - names - 1 - (bar + 1 if bar else 0), 0)
    bars = {one.project: measure.bar(one) or Fraction(0) for one in told}
    highest = max(bars.values()) or Fraction(1)

    def line(place: str, project: str, called: str, drawn: str, *values: str) -> str:
        points, decided, money, outcome = values
        parts = [place.rjust(rank), pad(project, names)]
        parts += [pad(called, name)] if name >= 6 else []
        parts += [pad(drawn, bar)] if bar else []
        parts += [points.rjust(score)]
        parts += [decided.rjust(number)] if number else []
        parts += [money.rjust(cost), outcome]
        return clip(" ".join(parts).rstrip(), width)

    yield line("#", "id", "name", "", noun, measure.heading, "cost", "outcome")
    drawing = block()
    for one in told:
        drawn = drawing * int(bars[one.project] * bar / highest)
        values = profile.points(one.score), measure.text(one), profile.money(one.cost), _WORDS[one.reason]
        yield line(str(one.rank), clean(one.project), clean(one.name), drawn, *values)
        if more is not None:
            indent = " " * (rank + 1)
            sentence = clean(words.sentence(one, profile, result) + words.more(more.get(one.project)))
            yield from textwrap.wrap(sentence, width, initial_indent=indent, subsequent_indent=indent)
