"""A PostgreSQL cluster of the suite's own, which may be killed and whose disk may fail."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.conftest import unavailable

SMALL = 160  # megabytes, of the file system on which it stands where it can be mounted
SETTINGS = {
    "listen_addresses": "127.0.0.1", "max_connections": "60", "shared_buffers": "16MB", "max_wal_size": "32MB",
    "min_wal_size": "32MB", "logging_collector": "off", "autovacuum": "on", "fsync": "on",
    "restart_after_crash": "on", "checkpoint_timeout": "30s",
}  # fmt: skip


def binaries() -> Path:
    """Where PostgreSQL's programs stand."""
    for found in (
        shutil.which("initdb"),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True),
    ):
        if found:
            return Path(found).resolve().parent
    unavailable("initdb", "install the programs of a PostgreSQL server")
    raise AssertionError


def shim(folder: Path) -> Path | None:
    """The compiled shim, None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    made = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", made, source, "-ldl"], check=True)
    made.chmod(0o755)
    return made


def as_ordinary_user() -> list[str]:
    """What stands before a command, so that it does not run as root (which PostgreSQL refuses)."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]


@dataclass
class Cluster:
    """A cluster in ``folder``. ``small``: whether it stands on a file system of SMALL megabytes."""

    folder: Path
    small: bool
    preload: Path | None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _bin: Path = field(default_factory=binaries)

    @property
    def server(self) -> str:
        """SQLAlchemy's address of its first database."""
        return f"postgresql+psycopg://root@127.0.0.1:{self.port}/postgres"

    @property
    def disk(self) -> Path:
        return self.folder / "disk"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def make(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            self._bin / "initdb", "-D", self.disk / "data", "-U", "root", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--wal-segsize=1", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        subprocess.run([*as_ordinary_user(), *command], check=True, stdout=subprocess.DEVNULL, cwd=self.disk)

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.disk)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        env = {**os.environ}
        if self.preload is not None:
            env |= {
                "LD_PRELOAD": str(self.preload), "PB_SHIM": str(self.folder / "mode"),
                "PB_SHIM_UNDER": str(self.disk),
            }  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*as_ordinary_user(), str(self._bin / "postgres"), "-D", str(self.disk / "data"), *options],
                stderr=log, stdout=log, start_new_session=True, env=env, cwd=self.disk,
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        for _ in range(1200):
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError("PostgreSQL does not start:\n" + self.log[-2000:])
            try:
                psycopg.connect(f"host=127.0.0.1 port={self.port} user=root dbname=postgres").close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("PostgreSQL does not answer:\n" + self.log[-2000:])

    def kill(self) -> None:
        """SIGKILL to every process of it at once, as when the power goes."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)
        for pid in self._children():
            os.kill(pid, signal.SIGKILL)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _children(self) -> list[int]:
        """Its processes lead sessions of their own, so that they are found by their parent."""
        assert self.process is not None
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in found.read_text().split()]

    def fail(self, how: str) -> None:
        """Let its disk fail as the shim does: "f", "d", or "" for not at all."""
        new = self.folder / "mode.new"
        new.write_text(how or " ")
        new.chmod(0o644)
        new.replace(self.folder / "mode")

    def fill_disk(self) -> None:
        """Leave nothing free on the small file system."""
        assert self.small
        with (self.disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(65536))
            except OSError:
                pass

    def empty_disk(self) -> None:
        (self.disk / "ballast").unlink(missing_ok=True)

    def ensure(self) -> None:
        """Start it where a failure of its disk has ended it for good, and wait until it answers."""
        for _ in range(100):
            assert self.process is not None
            if self.process.poll() is not None:
                self.start()
            try:
                self.wait()
                return
            except AssertionError:
                time.sleep(0.1)
        raise AssertionError("PostgreSQL does not come back:\n" + self.log[-2000:])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster that belongs to an ordinary user."""
    folder = Path(tempfile.mkdtemp(prefix="pb-trust-"))
    folder.chmod(0o755)
    disk = folder / "disk"
    disk.mkdir()
    small = mounted(disk)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(disk, nobody.pw_uid, nobody.pw_gid)
    made = Cluster(folder, small, shim(folder))
    try:
        made.make()
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
        if small:
            subprocess.run(["umount", "-l", disk], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def mounted(disk: Path) -> bool:
    """Mount a small file system in memory there, where this may be done."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}m,mode=700", "pb-trust", str(disk)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
