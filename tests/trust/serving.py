"""Real gunicorn on a test's database, and browsers that send forms to it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Answer:
    """``status`` 0: the connection broke before an answer was whole."""

    status: int
    location: str = ""
    body: str = ""

    @property
    def receipt(self) -> str:
        """The tracking code, where the answer leads to a receipt."""
        return self.location.rsplit("/", 1)[1] if "/vote/receipt/" in self.location else ""


@dataclass
class Server:
    """A running gunicorn: its arbiter's process, its port, and what it wrote on standard error."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def served(
    folder: Path,
    environment: dict[str, str],
    *,
    target: str = "wsgi:app",
    workers: int = 2,
    options: Sequence[str] = (),
) -> Iterator[Server]:
    """gunicorn with ``workers`` processes of eight threads each, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread", "-w", str(workers),
        "--threads", "8", "--keep-alive", "30", "--log-level", "info", "-b", f"127.0.0.1:{port}", *options, target,
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    log = folder / f"gunicorn-{port}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True, stderr=written)
    try:
        wait_for(port, process)
        yield Server(port, process, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers a request."""
    for _ in range(1200):
        assert process.poll() is None, "the server ended at its start"
        if Browser(port).get("/healthz").status:
            return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


@dataclass
class Browser:
    """One connection that is kept alive. Follows nothing, keeps no cookie of its own."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self._send("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, Any], **headers: str) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._send("POST", path, urlencode(form, doseq=True).encode(), headers)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._connection.request(method, path, body, {**self.headers, **headers})
            answer = self._connection.getresponse()
            content = answer.read().decode(errors="replace")
            return Answer(answer.status, answer.headers.get("Location", ""), content)
        except (OSError, http.client.HTTPException):
            self.close()
            return Answer(0)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def at_once(workers: int, work: Callable[[int], Any]) -> list[Any]:
    """``work(n)`` in so many threads that start together; their results in order. Raises what one raised."""
    barrier, found = threading.Barrier(workers), [None] * workers
    raised: list[BaseException] = []

    def run(n: int) -> None:
        try:
            barrier.wait()
            found[n] = work(n)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return found
