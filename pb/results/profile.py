"""The opened box as a Pabulib file: this file alone writes the bytes that are counted and published.

Voters are numbered in the published order of the box and nothing else is said of them. META also holds what
Pabulib has no words for: the sums per unit, the order of ties, the seed of the lot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pb.core.counting.pabulib import TOWN_SUM, UNIT_SUM
from pb.core.counting.pabulib_text import Document, Section, render
from pb.core.counting.registry import RULES
from pb.core.counting_terms import LEFTOVERS, amount_text, ballot_kind, money_of_rule
from pb.core.rulebook import CountingRules, Rulebook

#: Our own keys of META.
TIES, SEED, LEFTOVER, ROUND, RULEBOOK = "ties", "tie_seed", "leftover", "round", "rulebook"
UTILITY, STEP, PRICE = "utility", "add1_step", "price_per_vote"


@dataclass(frozen=True)
class Listed:
    """A project on the ballot. ``unit``: slug, or "" for the whole town."""

    id: str
    cost_tetri: int
    name: str
    unit: str = ""
    category: str = ""


@dataclass(frozen=True)
class Vote:
    """One valid ballot: project ids, and the voter's unit where ballots name it."""

    choices: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class Election:
    """Everything that the file says beside the votes. ``seed``: of the lot, when the rulebook has one."""

    description: str
    place: str
    year: int
    label: str
    voting_from: date
    voting_to: date
    rules: Rulebook
    projects: Sequence[Listed]
    seed: str


def by_unit(rules: Rulebook) -> bool:
    """Whether units have sums of their own; otherwise there is one pot."""
    return rules.town_wide_tetri != rules.pot_tetri and bool(rules.unit_sums)


def seed_of(commitments: Iterable[str]) -> str:
    """The seed of the lot: SHA-256 (hex) of the commitments (hex) of all ballots in the box, sorted, a line
    each.

    It is fixed when the box is closed, before anybody knows what the ballots say, and anybody can compute it.
    """
    return hashlib.sha256("\n".join(sorted(commitments)).encode("ascii")).hexdigest()


def file_rule_name(counting: CountingRules) -> str:
    """Pabulib's word for a rule of the rulebook."""
    if counting.rule == "greedy":
        return "greedy-threshold" if counting.minimum_votes else "greedy"
    if counting.rule == "equal-shares":
        return "equalshares" if counting.completion == "none" else f"equalshares/{counting.completion}"
    return counting.rule


def write(election: Election, votes: Sequence[Vote]) -> bytes:
    """The file: UTF-8, "\\n", amounts in lari with two decimals where needed. The same input, the same
    bytes.
    """
    document = Document()
    document.sections["META"] = Section("META", ["key", "value"], _meta(election, len(votes)))
    columns = ["project_id", "cost", "votes", "name", "category", "unit"]
    counted = dict.fromkeys((project.id for project in election.projects), 0)
    for vote in votes:
        for choice in vote.choices:
            counted[choice] += 1
    document.sections["PROJECTS"] = Section(
        "PROJECTS",
        columns,
        [
            [p.id, amount_text(p.cost_tetri), str(counted[p.id]), _line(p.name), p.category, p.unit]
            for p in election.projects
        ],
    )
    with_units = any(vote.unit for vote in votes)
    document.sections["VOTES"] = Section(
        "VOTES",
        ["voter_id", "vote", *(["unit"] if with_units else [])],
        [
            [str(number), ",".join(vote.choices), *([vote.unit] if with_units else [])]
            for number, vote in enumerate(votes, start=1)
        ],
    )
    return render(document)


def _meta(election: Election, voters: int) -> list[list[str]]:
    rules, counting = election.rules, election.rules.counting
    facts = {
        "description": election.description,
        "country": "Georgia",
        "unit": election.place,
        "instance": str(election.year),
        "num_projects": str(len(election.projects)),
        "num_votes": str(voters),
        "budget": _budget(rules),
        "vote_type": ballot_kind(rules.ballot).value,
        "rule": file_rule_name(counting),
        "date_begin": f"{election.voting_from:%d.%m.%Y}",
        "date_end": f"{election.voting_to:%d.%m.%Y}",
        "min_length": "1",
        "max_length": str(rules.ballot.max_choices),
        "language": "ka",
        "currency": "GEL",
    }
    if rules.ballot.kind == "knapsack":
        facts["max_sum_cost"] = amount_text(rules.pot_tetri)
    if counting.minimum_votes:
        facts["min_project_score_threshold"] = str(counting.minimum_votes)
    takes = RULES[counting.rule].takes if counting.rule in RULES else frozenset()
    if "utility" in takes:
        facts[UTILITY] = counting.utility
    for name, tetri in money_of_rule(counting).items():
        facts[{"step": STEP, "price": PRICE}[name]] = amount_text(tetri)
    facts[TIES] = ",".join(counting.ties)
    if "lot" in counting.ties:
        facts[SEED] = election.seed
    if by_unit(rules):
        facts[LEFTOVER] = LEFTOVERS.get(counting.leftover, counting.leftover)
        facts |= {UNIT_SUM + slug: amount_text(amount) for slug, amount in rules.unit_sums.items()}
        facts[TOWN_SUM] = amount_text(rules.town_wide_tetri)
    facts[ROUND] = election.label
    facts[RULEBOOK] = rules.fingerprint()
    return [[key, _line(value)] for key, value in facts.items()]


def _budget(rules: Rulebook) -> str:
    """The pot; with decimals where a step or a price has tetri: the finest amount of a file is its unit."""
    text = amount_text(rules.pot_tetri)
    fine = any(tetri % 100 for tetri in money_of_rule(rules.counting).values())
    return f"{text}.00" if fine and "." not in text else text


def _line(text: str) -> str:
    """Text on one line; NUL, which no such file may hold, is left out."""
    return " ".join(text.replace("\0", "").split())
