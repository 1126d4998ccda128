"""A small load generator: keep-alive connections in threads, one request after the other on each."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 4  # for each process that serves


@dataclass(frozen=True)
class Measured:
    """``done`` answers with an expected status within ``seconds``, ``failed`` others."""

    done: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Expected answers a second."""
        return self.done / self.seconds


def request(path: str, *, method: str = "GET", headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: br", *headers]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def send(self, data: bytes) -> int:
        """Send one request, read its answer whole, give its status."""
        try:
            self.socket.sendall(data)
            return self._answer()
        except (ConnectionError, TimeoutError):
            self._open()
            self.socket.sendall(data)
            return self._answer()

    def _answer(self) -> int:
        received = self.rest
        while b"\r\n\r\n" not in received:
            received += self._read()
        head, _, body = received.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += self._read()
        self.rest = body[length:]
        return int(head.split(b" ", 2)[1])

    def _read(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("closed")
        return data


def hammer(
    port: int,
    requests: Sequence[bytes],
    *,
    seconds: float,
    expected: int,
    once: bool = False,
    connections: int = CONNECTIONS,
) -> Measured:
    """Send ``requests`` in turn for ``seconds`` over a few connections; with ``once`` each is sent only once."""
    lock = threading.Lock()
    counts = [0, 0]
    position = 0
    began = time.perf_counter()

    def take() -> bytes | None:
        nonlocal position
        with lock:
            if time.perf_counter() - began > seconds or (once and position >= len(requests)):
                return None
            position += 1
            return requests[(position - 1) % len(requests)]

    def work() -> None:
        connection = _Connection(port)
        while (data := take()) is not None:
            status = connection.send(data)
            with lock:
                counts[status != expected] += 1

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(counts[0], counts[1], time.perf_counter() - began)


def together(parts: Sequence[Measured]) -> Measured:
    """Several measurements as one."""
    return Measured(*(sum(getattr(part, name) for part in parts) for name in ("done", "failed", "seconds")))
