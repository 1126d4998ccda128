"""Point 2, first part. A server process is killed at each step of casting: what has a receipt is in the box."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pb.core.ballots import tracking_code
from tests.trust.dying import STEPS
from tests.trust.reporting import Reached, sized
from tests.trust.serving import Browser, Server, at_once, served
from tests.trust.town import Town, environment

CAST = "/terjola/2026/vote/cast"
CLIENTS = 8  # of them one sends what kills


@pytest.mark.postgres
def test_killed_at_each_step_on_postgresql(
    postgres_town: Callable[..., Town], tmp_path: Path, reached: Reached
) -> None:
    kill(postgres_town(voters=sized(60, 1200)), tmp_path, sized(9, 200), reached)


def test_killed_at_each_step_on_sqlite(
    sqlite_town: Callable[..., Town], tmp_path: Path, reached: Reached
) -> None:
    kill(sqlite_town(voters=sized(60, 400)), tmp_path, sized(9, 50), reached)


def kill(town: Town, folder: Path, times: int, reached: Reached) -> None:
    """Cast all ballots from several clients while one process after the other dies, at each step in turn."""
    name = "SQLite" if town.url.startswith("sqlite") else "PostgreSQL"
    work = [(town.cookie(voter), town.token(voter)) for voter in town.voters]
    fatal = dict(zip(random.sample(range(len(work)), times), STEPS * times, strict=False))
    lock, arming, taken = threading.Lock(), threading.Lock(), iter(range(len(work)))
    broken, others = [0], []
    receipts: dict[int, set[str]] = {n: set() for n in range(len(work))}

    def send(browser: Browser, n: int, **headers: str) -> bool:
        form = {"choice": town.choices, "token": work[n][1]}
        answer = browser.post(CAST, form, Cookie=work[n][0], **headers)
        if answer.receipt:
            receipts[n].add(answer.receipt)
            return True
        with lock:
            broken[0] += 1
            if answer.status:
                others.append((n, answer.status, answer.body[:200]))
        return False

    def send_and_kill(server: Server, browser: Browser, n: int) -> None:
        with arming:  # one at a time, or two would share one death
            before = len(deaths(server))
            for _ in range(1000):  # the request may not arrive: its server has just been killed
                send(browser, n, **{"X-Die": fatal[n]})
                if len(deaths(server)) > before:
                    return
                time.sleep(0.02)
            raise AssertionError(f"no process dies {fatal[n]}")

    def client(server: Server) -> None:
        browser = Browser(server.port)
        while True:
            with lock:
                n = next(taken, None)
            if n is None:
                return
            if n in fatal:
                send_and_kill(server, browser, n)
            while not receipts[n]:
                send(browser, n)
                assert server.process.poll() is None, "the server ended"

    options = ("--preload",)  # a process that was killed is back at once
    with served(folder, environment(town.url), target="tests.trust.dying:app()", options=options) as server:
        at_once(CLIENTS, lambda _n: client(server))
        killed = Counter(deaths(server))
    total = killed.total()
    reached(f"{name}: processes killed under load", must=f"at least {times}", got=total, holds=total >= times)
    reached(f"{name}: steps at which they were killed", must=len(STEPS), got=len(killed))
    reached(f"{name}: requests that broke and were sent again", got=broken[0])
    reached(f"{name}: answers that were neither receipt nor broken", must=[], got=others[:5])
    reached(f"{name}: voters who finished", must=len(work), got=sum(bool(r) for r in receipts.values()))
    reached(f"{name}: voters with two receipts", must=0, got=sum(len(r) > 1 for r in receipts.values()))
    envelopes = {tracking_code(bytes.fromhex(one)) for one in town.commitments()}
    given = set().union(*receipts.values())
    reached(f"{name}: receipts without an envelope", must=0, got=len(given - envelopes))
    reached(f"{name}: envelopes (slots, ballots)", must=(len(work), len(work)), got=town.counts())


def deaths(server: Server) -> list[str]:
    """The steps at which processes were killed so far."""
    return re.findall("killed at (\\w+)", server.words())
