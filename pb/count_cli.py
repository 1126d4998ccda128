"""``python -m pb count``: reads a Pabulib file, counts it, prints a table or JSON; standard library only."""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Any

from pb.core.counting import csv_ballots
from pb.core.counting import decimals as numbers
from pb.core.counting.more_voters import more_voters
from pb.core.counting.outcome import Result
from pb.core.counting.pabulib import MAX_BYTES, UNIT_SUM, no_collector, read
from pb.core.counting.pabulib_rules import file_exclusions, file_rule, file_settings, file_sums, rest_for_town
from pb.core.counting.parameters import COMPLETIONS, LEFTOVERS, UTILITIES, money
from pb.core.counting.profile import Profile
from pb.core.counting.registry import RULES, count
from pb.core.counting.representation import figures
from pb.core.counting.ties import parse_order
from pb.core.errors import Invalid, Missing


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(
        prog="python -m pb count",
        description="Count an election in Pabulib's format and explain the result. Timings go to stderr.",
    )
    made.add_argument(
        "file", metavar="FILE", help="a file of Pabulib (.pb) or a table of approvals (.csv, .tsv)"
    )
    rule = made.add_mutually_exclusive_group(required=True)
    rule.add_argument("--rule", metavar="RULE", help="one of: " + ", ".join(sorted(RULES)))
    rule.add_argument(
        "--rule-from-file",
        action="store_true",
        help="rule, minimum, sums and the like as the file names them; what is given here goes before",
    )
    made.add_argument("--minimum", metavar="N", help="projects with a score below N are out first")
    made.add_argument(
        "--ties",
        metavar="ORDER",
        help="what settles equal scores: cost,votes,lot:SEED,order (order of the file: the default)",
    )
    made.add_argument("--utility", choices=UTILITIES, help="equal shares: what a voter's share buys (cost)")
    made.add_argument(
        "--completion", choices=COMPLETIONS, help="equal shares: what becomes of money left over (add1)"
    )
    made.add_argument(
        "--step", metavar="AMOUNT", help="equal shares: by how much add1 raises the shares (1 unit of money)"
    )
    made.add_argument("--price", metavar="AMOUNT", help="price-per-vote: the money that a vote is worth")
    made.add_argument(
        "--by-unit", action="store_true", help="an own sum for each unit; the rest is for the whole town"
    )
    made.add_argument(
        "--unit-sum",
        metavar="UNIT=SUM",
        action="append",
        default=[],
        help="a unit's sum, instead of META's unit_sum.UNIT (may be given again)",
    )
    made.add_argument(
        "--town-sum", metavar="SUM", help="the sum of projects without a unit (what units leave)"
    )
    made.add_argument("--leftover", choices=LEFTOVERS, help="what becomes of money that units leave")
    made.add_argument("--json", action="store_true", help="print JSON instead of a table")
    made.add_argument("--explain", action="store_true", help="a sentence on each project below its line")
    return made


def main(argv: list[str]) -> int:
    """Run the command. Raises Invalid for a broken file or senseless arguments, Missing without a file."""
    options = parser().parse_args(argv)
    started = perf_counter()
    profile = _read(options.file)
    was_read = perf_counter()
    profile, result = _count(profile, options)
    counted = perf_counter()
    if options.json:
        sys.stdout.buffer.write(as_json(result, profile, explain=options.explain))
        sys.stdout.buffer.flush()
    else:
        from pb.count_table_cli import print_table

        print_table(result, profile, explain=options.explain)
    times = f"read {was_read - started:.3f} s, counted {counted - was_read:.3f} s"
    print(times, file=sys.stderr)
    return 0


