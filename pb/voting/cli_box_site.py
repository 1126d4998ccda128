"""`box` on the site's machine: files for the custodians out, opened files in, steps of two people, the state.

Two people at the server's terminal are held to the same as on the pages: each gives the own password, and a code of the
own second factor.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from pb.accounts.cli_prove import add_by, proved, proved_two
from pb.commandline import application
from pb.core.errors import Invalid

Run = Callable[[argparse.Namespace], int]


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("town", help="address of the town, such as terjola")
    parser.add_argument("year", type=int)


def _opened(stack: ExitStack, paths: list[Path]) -> list[IO[bytes]]:
    try:
        return [stack.enter_context(path.open("rb")) for path in paths]
    except OSError as error:
        raise Invalid("no_such_file", file=str(error.filename)) from error


def _status(parser: argparse.ArgumentParser) -> Run:
    _where(parser)

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.cycles.queries import here_by_id
        from pb.voting.cli import cycle_id_of
        from pb.voting.obligations import open_obligations
        from pb.voting.queries_ceremony import pending
        from pb.voting.rounds import round_of
        from pb.voting.steps import steps_of

        with application().app_context():
            now, cycle_id = clock.now(), cycle_id_of(options.town, options.year)
            for step in steps_of(here_by_id(cycle_id, now=now)):
                print(f"{step.state:<8} {step.name}" + (f"  waits for: {step.why}" if step.why else ""))
            row = round_of(cycle_id)
            if row is not None and row.closed_at is not None and row.destroyed_at is None:
                for one in open_obligations(row):
                    print(f"to settle: {one.code} {one.params}")
            for act in pending(row.id, now) if row is not None else ():
                print(
                    f"step {act.id} ({act.kind}) waits for a second person until {act.expires_at:%d.%m. %H:%M} UTC"
                )
        return 0

    return run


def _export(parser: argparse.ArgumentParser) -> Run:
    _where(parser)
    parser.add_argument("what", choices=("trial", "links", "ballots"))
    parser.add_argument("out", type=Path, help="the file to be made, for the custodians")
    add_by(parser)

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.voting import boxfiles
        from pb.voting.cli import cycle_id_of
        from pb.voting.exports import take_export

        with application().app_context():
            by = proved(options, options.by)
            with boxfiles.created(options.out) as out:
                digest = take_export(
                    cycle_id=cycle_id_of(options.town, options.year), what=options.what, out=out, actor=by,
                    now=clock.now(),
                )  # fmt: skip
        print(
            f"{options.out}: fingerprint {boxfiles.grouped(digest)} (write it down; the custodians compare it)"
        )
        return 0

    return run


def _hand_in(parser: argparse.ArgumentParser) -> Run:
    _where(parser)
    parser.add_argument("number", type=int, choices=(1, 2, 3), help="which custodian")
    parser.add_argument("file", type=Path, help="custodian.pub")
    parser.add_argument("--fingerprint", required=True, help="as the custodian reads it from the own sheet")
    add_by(parser)

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.core.errors import Missing
        from pb.voting.cli import cycle_id_of
        from pb.voting.commands_custodians import confirm_key, hand_in_key
        from pb.voting.custodians import custodian_of

        try:
            text = options.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid("no_such_file", file=str(options.file)) from error
        with application().app_context():
            now, cycle_id = clock.now(), cycle_id_of(options.town, options.year)
            by, row = proved(options, options.by), custodian_of(cycle_id, options.number)
            if row is None:
                raise Missing("custodian_link_over")
            at, name = row.appointed_at, row.name
            said = hand_in_key(
                cycle_id=cycle_id, number=options.number, text=text, appointed_at=at, by=by, now=now
            )
            confirm_key(
                cycle_id=cycle_id,
                number=options.number,
                typed=options.fingerprint,
                appointed_at=at,
                by=by,
                now=now,
            )
        print(f"custodian {options.number}, {name}: {said}, read back and kept")
        return 0

    return run


def _trial(parser: argparse.ArgumentParser) -> Run:
    _where(parser)
    parser.add_argument("files", type=Path, nargs="+", help="what the pairs opened")
    add_by(parser)

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.voting.cli import cycle_id_of
        from pb.voting.commands_round import import_trial

        with application().app_context(), ExitStack() as stack:
            by = proved(options, options.by)
            for source in _opened(stack, options.files):
                pair = import_trial(
                    cycle_id=cycle_id_of(options.town, options.year), source=source, actor=by, now=clock.now()
                )
                print(f"custodians {pair}: the trial ballot was opened")
        return 0

    return run


def _import_links(parser: argparse.ArgumentParser) -> Run:
    _where(parser)
    parser.add_argument("file", type=Path, help="the opened links")
    add_by(parser)

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.voting.cli import cycle_id_of
        from pb.voting.commands_void import import_links

        with application().app_context(), ExitStack() as stack:
            by = proved(options, options.by)
            (source,) = _opened(stack, [options.file])
            number = import_links(
                cycle_id=cycle_id_of(options.town, options.year), source=source, actor=by, now=clock.now()
            )
        print(f"{number} ballots are void")
        return 0

    return run


def _step(kind: str) -> Callable[[argparse.ArgumentParser], Run]:
    def add(parser: argparse.ArgumentParser) -> Run:
        _where(parser)
        if kind == "explain":
            parser.add_argument("--reason", required=True, help="what was changed and why; it is published")
        add_by(parser, second="--with")

        def run(options: argparse.Namespace) -> int:
            from pb import clock
            from pb.voting.cli import cycle_id_of
            from pb.voting.commands_steps import decide_step, propose_step

            with application().app_context():
                cycle_id, now = cycle_id_of(options.town, options.year), clock.now()
                first, second = proved_two(options)
                reason = options.reason if kind == "explain" else ""
                act = propose_step(cycle_id=cycle_id, kind=kind, reason=reason, actor=first, now=now)
                decide_step(cycle_id=cycle_id, act_id=act, outcome="approved", actor=second, now=now)
            print("done, by two people; it stands on the public board")
            return 0

        return run

    return add


def _import_opening(parser: argparse.ArgumentParser) -> Run:
    _where(parser)
    parser.add_argument(
        "files", type=Path, nargs="+", help="the opened file; three where ballots cannot be opened"
    )
    add_by(parser, second="--with")

    def run(options: argparse.Namespace) -> int:
        from pb import clock
        from pb.voting.cli import ballots_progress, cycle_id_of
        from pb.voting.commands_opening import approve_opening, propose_opening
        from pb.voting.opened import expected_ballots
        from pb.voting.rounds import the_round

        with application().app_context(), ExitStack() as stack:
            cycle_id, now = cycle_id_of(options.town, options.year), clock.now()
            first, second = proved_two(options)
            progress = stack.enter_context(ballots_progress())
            total = len(expected_ballots(the_round(cycle_id)))
            checking = progress.add_task("checking", total=total)
            act = propose_opening(
                cycle_id=cycle_id, sources=_opened(stack, options.files), actor=first, now=now,
                progress=lambda done: progress.update(checking, completed=done),
            )  # fmt: skip
            storing = progress.add_task("storing", total=total)
            count, invalid = approve_opening(
                cycle_id=cycle_id, act_id=act, sources=_opened(stack, options.files), actor=second, now=now,
                progress=lambda done: progress.update(storing, completed=done),
            )  # fmt: skip
        print(f"{count} ballots opened, {invalid} of them invalid")
        return 0

    return run


SITE: dict[str, tuple[str, Callable[[argparse.ArgumentParser], Run]]] = {
    "status": ("on the site: what is done, and what each step waits for", _status),
    "hand-in": ("on the site: take in a custodian's public key, read back by its fingerprint", _hand_in),
    "export": ("on the site: the file that custodians take along (trial, links or ballots)", _export),
    "trial-opening": ("on the site: take in the trial ballots that pairs have opened", _trial),
    "import-links": ("on the site: take in opened links; their ballots do not count", _import_links),
    "explain": ("on the site: two people explain a change of the program", _step("explain")),
    "close": ("on the site: two people close the box after the vote", _step("close")),
    "destroy": ("on the site: two people destroy the link key, the links and the slots", _step("destroy")),
    "import-opening": ("on the site: two people bring the opened ballots in", _import_opening),
}
