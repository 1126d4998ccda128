"""What a Pabulib file says about its contest, as our rulebook and calendar; pure, and only what the file
knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pb.core.canonical import LARGEST_INT
from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib import UNIT_SUM
from pb.core.counting.pabulib_rules import file_rule, file_settings, file_sums
from pb.core.counting.profile import APPROVAL_KINDS, BallotKind, Profile
from pb.core.counting.registry import RULES
from pb.core.counting_terms import leftover_of
from pb.core.errors import Invalid
from pb.core.phases import Calendar, Phase
from pb.core.rulebook import BallotRules, CountingRules, Rulebook, starter
from pb.core.workdays import TBILISI
from pb.results.outcome import to_tetri

MAX_PROJECTS = 5_000
NOTE = (
    "Imported with a finished election: money, ballot and count are those of the file; the rest is the usual."
)
# How long the phases before and after the vote usually last, in days.
_BEFORE = ((Phase.PREPARATION, 270), (Phase.IDEAS, 164), (Phase.DEVELOPMENT, 103), (Phase.REVIEW, 35))
RESULTS_DAYS, AFTER_DAYS = 14, 400


def year_of(profile: Profile, given: int | None) -> int:
    """The year of the contest: the one given, else META's ``instance``. Raises Invalid("no_year")."""
    if given is not None:
        return given
    instance = profile.meta.get("instance", "").strip()
    if not re.fullmatch(r"[12][0-9]{3}", instance):
        raise Invalid(
            "no_year", "year", expected="--year, or a year as instance in META", found=instance or "none"
        )
    return int(instance)


def counting_of(profile: Profile, rule: str | None) -> CountingRules:
    """The counting rules: ``rule`` if given, else what META names; ties by the order of the file, if it names no
    other. Of equal shares utilities are costs and the step is one unit of the currency, unless META says more.

    Raises Invalid("file_rule_not_countable" | "unknown_rule" | "bad_minimum" | "fraction_of_tetri").
    """
    completion = "add1"
    if rule is None:
        try:
            rule, said = file_rule(profile)
        except Invalid as error:
            known = str(error.params["expected"]).removeprefix("a rule in META, ")
            expected = f"{known}; or say with --rule by which of our rules to count it"
            raise Invalid(
                "file_rule_not_countable", "rule", expected=expected, found=error.params["found"]
            ) from None
        completion = said.get("completion", completion)
    elif rule not in RULES:
        raise Invalid("unknown_rule", "rule", expected="one of " + ", ".join(sorted(RULES)), found=rule)
    text = profile.meta.get("min_project_score_threshold", "").strip() or "0"
    minimum, places = numbers.parse(text)
    if minimum < 0 or minimum % 10**places:
        raise Invalid("bad_minimum", "minimum", expected="a whole number of votes", found=text)
    settings = file_settings(profile, RULES[rule].takes)
    amounts = {
        ours: _tetri_of(settings[theirs])
        for ours, theirs in (("step_tetri", "step"), ("price_per_vote_tetri", "price"))
        if theirs in settings
    }
    return CountingRules(
        rule=rule,
        minimum_votes=minimum // 10**places,
        ties=tuple(settings.get("ties", ("order",))),
        utility=settings.get("utility", "cost"),
        completion=completion,
        leftover=leftover_of(settings.get("leftover", "")),
        **amounts,
    )


def _tetri_of(text: str) -> int:
    return _in_tetri(*numbers.parse(text), text)


def _in_tetri(value: int, decimals: int, text: str) -> int:
    try:
        tetri = to_tetri(value, decimals)
    except ValueError:
        raise Invalid("fraction_of_tetri", "cost", expected="at most two decimals", found=text) from None
    if tetri > LARGEST_INT:
        # Rulebooks and results are canonical JSON, in tetri.
        raise Invalid("number_too_large", "cost", expected=f"at most {LARGEST_INT} tetri", found=text)
    return tetri


def money_of(profile: Profile, amount: int) -> int:
    """An amount of the profile in tetri. Raises Invalid("fraction_of_tetri"), or "number_too_large"."""
    return _in_tetri(amount, profile.decimals, profile.money(amount))


def rulebook_of(profile: Profile, counting: CountingRules, unit_slugs: Collection[str], act: str) -> Rulebook:
    """The starter's rulebook with the file's pot, sums, ballot and count. ``act``: what stands for the
    act.
    """
    pot = money_of(profile, profile.budget)
    sums: dict[str, int] = {}
    town_wide = pot
    if any(key.startswith(UNIT_SUM) for key in profile.meta):
        units, town = file_sums(profile)
        sums = {name: money_of(profile, amount) for name, amount in units.items()}
        town_wide = money_of(profile, town)
        pot = sum(sums.values()) + town_wide
    book = starter(pot, unit_slugs, act_number=act, act_date=None)
    longest = profile.meta.get("max_length", "").strip()
    return replace(
        book,
        unit_sums=sums,
        town_wide_tetri=town_wide,
        cost_cap_tetri=max([*sums.values(), town_wide]),
        cost_floor_tetri=0,
        ballot=BallotRules(
            kind="knapsack" if profile.kind is BallotKind.KNAPSACK else "approval",
            max_choices=int(longest)
            if longest.isdecimal() and int(longest)
            else max(len(profile.projects), 1),
            min_suggested=0,
            scope="own_unit" if any(ballot.unit for ballot in profile.ballots) else "town",
        ),
        counting=counting,
        votes_held=True,
    )


def calendar_of(profile: Profile, year: int) -> Calendar:
    """Dates around the days of the vote that META gives (date_begin, date_end), else the usual ones of the
    year.
    """
    first = _day(profile.meta.get("date_begin", "")) or datetime(year, 10, 12, tzinfo=TBILISI)
    last = _day(profile.meta.get("date_end", "")) or first + timedelta(days=13)
    opens, closes = first, last + timedelta(days=1)
    if closes <= opens:
        found = f"{first:%d.%m.%Y} to {last:%d.%m.%Y}"
        raise Invalid("bad_dates", "date_end", expected="date_end on or after date_begin", found=found)
    starts = {phase: opens - timedelta(days=days) for phase, days in _BEFORE}
    starts |= {
        Phase.VOTING: opens,
        Phase.RESULTS: closes,
        Phase.IMPLEMENTATION: closes + timedelta(days=RESULTS_DAYS),
    }
    return Calendar(starts=starts, ends=closes + timedelta(days=AFTER_DAYS), windows={})


def _day(text: str) -> datetime | None:
    """A day such as 07.10.2022 as its midnight in Tbilisi; None for anything else."""
    match = re.fullmatch(r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*", text)
    if match is None:
        return None
    try:
        return datetime(int(match[3]), int(match[2]), int(match[1]), tzinfo=TBILISI)
    except ValueError:
        return None


def moments(calendar: Calendar, published_at: datetime | None) -> dict[str, datetime]:
    """When the acts of a finished cycle are taken to have happened (UTC)."""
    result = calendar.opens(Phase.RESULTS)
    return {
        "cycle": calendar.opens(Phase.PREPARATION),
        "prepared": calendar.opens(Phase.VOTING) - timedelta(days=1),
        "opened": result,
        "published": (published_at or result + timedelta(days=7)).astimezone(UTC),
    }


def approvals(profile: Profile) -> bool:
    """Whether a ballot is a set of projects, so that it can be kept as an opened ballot of ours."""
    return profile.kind in APPROVAL_KINDS


def language_of(title: str) -> str:
    """The language of a title in a file that names none: Georgian by its letters, else undetermined."""
    return "ka" if re.search("[\u10d0-\u10ff]", title) else "und"
