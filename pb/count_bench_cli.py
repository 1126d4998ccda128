"""``python -m pb bench-count``: how fast the count is, beside the field's reference library in the same run."""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from pb.core.counting.pabulib import no_collector, read
from pb.core.counting.registry import RULES, count, select
from pb.count_bench_town import SEED, STEP, write_town

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("PB_ELECTIONS") or ROOT.parent / "shared" / "data" / "elections")
#: The biggest elections at hand, and those of less than 8,000 voters.
BIG = ("Poland_Lodz_2022.pb", "Poland_Warszawa_2026.pb", "Poland_Krakow_2024.pb")
SMALL = (
    "Poland_Czestochowa_2024_Ostatni_Grosz.pb",
    "Poland_Gdynia_2025_Karwiny__small.pb",
    "Poland_Katowice_2022_Zawodzie.pb",
    "Poland_Krakow_2022_Mistrzejowice.pb",
    "Poland_Lodz_2022_Katedralna.pb",
    "Poland_Swiecie_2023.pb",
    "Poland_Warszawa_2017_Wawrzyszew.pb",
    "Poland_Warszawa_2026_Pelcowizna_Nowa_Praga.pb",
    "Poland_Wieliczka_2023_Green_Budget.pb",
    "Poland_Wroclaw_2017_Rejon_nr_8_750.pb",
)
#: By the name of the table: the rule and its parameters, as the count takes them.
RULES_MEASURED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "greedy": ("greedy", {}),
    "equal-shares": ("equal-shares", {"completion": "none"}),
    "equal-shares-add1": ("equal-shares", {"completion": "add1"}),
    "phragmen": ("phragmen", {}),
    "greedy-per-cost": ("greedy-per-cost", {}),
    "equal-shares-cardinality": ("equal-shares", {"completion": "none", "utility": "cardinality"}),
    "equal-shares-utilitarian": ("equal-shares", {"completion": "utilitarian"}),
}
#: What the big files and the made-up towns are counted by; the small ones by all.
USUAL = ("greedy", "equal-shares", "equal-shares-add1", "phragmen")
TOWNS = (10_000, 100_000, 1_000_000)
LIMIT = 240
BEST_OF = 3
#: The library is asked by a program of the tests: nothing of it belongs to the product.
LIBRARY = "tests.core.counting.oracle_bench"

Measure = dict[str, Any]
T = TypeVar("T")
#: Columns of the library: its ratio to our winners, which is what it gives, and to our whole count.
_THEIRS = ("pabutools", "its memory", "winners faster", "all faster")


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(
        prog="python -m pb bench-count",
        description="Measure counts: reading and counting apart, peak memory, each in a process of its own.",
    )
    made.add_argument(
        "file", nargs="*", type=Path, help=f".pb files; else those of {FOLDER} named in the text"
    )
    made.add_argument("--rule", action="append", choices=tuple(RULES_MEASURED), help="may be given again")
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
    library = not options.no_library and _has_library()
    if not library and not options.no_library:
        print("pabutools is not installed (requirements/oracle.txt): ours alone", file=sys.stderr)
    program = [LIBRARY, *(["as-read"] if options.as_read else [])] if library else []
    some = tuple(options.rule or USUAL)
    if options.file:
        _table_of_files(options.file, some, program, options.limit)
    elif not options.town:
        if not FOLDER.is_dir():
            print(f"no elections in {FOLDER}; set PB_ELECTIONS, or name .pb files", file=sys.stderr)
        for names, rules in ((BIG, some), (SMALL, tuple(options.rule or RULES_MEASURED))):
            at_hand = [FOLDER / name for name in names if (FOLDER / name).is_file()]
            _table_of_files(at_hand, rules, program, options.limit)
    if not options.no_towns and (options.town or not options.file):
        _table_of_towns(options.town or TOWNS, some)
    return 0


def measured(path: Path, rule: str) -> Measure:
    """Read and count in this process: the profile as the reader gives it, which makes the columns of ballots.

    ``winners``: who wins, which is what the library gives; ``count``: with all ties, steps and explanations, as
    the command line and the results show them; each the best of three with nothing else prepared. ``first``: the
    first count, with the import of what it needs. Seconds of the processor (on a quiet machine those of the
    clock) and MB.
    """
    started = process_time()
    with no_collector():
        profile = read(path.read_bytes()).profile
        # As the command line does: what was read stays, and the collector does not search it while it is counted.
        gc.freeze()
    was_read = process_time()
    name, given = RULES_MEASURED[rule]
    if profile.kind not in RULES[name].kinds:
        return {"undefined": True}
    times, found = _best(lambda: count(copy(profile), name, given))
    fewer, same = _best(lambda: select(copy(profile), name, given))
    assert same.winners == found.winners
    return {
        "read": was_read - started,
        "first": times[0],
        "count": min(times),
        "winners": min(fewer),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "funded": len(found.winners),
        "voters": profile.voters,
        "ballots": len(profile.ballots),
    }


def _best(run: Callable[[], T]) -> tuple[list[float], T]:
    """The times of up to three runs, fewer where they take long, and what the last one gave."""
    times: list[float] = []
    while len(times) < BEST_OF and sum(times) < LIMIT / BEST_OF:
        begun = process_time()
        found = run()
        times.append(process_time() - begun)
    return times, found


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
    if not files:
        return
    _row("file", "rule", "read", "first", "all", "winners", "memory", "funded", *_THEIRS)
    _row(*["---"] * (8 + len(_THEIRS)))
    for path in files:
        for rule in rules:
            ours = _ours(path, rule)
            if "undefined" in ours:
                _row(path.stem, rule, "not defined for its ballots", *[""] * (5 + len(_THEIRS)))
                continue
            theirs = [""] * len(_THEIRS)
            if library:
                name, *as_read = library
                found = _program([name, str(path.resolve()), rule, str(STEP), *as_read], limit)
                took = limit if found is None else found["count"]
                over = "over " if found is None else ""
                theirs = [
                    f"not within {limit}" if found is None else f"{took:.3f}",
                    "" if found is None else f"{found['memory']} MB",
                    *(f"{over}{took / ours[part]:,.0f}" for part in ("winners", "count")),
                ]
            _row(path.stem, rule, *_seconds(ours), f"{ours['memory']} MB", ours["funded"], *theirs)
    print()


def _table_of_towns(sizes: Sequence[int], rules: Sequence[str]) -> None:
    print(f"Made-up towns (200 projects, 10 approvals a voter, step {STEP}, seed {SEED}):\n")
    _row("voters", "rule", "read", "first", "all", "winners", "µs a voter", "memory", "funded")
    _row(*["---"] * 9)
    with tempfile.TemporaryDirectory() as folder:
        for voters in sizes:
            path = Path(folder) / f"{voters}.pb"
            write_town(path, voters)
            for rule in rules:
                ours = _ours(path, rule)
                each = f"{ours['count'] / voters * 1_000_000:.2f}"
                _row(f"{voters:,}", rule, *_seconds(ours), each, f"{ours['memory']} MB", ours["funded"])
            path.unlink()


def _seconds(ours: Measure) -> list[str]:
    return [f"{ours[name]:.4f}" for name in ("read", "first", "count", "winners")]


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
