"""`import-roll`, `open-box` and `box-check`: the roll and the box, from the command line."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select

from pb import clock
from pb.accounts.cli_prove import add_by, proved
from pb.commandline import application
from pb.core.errors import Missing, Refused
from pb.cycles.models import Cycle
from pb.db import db
from pb.places.models import Town
from pb.policy import Actor
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.commands_roll import approve_roll, check_roll, import_roll
from pb.voting.queries import box_size
from pb.voting.queries_people import roll_by_id
from pb.voting.retention import erase_roll
from pb.voting.roll_rows import Report
from pb.voting.rounds import the_round

REASONS = {
    "roll_wrong_length": "another number of columns than the first row",
    "roll_bad_number": "the personal number has not 11 digits",
    "roll_lost_zero": "the personal number has 10 digits: a spreadsheet took away the leading zero",
    "roll_phone_shared": "more people than the rulebook allows have this mobile number (kept, no codes go to it)",
    "roll_duplicate": "the personal number stands in an earlier row",
    "roll_bad_date": "the date of birth cannot be read",
    "roll_under_age": "too young on the first day of the vote",
    "roll_too_old": "older than 110 years",
    "roll_unknown_unit": "no such administrative unit",
    "roll_bad_mobile": "the mobile number cannot be read (kept without it)",
}
SHOWN = 20  # bad rows named in the terminal; all are counted

_out = Console(highlight=False)


def import_roll_command(argv: list[str]) -> int:
    """Import a town's list of voters from CSV or XLSX. Another administrator approves it, here or on the page."""
    parser = argparse.ArgumentParser(prog="python -m pb import-roll", description=import_roll_command.__doc__)
    parser.add_argument("file", type=Path, help="CSV in UTF-8, divided by commas or semicolons, or XLSX")
    parser.add_argument("--town", required=True, help="address of the town, such as terjola")
    parser.add_argument("--year", required=True, type=int)
    parser.add_argument("--dry-run", action="store_true", help="check and report, store nothing")
    parser.add_argument(
        "--approve-by",
        metavar="EMAIL",
        help="in a demonstration: another administrator, who approves at once",
    )
    add_by(parser)
    options = parser.parse_args(argv)
    if not options.file.is_file():
        raise Missing("no_such_file", file=str(options.file))
    with application().app_context(), options.file.open("rb") as source:
        # who they are, is asked before the bar is drawn
        by = proved(options, options.by)
        # One person at a terminal is not two: in earnest the second approves on the page, signed in.
        if options.approve_by and not current_app.extensions["pb_settings"].is_demonstration:
            raise Refused("two_people")
        second = proved(options, options.approve_by) if options.approve_by else None
        return _import(options, source, by, second)


def _import(options: argparse.Namespace, source: BinaryIO, by: Actor, second: Actor | None) -> int:
    with ballots_progress() as progress:
        total = sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(1 << 20), b""))
        workbook = options.file.suffix.lower() == ".xlsx"
        task = progress.add_task("reading", total=None if workbook else max(total - 1, 0))
        cycle_id, now = cycle_id_of(options.town, options.year), clock.now()

        def advance(rows: int) -> None:
            progress.update(task, completed=rows)

        if options.dry_run:
            report = check_roll(cycle_id=cycle_id, source=source, actor=by, now=now, progress=advance)
            _print(progress.console, report.to_json())
            return 0
        roll_id = import_roll(cycle_id=cycle_id, source=source, actor=by, now=now, progress=advance)
        roll = roll_by_id(cycle_id, roll_id)
        assert roll is not None
        _print(progress.console, roll.report)
        progress.console.print(f"stored as import {roll_id}, fingerprint {roll.fingerprint}")
        if second is not None:
            approve_roll(roll_id=roll_id, actor=second, now=now)
            progress.console.print("approved: the roll is in force")
        else:
            progress.console.print("waits for another administrator to approve it")
    return 0


def erase_roll_command(argv: list[str]) -> int:
    """Erase the voters, phones and codes of a contest. Possible from the rulebook's date on, when the box is opened."""
    parser = argparse.ArgumentParser(prog="python -m pb erase-roll", description=erase_roll_command.__doc__)
    parser.add_argument("town")
    parser.add_argument("year", type=int)
    add_by(parser)
    options = parser.parse_args(argv)
    with application().app_context():
        cycle_id, now = cycle_id_of(options.town, options.year), clock.now()
        erased = erase_roll(cycle_id=cycle_id, actor=proved(options, options.by), now=now)
    print(f"{erased} voters erased" if erased else "nothing was left to erase")
    return 0


def box_check(argv: list[str]) -> int:
    """Check the invariants of a ballot box. Exit code 1 where one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m pb box-check", description=box_check.__doc__)
    parser.add_argument("town")
    parser.add_argument("year", type=int)
    options = parser.parse_args(argv)
    with application().app_context(), ballots_progress() as progress:
        cycle_id = cycle_id_of(options.town, options.year)
        row = the_round(cycle_id)
        if not row.custodians:
            print("brought in from elsewhere: there never was a sealed box here; `recount` counts it again")
            return 0
        task = progress.add_task("checking", total=sum(box_size(row.id)))
        findings = check_box(cycle_id, lambda done: progress.update(task, completed=done))
    for finding in findings:
        print(f"{finding.name:<3}  {finding.word:<6}  {finding.detail}")
    return 0 if all(finding.holds for finding in findings) else 1


def close_and_open_box(argv: list[str]) -> int:
    """Close the ballot box of a demonstration and open it, in one go. In earnest: `python -m pb box`."""
    parser = argparse.ArgumentParser(prog="python -m pb open-box", description=close_and_open_box.__doc__)
    parser.add_argument("town")
    parser.add_argument("year", type=int)
    add_by(parser)
    options = parser.parse_args(argv)
    with application().app_context(), ExitStack() as stack:
        cycle_id, now = cycle_id_of(options.town, options.year), clock.now()
        by = proved(options, options.by)
        progress = stack.enter_context(ballots_progress())
        total = close_box(cycle_id=cycle_id, actor=by, now=now)
        task = progress.add_task("opening", total=total)
        count, invalid = open_box(
            cycle_id=cycle_id, actor=by, now=now, progress=lambda done: progress.update(task, completed=done)
        )
    print(f"{count} ballots opened, {invalid} of them invalid")
    return 0


def ballots_progress() -> Progress:
    """Bars with what is done and the time, on the terminal."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=_out
    )


def _print(console: Console, report: dict[str, object]) -> None:
    kept = Report(**report)  # type: ignore[arg-type]
    refused = sum(kept.refused.values())
    console.print(
        f"{kept.rows} rows: {kept.accepted} voters ({kept.with_phone} with a mobile number), "
        f"{refused} left out"
    )
    for reason, number in {**kept.refused, **kept.warned}.items():
        console.print(f"  {number:>6}  {REASONS[reason]}")
    for row, reason in kept.listed[:SHOWN]:
        console.print(f"  row {row}: {REASONS[reason]}")
    if len(kept.listed) > SHOWN:
        console.print(f"  … and {refused + sum(kept.warned.values()) - SHOWN} more")


def cycle_id_of(town: str, year: int) -> int:
    """A contest by its address. Raises Missing("no_such_cycle")."""
    found = db.session.scalar(
        select(Cycle.id).join(Town, Town.id == Cycle.town_id).where(Town.slug == town, Cycle.year == year)
    )
    if found is None:
        raise Missing("no_such_cycle", town=town, year=year)
    return found
