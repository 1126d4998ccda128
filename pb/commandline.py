"""The table of commands; this file alone finds, loads and runs one, and turns domain errors into one line.

A command is a function that takes its arguments (list of text) and returns an exit code. Its module is
imported only when it is called, so that ``count`` needs no Flask and the list of commands costs nothing.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pb.core.errors import DomainError, Problems

if TYPE_CHECKING:
    from flask import Flask

#: Name: (one line of help, "module:function"). Adding a row here is all that a new command needs.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("say what makes a start in production unsafe", "pb.accounts.cli_check:main"),
    "create-admin": ("make the administrator of the installation", "pb.accounts.cli:create_admin"),
    "reset-second-factor": ("take away a second factor that is lost", "pb.accounts.cli:reset_second_factor"),
    "seal-log": ("seal the events that are not in the chain yet", "pb.audit.cli:seal_log"),
    "verify-log": ("compute the chain of events anew", "pb.audit.cli:verify_log"),
    "import-roll": ("import a town's list of voters", "pb.voting.cli:import_roll_command"),
    "box": ("the custodians' ceremony: keys, trial, close, opening (box --help)", "pb.voting.cli_box:main"),
    "open-box": ("close and open the ballot box of a demonstration", "pb.voting.cli:close_and_open_box"),
    "letters": ("make letters with codes for a file of any length", "pb.voting.cli_letters:main"),
    "erase-roll": (
        "erase the voters of a contest on the rulebook's date",
        "pb.voting.cli:erase_roll_command",
    ),
    "box-check": ("check the invariants of a ballot box", "pb.voting.cli:box_check"),
    "catalogues": ("compile, update or check the message catalogues", "pb.web.catalogues:main"),
    "count": ("count a Pabulib file by a rule and explain the result", "pb.count_cli:main"),
    "demo": ("seed the demonstration and serve it", "pb.site.cli:demo"),
    "grants": ("print or apply the rights of the role that runs the site", "pb.site.cli_grants:grants"),
    "import-election": (
        "bring a finished election (.pb) in as a cycle of a town",
        "pb.results.cli:import_election",
    ),
    "migrate": ("bring the database to the newest schema", "pb.site.cli:migrate"),
    "open-town": ("open a municipality with its administrative units", "pb.places.cli:open_town"),
    "bundle": (
        "write the published ballot box as one file for checking programs",
        "pb.results.cli_bundle:main",
    ),
    "rescore": ("compute a published ranking anew from its file and compare", "pb.rescore_cli:main"),
    "recount": ("count a cycle's stored ballots again and compare", "pb.results.cli:recount"),
    "bench": ("measure pages and casting against bare ones of the same server", "pb.site.bench:main"),
    "bench-ideas": ("measure the list of 10,000 ideas beside one of 100", "pb.site.bench_ideas:main"),
    "bench-box": ("measure opening, tree and count of a large box", "pb.site.bench_box:main"),
    "bench-review": (
        "measure a large commission's ranking and its members who save",
        "pb.site.bench_review:main",
    ),
    "bench-count": ("measure counts beside the field's reference library", "pb.count_bench_cli:main"),
    "worker": ("do what is due, over and over", "pb.site.cli:worker"),
}

PROGRAM = "python -m pb"


def main(argv: Sequence[str], commands: Mapping[str, tuple[str, str]] = COMMANDS) -> int:
    """Run one command. Exit codes: 0 done, 1 a domain error (one line on stderr), 2 wrong usage."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview(commands), file=sys.stdout if argv else sys.stderr)
        return 0 if argv else 2
    name, rest = argv[0], list(argv[1:])
    if name not in commands:
        known = ", ".join(sorted(commands))
        print(f"{PROGRAM}: unknown command {name!r}; the commands are: {known}", file=sys.stderr)
        return 2
    try:
        code = _load(commands[name][1])(rest)
        sys.stdout.flush()
    except DomainError as error:
        print(f"{PROGRAM} {name}: {describe(error)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (head, less) has seen enough; without this, closing stdout at exit complains once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(f"{PROGRAM} {name}: interrupted", file=sys.stderr)
        return 130
    return code


def application() -> Flask:
    """The application of the environment; a settings error is one line and exit code 1."""
    from pb.app import create_app
    from pb.config import Settings, SettingsError

    try:
        return create_app(Settings.from_env())
    except SettingsError as error:
        raise SystemExit(f"{PROGRAM}: {error}") from None


def overview(commands: Mapping[str, tuple[str, str]]) -> str:
    """The help of the whole program."""
    width = max(map(len, commands), default=0)
    lines = [f"  {name.ljust(width)}  {help_line}" for name, (help_line, _) in sorted(commands.items())]
    head = [f"usage: {PROGRAM} COMMAND [ARGUMENTS]", "", "commands:"]
    return "\n".join([*head, *lines, "", f"{PROGRAM} COMMAND --help explains one of them."])


def describe(error: DomainError) -> str:
    """A domain error as one line of English: where, what, what was found and what was expected."""
    if isinstance(error, Problems):
        return "; ".join(_sentence(one.code, one.field, one.params) for one in error.problems)
    return _sentence(error.code, error.field, error.params)


def _sentence(code: str, field: str | None, params: Mapping[str, object]) -> str:
    rest = dict(params)
    places = [str(rest.pop("file"))] if "file" in rest else []
    if "section" in rest and "line" in rest:
        places.append(f"{rest.pop('section')}, line {rest.pop('line')}")
    if field:
        places.append(field)
    said = [f"found {rest.pop('found')}"] if "found" in rest else []
    said += [f"expected {rest.pop('expected')}"] if "expected" in rest else []
    said += [f"{key} {value}" for key, value in rest.items()]
    line = ": ".join([*places, code.replace("_", " "), *([", ".join(said)] if said else [])])
    return "".join(c if c.isprintable() else " " for c in line)


def _load(target: str) -> Callable[[list[str]], int]:
    module, _, function = target.partition(":")
    loaded: Callable[[list[str]], int] = getattr(importlib.import_module(module), function)
    return loaded
