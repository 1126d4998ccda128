"""`check`: says, before a start in production, all that makes it unsafe; each line names what to set."""

from __future__ import annotations

import argparse
import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from limits.storage import storage_from_string
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from pb import installation
from pb.accounts.cli_check_keeping import losing, telling
from pb.accounts.cli_check_rights import missing_triggers, rights_that_differ, some
from pb.commandline import application
from pb.config import ROOT, Settings, SettingsError, demonstration_key
from pb.db import db, is_sqlite
from pb.web import pdf

KEYS = ("PB_DATA_KEY", "PB_HASH_KEY", "PB_LINK_KEY", "PB_SIGNING_KEY")
REQUIRED = ("PB_SECRET_KEY", *KEYS, "PB_BASE_URL", "PB_DATABASE_URL")
MAKE_KEY = "make one with `openssl rand -base64 32`"
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``level``: "OK", "WARNING" or "UNSAFE"."""

    level: str
    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.level:<8} {self.name}: {self.words}"


def main(argv: list[str]) -> int:
    """Check the environment and the database of a production start. Exit code 1 when anything is unsafe."""
    parser = argparse.ArgumentParser(prog="python -m pb check", description=main.__doc__)
    parser.parse_args(argv)
    findings = of_environment(os.environ)
    for finding in findings:
        print(finding)
    if any(f.level == "UNSAFE" for f in findings if f.name in REQUIRED):
        return _verdict(
            findings
        )  # the application cannot be made, or must not touch the database with these keys
    app = application()
    with app.app_context():
        settings = app.extensions["pb_settings"]
        for finding in chain(of_database(settings), of_schema(), of_keeping()):
            print(finding)
            findings.append(finding)
    return _verdict(findings)


def _verdict(findings: Iterable[Finding]) -> int:
    count = sum(f.level == "UNSAFE" for f in findings)
    print(f"{count} to correct: do not start" if count else "nothing unsafe found")
    return 1 if count else 0


def of_environment(env: Mapping[str, str]) -> list[Finding]:
    """What the variables alone tell."""
    if env.get("PB_MODE", "production") == "demonstration":
        words = "this is a demonstration, whose keys everybody knows; in production leave it unset"
        return [Finding("WARNING", "PB_MODE", words)]
    findings = [*_missing(env), *_keys(env), _papers()]
    if any(f.level == "UNSAFE" for f in findings):
        return findings
    try:
        settings = Settings.from_env(env)
    except SettingsError as error:
        return [*findings, Finding("UNSAFE", str(error).split()[0], str(error))]
    return [*findings, *of_settings(settings), *_processes(env, settings)]


def _papers() -> Finding:
    if pdf.available():
        return Finding("OK", "PDF", "papers are made as PDF")
    words = (
        "no Pango here: papers print from the browser; install libpango-1.0-0, libpangoft2-1.0-0 and a font"
    )
    return Finding("WARNING", "PDF", words)


def _missing(env: Mapping[str, str]) -> Iterator[Finding]:
    for name in REQUIRED:
        if not env.get(name):
            yield Finding("UNSAFE", name, "is not set" + (f"; {MAKE_KEY}" if name in KEYS else ""))


def _keys(env: Mapping[str, str]) -> Iterator[Finding]:
    secret = env.get("PB_SECRET_KEY", "")
    if secret and (len(secret) < SHORTEST_SECRET or len(set(secret)) < 10):
        yield Finding("UNSAFE", "PB_SECRET_KEY", f"is too short or too simple; {MAKE_KEY}")
    elif "demonstration" in secret:
        yield Finding("UNSAFE", "PB_SECRET_KEY", f"is the demonstration's, which everybody knows; {MAKE_KEY}")
    elif secret:
        yield Finding("OK", "PB_SECRET_KEY", "set")
    public = {_base64(demonstration_key(name)): name for name in KEYS}
    seen: dict[str, str] = {}
    for name in KEYS:
        value = env.get(name, "")
        if not value:
            continue
        if value in public:
            yield Finding("UNSAFE", name, f"is a demonstration's key, which everybody knows; {MAKE_KEY}")
        elif value in seen:
            yield Finding("UNSAFE", name, f"is the same as {seen[value]}; {MAKE_KEY}")
        elif not re.fullmatch(r"[A-Za-z0-9+/]{43}=", value):
            yield Finding("UNSAFE", name, f"is not 32 bytes in base64; {MAKE_KEY}")
        else:
            yield Finding("OK", name, "set")
        seen[value] = name


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def of_settings(settings: Settings) -> Iterator[Finding]:
    """What the settings tell together."""

    def judge(unsafe: bool, name: str, bad: str, good: str) -> Finding:
        return Finding("UNSAFE", name, bad) if unsafe else Finding("OK", name, good)

    yield judge(
        settings.debug, "PB_DEBUG", "is on: errors would show the program to visitors; unset it", "off"
    )
    https = settings.base_url.startswith("https://")
    yield judge(
        not https,
        "PB_BASE_URL",
        "must begin with https://, else cookies and ballots travel in clear",
        "https",
    )
    yield judge(
        https and settings.proxy_count == 0,
        "PB_PROXY_COUNT",
        "is 0, but https ends at a proxy: set the exact number of proxies, or all visitors share one address",
        str(settings.proxy_count),
    )
    yield judge(
        settings.sms_backend != "http",
        "PB_SMS_BACKEND",
        f"is '{settings.sms_backend}': codes would be written down here, not sent; set it to 'http'",
        "http",
    )
    if settings.sms_backend == "http":
        yield judge(
            not settings.sms_target.startswith("https://"),
            "PB_SMS_TARGET",
            "must be the https:// address of the gateway",
            "https",
        )
        yield judge(not settings.sms_token, "PB_SMS_TOKEN", "is not set", "set")
    yield judge(
        settings.mail_backend != "smtp",
        "PB_MAIL_BACKEND",
        f"is '{settings.mail_backend}': links would be written down here, not sent; set it to 'smtp'",
        "smtp",
    )
    if settings.mail_backend == "smtp":
        known = settings.mail_target.startswith(("smtp://", "smtps://"))
        yield judge(not known, "PB_MAIL_TARGET", "must be smtps://user:password@host:465 or smtp://…", "set")
        yield judge("@" not in settings.mail_sender, "PB_MAIL_SENDER", "must be an e-mail address", "set")
    yield _keys_dir(settings)
    if settings.database_url.startswith("sqlite"):
        words = "SQLite serves one machine; for a town's vote PostgreSQL is the choice"
        yield Finding("WARNING", "PB_DATABASE_URL", words)


def _keys_dir(settings: Settings) -> Finding:
    """Where the destructible halves of link keys stand: needed for a vote, not for a start."""
    name, folder = "PB_KEYS_DIR", settings.keys_dir
    if folder is None:
        return Finding("WARNING", name, "is not set: no vote can be prepared (a directory on no backup)")
    if folder.resolve().is_relative_to(ROOT):
        return Finding("UNSAFE", name, "lies in the program's own directory, which is copied and backed up")
    place = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(place, os.W_OK):
        return Finding("UNSAFE", name, f"cannot be written ({place}): no vote could be prepared")
    if folder.exists() and folder.stat().st_mode & 0o077:
        return Finding("UNSAFE", name, f"is open to others: `chmod 700 {folder}`")
    return Finding("OK", name, "a place of its own, that nobody else reads")


def _processes(env: Mapping[str, str], settings: Settings) -> Iterator[Finding]:
    found = re.search(r"(?:-w|--workers)[ =]*(\d+)", env.get("GUNICORN_CMD_ARGS", ""))
    count = int(found[1]) if found else int(env.get("WEB_CONCURRENCY", "1") or "1")
    if settings.redis_url:
        yield _redis(settings.redis_url)
    elif count > 1:
        words = f"is not set, but WEB_CONCURRENCY is {count}: each process would count its limits alone"
        yield Finding("UNSAFE", "PB_REDIS_URL", words)
    else:
        yield Finding("OK", "PB_REDIS_URL", "not needed for one process; set it before there are more")


def _redis(url: str) -> Finding:
    name = "PB_REDIS_URL"
    try:
        answers = storage_from_string(url, socket_connect_timeout=3, socket_timeout=3).check()
    except Exception as error:  # a wrong address fails in many ways; each makes sign-in fail
        return Finding("UNSAFE", name, f"cannot be used ({type(error).__name__}): nobody could sign in")
    if not answers:
        return Finding("UNSAFE", name, "does not answer: nobody could sign in")
    return Finding("OK", name, "limits are counted for all processes together")


def of_database(settings: Settings) -> Iterator[Finding]:
    """What the database tells: its mode, its triggers, and what the role could do behind our back."""
    name = "PB_DATABASE_URL"
    try:
        row = installation.current()
    except SQLAlchemyError as error:
        db.session.rollback()
        yield Finding("UNSAFE", name, _unreadable(error))
        return
    if row is None:
        yield Finding("UNSAFE", name, "is not set up: run `python -m pb migrate`")
        return
    if row.mode != settings.mode:
        yield Finding("UNSAFE", "PB_MODE", f"is '{settings.mode}', the database was made for '{row.mode}'")
    else:
        yield Finding("OK", "PB_MODE", f"{row.mode}, as the database")
    missing = missing_triggers()
    if missing:
        yield Finding("UNSAFE", name, f"lacks triggers ({', '.join(missing)}): run `python -m pb migrate`")
    else:
        yield Finding("OK", name, "all triggers that keep records from being changed are there")
    if not is_sqlite() and settings.mode == "production":
        yield from _powers(name)


def _unreadable(error: SQLAlchemyError) -> str:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, ProgrammingError) and state == "42501":  # insufficient privilege
        return "its role may not read the tables: run `python -m pb grants ROLE --apply` as their owner"
    if isinstance(error, ProgrammingError) or "no such table" in str(error):
        return "has no tables: run `python -m pb migrate` as the role that owns the database"
    said = str(getattr(error, "orig", error)).partition("\n")[0]
    return f"cannot be reached ({said}): check the address"


def of_schema() -> Iterator[Finding]:
    """Whether the database has the schema that this version of the program expects."""
    name = "PB_DATABASE_URL"
    try:
        has = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    except SQLAlchemyError:
        return  # of_database has said why
    wanted = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    if not has:
        return  # never migrated: of_database has said so
    if has == wanted:
        yield Finding("OK", name, "the schema is this version's")
    else:
        yield Finding("UNSAFE", name, "its schema is not this version's: run `python -m pb migrate`")


def of_keeping() -> Iterator[Finding]:
    """Whether PostgreSQL keeps what it has committed, and forgets what was erased."""
    with suppress(SQLAlchemyError):  # of_database has said why
        if not is_sqlite():
            yield from (Finding("UNSAFE", "PB_DATABASE_URL", words) for words in (*losing(), *telling()))


def _powers(name: str) -> Iterator[Finding]:
    role, superuser = db.session.execute(
        text("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
    ).one()
    if superuser:
        yield Finding(
            "UNSAFE", name, f"the role {role} is a superuser: triggers mean nothing to it; use another"
        )
        return
    owned, beyond, lacking = rights_that_differ()
    mend = f"run `python -m pb grants {role} --apply` as their owner"
    if owned:
        words = (
            f"the role {role} owns {some(owned)} and could take their triggers off: run the site as another"
        )
        yield Finding("UNSAFE", name, words)
    elif beyond:
        yield Finding("UNSAFE", name, f"the role {role} may {some(beyond)}, which no page needs: {mend}")
    if lacking:
        yield Finding("UNSAFE", name, f"the role {role} may not {some(lacking)}, which pages need: {mend}")
    if not (owned or beyond or lacking):
        yield Finding("OK", name, f"the role {role} can only add to the records")
