"""``python -m pb rescore``: computes a published ranking anew from its own file; standard library only."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from pb.core.bundles import MOST_BYTES, Report, read, rescore
from pb.core.errors import Missing


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(
        prog="python -m pb rescore",
        description="Compute a published ranking anew from its own sheets and compare. Exit code 0: everything agrees; "
        "1: something differs, or the file cannot be read.",
    )
    made.add_argument("bundle", metavar="BUNDLE", help="the file ranking-TOWN-YEAR.json of the public page")
    made.add_argument("--json", action="store_true", help="print JSON instead of a table")
    made.add_argument(
        "--expect", metavar="SHA256", default="", help="the ranking's fingerprint, as the public log has it"
    )
    return made


def main(argv: Sequence[str]) -> int:
    """Run the command. Raises Missing without a file, Invalid for one that is no ranking."""
    options = parser().parse_args(argv)
    try:
        with open(options.bundle, "rb") as handle:
            data = handle.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or "no such file"
        raise Missing("unreadable_file", file=options.bundle[:200], found=found) from None
    report = rescore(read(data), options.expect)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _table(report)
    return 0 if report.agrees else 1


def _table(report: Report) -> None:
    print(f"{report.town} {report.year}: {len(report.ranks)} projects")
    for rank, number, title, score in report.ranks:
        print(f"{rank:>4}. {score // 100:>3}.{score % 100:02}  {number:>4}  {title}")
    for one in report.differences:
        print(
            f"differs ({one.code}) at {one.place}: the file says {one.says}, it follows {one.follows}",
            file=sys.stderr,
        )
    if report.unchecked:
        print("not to be computed from this file: " + ", ".join(report.unchecked), file=sys.stderr)
    print("everything agrees" if report.agrees else f"{len(report.differences)} differences", file=sys.stderr)
    print(f"fingerprint of the ranking (SHA-256): {report.ranking_sha256}")
