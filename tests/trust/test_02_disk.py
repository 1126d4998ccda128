"""Point 2, second part. The machine of the database fails: power, a full disk, a disk that keeps nothing."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pb.core.ballots import tracking_code
from pb.db import db
from tests.conftest import make_database_tables
from tests.databases import made_database
from tests.trust.cluster import Cluster, cluster, shim
from tests.trust.reporting import Reached, sized
from tests.trust.serving import Answer, Browser, Server, at_once, served
from tests.trust.town import Town, environment, make_town

CAST = "/terjola/2026/vote/cast"
CLIENTS = 8


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.fixture
def town(own: Cluster) -> Iterator[Town]:
    with made_database(own.server, durable=True) as url:
        make_database_tables(url)
        with make_town(url, voters=sized(60, 400)) as made:
            yield made
        own.fail("")
        own.empty_disk()
        own.ensure()


def vote(
    town: Town,
    folder: Path,
    meanwhile: Callable[[threading.Event], None],
    reached: Reached,
    name: str,
    preloaded: dict[str, str] | None = None,
) -> None:
    """Every voter casts, and sends again until there is a receipt; then everything is counted.

    Two thirds of them come once ``meanwhile`` says that the failure has begun, however fast the machine is.
    """
    begun = threading.Event()
    work = [(town.cookie(voter), town.token(voter)) for voter in town.voters]
    lock, taken, receipts = threading.Lock(), iter(range(len(work))), {}
    failures: list[Answer] = []

    def client(server: Server) -> None:
        browser = Browser(server.port)
        while (n := next_of(lock, taken)) is not None:
            if n >= len(work) // 3:
                begun.wait(timeout=30)
            while n not in receipts:
                answer = browser.post(CAST, {"choice": town.choices, "token": work[n][1]}, Cookie=work[n][0])
                if answer.receipt:
                    receipts[n] = answer.receipt
                else:
                    failures.append(answer)
                    assert server.process.poll() is None, f"the server ended: {server.words()[-600:]}"
                    time.sleep(0.05)
            time.sleep(0.01)

    with served(folder, {**environment(town.url), **(preloaded or {})}) as server:
        at_once(CLIENTS + 1, lambda n: client(server) if n else meanwhile(begun))
    db.session.remove()
    db.engine.dispose()  # its connections ended with the server that was killed
    statuses = Counter(answer.status for answer in failures)
    reached(f"{name}: the failure was met", must=True, got=bool(failures))
    reached(f"{name}: answers without a receipt, by status", got=dict(statuses))
    reached(
        f"{name}: answers that promise a receipt and hold none", must=0, got=statuses[200] + statuses[302]
    )
    wordless = [a.body[:300] for a in failures if a.status and "pb-not-recorded" not in a.body]
    reached(f"{name}: failures whose page does not say “not recorded”", must=[], got=wordless[:2])
    reached(f"{name}: voters who finished", must=len(work), got=len(receipts))
    envelopes = {tracking_code(bytes.fromhex(one)) for one in town.commitments()}
    reached(f"{name}: receipts without an envelope", must=0, got=len(set(receipts.values()) - envelopes))
    reached(f"{name}: envelopes (slots, ballots)", must=(len(work), len(work)), got=town.counts())


def next_of(lock: threading.Lock, taken: Iterator[int]) -> int | None:
    with lock:
        return next(taken, None)


@pytest.mark.postgres
def test_the_database_is_killed(own: Cluster, town: Town, tmp_path: Path, reached: Reached) -> None:
    times = sized(2, 10)

    def meanwhile(begun: threading.Event) -> None:
        for _ in range(times):
            time.sleep(0.3)
            own.kill()
            begun.set()
            time.sleep(0.2)
            own.start()

    vote(town, tmp_path, meanwhile, reached, f"PostgreSQL killed and restarted {times} times")


@pytest.mark.postgres
def test_the_disk_is_full(own: Cluster, town: Town, tmp_path: Path, reached: Reached) -> None:
    if not own.small and own.preload is None:
        pytest.skip("neither a small file system could be mounted (root) nor a shim be compiled (cc)")

    def meanwhile(begun: threading.Event) -> None:
        time.sleep(0.3)
        own.fill_disk() if own.small else own.fail("d")
        begun.set()
        time.sleep(1.5)
        own.empty_disk()
        own.fail("")
        own.ensure()

    vote(town, tmp_path, meanwhile, reached, "disk full")
    reached("disk full: PostgreSQL said so", must=True, got="No space left" in own.log)


@pytest.mark.postgres
def test_fsync_fails(own: Cluster, town: Town, tmp_path: Path, reached: Reached) -> None:
    if own.preload is None:
        pytest.skip("no C compiler for the shim")

    def meanwhile(begun: threading.Event) -> None:
        time.sleep(0.3)
        own.fail("f")
        begun.set()
        time.sleep(1.0)
        own.fail("")
        own.ensure()

    vote(town, tmp_path, meanwhile, reached, "fsync fails")
    reached(
        "fsync fails: PostgreSQL said so",
        must=True,
        got="could not fsync" in own.log or "could not fdatasync" in own.log,
    )


@pytest.mark.parametrize(("how", "name"), [("d", "disk full"), ("f", "fsync fails")])
def test_the_disk_under_sqlite(
    how: str, name: str, sqlite_town: Callable[..., Town], tmp_path: Path, reached: Reached
) -> None:
    made, mode = shim(tmp_path), tmp_path / "mode"
    if made is None:
        pytest.skip("no C compiler for the shim")
    town = sqlite_town(voters=sized(40, 200))
    mode.write_text(" ")

    def meanwhile(begun: threading.Event) -> None:
        for letter, pause in ((how, 1.0), (" ", 0.0)):
            time.sleep(0.3)
            mode.write_text(letter)
            begun.set()
            time.sleep(pause)

    under = {"LD_PRELOAD": str(made), "PB_SHIM": str(mode), "PB_SHIM_UNDER": str(tmp_path)}
    vote(town, tmp_path, meanwhile, reached, f"SQLite, {name}", under)
