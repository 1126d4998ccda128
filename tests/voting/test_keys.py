"""A custodian's key outside the application: file, paper, public half; and the commands, which need no site."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.config import ROOT
from pb.core.ballots import ALPHABET, ballot_bytes
from pb.core.errors import Invalid
from pb.voting import boxfiles, keyfiles, opening
from pb.voting.cli_box import main
from pb.voting.keypaper import paper_page
from pb.voting.sealing import seal_ballot

PASSPHRASE = "სამი თეთრი ცხენი"
raw_keys = st.binary(min_size=32, max_size=32)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing a passphrase need not be dear in a test."""
    real = keyfiles.lock
    monkeypatch.setattr(keyfiles, "lock", lambda key, passphrase: real(key, passphrase, 2**4))


def key_of(raw: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(raw)


@given(raw_keys)
@settings(max_examples=40)
def test_the_paper_gives_the_key_back(raw: bytes) -> None:
    key = key_of(raw)
    rows = keyfiles.paper_rows(key)
    assert [len(row) for row in rows] == [17] * 4
    typed = [row.lower().replace("-", " ").replace("0", "o").replace("1", "l") for row in rows]
    assert keyfiles.from_rows(typed).private_bytes_raw() == raw


@given(raw_keys, st.integers(0, 3), st.integers(0, 14), st.sampled_from(ALPHABET))
@settings(max_examples=150)
def test_a_slip_in_a_row_is_noticed(raw: bytes, row: int, place: int, sign: str) -> None:
    rows = [list(one.replace("-", "")) for one in keyfiles.paper_rows(key_of(raw))]
    swapped = [list(one) for one in rows]
    before, rows[row][place] = rows[row][place], sign
    if before != sign:
        with pytest.raises(Invalid, match="bad_paper_row"):
            keyfiles.from_rows(["".join(one) for one in rows])
    if place < 14 and swapped[row][place] != swapped[row][place + 1]:
        swapped[row][place : place + 2] = reversed(swapped[row][place : place + 2])
        with pytest.raises(Invalid, match="bad_paper_row"):
            keyfiles.from_rows(["".join(one) for one in swapped])


def test_rows_in_another_order_are_noticed() -> None:
    rows = keyfiles.paper_rows(keyfiles.new_key())
    for wrong in (rows[::-1], rows[:3], [rows[0], *rows[:3]], ["ა" * 15, *rows[1:]]):
        with pytest.raises(Invalid, match="bad_paper_row"):
            keyfiles.from_rows(wrong)


def test_a_key_file_opens_by_its_passphrase_alone() -> None:
    key = keyfiles.new_key()
    text = keyfiles.lock(key, PASSPHRASE)
    assert keyfiles.unlock(text, PASSPHRASE).private_bytes_raw() == key.private_bytes_raw()
    assert key.private_bytes_raw().hex() not in text
    with pytest.raises(Invalid, match="wrong_passphrase"):
        keyfiles.unlock(text, PASSPHRASE + " ")
    with pytest.raises(Invalid, match="passphrase_too_short"):
        keyfiles.lock(key, "short")
    found = json.loads(text)
    for name, value in (("public_key", "00" * 32), ("cost", 2**5), ("sealed", "00" * 48)):
        with pytest.raises(Invalid, match="wrong_passphrase"):
            keyfiles.unlock(json.dumps({**found, name: value}), PASSPHRASE)
    for name, value in (("cost", 2**40), ("cost", 3), ("nonce", "00"), ("format", "x"), ("salt", "zz")):
        with pytest.raises(Invalid, match="bad_key_file"):
            keyfiles.unlock(json.dumps({**found, name: value}), PASSPHRASE)
    for broken in ("", "[]", "{}"):
        with pytest.raises(Invalid, match="bad_key_file"):
            keyfiles.unlock(broken, PASSPHRASE)


def test_the_page_to_print_holds_rows_and_square() -> None:
    key = keyfiles.new_key()
    page = paper_page(key, "ნინო <b>")
    for row in keyfiles.paper_rows(key):
        assert row in page
    assert "<svg" in page
    assert "ნინო &lt;b&gt;" in page
    assert keyfiles.fingerprint(keyfiles.public_of(key)) in page


def an_export(path: Path, keys: list[X25519PrivateKey], count: int = 4) -> None:
    public = [key.public_key() for key in keys]
    ballots = [ballot_bytes("x-1", None, [str(n)], os.urandom(32)) for n in range(count)]
    lines = [
        {"id": str(n), "sealed": boxfiles.text(seal_ballot(one, public, "x-1"))}
        for n, one in enumerate(ballots)
    ]
    named = [{"name": {"ka": "ა"}, "public_key": keyfiles.public_of(key).hex()} for key in keys]
    head = {
        "format": boxfiles.EXPORT, "round": "x-1", "what": "ballots", "count": count, "custodians": named,
    }  # fmt: skip
    with path.open("wb") as out:
        boxfiles.write(out, head, lines)


def stdin(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_commands_from_new_keys_to_the_opened_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tmp_path / str(n) for n in range(3)]
    for folder in folders:
        stdin(monkeypatch, PASSPHRASE)
        assert main(["new-key", str(folder), "--name", "ნინო", "--passphrase-stdin"]) == 0
        assert {p.name for p in folder.iterdir()} == {
            "custodian.key",
            "custodian.pub",
            "custodian-paper.html",
        }
        assert all(p.stat().st_mode & 0o077 == 0 for p in folder.iterdir())
        stdin(monkeypatch, PASSPHRASE)
        with pytest.raises(Invalid, match="file_exists"):  # never over another key
            main(["new-key", str(folder), "--passphrase-stdin"])
    files = [folder / "custodian.key" for folder in folders]
    keys = [keyfiles.unlock(path.read_text(), PASSPHRASE) for path in files]
    export = tmp_path / "export.jsonl"
    an_export(export, keys)
    stdin(monkeypatch, PASSPHRASE)
    assert main(["check-key", str(files[2]), "--export", str(export), "--passphrase-stdin"]) == 0
    assert "custodian 3" in capsys.readouterr().out
    # the paper copy restores, and opens
    stdin(monkeypatch, *keyfiles.paper_rows(keys[1]), "another good phrase")
    assert main(["restore-key", str(tmp_path / "restored"), "--passphrase-stdin"]) == 0
    restored = tmp_path / "restored" / "custodian.key"
    stdin(monkeypatch, PASSPHRASE, "another good phrase")
    together = tmp_path / "together"
    assert main(["open", str(export), str(files[0]), str(restored), str(together), "--passphrase-stdin"]) == 0
    for n in (0, 2):
        stdin(monkeypatch, PASSPHRASE)
        share = str(tmp_path / f"half{n}")
        assert main(["open-share", str(export), str(files[n]), share, "--passphrase-stdin"]) == 0
    joined = tmp_path / "joined"
    assert main(["combine", str(export), str(tmp_path / "half2"), str(tmp_path / "half0"), str(joined)]) == 0
    assert "4 of 4" in capsys.readouterr().out
    contents = []
    for path in (together, joined):
        with boxfiles.opened(path, boxfiles.OPENED) as found:
            contents.append([line["content"] for line in found.lines])
    assert contents[0] == contents[1]
    # nobody alone
    half = str(tmp_path / "half0")
    with pytest.raises(Invalid, match="halves_differ"):
        main(["combine", str(export), half, half, str(tmp_path / "alone")])
    stdin(monkeypatch, PASSPHRASE, PASSPHRASE)
    with pytest.raises(Invalid, match="halves_differ"):
        main(
            ["open", str(export), str(files[0]), str(files[0]), str(tmp_path / "alone"), "--passphrase-stdin"]
        )
    assert not (tmp_path / "alone").exists()


def test_one_half_holds_nothing_that_opens(tmp_path: Path) -> None:
    """Every part but one is in a half; the ballot's key needs all three."""
    keys = [keyfiles.new_key() for _ in range(3)]
    export, half = tmp_path / "export", tmp_path / "half"
    an_export(export, keys, 1)
    opening.make_share(export, keys[0], half)
    with boxfiles.opened(half, boxfiles.SHARE) as found:
        (line,) = found.lines
    assert sorted(line["parts"]) == ["1", "2"]  # the custodian's own part is not there


def test_a_spoilt_ballot_is_named_and_the_command_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [keyfiles.new_key() for _ in range(3)]
    export = tmp_path / "export"
    an_export(export, keys)
    with boxfiles.opened(export, boxfiles.EXPORT) as found:
        lines = list(found.lines)
    lines[2]["sealed"] = boxfiles.text(bytes(10))
    with export.open("wb") as out:
        boxfiles.write(out, found.head, lines)
    files = []
    for n in range(2):
        files.append(tmp_path / f"{n}.key")
        files[-1].write_text(keyfiles.lock(keys[n], PASSPHRASE))
    stdin(monkeypatch, PASSPHRASE, PASSPHRASE)
    out_file = str(tmp_path / "out")
    assert main(["open", str(export), *map(str, files), out_file, "--passphrase-stdin"]) == 1
    assert "CANNOT BE OPENED: 2" in capsys.readouterr().out


def test_a_file_that_was_cut_or_changed_is_refused(tmp_path: Path) -> None:
    keys = [keyfiles.new_key() for _ in range(3)]
    export = tmp_path / "export"
    an_export(export, keys)
    good = export.read_bytes()
    lines = good.splitlines(keepends=True)
    for bad in (
        b"",
        good[:-3],
        b"".join(lines[:-1]),
        b"".join([lines[0], *lines[2:]]),
        b"".join([lines[0], lines[2], lines[1], *lines[3:]]),
        good + b"{}\n",
        good.replace(b'"round":"x-1"', b'"round":"x-2"'),
        good.replace(b'"count":4', b'"count":5'),
        good.replace(b'"id":"1"', b'"id": "1"'),
    ):
        export.write_bytes(bad)
        with pytest.raises(Invalid, match="bad_box_file"):
            opening.open_together(export, (keys[0], keys[1]), tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_away_from_the_site_neither_flask_nor_a_database_is_loaded() -> None:
    code = (
        "import sys, pb.voting.opening; from pb.__main__ import main\n"
        "from pb.commandline import main as run\n"
        "try: run(['box', 'open', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('flask', 'sqlalchemy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.strip().endswith("[]")
