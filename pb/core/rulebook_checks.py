"""What makes a rulebook unfit to be published; this file alone lists the words a rulebook may use and finds
its faults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from pb.core.counting.completions import MOST_RUNS
from pb.core.counting.parameters import STEPPING
from pb.core.errors import Problem
from pb.core.shortlist import KINDS as SHORTLIST_KINDS
from pb.core.words import words_problems

if TYPE_CHECKING:
    from pb.core.rulebook import BallotRules, CountingRules, Rulebook, VoterRules

WHO_MAY_HAND_IN = ("resident", "group", "organisation")
# What one of the authors has done before a project is handed in: a training attended, all lessons passed.
BEFORE_HAND_IN = ("nothing", "training", "lessons", "training_or_lessons")
CHANNELS = ("web", "paper", "centre", "hotline")
IDENTIFICATIONS = ("sms_code", "printed_code", "in_person")
BALLOT_KINDS = ("approval", "knapsack")
SCOPES = ("town", "own_unit")
READERS = ("everybody", "observers")  # of the opened ballots, one by one
COUNTING_RULES = (
    "greedy",
    "greedy-no-skip",
    "greedy-per-cost",
    "price-per-vote",
    "equal-shares",
    "phragmen",
)
TIES = ("cost", "votes", "lot", "order")
LAST_TIES = ("lot", "order")  # the two that always decide
UTILITIES = ("cost", "cardinality")
COMPLETIONS = ("none", "add1", "add1u", "utilitarian", "comparison")
LEFTOVERS = ("keep", "town")  # counting_terms says what the engine calls them
SCORES_PUBLIC = ("aggregate", "pseudonymous", "named")
#: Fewer than the smallest quorum could never rank a project; more than anybody's commission.
MEMBERS_PER_PROJECT = (3, 30)

YOUNGEST, OLDEST_MINIMUM = 14, 21
#: From and to, of each number of VoterRules.
VOTER_LIMITS = {
    "people_per_phone": (1, 20),
    "claim_days": (0, 60),
    "keep_roll_days": (1, 365),
    "alarm_device": (2, 1_000),
    "alarm_address": (2, 10_000),
    "alarm_operator": (2, 1_000),
    "alarm_hour": (2, 100_000),
    "alarm_very_old": (2, 1_000),
}
#: The step by which shares are raised is no smaller part of the largest sum than this.
MOST_STEPS_OF_SUM = MOST_RUNS * 100


def rulebook_problems(book: Rulebook, unit_slugs: Collection[str]) -> tuple[Problem, ...]:
    """All faults at once; ``unit_slugs``: the units of the town."""
    return tuple(_all(book, unit_slugs))


def _all(book: Rulebook, unit_slugs: Collection[str]) -> Iterator[Problem]:
    yield from _act_and_people(book)
    yield from _money(book, unit_slugs)
    yield from _ids([category.id for category in book.categories], "categories")
    for index, category in enumerate(book.categories):
        yield from words_problems(category.name, f"categories.{index}.name")
    yield from _ids([check.id for check in book.checklist], "checklist")
    for index, check in enumerate(book.checklist):
        for part in ("text", "failing", "ground"):
            yield from words_problems(getattr(check, part), f"checklist.{index}.{part}")
    yield from book.rubric.problems("rubric")
    yield from _one_of(book.shortlist.kind, SHORTLIST_KINDS, "shortlist.kind")
    if book.shortlist.kind == "best_n":
        yield from _at_least(book.shortlist.n, 1, "shortlist.n")
    if book.shortlist.kind == "money_times":
        yield from _at_least(book.shortlist.money_times_percent, 100, "shortlist.money_times_percent")
    if not 0 <= book.shortlist.minimum_score <= 10_000:
        yield Problem("out_of_range", "shortlist.minimum_score", {"low": 0, "high": 10_000})
    yield from _some_of(book.channels, CHANNELS, "channels")
    yield from _one_of(book.before_hand_in, BEFORE_HAND_IN, "before_hand_in")
    yield from _one_of(book.scores_public, SCORES_PUBLIC, "scores_public")
    yield from _scoring(book)
    yield from _at_least(book.objection_days, 1, "objection_days")
    if book.votes_held:
        yield from _some_of(book.identification, IDENTIFICATIONS, "identification")
        yield from _voters(book.voters)
        yield from _ballot(book.ballot)
        yield from _counting(book.counting)
        yield from _step(book)
        if book.ballot.scope == "own_unit" and not book.unit_sums:
            yield Problem("own_unit_needs_unit_sums", "ballot.scope")
        if book.ballot.on_paper and "in_person" not in book.identification:
            yield Problem("paper_needs_in_person", "ballot.on_paper")


def _scoring(book: Rulebook) -> Iterator[Problem]:
    scoring = book.scoring
    low, high = MEMBERS_PER_PROJECT
    if scoring.members_per_project and not low <= scoring.members_per_project <= high:
        yield Problem("out_of_range", "scoring.members_per_project", {"low": low, "high": high})
    if scoring.adjust and not scoring.members_per_project:
        yield Problem("adjusts_nothing", "scoring.adjust")
    # Without the sheets nobody could compute the adjustment again.
    if scoring.adjust and book.scores_public == "aggregate":
        yield Problem("adjustment_needs_sheets", "scoring.adjust")


def _act_and_people(book: Rulebook) -> Iterator[Problem]:
    if not book.act_number.strip():
        yield Problem("required", "act_number")
    if book.act_date is None:
        yield Problem("required", "act_date")
    ages = [("min_age_idea", book.min_age_idea)]
    if book.votes_held:
        ages.append(("min_age_vote", book.min_age_vote))
    for name, age in ages:
        if not YOUNGEST <= age <= OLDEST_MINIMUM:
            yield Problem("out_of_range", name, {"low": YOUNGEST, "high": OLDEST_MINIMUM})
    yield from _some_of(book.who_may_hand_in, WHO_MAY_HAND_IN, "who_may_hand_in")
    yield from _at_least(book.max_ideas_per_author, 1, "max_ideas_per_author")
    yield from _at_least(book.supporters_needed, 0, "supporters_needed")


def _money(book: Rulebook, unit_slugs: Collection[str]) -> Iterator[Problem]:
    yield from _at_least(book.pot_tetri, 1, "pot_tetri")
    yield from _at_least(book.town_wide_tetri, 0, "town_wide_tetri")
    for slug, amount in book.unit_sums.items():
        if slug not in unit_slugs:
            yield Problem("unknown_unit", f"unit_sums.{slug}", {"unit": slug})
        yield from _at_least(amount, 0, f"unit_sums.{slug}")
    if book.unit_sums:  # none at all: one pot for the whole town
        for slug in unit_slugs:
            if slug not in book.unit_sums:
                yield Problem("unit_without_sum", f"unit_sums.{slug}", {"unit": slug})
    total = sum(book.unit_sums.values()) + book.town_wide_tetri
    if total != book.pot_tetri:
        params = {
            "total_tetri": total,
            "pot_tetri": book.pot_tetri,
            "difference_tetri": book.pot_tetri - total,
        }
        yield Problem("sums_do_not_add_up", "unit_sums", params)
    yield from _at_least(book.cost_floor_tetri, 0, "cost_floor_tetri")
    if book.cost_cap_tetri <= book.cost_floor_tetri:
        yield Problem("cap_not_above_floor", "cost_cap_tetri", {"floor_tetri": book.cost_floor_tetri})
    largest = max([*book.unit_sums.values(), book.town_wide_tetri])
    if book.cost_cap_tetri > largest:
        yield Problem("cap_above_every_sum", "cost_cap_tetri", {"largest_tetri": largest})


def _voters(voters: VoterRules) -> Iterator[Problem]:
    for name, value in vars(voters).items():
        low, high = VOTER_LIMITS[name]
        if not low <= value <= high:
            yield Problem("out_of_range", f"voters.{name}", {"low": low, "high": high})


def _ballot(ballot: BallotRules) -> Iterator[Problem]:
    yield from _one_of(ballot.kind, BALLOT_KINDS, "ballot.kind")
    yield from _one_of(ballot.scope, SCOPES, "ballot.scope")
    yield from _one_of(ballot.read_by, READERS, "ballot.read_by")
    yield from _at_least(ballot.max_choices, 1, "ballot.max_choices")
    if not 0 <= ballot.min_suggested <= ballot.max_choices:
        yield Problem("out_of_range", "ballot.min_suggested", {"low": 0, "high": ballot.max_choices})


def _counting(counting: CountingRules) -> Iterator[Problem]:
    yield from _one_of(counting.rule, COUNTING_RULES, "counting.rule")
    yield from _one_of(counting.utility, UTILITIES, "counting.utility")
    yield from _one_of(counting.completion, COMPLETIONS, "counting.completion")
    yield from _one_of(counting.leftover, LEFTOVERS, "counting.leftover")
    yield from _at_least(counting.minimum_votes, 0, "counting.minimum_votes")
    yield from _at_least(counting.step_tetri, 1, "counting.step_tetri")
    yield from _at_least(counting.price_per_vote_tetri, 1, "counting.price_per_vote_tetri")
    yield from _some_of(counting.ties, TIES, "counting.ties")
    if counting.ties and counting.ties[-1] not in LAST_TIES:
        yield Problem("ties_left_open", "counting.ties", {"last": counting.ties[-1]})


def _step(book: Rulebook) -> Iterator[Problem]:
    """Every step of the shares may be a run of the count, which gives up after ``MOST_RUNS``. With a step that is
    large enough here they are not reached before a thousand voters have ten times their share.
    """
    counting = book.counting
    if counting.rule != "equal-shares" or counting.completion not in STEPPING:
        return
    largest = max([*book.unit_sums.values(), book.town_wide_tetri])
    least = -(-largest // MOST_STEPS_OF_SUM)
    if counting.step_tetri < least:
        yield Problem("step_too_small_for_sum", "counting.step_tetri", {"least_tetri": least})


def _at_least(value: int, low: int, field: str) -> Iterator[Problem]:
    if value < low:
        yield Problem("too_small", field, {"minimum": low})


def _one_of(value: str, known: Collection[str], field: str) -> Iterator[Problem]:
    if value not in known:
        yield Problem("not_a_choice", field, {"value": value})


def _some_of(values: Collection[str], known: Collection[str], field: str) -> Iterator[Problem]:
    if not values:
        yield Problem("required", field)
    if len(set(values)) != len(values):
        yield Problem("repeated", field)
    for value in values:
        yield from _one_of(value, known, field)


def _ids(ids: Iterable[str], field: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in enumerate(ids):
        if not item or item in seen:
            yield Problem("bad_or_repeated_id", f"{field}.{index}.id", {"id": item})
        seen.add(item)
    if not seen:
        yield Problem("required", field)