def _read(path: str) -> Profile:
    try:
        with open(path, "rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such file"
        raise Missing("unreadable_file", file=numbers.shorten(path, 200), found=reason) from None
    try:
        with no_collector():
            opened = csv_ballots.read(data) if csv_ballots.looks_like(path) else read(data)
            # What was read stays to the end. Without this the collector searches all of it during the count,
            # which for a million ballots takes longer than the count.
            gc.freeze()
    except Invalid as error:
        raise Invalid(error.code, error.field, file=numbers.shorten(path, 200), **error.params) from None
    for note in opened.notes:
        place = "{section}, line {line}: {found}".format(**note.params)
        print(f"note: {place}", file=sys.stderr)
    return opened.profile


def _count(profile: Profile, options: argparse.Namespace) -> tuple[Profile, Result]:
    """The result, and the election with money as fine as the amounts that the rule was given."""
    parameters: dict[str, Any] = {}
    rule = options.rule
    if options.rule_from_file:
        rule, parameters = file_rule(profile)
        parameters |= file_settings(profile, RULES[rule].takes)
    given = ("minimum", "leftover", "utility", "completion", "step", "price")
    parameters |= {name: value for name in given if (value := getattr(options, name)) is not None}
    if options.ties is not None:
        order = parse_order(options.ties)
        parameters |= {"ties": order.criteria, "seed": order.seed}
    exclusive = file_exclusions(profile)
    if exclusive:
        parameters["exclusive"] = exclusive
    profile = with_places_of(profile, [parameters[name] for name in ("step", "price") if name in parameters])
    by_file = options.rule_from_file and any(key.startswith(UNIT_SUM) for key in profile.meta)
    if not (options.by_unit or options.unit_sum or by_file):
        if options.town_sum is not None:
            # Money that is told and not used would look as if it had counted.
            expected = "--by-unit or --unit-sum beside it"
            raise Invalid("parameter_without_use", "town_sum", expected=expected, found="--town-sum")
        return profile, count(profile, rule, parameters)
    sums, town = _sums(profile, options.unit_sum, options.town_sum)
    return profile, count(profile, rule, parameters, unit_sums=sums, town_sum=town)


def _sums(profile: Profile, given: Sequence[str], town_text: str | None) -> tuple[dict[str, int], int]:
    """Sums from the arguments, or else from the file."""
    if not given:
        sums, town = file_sums(profile)
    else:
        sums = {}
        for pair in given:
            unit, equals, text = pair.rpartition("=")
            if not equals:
                raise Invalid("bad_unit_sum", "unit_sum", expected="UNIT=SUM", found=numbers.shorten(pair))
            sums[unit] = money(profile, text, "unit_sum")
        town = rest_for_town(profile, sums)
    return sums, town if town_text is None else money(profile, town_text, "town_sum")


def with_places_of(profile: Profile, amounts: Sequence[str]) -> Profile:
    """The same election with money as fine as these amounts, where it is coarser."""
    finest = numbers.common_scale(numbers.parse(text) for text in amounts)
    if finest <= profile.decimals:
        return profile
    factor = 10 ** (finest - profile.decimals)
    projects = tuple(replace(project, cost=project.cost * factor) for project in profile.projects)
    return replace(profile, projects=projects, budget=profile.budget * factor, decimals=finest)


def as_json(result: Result, profile: Profile, *, explain: bool = False) -> bytes:
    """The result with money and scores in the units of the file; fractions are written exactly.

    With ``explain`` also what it gives to the voters ("figures", averages in minor units of the file), and with
    how many more of them projects would have been funded, where that is found by counting again ("more_voters").
    """
    data = result.to_data(
        money=lambda value: numbers.exact(value, profile.decimals),
        points=lambda value: numbers.exact(value, profile.point_decimals),
    )
    if explain:
        data["figures"] = figures(profile, result.winners).to_data()
        data["more_voters"] = more_voters(profile, result)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_mark)
    return re.sub(r'"\\u0000([-0-9.]+)"', r"\1", text).encode("utf-8") + b"\n"


def _mark(value: Any) -> str:
    """A fraction as text that no file can hold (NUL is refused), to be taken out of its quotes afterwards."""
    if not isinstance(value, Decimal):
        raise TypeError(f"no JSON for {type(value).__name__}")
    return f"\0{value:f}"
