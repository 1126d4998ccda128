"""Point 9. The site's role cannot change what stands; a backup taken during the vote restores elsewhere, whole."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from pb.audit.commands import seal_due
from pb.clock import system_now
from pb.db import db, metadata
from pb.site.cli_grants import statements
from pb.voting.flush import flush_due
from tests.conftest import bound
from tests.databases import made_database
from tests.trust.cluster import binaries, cluster
from tests.trust.reporting import Reached, sized
from tests.trust.serving import ROOT
from tests.trust.town import DURING, Town, close_vote, environment, open_vote, turn_clock

pytestmark = pytest.mark.postgres
#: Board, box and log.
KEPT = ("board_entry", "board_head", "box_ballot", "opened_ballot", "event", "event_chain")


@pytest.fixture
def role(postgres_server: str) -> Iterator[str]:
    """A role that owns nothing."""
    name = f"pb_trust_{uuid.uuid4().hex[:10]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name}"))
        yield name
        connection.execute(text(f"DROP ROLE {name}"))


def test_the_role_of_the_site(role: str, postgres_town: Callable[..., Town], reached: Reached) -> None:
    """It holds the whole vote, and no statement of it changes a row of board, box or log; nor of the owner."""
    town = postgres_town(voters=22)
    owner = create_engine(town.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with owner.connect() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)"))
        for statement in statements(role):
            connection.execute(text(statement))
    as_role = f"{town.url}?options=-c%20role%3D{role}"
    app = bound(as_role, system_now)
    with app.app_context():
        for voter in town.voters:
            town.vote.cast(voter, town.choices)
        assert town.flush() == 22
        turn_clock(DURING.replace(day=26))
        close_vote(town)
        open_vote(town)
        seal_due(now=DURING.replace(day=26), everything=True)
        assert db.session.scalar(text("SELECT current_user")) == role
        db.session.remove()
        db.engine.dispose()
    site = create_engine(as_role, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    refused = {"right": 0, "trigger": 0}
    tried = 0
    with site.connect() as of_site, owner.connect() as of_owner:
        for table in KEPT:
            assert of_owner.scalar(text(f"SELECT count(*) FROM {table}")), f"{table} must hold rows"
            column = next(iter(metadata.tables[table].columns)).name
            for act in (
                f"UPDATE {table} SET {column} = {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                tried += 1
                refused["right"] += state_of(of_site, act) == "42501"
                refused["trigger"] += state_of(of_owner, act) == "23001"
        for act in (
            "ALTER TABLE board_entry DISABLE TRIGGER ALL",
            "DROP TABLE board_entry",
            f"SET ROLE {role}x",
        ):
            assert state_of(of_site, act)
        of_owner.execute(text(f"DROP OWNED BY {role}"))
    reached(
        "UPDATE, DELETE, TRUNCATE of board, box and log refused to the site's role",
        must=tried,
        got=refused["right"],
    )
    reached("the same by the owner, refused by triggers", must=tried, got=refused["trigger"])


def state_of(connection: object, statement: str) -> str:
    """The SQLSTATE with which it is refused, "" where it is done."""
    try:
        connection.execute(text(statement))  # type: ignore[attr-defined]
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", "") or "?"
    return ""


def test_a_backup_of_a_running_vote(
    postgres_town: Callable[..., Town], tmp_path: Path, reached: Reached
) -> None:
    """pg_dump while ballots are cast and flushed; restored into a new cluster of another machine's kind."""
    town = postgres_town(voters=sized(120, 600))
    dump, ready, stop = tmp_path / "vote.dump", threading.Event(), threading.Event()
    cast = [0]

    def people() -> None:
        with town.app.app_context():
            for voter in town.voters:
                if stop.is_set():
                    break
                town.vote.cast(voter, town.choices)
                cast[0] += 1
                if cast[0] % 30 == 0:
                    flush_due(now=DURING)
                if cast[0] == 25:
                    ready.set()
            db.session.remove()

    thread = threading.Thread(target=people)
    thread.start()
    assert ready.wait(120)
    before = cast[0]
    url = town.url.replace("+psycopg", "")
    subprocess.run([binaries() / "pg_dump", "-Fc", "-f", dump, url], check=True)
    after = cast[0]
    stop.set()
    thread.join()
    with cluster() as clean, made_database(clean.server) as restored:
        target = restored.replace("+psycopg", "")
        subprocess.run(
            [binaries() / "pg_restore", "--exit-on-error", "--no-owner", "--no-acl", "-d", target, dump],
            check=True,
        )
        engine = create_engine(restored, poolclass=NullPool)
        with engine.connect() as connection:
            slots = connection.scalar(text("SELECT count(*) FROM voting_slot")) or 0
            held = connection.scalar(
                text("SELECT (SELECT count(*) FROM inbox_ballot) + (SELECT count(*) FROM box_ballot)")
            )
        checked = subprocess.run(
            [sys.executable, "-m", "pb", "box-check", "terjola", "2026"], cwd=ROOT, check=False, text=True,
            capture_output=True, env={**os.environ, **environment(town.url), "PB_DATABASE_URL": restored},
        )  # fmt: skip
    print(checked.stdout)
    lines = [line for line in checked.stdout.splitlines() if line.startswith("B")]
    reached("votes before and after the dump was taken, and in it", got=(before, after, slots))
    assert before <= slots <= after + 1
    reached("slots without an envelope in the backup", must=0, got=slots - (held or 0))
    reached("invariants that box-check names", must="at least 5", got=len(lines), holds=len(lines) >= 5)
    reached("of them broken", must=[], got=[line for line in lines if "BROKEN" in line])
    reached("exit code of box-check on the restored backup", must=0, got=checked.returncode)
