"""The administrators' pages: the roll, and the way from it to the opened box. And the command line."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import pb.voting.cli as cli
from pb.accounts.queries import account_by_email, actor_of
from pb.config import Settings
from pb.core.errors import Invalid, Missing, Refused
from pb.core.phases import Phase
from pb.cycles.front_parts import action_of, parts_of
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Actor, Role
from pb.voting import roll_jobs
from pb.voting.commands_roll import begin_reading, erase_unfinished
from pb.voting.models_people import Roll
from pb.voting.queries_people import roll_in_force, rolls_of
from pb.voting.steps import steps_of
from tests import factories
from tests.conftest import FrozenClock
from tests.factories import World
from tests.pages import CheckedClient
from tests.voting.making import (
    HEAD,
    REVIEW,
    lock_ballot,
    make_ballot,
    make_vote,
    second_administrator,
    voter_rows,
)


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    clock.moment = REVIEW
    return factories.make_world(sqlite_app)


def signed_in(world: World, account_id: int | None) -> CheckedClient:
    client: CheckedClient = world.app.test_client()  # type: ignore[assignment]
    assert account_id is not None
    client.sign_in_as(account_id)
    return client


def upload(client: CheckedClient, world: World, button: str, rows: list[str], head: str = HEAD) -> Any:
    content = io.BytesIO("\n".join([head, *rows]).encode())
    return client.send(
        f"{world.url}/roll", {button: "1", "file": (content, "roll.csv")}, content_type="multipart/form-data"
    )


def test_from_the_roll_to_the_opened_box(world: World, clock: FrozenClock) -> None:
    first = signed_in(world, world.staff[Role.ADMINISTRATOR].id)
    second = signed_in(world, second_administrator(world).account_id)
    box = f"{world.url}/box"
    first.page(box)
    checked = upload(first, world, "check", [*voter_rows(30), "123,ა,ბ,1990-01-01,სოფელი 1,,"])
    assert checked.status_code == 302
    assert "30" in first.page(checked.location).text
    listed = first.get(f"{checked.location}/report.csv")
    assert listed.get_data(as_text=True).startswith("\ufeffსტრიქონი,მიზეზი\r\n32,")
    assert second.send(f"{checked.location}/approve").status_code == 404  # a check is no roll
    assert rolls_of(world.cycle.id) == []
    stored = upload(first, world, "store", [*voter_rows(30), "123,ა,ბ,1990-01-01,სოფელი 1,,"])
    assert stored.status_code == 302
    first.page(stored.location)
    assert first.send(f"{stored.location}/approve").status_code == 403
    second.page(stored.location)
    assert second.send(f"{stored.location}/approve").status_code == 302
    db.session.rollback()
    assert roll_in_force(world.cycle.id) is not None
    first.page(f"{world.url}/roll")
    assert first.send(f"{box}/prepare").status_code == 409  # the commission has not decided yet
    make_ballot(world)
    lock_ballot(world)
    first.page(box)
    assert first.send(f"{box}/trial").status_code == 404
    first.page(f"{world.url}/custodians")
    assert first.send(f"{box}/prepare").status_code == 302
    first.page(box)
    assert first.send(f"{box}/trial").status_code == 302
    assert first.send(f"{box}/close").status_code == 409
    first.page(f"{box}/opening")
    clock.set(2026, 10, 14)
    first.page(box)
    first.page(f"{world.url}/")
    assert first.send(f"{box}/prepare").status_code == 409
    clock.set(2026, 10, 27)
    first.page(box)
    assert first.send(f"{box}/open").status_code == 409
    first.page(f"{box}/opening")
    assert first.send(f"{box}/close").status_code == 302
    first.page(f"{box}/opening")
    first.page(box)
    first.page(f"{box}?lang=en")
    assert first.send(f"{box}/open").status_code == 302
    first.page(box)
    db.session.rollback()
    states = [step.state for step in steps_of(here_by_id(world.cycle.id, now=clock()))]
    assert states == ["done"] * 10


def test_reports_and_faults_of_a_file_stand_on_the_page(world: World) -> None:
    client = signed_in(world, world.staff[Role.ADMINISTRATOR].id)
    for lang in ("ka", "en"):
        client.page(f"{world.url}/roll?lang={lang}")
        bad = upload(client, world, "store", voter_rows(1), HEAD.replace("unit", "raion"))
        assert bad.status_code == 422
        assert "unit" in bad.get_data(as_text=True)
        assert client.send(f"{world.url}/roll", {"check": "1"}).status_code == 422
        checked = upload(client, world, "check", voter_rows(2))
        client.page(f"{checked.location}?lang={lang}")


def test_a_large_file_is_read_beside_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_jobs, "AT_ONCE", 0)
    client = signed_in(world, world.staff[Role.ADMINISTRATOR].id)
    good = upload(client, world, "store", voter_rows(5))
    bad = upload(client, world, "store", voter_rows(1), HEAD.replace("unit", "raion"))
    for thread in threading.enumerate():
        if thread.name.startswith("roll-"):
            thread.join()
    for lang in ("ka", "en"):
        assert 'http-equiv="refresh"' not in client.page(f"{good.location}?lang={lang}").html
        client.page(f"{bad.location}?lang={lang}")
    db.session.rollback()
    assert [roll.size for roll in rolls_of(world.cycle.id)] == [5]
    failed = db.session.scalars(select(Roll).where(Roll.failed != "")).one()
    assert (failed.failed, failed.size) == ("roll_columns", 0)


def test_a_reading_under_way_says_how_far_it_is(world: World, clock: FrozenClock) -> None:
    admin = world.actor(Role.ADMINISTRATOR)
    roll_id = begin_reading(cycle_id=world.cycle.id, kind="import", actor=admin, now=clock())
    client = signed_in(world, admin.account_id)
    for lang in ("ka", "en"):
        assert 'http-equiv="refresh"' in client.page(f"{world.url}/roll/{roll_id}?lang={lang}").html
    clock.moment += timedelta(hours=3)
    assert erase_unfinished(now=clock()) == 1
    assert erase_unfinished(now=clock()) == 0
    client.page(f"{world.url}/roll/{roll_id}")


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.CHAIR, Role.OPERATOR])
def test_others_see_neither_roll_nor_box(world: World, role: Role | None) -> None:
    client: CheckedClient = world.app.test_client()  # type: ignore[assignment]
    if role is not None:
        client.sign_in_as(world.staff[role].id)
    for page in ("roll", "box"):
        assert client.get(f"{world.url}/{page}").status_code in (302, 403)
    for act in ("roll", "box/prepare", "box/trial", "box/close", "box/open"):
        assert client.send(f"{world.url}/{act}").status_code in (302, 403, 409)


def test_an_observer_sees_and_does_nothing(world: World) -> None:
    client = signed_in(world, world.staff[Role.OBSERVER].id)
    client.page(f"{world.url}/roll")
    client.page(f"{world.url}/box")
    assert client.send(f"{world.url}/box/prepare").status_code == 403
    assert upload(client, world, "store", voter_rows(1)).status_code == 403


def test_the_front_page_leads_to_the_vote_and_shows_turnout(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    for voter in vote.voters():
        vote.cast(voter, vote.projects[:1])
    with sqlite_app.test_request_context():
        here = here_by_id(vote.cycle_id, now=clock())
        action = action_of(here, Phase.VOTING)
        assert action is not None
        assert action[0] == f"{vote.world.url}/vote"
        shown = [context["turnout"] for name, context in parts_of(here) if name == "voting/part_turnout.html"]
        assert [t.votes for t in shown] == [20]
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for lang in ("ka", "en"):
        assert "20" in client.page(f"{vote.world.url}/?lang={lang}").text
    clock.set(2026, 10, 26)
    client.page(f"{vote.world.url}/?lang=ka")


@pytest.fixture
def command_line(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(cli, "application", lambda: sqlite_app)

    def known(_options: object, email: str) -> Actor:  # who proves it how: tests/voting/test_terminal.py
        account = account_by_email(email)
        if account is None:
            raise Invalid("wrong_credentials")
        return actor_of(account)

    monkeypatch.setattr(cli, "proved", known)
    return sqlite_app


def test_import_roll_on_the_command_line(
    command_line: Flask, clock: FrozenClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.moment = REVIEW
    world = factories.make_world(command_line)
    by = world.staff[Role.ADMINISTRATOR].email
    other = factories.make_staff(world.town, Role.ADMINISTRATOR).email
    file = tmp_path / "roll.csv"
    file.write_text("\n".join([HEAD, *voter_rows(4), "12,ა,ბ,1990-01-01,სოფელი 1,,"]), encoding="utf-8")
    base = [str(file), "--town", "terjola", "--year", "2026", "--by", str(by)]
    assert cli.import_roll_command([*base, "--dry-run"]) == 0
    assert rolls_of(world.cycle.id) == []
    settings: Settings = command_line.extensions["pb_settings"]
    command_line.extensions["pb_settings"] = replace(settings, mode="production")
    with pytest.raises(Refused, match="two_people"):  # one person at a terminal is not two
        cli.import_roll_command([*base, "--approve-by", str(other)])
    db.session.rollback()
    assert rolls_of(world.cycle.id) == []
    command_line.extensions["pb_settings"] = settings
    assert cli.import_roll_command([*base, "--approve-by", str(other)]) == 0
    said = capsys.readouterr().out
    assert "4 voters" in said
    assert "row 6" in said
    db.session.rollback()
    roll = roll_in_force(world.cycle.id)
    assert roll is not None
    assert roll.size == 4
    for wrong in (["--town", "nowhere"], ["--by", "nobody@example.org"]):
        with pytest.raises((Missing, Invalid)):
            cli.import_roll_command([*base, *wrong])
    with pytest.raises(Missing, match="no_such_file"):
        cli.import_roll_command([str(tmp_path / "none.csv"), *base[1:]])


def test_box_check_on_the_command_line(
    command_line: Flask, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    vote = make_vote(command_line, clock)
    vote.cast(vote.voters()[0], vote.projects[:1])
    assert cli.box_check(["terjola", "2026"]) == 0
    assert "B3   holds" in capsys.readouterr().out
    with pytest.raises(Missing):
        cli.box_check(["terjola", "2025"])
    clock.set(2026, 10, 26)
    by = vote.world.staff[Role.ADMINISTRATOR].email
    for _ in range(2):
        assert cli.close_and_open_box(["terjola", "2026", "--by", str(by)]) == 0
        assert "1 ballots opened, 0 of them invalid" in capsys.readouterr().out
    assert cli.box_check(["terjola", "2026"]) == 0
    assert "B7   holds" in capsys.readouterr().out
