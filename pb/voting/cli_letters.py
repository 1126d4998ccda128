"""`letters`: letters with codes for a file of any length, a PDF for every 500 of them, from the command line."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from flask import g

from pb import clock
from pb.accounts.cli_prove import add_by, proved
from pb.commandline import application
from pb.core.errors import Missing
from pb.cycles.queries import here_by_id
from pb.voting import boxfiles
from pb.voting.cli import REASONS, SHOWN, ballots_progress, cycle_id_of
from pb.voting.letters import MOST, Letter, Made, make_in_parts
from pb.voting.views_letters import paper
from pb.web import pdf

_LEFT_OUT = {**REASONS, "letter_not_on_roll": "this number is not on the roll"}


def main(argv: list[str]) -> int:
    """Make letters with codes for all people of a file. Each batch is a PDF of its own, which only you can read."""
    parser = argparse.ArgumentParser(prog="python -m pb letters", description=main.__doc__)
    parser.add_argument("file", type=Path, help="CSV in UTF-8 or XLSX: personal_number, name, address")
    parser.add_argument("folder", type=Path, help="where the PDFs go; print them, then delete them")
    parser.add_argument("--town", required=True, help="address of the town, such as terjola")
    parser.add_argument("--year", required=True, type=int)
    parser.add_argument(
        "--size", choices=("a4", "a5"), default="a4", help="a4 for window envelopes (default), or a5"
    )
    parser.add_argument("--language", choices=("ka", "en"), default="ka")
    add_by(parser)
    options = parser.parse_args(argv)
    if not options.file.is_file():
        raise Missing("no_such_file", file=str(options.file))
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = application()
    base = app.extensions["pb_settings"].base_url
    with (
        app.test_request_context("/", method="POST", base_url=base, query_string={"lang": options.language}),
        ExitStack() as stack,
    ):
        cycle_id, now = cycle_id_of(options.town, options.year), clock.now()
        by, source = proved(options, options.by), stack.enter_context(options.file.open("rb"))
        here = g.here = here_by_id(cycle_id, now=now)
        progress, done = stack.enter_context(ballots_progress()), [0]
        task = progress.add_task("letters", total=None)

        def print_(number: int, letters: list[Letter]) -> bytes:
            html = paper(here, number, letters, options.size)
            return pdf.render_pdf(html) if pdf.available() else html.encode()

        def save(made: Made, total: int) -> None:
            ending = "pdf" if pdf.available() else "html"
            name = f"letters-{options.town}-{options.year}-{made.number}.{ending}"
            with boxfiles.created(options.folder / name) as out:
                out.write(made.paper)
            done[0] += made.size
            progress.update(task, total=total, completed=done[0])
            for row, reason in made.left_out[:SHOWN]:
                progress.console.print(f"  row {row} got no letter: {_LEFT_OUT[reason]}")
            if len(made.left_out) > SHOWN:
                progress.console.print(f"  … and {len(made.left_out) - SHOWN} more")

        total = make_in_parts(cycle_id=cycle_id, source=source, print_=print_, actor=by, now=now, save=save)
    print(f"{total} letters in {-(-total // MOST)} files in {options.folder}; print them, then delete them")
    return 0
