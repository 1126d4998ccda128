"""`bundle`: the published ballot box as one file, from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pb import clock
from pb.commandline import application
from pb.core.errors import Missing
from pb.cycles.queries import cycle_of, town_by_slug
from pb.db import db
from pb.results.bundle import BALLOTS, TOTALS
from pb.results.bundling import body_of, make_bundles, stored


def main(argv: list[str]) -> int:
    """Write the bundle of a published vote, the same bytes as on the page of open data."""
    parser = argparse.ArgumentParser(prog="python -m pb bundle", description=main.__doc__)
    parser.add_argument("town", help="address of the town, such as terjola")
    parser.add_argument("year", type=int)
    parser.add_argument("file", type=Path, help="such as box.jsonl.gz")
    parser.add_argument(
        "--totals",
        action="store_true",
        help="without the ballots, where the rulebook keeps them for observers",
    )
    options = parser.parse_args(argv)
    with application().app_context():
        town = town_by_slug(options.town)
        cycle = cycle_of(town.id, options.year) if town is not None else None
        if cycle is None:
            raise Missing("no_such_cycle", town=options.town, year=options.year)
        cycle_id = cycle.id
        db.session.rollback()
        make_bundles(cycle_id=cycle_id, now=clock.now())
        contains = TOTALS if options.totals else BALLOTS
        kept = stored(cycle_id, contains)
        if kept is None:
            raise Missing("not_published", town=options.town, year=options.year)
        options.file.write_bytes(body_of(cycle_id, contains))
        print(f"{options.file}: {kept.size} bytes, SHA-256 {kept.fingerprint}", file=sys.stderr)
    return 0
