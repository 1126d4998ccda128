"""The witness's program, as it is handed out, against the running site: it notices what an honest board cannot do."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text
from werkzeug.serving import make_server

from pb.config import ROOT
from pb.core.board import Head, Kind, entry_bytes
from pb.db import db, metadata, writing
from pb.voting import posting, receipts
from pb.voting import queries_board as board
from pb.voting.flush import flush_due
from pb.voting.models_board import BoardEntry, BoardHead
from pb.voting.posting import catch_up
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock
from tests.core.test_merkle import TREE, naive
from tests.voting.making import Vote, make_vote

FILE = ROOT / "static" / "monitor.py"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("monitor", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MONITOR = loaded()
VECTORS = [  # RFC 8032, 7.1: key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_of_the_rfc(key: str, message: str, signature: str) -> None:
    raw = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert MONITOR.is_signed(*raw)
    assert not MONITOR.is_signed(raw[0], raw[1] + b"!", raw[2])
    assert not MONITOR.is_signed(raw[0], raw[1], raw[2][:-1])
    # the same signature with the group's order added to its second half is another text for it: refused
    more = (int.from_bytes(raw[2][32:], "little") + MONITOR.ORDER).to_bytes(32, "little")
    assert not MONITOR.is_signed(raw[0], raw[1], raw[2][:32] + more)
    assert not MONITOR.is_signed(b"\xff" * 32, raw[1], raw[2])


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_signatures_are_those_of_the_library(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert MONITOR.is_signed(public, message, signature)
    spoilt = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    assert not MONITOR.is_signed(public, message, spoilt)


@pytest.mark.parametrize("new", [1, 2, 3, 7, 8, 63, 64, 65, 130])
def test_it_understands_every_proof(new: int) -> None:
    for old in range(1, new + 1):
        path, roots = TREE.consistency(old, new), (TREE.roots[old], TREE.roots[new])
        assert MONITOR.has_grown(old, new, path, *roots)
        assert not MONITOR.has_grown(old, new, [*path, roots[0]], *roots)
        assert not MONITOR.has_grown(old, new, path, bytes(32), roots[1])
        assert not MONITOR.has_grown(old, new, path, roots[0], bytes(32))
    assert not MONITOR.has_grown(new + 1, new, [], TREE.roots[1], TREE.roots[1])
    assert not MONITOR.has_grown(0, new, [], TREE.roots[1], TREE.roots[1])


class Witness:
    """Somebody who runs the program against a running site."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.file, self.folder = address, folder / "kept.json", folder

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "no_proxy": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [sys.executable, "-I", str(FILE), self.address, "--keep", str(self.file), *more],
            capture_output=True, text=True, check=False, timeout=120, env=environment, cwd=self.folder,
        )  # fmt: skip

    def alarm(self, *more: str) -> str:
        """What it cries."""
        done = self.run(*more)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "ALARM" in done.stderr
        return done.stderr

    def is_well(self, *more: str) -> str:
        done = self.run(*more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


@pytest.fixture
def witness(vote: Vote, tmp_path: Path) -> Iterator[Witness]:
    server = make_server("127.0.0.1", 0, vote.world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Witness(f"http://127.0.0.1:{server.server_port}{vote.world.url}/vote/board", tmp_path)
    server.shutdown()
    thread.join()
    server.server_close()


def ballots(vote: Vote, clock: FrozenClock, first: int, until: int) -> None:
    for voter in vote.voters()[first:until]:
        vote.cast(voter, vote.projects[:1])
    assert flush_due(now=clock()) == until - first
    db.session.rollback()


def last(vote: Vote) -> Head:
    db.session.rollback()
    found = board.last_head(vote.round_id, "terjola-2026")
    assert found is not None
    return found.head


def forge(vote: Vote, change: Callable[[], Any]) -> None:
    """What the keeper of the server could do: the triggers off, and what is changed signed with the own key."""
    with writing() as session:
        for table in ("board_entry", "board_head"):
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS forbid_{verb}_{table}"))
        change()
    db.session.rollback()


def cut(size: int) -> None:
    for model, column in ((BoardEntry, BoardEntry.number), (BoardHead, BoardHead.size)):
        db.session.execute(delete(metadata.tables[model.__tablename__]).where(column > size))


def test_it_follows_an_honest_board(vote: Vote, clock: FrozenClock, witness: Witness) -> None:
    first = last(vote)
    assert f"{first.size} entries" in witness.is_well()
    ballots(vote, clock, 0, 25)
    assert "31 entries" in witness.is_well("--key", receipts.public_key().hex())
    assert "31 entries" in witness.is_well(
        "--seen", f"{first.size}:{first.root}", "--seen", f"31:{last(vote).root}"
    )
    kept = json.loads(witness.file.read_text())
    assert [json.loads(one["signed"])["size"] for one in kept["heads"]] == [5, 31]
    assert not list(witness.folder.glob("*ALARM*"))


def test_a_running_site_hands_out_the_whole_board(vote: Vote, clock: FrozenClock, witness: Witness) -> None:
    """In parts, after the view is done: only a real server shows whether that holds."""
    ballots(vote, clock, 0, 25)
    with urllib.request.urlopen(f"{witness.address}/entries.jsonl", timeout=60) as answer:
        lines = answer.read().split(b"\n")
    assert naive(lines[:-1]).hex() == last(vote).root


def test_a_rollback_is_noticed(vote: Vote, clock: FrozenClock, witness: Witness) -> None:
    """Ballots that a witness has seen are gone; the shorter board is signed and whole in itself."""
    ballots(vote, clock, 0, 20)
    witness.is_well()
    forge(vote, lambda: cut(5))
    assert "ROLLBACK" in witness.alarm()
    evidence = json.loads((witness.folder / "kept.json.ALARM.json").read_text())
    assert json.loads(evidence["seen"]["signed"])["size"] == 5
    assert evidence["kept"]["size"] == 26


def test_a_rollback_that_has_grown_again_is_noticed(vote: Vote, clock: FrozenClock, witness: Witness) -> None:
    ballots(vote, clock, 0, 20)
    witness.is_well()
    seen = last(vote)

    def other_ballots() -> None:
        cut(5)
        row = the_round(vote.cycle_id)
        new = [
            (Kind.BALLOT, posting.ballot_entry(row.label, f"{n:064x}", b"forged", "c2ln"), f"{n:064x}")
            for n in range(40)
        ]
        posting._append(row, new, clock())

    forge(vote, other_ballots)
    assert last(vote).size == 45
    assert "CHANGED" in witness.alarm()
    witness.file.unlink()  # somebody who has a poster alone
    assert "CHANGED" in witness.alarm("--seen", f"{seen.size}:{seen.root}")
    assert not witness.file.exists()  # what raised an alarm is never kept as good


def test_another_board_of_the_same_size_is_noticed(vote: Vote, clock: FrozenClock, witness: Witness) -> None:
    witness.is_well()

    def other() -> None:
        cut(4)
        row = the_round(vote.cycle_id)
        fields = {"at": "2026-10-09T08:00Z", "ballot": row.fingerprint, "pair": [1, 2]}
        content = entry_bytes(Kind.TRIAL_OPENED, row.label, **fields)
        posting._append(row, [(Kind.TRIAL_OPENED, content, None)], clock())

    forge(vote, other)
    assert last(vote).size == 5
    assert "FORK" in witness.alarm()


def test_a_board_signed_by_somebody_else_is_noticed(
    vote: Vote, clock: FrozenClock, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness.is_well()
    monkeypatch.setattr(receipts, "_key", lambda: Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    ballots(vote, clock, 0, 20)
    assert "not signed with the key" in witness.alarm()


def test_a_board_that_is_gone_is_noticed(vote: Vote, witness: Witness) -> None:
    witness.is_well()
    forge(vote, lambda: cut(0))
    assert "gone" in witness.alarm()


def test_a_board_that_cannot_be_asked_is_no_alarm(vote: Vote, witness: Witness) -> None:
    witness.is_well()
    kept = witness.file.read_bytes()
    other = Witness("http://127.0.0.1:9/terjola/2026/vote/board", witness.folder)
    done = other.run()
    assert done.returncode == 3
    assert "could not be asked" in done.stderr
    assert witness.file.read_bytes() == kept
    witness.file.write_text("half a fi")
    assert witness.run().returncode == 3
    assert Witness("ftp://127.0.0.1/board", witness.folder).run().returncode == 2


def test_the_program_is_handed_out_as_it_is(vote: Vote, clock: FrozenClock) -> None:
    client = vote.world.app.test_client()
    answer = client.get("/assets/today/monitor.py")
    assert answer.data == FILE.read_bytes()
    assert answer.headers["Cache-Control"] == "no-store"
    with writing():
        assert catch_up(the_round(vote.cycle_id), clock()) == 0
