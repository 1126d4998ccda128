"""Point 10, second part. The custodians' own key files: any two open, no single one does, the paper copy restores."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask

from pb import clock as the_clock
from pb.core.ballots import BALLOT_LENGTH, commitment
from pb.core.errors import DomainError
from pb.voting import boxfiles, keyfiles, opening
from pb.voting.cli_box import main
from pb.voting.flush import flush_due
from pb.voting.opened import expected_ballots
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock
from tests.trust.reporting import Reached, sized
from tests.voting.ceremony import make_open_vote

PASSPHRASE = "სამი თეთრი ცხენი"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing a passphrase need not be dear in a test."""
    real = keyfiles.lock
    monkeypatch.setattr(keyfiles, "lock", lambda key, passphrase: real(key, passphrase, 2**4))


def test_key_files_and_the_paper_copy(
    app: Flask, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reached: Reached
) -> None:
    """Until the trial opening and after it; from the files that the commands make, and from the paper alone."""
    table, vote = make_open_vote(app, clock, tmp_path, voters=sized(22, 200))
    trial = table.folder / "1-trial"
    assert trial.exists()  # what every pair has opened before the vote, and whoever keeps it has learnt
    files, papers = [], []
    for n, key in enumerate(table.keys):
        files.append(tmp_path / f"{n}.key")
        files[-1].write_text(keyfiles.lock(key, PASSPHRASE))
        papers.append(keyfiles.paper_rows(key))
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    flush_due(now=clock())
    clock.set(2026, 10, 26)
    the_clock.forget()
    table.by_two("close", clock())
    table.by_two("destroy", clock())
    export, wanted = table.export("ballots"), set(expected_ballots(the_round(table.cycle_id)))
    restored = []
    for n, rows in enumerate(papers):
        folder = tmp_path / f"restored-{n}"
        typed(monkeypatch, *rows, "another good phrase")
        assert main(["restore-key", str(folder), "--passphrase-stdin"]) == 0
        restored.append(folder / "custodian.key")
        same = keyfiles.unlock(restored[-1].read_text(), "another good phrase")
        assert same.private_bytes_raw() == table.keys[n].private_bytes_raw()
    pairs = found = 0
    for one, other in ((0, 1), (0, 2), (1, 2)):
        for keys, phrases in (((files[one], files[other]), (PASSPHRASE, PASSPHRASE)),
                              ((restored[one], files[other]), ("another good phrase", PASSPHRASE))):  # fmt: skip
            out = tmp_path / f"opened-{pairs}"
            typed(monkeypatch, *phrases)
            assert main(["open", str(export), *map(str, keys), str(out), "--passphrase-stdin"]) == 0
            pairs, found = pairs + 1, found + len(opened(out) & wanted)
    reached("openings by a pair, from files and from the paper", must=6, got=pairs)
    reached("ballots that they gave", must=6 * len(wanted), got=found)
    tried, gave = alone(table.keys, export, trial, tmp_path)
    reached("attempts of one custodian alone, before and after the trial opening", got=tried)
    reached("ballots that they gave", must=0, got=gave)


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def opened(path: Path) -> set[str]:
    """The commitments of the ballots that a file holds in clear."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()[1:-1]]
    contents = [
        boxfiles.raw(line["content"]).ljust(BALLOT_LENGTH, b" ") for line in lines if "content" in line
    ]
    return {commitment(content).hex() for content in contents}


def alone(keys: list[X25519PrivateKey], export: Path, trial: Path, folder: Path) -> tuple[int, int]:
    """What one custodian can do: the own key twice, with a made-up one, the own half with itself, with the half of a
    made-up key, and with the half that the other one made for the trial. (attempts, ballots opened)
    """
    tried = gave = 0
    for n, key in enumerate(keys):
        own = folder / f"half-{n}"
        opening.make_share(export, key, own)
        ways = [
            lambda out, key=key: opening.open_together(export, (key, key), out),
            lambda out, key=key: opening.open_together(export, (key, keyfiles.new_key()), out),
            lambda out, own=own: opening.combine(export, own, own, out),
        ]
        for other, theirs in enumerate(keys):
            if other == n:
                continue
            of_trial = folder / f"trial-{n}-{other}"
            opening.make_share(trial, theirs, of_trial)
            ways.append(lambda out, own=own, half=of_trial: opening.combine(export, own, half, out))
            ways.append(
                lambda out, own=own, half=of_trial: opening.combine(export, own, renamed(half, export), out)
            )
        for way in ways:
            tried += 1
            out = folder / f"alone-{tried}"
            try:
                way(out)
            except DomainError:
                assert not out.exists()
            else:
                gave += len(opened(out))
    return tried, gave


def renamed(half: Path, export: Path) -> Path:
    """The half of the trial, made to look like one of the box: as many lines, with the names of its ballots."""
    head, *lines = [json.loads(line) for line in half.read_bytes().splitlines()[:-1]]
    names = [json.loads(line)["id"] for line in export.read_bytes().splitlines()[1:-1]]
    known = next(line["parts"] for line in lines if line["parts"])
    out = half.with_name(half.name + ".renamed")
    made = {
        **head,
        "what": "ballots",
        "count": len(names),
        "export": boxfiles.digest_of(export, boxfiles.EXPORT),
    }
    with out.open("wb") as file:
        boxfiles.write(file, made, [{"id": name, "parts": known} for name in names])
    return out
