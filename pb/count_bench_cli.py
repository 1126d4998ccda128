"""``python -m pb bench-count``: how fast the count is, beside the field's reference library in the same run."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from pb.core.counting.pabulib import read
from pb.core.counting.parameters import check
from pb.core.counting.profile import Pot, Profile
from pb.core.counting.registry import RULES, count
from pb.core.counting.shares import contest_of
from pb.core.counting.shares_run import Run
from pb.count_bench_town import STEP, write_town

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("PB_ELECTIONS") or ROOT.parent / "shared" / "data" / "elections")
FILES = (
    "Poland_Lodz_2022.pb",
    "Poland_Warszawa_2026.pb",
    "Poland_Krakow_2024.pb",
    "Poland_Warszawa_2026_Pelcowizna_Nowa_Praga.pb",
)
ADD1 = "equal-shares-add1"
RULE_NAMES = ("greedy", "equal-shares", ADD1, "phragmen")
TOWNS = (10_000, 100_000, 1_000_000)
LIMIT = 240
BEST_OF = 3
#: The library is asked by a program of the tests: nothing of it belongs to the product.
LIBRARY = "tests.core.counting.oracle_bench"

Measure = dict[str, Any]


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(
        prog="python -m pb bench-count",
        description="Measure counts: reading and counting apart, peak memory, each in a process of its own.",
    )
    made.add_argument(
        "file", nargs="*", type=Path, help=f".pb files; else those of {FOLDER} named in the text"
    )
    made.add_argument("--rule", action="append", choices=RULE_NAMES, help="may be given again")
    made.add_argument("--no-library", action="store_true", help="ours alone")
    made.add_argument(
        "--as-read",
        action="store_true",
        help="the library counts ballots as its reader gives them, not merged",
    )
    made.add_argument(
        "--limit", type=int, default=LIMIT, help="seconds that the library may take for a count"
    )
    made.add_argument(
        "--town", type=int, action="append", help="voters of a made-up town; may be given again"
    )
    made.add_argument("--no-towns", action="store_true", help="files alone")
    made.add_argument("--measure", nargs=2, metavar=("FILE", "RULE"), help=argparse.SUPPRESS)
    return made


def main(argv: list[str]) -> int:
    """Run the command; a table of files with the library beside ours, and one of made-up towns."""
    options = parser().parse_args(argv)
    if options.measure:
        print(json.dumps(measured(Path(options.measure[0]), options.measure[1])))
        return 0
    rules = tuple(options.rule or RULE_NAMES)
    at_hand = [FOLDER / name for name in FILES if (FOLDER / name).is_file()]
    files = options.file or ([] if options.town else at_hand)
    if not files and not options.town:
        print(f"no elections in {FOLDER}; set PB_ELECTIONS, or name .pb files", file=sys.stderr)
    library = not options.no_library and _has_library()
    if not library and not options.no_library:
        print("pabutools is not installed (requirements/oracle.txt): ours alone", file=sys.stderr)
    if files:
        merged = ["as-read"] if options.as_read else []
        _table_of_files(files, rules, [LIBRARY, *merged] if library else [], options.limit)
    if not options.no_towns and (options.town or not options.file):
        _table_of_towns(options.town or TOWNS, rules)
    return 0


def measured(path: Path, rule: str) -> Measure:
    """Read and count in this process. ``count``: the best of three, each with nothing prepared; ``first``:
    the first one, with the import of what it needs; both with all explanations. ``run``: one run of equal
    shares over prepared ballots, winners alone. Seconds of the processor
    (on a quiet machine those of the clock) and MB."""
    started = process_time()
    profile = read(path.read_bytes()).profile
    was_read = process_time()
    name, given = (rule, {}) if rule != ADD1 else ("equal-shares", {"completion": "add1"})
    if rule == "equal-shares":
        given = {"completion": "none"}
    if profile.kind not in RULES[name].kinds:
        return {"undefined": True}
    times: list[float] = []
    winners = 0
    while len(times) < BEST_OF and sum(times) < LIMIT / BEST_OF:
        fresh = replace(profile)
        begun = process_time()
        winners = len(count(fresh, name, given).winners)
        times.append(process_time() - begun)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ballots = len(profile.ballots)
    run = _one_run(profile, given) if name == "equal-shares" else min(times)
    seconds = {"read": was_read - started, "first": times[0], "count": min(times), "run": run}
    return {**seconds, "memory": memory, "winners": winners, "voters": profile.voters, "ballots": ballots}


def _one_run(profile: Profile, given: Mapping[str, Any]) -> float:
    contest = contest_of(
        profile,
        Pot("", profile.budget, tuple(range(len(profile.projects)))),
        check(profile, given, RULES["equal-shares"].takes),
    )
    times = []
    for _ in range(BEST_OF):
        begun = process_time()
        Run(contest, 0).winners()
        times.append(process_time() - begun)
    return min(times)


def _has_library() -> bool:
    found = subprocess.run([sys.executable, "-c", f"import {LIBRARY}"], cwd=ROOT, capture_output=True)
    return found.returncode == 0


def _program(arguments: Sequence[str], limit: int | None = None) -> Measure | None:
    """What another process measured; None if it took too long."""
    command = [sys.executable, "-m", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired:
        return None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{' '.join(command)}: {error.stderr.strip()}") from None
    found: Measure = json.loads(done.stdout)
    return found


def _ours(path: Path, rule: str) -> Measure:
    return _program(["pb", "bench-count", "--measure", str(path.resolve()), rule]) or {}


def _table_of_files(files: Sequence[Path], rules: Sequence[str], library: Sequence[str], limit: int) -> None:
    print(
        "| file | rule | read | first count | count | one run | memory | funded | pabutools | its memory | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for path in files:
        for rule in rules:
            ours = _ours(path, rule)
            if "undefined" in ours:
                _row(path.stem, rule, "not defined for its ballots", *[""] * 8)
                continue
            theirs, memory, ratio = "", "", ""
            if library:
                name, *as_read = library
                found = _program([name, str(path.resolve()), rule, str(STEP), *as_read], limit)
                theirs = f"not within {limit}" if found is None else f"{found['count']:.2f}"
                memory = "" if found is None else f"{found['memory']} MB"
                times = (limit if found is None else found["count"]) / ours["count"]
                ratio = f"{'over ' if found is None else ''}{times:,.0f}"
            _row(
                path.stem,
                rule,
                *_seconds(ours),
                f"{ours['memory']} MB",
                ours["winners"],
                theirs,
                memory,
                ratio,
            )


def _table_of_towns(sizes: Sequence[int], rules: Sequence[str]) -> None:
    print(f"\nMade-up towns (200 projects, 10 approvals a voter, step {STEP}):\n")
    print("| voters | rule | read | first count | count | one run | µs a voter | memory | funded |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for voters in sizes:
            path = Path(folder) / f"{voters}.pb"
            write_town(path, voters)
            for rule in rules:
                ours = _ours(path, rule)
                each = f"{ours['count'] / voters * 1_000_000:.2f}"
                _row(f"{voters:,}", rule, *_seconds(ours), each, f"{ours['memory']} MB", ours["winners"])
            path.unlink()


def _seconds(ours: Measure) -> list[str]:
    return [f"{ours[name]:.3f}" for name in ("read", "first", "count", "run")]


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
