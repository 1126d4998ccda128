"""`import-election` and `recount`, from the command line."""

from __future__ import annotations

import argparse
import sys
from time import perf_counter

from pb import clock
from pb.commandline import application
from pb.core.counting import csv_ballots
from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib import MAX_BYTES, read
from pb.core.counting.pabulib_text import render
from pb.core.counting.profile import Profile
from pb.core.counting.registry import RULES
from pb.core.errors import Missing
from pb.cycles.queries import cycle_of, here_of, town_by_slug
from pb.places.models import Town
from pb.policy import Actor, Role
from pb.results import counting, queries
from pb.results.commands_import import Imported, import_finished
from pb.results.outcome import Outcome


def import_election(argv: list[str]) -> int:
    """Bring a real election (Pabulib's format) in as a finished cycle of an existing town."""
    parser = argparse.ArgumentParser(prog="python -m pb import-election", description=import_election.__doc__)
    parser.add_argument("file", metavar="FILE", help="a .pb file, or a table of approvals (.csv, .tsv)")
    parser.add_argument("--town", required=True, help="address of the town, such as terjola")
    parser.add_argument("--year", type=int, help="year of the cycle (default: instance in the file's META)")
    parser.add_argument("--name", help="name of the cycle (default: the place that META names)")
    parser.add_argument(
        "--rule",
        metavar="RULE",
        help="count by this rule, not the file's: one of " + ", ".join(sorted(RULES)),
    )
    options = parser.parse_args(argv)
    data = _bytes(options.file)
    if csv_ballots.looks_like(options.file):
        # What is kept and counted is always a Pabulib file.
        data = render(csv_ballots.read(data).document)
    started = perf_counter()
    with application().app_context():
        town = _town(options.town)
        done = import_finished(
            town_id=town.id,
            year=options.year,
            name={"ka": options.name, "en": options.name} if options.name else None,
            pabulib_text=data,
            rule=options.rule,
            actor=_operator(town),
            now=clock.now(),
            progress=_say,
        )
        opened = read(data)
        for note in opened.notes:
            print("note: {section}, line {line}: {found}".format(**note.params), file=sys.stderr)
        _report(town, done, opened.profile, perf_counter() - started)
    return 0


def recount(argv: list[str]) -> int:
    """Count a cycle's stored ballots again and compare the result byte for byte. Exit code 1 if it
    differs.
    """
    parser = argparse.ArgumentParser(prog="python -m pb recount", description=recount.__doc__)
    parser.add_argument("town", help="address of the town, such as terjola")
    parser.add_argument("year", type=int)
    options = parser.parse_args(argv)
    with application().app_context():
        town = _town(options.town)
        cycle = cycle_of(town.id, options.year)
        if cycle is None:
            raise Missing("no_such_cycle", town=town.slug, year=options.year)
        now = clock.now()
        stored = queries.latest_count(cycle.id, now)
        if stored is None:
            raise Missing("not_counted", town=town.slug, year=options.year)
        profile, document = queries.texts_of(stored.id)
        started = perf_counter()
        again = counting.count_bytes(profile.encode(), here_of(cycle, now).rules.counting)
        took = perf_counter() - started
    facts = f"{again.result.voters} ballots, rule {stored.rule}, {took:.2f} s"
    wrong = [
        what
        for what, same in (
            ("the ballots' fingerprint", again.inputs_fingerprint == stored.inputs_fingerprint),
            ("the result's fingerprint", again.fingerprint == stored.fingerprint),
            ("the result", again.document == document.encode()),
        )
        if not same
    ]
    if wrong:
        print(f"DIFFERENT: {', '.join(wrong)} ({facts})")
        return 1
    print(f"SAME: result {stored.fingerprint} from ballots {stored.inputs_fingerprint} ({facts})")
    return 0


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such file"
        raise Missing("unreadable_file", file=numbers.shorten(path, 200), found=reason) from None


def _town(slug: str) -> Town:
    town = town_by_slug(slug)
    if town is None:
        expected = "a town that was opened (python -m pb open-town)"
        raise Missing("no_such_town", "town", found=numbers.shorten(slug), expected=expected)
    return town


def _operator(town: Town) -> Actor:
    """Whoever may run commands on the server may do what the town's administrator may; the log names
    nobody.
    """
    return Actor(roles={town.id: frozenset({Role.ADMINISTRATOR})}, is_installer=True)


def _say(done: int, total: int) -> None:
    print(f"\r{done} of {total} ballots", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _report(town: Town, done: Imported, profile: Profile, seconds: float) -> None:
    here_count = queries.published_row(done.cycle_id)
    count = queries.latest_count(done.cycle_id, here_count.published_at) if here_count else None
    if count is None:
        raise Missing("not_counted", town=town.slug)
    outcome: Outcome = queries.outcome_of(count)
    year = queries.year_of_cycle(done.cycle_id)
    if not done.new:
        print(f"This file was brought in before, as /{town.slug}/{year}/results; nothing was changed.")
        return
    print(f"{len(outcome.winners)} of {len(profile.projects)} projects won, {outcome.voters} ballots.")
    if not done.ballots_kept:
        print(f"Ballots of kind {profile.kind.value}: kept in the file of the count, not one by one.")
    official = {
        project.id for project in profile.projects if project.extra.get("selected", "").strip() == "1"
    }
    if any("selected" in project.extra for project in profile.projects):
        same = official == set(outcome.winners)
        print("The winners are those that the file names." if same else _difference(official, outcome))
    print(f"Result {count.fingerprint}; page /{town.slug}/{year}/results ({seconds:.1f} s)")


def _difference(official: set[str], outcome: Outcome) -> str:
    ours = set(outcome.winners)
    more, less = ", ".join(sorted(ours - official)) or "none", ", ".join(sorted(official - ours)) or "none"
    return f"The winners differ from those that the file names: only here {more}; only there {less}."
