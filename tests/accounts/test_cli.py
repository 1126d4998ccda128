"""`create-admin`, `check`, `verify-log`, `seal-log`: what they do, refuse and print."""

from __future__ import annotations

import base64
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from sqlalchemy import text

from pb import installation
from pb.accounts import cli, cli_check, queries
from pb.accounts.cli_check import Finding, of_environment
from pb.accounts.cli_check_rights import protected_tables
from pb.app import create_app
from pb.audit import cli as audit_cli
from pb.config import ROOT, demonstration_key
from pb.db import db, metadata, writing
from pb.policy import Role
from pb.schema import rights_on
from tests.conftest import FrozenClock, make_settings
from tests.factories import make_town

PASSWORD = "ოთხი სიტყვა ზედიზედ"


@pytest.fixture
def command_line(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The commands find the test's application where they would make their own."""
    for module in (cli, cli_check, audit_cli):
        monkeypatch.setattr(module, "application", lambda: app)
    return app


def create(monkeypatch: pytest.MonkeyPatch, *argv: str, password: str = PASSWORD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    return cli.create_admin([*argv, "--password-stdin"])


def test_create_admin(
    command_line: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town_id = make_town().id
    db.session.rollback()
    assert create(monkeypatch, "--email", "Root@Example.org", "--name", "ადმინი", "--town", "terjola") == 0
    account = queries.account_by_email("root@example.org")
    assert account is not None
    assert account.is_installer
    assert queries.holds(account.id, town_id, Role.ADMINISTRATOR)
    capsys.readouterr()
    assert create(monkeypatch, "--email", "root@example.org") == 1
    assert "already" in capsys.readouterr().err
    assert create(monkeypatch, "--email", "b@example.org", password="short") == 1
    assert "at least 12" in capsys.readouterr().err
    assert create(monkeypatch, "--email", "b@example.org", "--town", "nowhere") == 1
    assert "nowhere" in capsys.readouterr().err
    assert create(monkeypatch, "--email", "not an address") == 1
    assert queries.account_by_email("b@example.org") is None


def test_a_prompted_password_is_typed_twice(command_line: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "another password"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert cli.create_admin(["--email", "a@example.org"]) == 1
    monkeypatch.setattr("getpass.getpass", lambda _prompt: PASSWORD)
    assert cli.create_admin(["--email", "a@example.org"]) == 0


def test_seal_and_verify_log(
    command_line: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create(monkeypatch, "--email", "root@example.org")
    capsys.readouterr()
    assert audit_cli.verify_log([]) == 0
    assert "1 events are not sealed" in capsys.readouterr().out
    assert audit_cli.seal_log([]) == 0
    assert audit_cli.verify_log([]) == 0
    head = capsys.readouterr().out.split("head ")[1].split()[0]
    assert audit_cli.verify_log(["--head", head]) == 0
    assert audit_cli.verify_log(["--head", "00"]) == 1
    with writing() as session:
        on = "" if db.engine.dialect.name == "sqlite" else " ON event"
        session.execute(text(f"DROP TRIGGER forbid_update_event{on}"))
        session.execute(text("UPDATE event SET kind = 'Other'"))
    capsys.readouterr()
    assert audit_cli.verify_log([]) == 1
    assert "BROKEN at position 1" in capsys.readouterr().out


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


GOOD = {
    "PB_SECRET_KEY": "nC4v8s1m2k3j4h5g6f7d8s9a0q1w2e3r4t5y",
    "PB_DATA_KEY": key("a"),
    "PB_HASH_KEY": key("b"),
    "PB_LINK_KEY": key("c"),
    "PB_SIGNING_KEY": key("d"),
    "PB_BASE_URL": "https://pb.example.org",
    "PB_DATABASE_URL": "postgresql://pb@db/pb",
    "PB_PROXY_COUNT": "1",
    "PB_SMS_BACKEND": "http",
    "PB_SMS_TARGET": "https://sms.example.org/send",
    "PB_SMS_TOKEN": "token",
    "PB_MAIL_BACKEND": "smtp",
    "PB_MAIL_TARGET": "smtps://u:p@mail.example.org",
    "PB_MAIL_SENDER": "pb@example.org",
    "PB_KEYS_DIR": f"{tempfile.gettempdir()}/pb-keys-of-nobody",
}


def unsafe(findings: list[Finding]) -> set[str]:
    return {f.name for f in findings if f.level == "UNSAFE"}


def test_a_good_environment_is_good() -> None:
    findings = of_environment(GOOD)
    assert {f.level for f in findings} == {"OK"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PB_SECRET_KEY", ""),
        ("PB_SECRET_KEY", "short"),
        ("PB_SECRET_KEY", "a" * 40),
        ("PB_SECRET_KEY", "demonstration-secret-key-that-everybody-knows"),
        ("PB_DATA_KEY", ""),
        ("PB_DATA_KEY", "bm90IDMyIGJ5dGVz"),
        ("PB_LINK_KEY", key("a")),
        ("PB_SIGNING_KEY", base64.b64encode(demonstration_key("PB_SIGNING_KEY")).decode()),
        ("PB_BASE_URL", "http://pb.example.org"),
        ("PB_DATABASE_URL", ""),
        ("PB_DATABASE_URL", "mysql://x"),
        ("PB_PROXY_COUNT", "0"),
        ("PB_PROXY_COUNT", "many"),
        ("PB_DEBUG", "1"),
        ("PB_SMS_BACKEND", "console"),
        ("PB_SMS_BACKEND", "file"),
        ("PB_SMS_TARGET", "http://sms.example.org"),
        ("PB_SMS_TOKEN", ""),
        ("PB_MAIL_BACKEND", "console"),
        ("PB_MAIL_TARGET", "mail.example.org"),
        ("PB_MAIL_SENDER", ""),
        ("PB_KEYS_DIR", str(ROOT / "var" / "keys")),
        ("PB_KEYS_DIR", tempfile.gettempdir()),  # open to everybody
    ],
)
def test_each_unsafe_variable_is_named(name: str, value: str) -> None:
    assert unsafe(of_environment({**GOOD, name: value})) == {name}


def test_without_a_place_for_link_keys_the_site_runs_and_no_vote_does() -> None:
    findings = of_environment({**GOOD, "PB_KEYS_DIR": ""})
    assert not unsafe(findings)
    assert [f.name for f in findings if f.level == "WARNING"] == ["PB_KEYS_DIR"]


def test_limits_need_one_place_for_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unsafe(of_environment({**GOOD, "WEB_CONCURRENCY": "4"})) == {"PB_REDIS_URL"}
    assert unsafe(of_environment({**GOOD, "GUNICORN_CMD_ARGS": "--workers=3"})) == {"PB_REDIS_URL"}
    with_redis = {**GOOD, "WEB_CONCURRENCY": "4", "PB_REDIS_URL": "redis://127.0.0.1:1/0"}
    assert unsafe(of_environment(with_redis)) == {"PB_REDIS_URL"}  # nothing answers there
    assert unsafe(of_environment({**with_redis, "PB_REDIS_URL": "no address"})) == {"PB_REDIS_URL"}
    monkeypatch.setattr(cli_check, "storage_from_string", lambda _url, **_options: MemoryStorage())
    assert not unsafe(of_environment(with_redis))


def test_sqlite_in_production_is_a_warning() -> None:
    findings = of_environment({**GOOD, "PB_DATABASE_URL": "sqlite:////srv/pb.sqlite"})
    assert not unsafe(findings)
    assert [f.name for f in findings if f.level == "WARNING"] == ["PB_DATABASE_URL"]


def test_no_value_is_ever_printed() -> None:
    said = "\n".join(map(str, of_environment({**GOOD, "PB_SMS_BACKEND": "console"})))
    for name in ("PB_SECRET_KEY", "PB_DATA_KEY", "PB_SMS_TOKEN", "PB_MAIL_TARGET"):
        assert GOOD[name] not in said


def test_the_database_is_asked_too(
    app: Flask,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    production = replace(app.extensions["pb_settings"], mode="production")
    findings = list(cli_check.of_database(app.extensions["pb_settings"]))
    assert not unsafe(findings)
    postgresql = db.engine.dialect.name == "postgresql"
    # the tests' role is a superuser: exactly what production must not have
    expected = {"PB_MODE", "PB_DATABASE_URL"} if postgresql else {"PB_MODE"}
    assert unsafe(list(cli_check.of_database(production))) == expected
    with writing() as session:
        session.execute(text("DROP TRIGGER forbid_update_event" + (" ON event" if postgresql else "")))
    (broken,) = [f for f in cli_check.of_database(app.extensions["pb_settings"]) if f.level == "UNSAFE"]
    assert "forbid_update_event" in broken.words
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli_check, "application", lambda: app)
    assert cli_check.main([]) == 1
    assert "do not start" in capsys.readouterr().out


@pytest.mark.postgres
def test_a_role_that_may_change_records_is_unsafe(postgres_url: str, clock: FrozenClock) -> None:
    app = create_app(make_settings(postgres_url, "production"), clock)
    name = "pb_check_role"
    with app.app_context():
        db.create_all()
        installation.set_up(mode="production", now=clock())
        for statement in (
            f"DROP ROLE IF EXISTS {name}",
            f"CREATE ROLE {name}",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}",
        ):
            with writing() as session:
                session.execute(text(statement))
        try:
            settings = app.extensions["pb_settings"]
            for revoked, count in ((False, 1), (True, 0)):
                with writing() as session:
                    if revoked:
                        for table in metadata.tables:
                            session.execute(text(f"REVOKE ALL ON {table} FROM {name}"))
                            session.execute(text(f"GRANT {', '.join(rights_on(table))} ON {table} TO {name}"))
                db.session.execute(text(f"SET ROLE {name}"))
                findings = list(cli_check.of_database(settings))
                db.session.execute(text("RESET ROLE"))
                db.session.rollback()
                assert len(unsafe(findings)) == count, findings
        finally:
            for statement in (f"DROP OWNED BY {name}", f"DROP ROLE {name}"):
                with writing() as session:
                    session.execute(text(statement))
            db.session.remove()
            db.engine.dispose()


def test_the_records_that_are_protected() -> None:
    assert {"event", "event_chain", "result_published"} <= set(protected_tables())
    assert "installation" not in protected_tables()


def test_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'empty.sqlite'}", "production"))
    with app.app_context():
        (finding,) = cli_check.of_database(app.extensions["pb_settings"])
    assert "migrate" in finding.words
