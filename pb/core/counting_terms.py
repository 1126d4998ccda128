"""What a rulebook says of the count, in the engine's words: this file alone knows both.

Stored rulebooks keep their own words for good, so the two are mapped here instead of being renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pb.core.counting.profile import BallotKind
from pb.core.counting.registry import RULES

if TYPE_CHECKING:
    from pb.core.rulebook import BallotRules, CountingRules

#: What becomes of a unit's unspent money: the rulebook's word, and the engine's.
LEFTOVERS: Mapping[str, str] = {"keep": "carried_over", "town": "town_wide"}


def leftover_of(engine_word: str) -> str:
    """The rulebook's word for the engine's; "keep" for one that it does not know (as the engine's default)."""
    return next((ours for ours, theirs in LEFTOVERS.items() if theirs == engine_word), "keep")


def amount_text(tetri: int) -> str:
    """An amount as files and the engine's parameters write it: "12500", or "12500.50" where there are tetri."""
    whole, rest = divmod(tetri, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def ballot_kind(ballot: BallotRules) -> BallotKind:
    """The kind under which ballots of these rules are counted. Spend-the-budget ballots are sets of projects."""
    return BallotKind.CHOOSE_ONE if ballot.max_choices == 1 else BallotKind.APPROVAL


def money_of_rule(counting: CountingRules) -> dict[str, int]:
    """The amounts in tetri that the rule uses, by the engine's names."""
    takes = RULES[counting.rule].takes if counting.rule in RULES else frozenset()
    given = {"step": counting.step_tetri, "price": counting.price_per_vote_tetri}
    return {name: tetri for name, tetri in given.items() if name in takes}


def parameters(
    counting: CountingRules, *, seed: str = "", exclusive: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The engine's parameters, as ``registry.count`` takes them; of those that only some rules use, no more than
    the rule takes. ``seed``: of the lot; ``exclusive``: pairs of project ids.
    """
    given: dict[str, Any] = {
        "minimum": counting.minimum_votes,
        "ties": list(counting.ties),
        "leftover": LEFTOVERS.get(counting.leftover, counting.leftover),
    }
    if "lot" in counting.ties:
        given["seed"] = seed
    if exclusive:
        given["exclusive"] = list(exclusive)
    takes = RULES[counting.rule].takes if counting.rule in RULES else frozenset()
    given |= {name: getattr(counting, name) for name in ("utility", "completion") if name in takes}
    return given | {name: amount_text(tetri) for name, tetri in money_of_rule(counting).items()}
