"""At the server's terminal: whoever acts proves it by the password, and by the second factor where there is one."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from pb import clock as the_clock
from pb.accounts.commands_second import confirm_second_factor
from pb.accounts.commands_staff import create_account, grant_role
from pb.accounts.queries import actor_by_id
from pb.clock import system_now
from pb.config import Settings
from pb.core.errors import Invalid, Refused
from pb.db import db
from pb.policy import Actor, Role
from pb.voting import cli, cli_box_site
from pb.voting.queries_people import roll_in_force, rolls_of
from tests import factories
from tests.conftest import FrozenClock
from tests.voting.making import HEAD, REVIEW, make_vote, voter_rows

PASSWORD = "ხანგრძლივი-საიდუმლო-17"


def administrator(town_id: int, email: str) -> Actor:
    account = create_account(email=email, name="ადმინისტრატორი", password=PASSWORD, now=REVIEW)
    grant_role(
        town_id=town_id,
        account_id=account,
        role=Role.ADMINISTRATOR,
        actor=Actor(is_installer=True),
        now=REVIEW,
    )
    return actor_by_id(account)


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def terminal(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    for module in (cli, cli_box_site):
        monkeypatch.setattr(module, "application", lambda: sqlite_app)
    return sqlite_app


def test_a_demonstrations_box_is_opened_by_whoever_knows_the_password(
    terminal: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vote = make_vote(terminal, clock)
    vote.cast(vote.voters()[0], vote.projects[:1])
    administrator(vote.world.town.id, "one@terjola.example")
    clock.set(2026, 10, 26)
    the_clock.forget()
    act = ["terjola", "2026", "--by", "one@terjola.example", "--passwords-stdin"]
    typed(monkeypatch, "something else")
    with pytest.raises(Invalid, match="wrong_credentials"):
        cli.close_and_open_box(act)
    for _ in range(2):
        typed(monkeypatch, PASSWORD)
        assert cli.close_and_open_box(act) == 0
        assert "1 ballots opened, 0 of them invalid" in capsys.readouterr().out
    typed(monkeypatch, "something else")
    with pytest.raises(Invalid, match="wrong_credentials"):
        cli.erase_roll_command(act)
    roll = roll_in_force(vote.cycle_id)
    assert roll is not None
    assert roll.erased_at is None


def test_the_second_factor_is_asked_where_there_is_one(
    terminal: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    clock.moment = REVIEW
    world = factories.make_world(terminal)
    by = administrator(world.town.id, "one@terjola.example")
    secret = pyotp.random_base32()
    assert by.account_id is not None
    recovery = confirm_second_factor(
        account_id=by.account_id, secret=secret, code=pyotp.TOTP(secret).at(system_now()), now=system_now()
    )
    file = tmp_path / "roll.csv"
    file.write_text("\n".join([HEAD, *voter_rows(4)]), encoding="utf-8")
    act = [
        str(file),
        "--town",
        "terjola",
        "--year",
        "2026",
        "--by",
        "one@terjola.example",
        "--passwords-stdin",
    ]
    for lines in ((PASSWORD,), (PASSWORD, "000000")):
        typed(monkeypatch, *lines)
        with pytest.raises(Invalid, match="wrong_second_code"):
            cli.import_roll_command(act)
    db.session.rollback()
    assert rolls_of(world.cycle.id) == []
    typed(monkeypatch, PASSWORD, recovery[0])
    assert cli.import_roll_command(act) == 0
    db.session.rollback()
    assert len(rolls_of(world.cycle.id)) == 1
    typed(monkeypatch, PASSWORD, recovery[0])  # a code is good once
    with pytest.raises(Invalid, match="wrong_second_code"):
        cli.import_roll_command(act)


def test_who_must_have_a_second_factor_and_has_none_does_nothing(
    terminal: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_vote(terminal, clock)
    administrator(vote.world.town.id, "one@terjola.example")
    clock.set(2026, 10, 26)
    the_clock.forget()
    settings: Settings = terminal.extensions["pb_settings"]
    terminal.extensions["pb_settings"] = replace(settings, mode="production")
    for run in (cli.close_and_open_box, cli.erase_roll_command):
        typed(monkeypatch, PASSWORD)
        with pytest.raises(Refused, match="second_factor_first"):
            run(["terjola", "2026", "--by", "one@terjola.example", "--passwords-stdin"])


def test_two_people_at_one_terminal_are_two_passwords(
    terminal: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    vote = make_vote(terminal, clock)
    for email in ("one@terjola.example", "two@terjola.example"):
        administrator(vote.world.town.id, email)
    clock.set(2026, 10, 26)
    the_clock.forget()
    parser = argparse.ArgumentParser()
    run = cli_box_site.SITE["close"][1](parser)

    def close(first: str, second: str, *lines: str) -> int:
        typed(monkeypatch, *lines)
        return run(
            parser.parse_args(["terjola", "2026", "--by", first, "--with", second, "--passwords-stdin"])
        )

    with pytest.raises(Invalid, match="wrong_credentials"):
        close("one@terjola.example", "two@terjola.example", PASSWORD, "guessed")
    with pytest.raises(Refused, match="own_step"):
        close("one@terjola.example", "one@terjola.example", PASSWORD, PASSWORD)
    db.session.rollback()
    assert close("two@terjola.example", "one@terjola.example", PASSWORD, PASSWORD) == 0
    assert "done, by two people" in capsys.readouterr().out
