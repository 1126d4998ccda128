"""Letters for a file of any length: batches of MOST, each saved before the next is begun; and the command for it."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from pb.core.errors import Invalid, Refused
from pb.db import db
from pb.policy import Role
from pb.voting import cli_letters, letters
from pb.voting.letters import Letter, Made, batches_of, make_in_parts, prove_letter
from pb.voting.models_letters import LetterBatch
from pb.voting.queries_board import acts
from pb.web import pdf
from tests.conftest import FrozenClock
from tests.voting.making import Vote, make_vote, number
from tests.voting.test_letters import clerks_file
from tests.voting.test_terminal import PASSWORD, administrator


@pytest.fixture
def vote(app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Vote:
    monkeypatch.setattr(letters, "MOST", 2)
    return make_vote(app, clock)


def test_parts_are_batches_of_their_own(vote: Vote, clock: FrozenClock) -> None:
    given, saved = list[Letter](), list[tuple[int, int, int, int]]()

    def print_(_number: int, batch: list[Letter]) -> bytes:
        given.extend(batch)
        return b"paper"

    def save(made: Made, total: int) -> None:
        saved.append((made.number, made.size, len(made.left_out), total))

    source = clerks_file(*(number(n) for n in (1, 2, 3, 4, 5)), "12", number(1))
    total = make_in_parts(
        cycle_id=vote.cycle_id, source=source, print_=print_, actor=vote.admin, now=clock(), save=save
    )
    assert total == 5
    assert saved == [(1, 2, 2, 5), (2, 2, 0, 5), (3, 1, 0, 5)]  # what got no letter is told once
    assert [letter.serial for letter in given] == ["1-0001", "1-0002", "2-0001", "2-0002", "3-0001"]
    assert len({letter.code for letter in given}) == 5
    assert prove_letter(cycle_id=vote.cycle_id, number=number(5), code=given[4].code, now=clock())
    assert [act.fields["letters"] for act in acts(vote.round_id) if act.kind == "letters_made"] == [2, 2, 1]


def test_what_could_not_be_saved_ends_it(vote: Vote, clock: FrozenClock) -> None:
    def full(made: Made, _total: int) -> None:
        if made.number == 2:
            raise OSError("no space left on the device")

    with pytest.raises(OSError, match="no space"):
        make_in_parts(
            cycle_id=vote.cycle_id, source=clerks_file(*(number(n) for n in range(1, 7))), actor=vote.admin,
            print_=lambda _n, _b: b"paper", now=clock(), save=full,
        )  # fmt: skip
    assert len(batches_of(vote.cycle_id)) == 2  # no third one
    with pytest.raises(Refused):
        make_in_parts(
            cycle_id=vote.cycle_id, source=clerks_file(number(1)), actor=vote.world.actor(Role.OFFICER),
            print_=lambda _n, _b: b"paper", now=clock(), save=full,
        )  # fmt: skip
    with pytest.raises(Invalid, match="letters_none"):
        make_in_parts(
            cycle_id=vote.cycle_id, source=clerks_file("12"), actor=vote.admin, print_=lambda _n, _b: b"paper",
            now=clock(), save=full,
        )  # fmt: skip


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_command(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(letters, "MOST", 2)
    monkeypatch.setattr(cli_letters, "MOST", 2)
    monkeypatch.setattr(cli_letters, "application", lambda: sqlite_app)
    monkeypatch.setattr(pdf, "available", lambda: False)
    vote = make_vote(sqlite_app, clock)
    administrator(vote.world.town.id, "one@terjola.example")
    db.session.rollback()
    file, folder = tmp_path / "people.csv", tmp_path / "letters"
    file.write_bytes(clerks_file(*(number(n) for n in (1, 2, 3)), "99999999999").getvalue())
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    assert (
        cli_letters.main([
            str(file), str(folder), "--town", "terjola", "--year", "2026", "--by", "one@terjola.example",
            "--passwords-stdin", "--language", lang,
        ])
        == 0
    )  # fmt: skip
    said = capsys.readouterr().out
    assert "3 letters in 2 files" in said
    assert "row 5 got no letter: this number is not on the roll" in said
    made = sorted(folder.iterdir())
    assert [one.name for one in made] == ["letters-terjola-2026-1.html", "letters-terjola-2026-2.html"]
    assert all(one.stat().st_mode & 0o077 == 0 for one in made)
    words = {"ka": "თქვენი კოდი ხმის მისაცემად", "en": "Your code for the vote"}
    page = made[1].read_text(encoding="utf-8")
    assert words[lang] in page
    code = re.search(r'class="box big code">([^<]+)<', page)
    assert code
    assert prove_letter(cycle_id=vote.cycle_id, number=number(3), code=code[1], now=clock())
    db.session.rollback()
    assert len(db.session.scalars(select(LetterBatch)).all()) == 2
