"""`box`: the ceremony of the custodians. What runs away from the site needs neither Flask nor a database."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pb.core.errors import Invalid
from pb.voting import boxfiles, keyfiles, opening
from pb.voting.cli_box_site import SITE
from pb.voting.keypaper import paper_page

_out = Console(highlight=False)
_err = Console(highlight=False, stderr=True)

#: Name: (help, function that adds its arguments and gives the one that runs it).
Adder = Callable[[argparse.ArgumentParser], Callable[[argparse.Namespace], int]]


def main(argv: list[str]) -> int:
    """The ballot box, from the custodians' keys to its opening."""
    parser = argparse.ArgumentParser(prog="python -m pb box", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (help_line, add) in {**AWAY, **SITE}.items():
        one = commands.add_parser(name, help=help_line, description=help_line)
        one.set_defaults(run=add(one))
    options = parser.parse_args(argv)
    code: int = options.run(options)
    return code


def _passphrases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-stdin", action="store_true", help="read passphrases from standard input, one a line"
    )


def _passphrase(options: argparse.Namespace, question: str, twice: bool = False) -> str:
    if options.passphrase_stdin:
        return sys.stdin.readline().rstrip("\n")
    found = getpass.getpass(f"{question}: ")
    if twice and getpass.getpass("the same again: ") != found:
        raise Invalid("passphrases_differ")
    return found


def _new_key(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("folder", type=Path, help="where the files go: a stick that the custodian keeps")
    parser.add_argument("--name", default="", help="the custodian's name, for the paper")
    _passphrases(parser)
    return lambda options: _store(options, keyfiles.new_key())


def _restore_key(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--name", default="")
    _passphrases(parser)
    return _restored


def _restored(options: argparse.Namespace) -> int:
    _err.print(f"Type the {keyfiles.ROWS} rows of the paper, each as it stands there.")
    rows = []
    for number in range(keyfiles.ROWS):
        while True:
            typed = sys.stdin.readline() if options.passphrase_stdin else input(f"{number + 1}. ")
            try:
                keyfiles.read_row(number, typed)
                break
            except Invalid:
                if options.passphrase_stdin:
                    raise
                _err.print("There is a slip in this row. Compare it sign by sign, and type it again.")
        rows.append(typed)
    return _store(options, keyfiles.from_rows(rows), paper=False)


def _store(options: argparse.Namespace, key: X25519PrivateKey, paper: bool = True) -> int:
    passphrase = _passphrase(options, "a passphrase of 12 characters or more, for the file", twice=True)
    public = keyfiles.public_of(key)
    locked = keyfiles.lock(key, passphrase)
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {"custodian.key": locked, "custodian.pub": keyfiles.public_text(public)}
    if paper:
        files["custodian-paper.html"] = paper_page(key, options.name)
    for name in files:
        if (options.folder / name).exists():
            raise Invalid("file_exists", file=str(options.folder / name))
    for name, content in files.items():
        with boxfiles.created(options.folder / name) as file:
            file.write(content.encode())
    _out.print(f"fingerprint of the public key:  {keyfiles.fingerprint(public)}")
    _out.print(f"{options.folder / 'custodian.key'}   keep it, with the passphrase in your head")
    _out.print(f"{options.folder / 'custodian.pub'}   hand this in; it is no secret")
    if paper:
        _out.print(
            f"{options.folder / 'custodian-paper.html'}   print it, seal it in an envelope, then DELETE the file"
        )
    return 0


def _check_key(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("key", type=Path, help="custodian.key")
    parser.add_argument(
        "--export", type=Path, help="a file of the site: say which custodian there has this key"
    )
    _passphrases(parser)

    def run(options: argparse.Namespace) -> int:
        key = _key(options, options.key)
        _out.print(
            f"the passphrase opens the file; fingerprint  {keyfiles.fingerprint(keyfiles.public_of(key))}"
        )
        if options.export:
            with boxfiles.opened(options.export, boxfiles.EXPORT) as export:
                number = opening.custodian_of(export, key)
                _out.print(f"it is the key of custodian {number + 1} of {export.round_label}")
        return 0

    return run


def _key(options: argparse.Namespace, path: Path) -> X25519PrivateKey:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("no_such_file", file=str(path)) from error
    return keyfiles.unlock(text, _passphrase(options, f"passphrase of {path}"))


def _open_share(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("export", type=Path, help="the file that the site gave")
    parser.add_argument("key", type=Path, help="the own custodian.key")
    parser.add_argument("out", type=Path, help="the half to be made; it belongs to the other custodian alone")
    _passphrases(parser)

    def run(options: argparse.Namespace) -> int:
        key = _key(options, options.key)
        return _worked(
            options,
            lambda advance: opening.make_share(options.export, key, options.out, advance),
            "half made",
        )

    return run


def _combine(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    for name, words in (
        ("export", "the file that the site gave"),
        ("one", "a half"),
        ("other", "another half"),
    ):
        parser.add_argument(name, type=Path, help=words)
    parser.add_argument("out", type=Path, help="the opened file, for the site")
    return lambda options: _worked(
        options,
        lambda advance: opening.combine(options.export, options.one, options.other, options.out, advance),
        "opened",
    )


def _open(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("export", type=Path, help="the file that the site gave")
    parser.add_argument("key", type=Path, help="custodian.key of the one")
    parser.add_argument("other_key", type=Path, help="custodian.key of the other")
    parser.add_argument("out", type=Path, help="the opened file, for the site")
    _passphrases(parser)

    def run(options: argparse.Namespace) -> int:
        keys = (_key(options, options.key), _key(options, options.other_key))
        return _worked(
            options,
            lambda advance: opening.open_together(options.export, keys, options.out, advance),
            "opened",
        )

    return run


def _worked(
    options: argparse.Namespace, work: Callable[[Callable[[int], None]], opening.Done], said: str
) -> int:
    """Run with progress; 1 where something could not be opened, which is named."""
    with boxfiles.opened(options.export, boxfiles.EXPORT) as export:
        total, what, label = export.count, export.what, export.round_label
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_err) as progress:
        task = progress.add_task(f"{label}: {what}", total=total)
        done = work(lambda number: progress.update(task, completed=number))
    _out.print(f"{said}: {done.count - len(done.faults)} of {done.count} ({what} of {label}) → {options.out}")
    _out.print(f"fingerprint of the new file:  {boxfiles.grouped(done.digest)}")
    for one in done.faults[:20]:
        _out.print(f"CANNOT BE OPENED: {one}")
    return 1 if done.faults else 0


AWAY: dict[str, tuple[str, Adder]] = {
    "new-key": ("away from the site: make a custodian's key, its paper copy and its public half", _new_key),
    "restore-key": ("away from the site: make the key file anew from the paper copy", _restore_key),
    "check-key": ("away from the site: try the passphrase of a key file", _check_key),
    "open-share": ("away from the site: one custodian's half of an opening", _open_share),
    "combine": ("away from the site: join the halves of two custodians", _combine),
    "open": ("away from the site: open with both keys at one machine", _open),
}
