"""The outbox: delivery, another try, giving up, and erasing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.core.errors import Refused
from pb.db import db, writing
from pb.messages import backends, commands, queries
from pb.messages.models import OutgoingMessage
from pb.messages.texts import SMS_LIMIT, TEXTS, wording
from pb.messages.texts_authors import AUTHORS, TWO_PARTS
from tests.conftest import FrozenClock

PHONE = "+995555123456"


def use(app: Flask, **changes: Any) -> None:
    app.extensions["pb_settings"] = replace(app.extensions["pb_settings"], **changes)


def message() -> OutgoingMessage:
    db.session.rollback()
    return db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()  # type: ignore[return-value]


def queue(clock: FrozenClock) -> None:
    commands.send_text(kind="signin_code", address=PHONE, language="ka", now=clock(), code="01234567")


class Failing:
    def __init__(self, for_good: bool = False) -> None:
        self.for_good = for_good
        self.calls = 0

    def send(self, address: str, subject: str, body: str) -> None:
        self.calls += 1
        raise backends.DeliveryError("http 503", for_good=self.for_good)


def test_delivered_once_and_erased(app: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    sent = tmp_path / "sent.jsonl"
    use(app, sms_target=str(sent), mode="production")
    queue(clock)
    assert commands.deliver_due(now=clock()) == 1
    assert commands.deliver_due(now=clock()) == 0
    (line,) = [json.loads(text) for text in sent.read_text(encoding="utf-8").splitlines()]
    assert line["to"] == PHONE
    assert "01234567" in line["body"]
    row = message()
    assert (row.delivered_at, row.address_sealed, row.body_sealed) == (clock(), None, None)


def test_nothing_is_sent_for_an_act_that_failed(sqlite_app: Flask, clock: FrozenClock) -> None:
    def act() -> None:
        with writing():
            queue(clock)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert message() is None


def test_another_try_later_and_later_then_never(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing()
    monkeypatch.setattr(commands, "backend", lambda *_: failing)
    commands.send_mail(kind="notice", address="a@example.org", subject="s", body="b", now=clock())
    for wait in commands.WAITS:
        assert commands.deliver_due(now=clock()) == 0
        assert message().next_try_at == clock() + wait
        clock.moment += wait - timedelta(seconds=1)
        before = failing.calls
        commands.deliver_due(now=clock())
        assert failing.calls == before
        clock.moment += timedelta(seconds=1)
    commands.deliver_due(now=clock())
    row = message()
    assert (row.next_try_at, row.delivered_at, row.address_sealed, row.body_sealed) == (None,) * 4
    assert row.last_error == "http 503"


def test_a_refusal_for_good_is_not_tried_again(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "backend", lambda *_: Failing(for_good=True))
    queue(clock)
    commands.deliver_due(now=clock())
    assert message().next_try_at is None


def test_a_late_code_is_not_sent(sqlite_app: Flask, clock: FrozenClock) -> None:
    queue(clock)
    clock.moment += timedelta(minutes=11)
    assert commands.deliver_due(now=clock()) == 0
    assert message().body_sealed is None


def test_a_message_in_delivery_is_not_taken_twice(sqlite_app: Flask, clock: FrozenClock) -> None:
    queue(clock)
    claimed = commands._claim(message_id=message().id, now=clock())
    assert claimed is not None
    assert commands._claim(message_id=message().id, now=clock()) is None
    assert commands.deliver_due(now=clock()) == 0
    clock.moment += commands.LEASE
    assert commands.deliver_due(now=clock()) == 1


def test_demonstrations_keep_the_code_readable_for_ten_minutes(sqlite_app: Flask, clock: FrozenClock) -> None:
    queue(clock)
    commands.deliver_due(now=clock())
    assert queries.demonstration_code("555 123 456", clock()) == "01234567"
    clock.moment += timedelta(minutes=10)
    commands.deliver_due(now=clock())
    assert message().body_sealed is None
    assert queries.demonstration_code(PHONE, clock()) is None


def test_production_never_shows_a_code(sqlite_app: Flask, clock: FrozenClock) -> None:
    queue(clock)
    use(sqlite_app, mode="production")
    with pytest.raises(Refused):
        queries.demonstration_code(PHONE, clock())


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_texts_stand_in_both_languages_and_fit(kind: str) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "12345678"

    given = Anything(
        number="TJ-2026-0042", day="15.06.2026", url="https://biujeti.terjola.ge/terjola/2026/projects/42"
    )
    text = TEXTS[kind]
    assert set(text.body) == {"ka", "en"}
    assert (text.channel == "mail") == (text.subject is not None)
    for language, body in text.body.items():
        said = body % given
        if text.channel == "sms" and language == "ka":
            assert len(said) <= (TWO_PARTS if kind in AUTHORS else SMS_LIMIT)
    assert wording("signin_code", "fr", code="1")[2] == wording("signin_code", "ka", code="1")[2]


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[tuple[dict[str, Any], str]], list[int]]]:
    got: list[tuple[dict[str, Any], str]] = []
    answers = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((json.loads(body), self.headers["Authorization"]))
            self.send_response(answers[0])
            if answers[0] == 302:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms", got, answers
    server.shutdown()
    server.server_close()


def test_http_gateway(gateway: tuple[str, list[Any], list[int]]) -> None:
    url, got, answers = gateway
    sms = backends.HttpSms(url, "secret")
    sms.send(PHONE, "", "კოდი")
    assert got == [({"to": PHONE, "text": "კოდი"}, "Bearer secret")]
    for status, for_good in ((503, False), (429, False), (400, True), (302, False)):
        answers[0] = status
        with pytest.raises(backends.DeliveryError) as caught:
            sms.send(PHONE, "", "კოდი")
        assert caught.value.for_good is for_good
        assert PHONE not in caught.value.reason
    with pytest.raises(backends.DeliveryError):
        backends.HttpSms("http://127.0.0.1:9/", "x").send(PHONE, "", "b")


def test_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Server:
        def __init__(self, host: str, port: int, timeout: int) -> None:
            sent.append((host, port))

        def __enter__(self) -> Server:
            return self

        def __exit__(self, *_args: object) -> None:
            pass

        def login(self, user: str, password: str) -> None:
            sent.append((user, password))

        def send_message(self, letter: Any) -> None:
            sent.append((letter["From"], letter["To"], letter["Subject"], letter.get_content()))

    monkeypatch.setattr(backends.smtplib, "SMTP_SSL", Server)
    backends.Smtp("smtps://robot:p%40ss@mail.example.org", "pb@example.org").send(
        "a@example.org", "თემა", "წერილი"
    )
    assert sent == [
        ("mail.example.org", 465), ("robot", "p@ss"), ("pb@example.org", "a@example.org", "თემა", "წერილი\n"),
    ]  # fmt: skip


def test_console_is_told_apart(capsys: pytest.CaptureFixture[str], sqlite_app: Flask) -> None:
    use(sqlite_app, sms_backend="console")
    backends.backend("sms", sqlite_app.extensions["pb_settings"]).send(PHONE, "", "კოდი")
    assert "კოდი" in capsys.readouterr().err
