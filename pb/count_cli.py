"""``python -m pb count``: reads a Pabulib file, counts it, prints a table or JSON; standard library only."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from time import perf_counter
from typing import Any

from pb.core.counting import csv_ballots
from pb.core.counting import decimals as numbers
from pb.core.counting.outcome import Result
from pb.core.counting.pabulib import MAX_BYTES, read
from pb.core.counting.pabulib_rules import file_exclusions, file_rule, file_sums
from pb.core.counting.parameters import LEFTOVERS
from pb.core.counting.profile import Profile
from pb.core.counting.registry import RULES, count
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
        "--rule-from-file", action="store_true", help="rule and minimum as META of the file names them"
    )
    made.add_argument("--minimum", metavar="N", help="projects with a score below N are out first")
    made.add_argument(
        "--ties",
        metavar="ORDER",
        help="what settles equal scores: cost,votes,lot:SEED,order (order of the file: the default)",
    )
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
    made.add_argument("--town-sum", metavar="SUM", help="the sum of projects without a unit")
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
    result = _count(profile, options)
    counted = perf_counter()
    if options.json:
        sys.stdout.buffer.write(as_json(result, profile))
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
        opened = csv_ballots.read(data) if csv_ballots.looks_like(path) else read(data)
    except Invalid as error:
        raise Invalid(error.code, error.field, file=numbers.shorten(path, 200), **error.params) from None
    for note in opened.notes:
        place = "{section}, line {line}: {found}".format(**note.params)
        print(f"note: {place}", file=sys.stderr)
    return opened.profile


def _count(profile: Profile, options: argparse.Namespace) -> Result:
    rule, parameters = file_rule(profile) if options.rule_from_file else (options.rule, {})
    if options.minimum is not None:
        parameters["minimum"] = options.minimum
    if options.ties is not None:
        order = parse_order(options.ties)
        parameters |= {"ties": order.criteria, "seed": order.seed}
    if options.leftover is not None:
        parameters["leftover"] = options.leftover
    exclusive = file_exclusions(profile)
    if exclusive:
        parameters["exclusive"] = exclusive
    if not (options.by_unit or options.unit_sum):
        return count(profile, rule, parameters)
    sums, town = _sums(profile, options.unit_sum, options.town_sum)
    return count(profile, rule, parameters, unit_sums=sums, town_sum=town)


def _sums(profile: Profile, given: Sequence[str], town_text: str | None) -> tuple[dict[str, int], int]:
    """Sums from the arguments, or else from the file."""
    if not given:
        sums, town = file_sums(profile)
    else:
        sums, town = {}, 0
        for pair in given:
            unit, equals, text = pair.rpartition("=")
            if not equals:
                raise Invalid("bad_unit_sum", "unit_sum", expected="UNIT=SUM", found=numbers.shorten(pair))
            sums[unit] = _amount(profile, text)
    return sums, town if town_text is None else _amount(profile, town_text)


def _amount(profile: Profile, text: str) -> int:
    value, places = numbers.parse(text)
    if places > profile.decimals and value % 10 ** (places - profile.decimals):
        expected = f"a sum with at most {profile.decimals} decimals, as in the file"
        raise Invalid("too_many_decimals", "unit_sum", expected=expected, found=text)
    return numbers.rescale(value, places, profile.decimals)


def as_json(result: Result, profile: Profile) -> bytes:
    """The result with money and scores in the units of the file; fractions are written exactly."""
    data = result.to_data(
        money=lambda value: numbers.exact(value, profile.decimals),
        points=lambda value: numbers.exact(value, profile.point_decimals),
    )
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_mark)
    return re.sub(r'"\\u0000([-0-9.]+)"', r"\1", text).encode("utf-8") + b"\n"


def _mark(value: Any) -> str:
    """A fraction as text that no file can hold (NUL is refused), to be taken out of its quotes afterwards."""
    if not isinstance(value, Decimal):
        raise TypeError(f"no JSON for {type(value).__name__}")
    return f"\0{value:f}"
