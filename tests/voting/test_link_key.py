"""The link key of a round: two halves, a file of its own, and what is left when it is destroyed."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from pb.config import ROOT, Settings, demonstration_key
from pb.core.errors import Closed, Refused
from pb.db import db, writing
from pb.voting import link_key
from pb.voting.models import VotingRound
from pb.voting.rounds import the_round
from tests.conftest import KEYS, FrozenClock
from tests.voting.making import make_vote


def test_both_halves_are_needed_and_the_file_can_be_destroyed(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock, voters=3)
    row = the_round(vote.cycle_id)
    first, path = link_key.read(row), KEYS / f"{row.link_key_name}.link-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    half = path.read_bytes()
    settings: Settings = sqlite_app.extensions["pb_settings"]
    assert first not in (half, settings.link_key)
    sqlite_app.extensions["pb_settings"] = replace(settings, link_key=demonstration_key("another"))
    assert link_key.read(row) != first
    sqlite_app.extensions["pb_settings"] = settings
    assert link_key.read(row) == first
    slots = {voter.slot for voter in vote.voters()}
    path.write_bytes(bytes(32))
    assert not slots & {voter.slot for voter in vote.voters()}
    path.write_bytes(half)
    row = the_round(vote.cycle_id)
    with pytest.raises(RuntimeError):  # first the round says so
        link_key.erase(row)
    again = os.open(path, os.O_RDONLY)  # whoever still holds the file open reads what it was overwritten with
    with writing():
        the_round(vote.cycle_id).destroyed_at = clock()
    row = the_round(vote.cycle_id)
    assert link_key.is_there(row)
    assert link_key.erase(row)
    assert not link_key.erase(row)
    assert not link_key.is_there(row)
    assert os.read(again, 64) != half
    os.close(again)
    with pytest.raises(Closed, match="link_key_destroyed"):
        vote.voters()


def test_a_lost_file_is_an_error_that_says_so(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock, voters=3)
    path = KEYS / f"{the_round(vote.cycle_id).link_key_name}.link-key"
    path.write_bytes(b"cut")
    with pytest.raises(Refused, match="link_key_missing"):
        vote.voters()
    path.unlink()
    with pytest.raises(Refused, match="link_key_missing"):
        vote.voters()


def test_each_round_has_its_own_and_a_round_cannot_take_another(app: Flask, clock: FrozenClock) -> None:
    from sqlalchemy import update
    from sqlalchemy.exc import DBAPIError

    vote = make_vote(app, clock, voters=2)
    assert link_key.make() != link_key.make()
    with pytest.raises(DBAPIError, match="forbidden"), writing() as session:
        session.execute(
            update(VotingRound).where(VotingRound.id == vote.round_id).values(link_key_name=link_key.make())
        )
    db.session.rollback()


def test_without_a_directory_nothing_is_prepared(sqlite_app: Flask, tmp_path: Path) -> None:
    settings: Settings = sqlite_app.extensions["pb_settings"]
    sqlite_app.extensions["pb_settings"] = replace(settings, keys_dir=None)
    with pytest.raises(Refused, match="keys_dir_missing"):
        link_key.make()
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    sqlite_app.extensions["pb_settings"] = replace(settings, keys_dir=in_the_way)
    with pytest.raises(Refused, match="keys_dir_unusable"):
        link_key.make()


def test_where_the_directory_is() -> None:
    demo = {"PB_MODE": "demonstration"}
    assert Settings.from_env(demo).keys_dir == ROOT / "var" / "demo.sqlite.keys"
    assert Settings.from_env({**demo, "PB_KEYS_DIR": "/k"}).keys_dir == Path("/k")
    assert (
        Settings.from_env({**demo, "PB_DATABASE_URL": "postgresql://h/d"}).keys_dir == ROOT / "var" / "keys"
    )
