"""`verify-log` and `seal-log`: the chain of events, from the command line."""

from __future__ import annotations

import argparse

from pb import clock
from pb.audit import commands, queries
from pb.commandline import application

REASONS = {
    "link_missing": "a link was left out",
    "event_missing": "its event is gone",
    "changed": "the event or its hash was changed",
}


def verify_log(argv: list[str]) -> int:
    """Compute the chain of events anew. Exit code 1 where it is broken."""
    parser = argparse.ArgumentParser(prog="python -m pb verify-log", description=verify_log.__doc__)
    parser.add_argument("--head", default="", help="a hash noted earlier, which must still be in the chain")
    options = parser.parse_args(argv)
    with application().app_context():
        verdict = queries.verify(head=options.head.strip().lower())
    if verdict.broken is not None:
        print(f"BROKEN at position {verdict.broken}: {REASONS[verdict.reason]}")
        print(f"whole up to position {verdict.length}, hash {verdict.head}")
        return 1
    if not verdict.head_found:
        print(f"BROKEN: no link has the hash {options.head}: the chain was cut or written anew since")
        return 1
    print(f"OK: {verdict.length} links, head {verdict.head}")
    if verdict.unsealed:
        print(f"{verdict.unsealed} events are not sealed yet (the worker seals them within seconds)")
    return 0


def seal_log(argv: list[str]) -> int:
    """Seal the events that are not in the chain yet; the worker does so by itself."""
    parser = argparse.ArgumentParser(prog="python -m pb seal-log", description=seal_log.__doc__)
    parser.parse_args(argv)
    total = 0
    with application().app_context():
        while sealed := commands.seal_due(now=clock.now(), everything=True):
            total += sealed
            print(f"\r{total} sealed", end="", flush=True)
    print(f"\r{total} events sealed")
    return 0
