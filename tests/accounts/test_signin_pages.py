"""Signing in through the pages: both ways in, where it leads, what it never tells, and how sessions end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as clock_module
from pb.accounts import commands_password, commands_second, commands_staff
from pb.accounts.models import Account, PasswordReset
from pb.accounts.personal import unseal
from pb.accounts.session import local_path
from pb.app import create_app
from pb.core.errors import Closed, Invalid, Missing
from pb.db import db
from pb.extensions import limiter
from pb.messages.models import OutgoingMessage
from tests.conftest import FrozenClock
from tests.pages import CheckedClient

EMAIL, PASSWORD = "nino@example.org", "ოთხი სიტყვა ზედიზედ"
STAFF = {"staff-email": EMAIL, "staff-password": PASSWORD}


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


@pytest.fixture
def staff_id(sqlite_app: Flask, clock: FrozenClock) -> int:
    account_id = commands_staff.create_account(
        email="Nino@Example.org ", name="ნინო ნიმუშაძე", password=PASSWORD, now=clock()
    )
    db.session.rollback()
    return account_id


def letter(kind: str) -> str:
    db.session.rollback()
    row = db.session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.kind == kind).order_by(OutgoingMessage.id.desc())
    ).first()
    return unseal(row.body_sealed) if row else ""


def signed_in(client: CheckedClient) -> bool:
    return client.get("/account").status_code == 200


def shown_code(client: CheckedClient) -> str:
    found = re.search(r"\b\d{8}\b", client.page("/sign-in/code").text)
    assert found
    return found[0]


# citizens


def test_a_citizen_signs_in_and_comes_back_where_they_were(client: CheckedClient) -> None:
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"
    page = client.page("/sign-in?next=/account")
    assert 'value="/account"' in page.html
    sent = client.send("/sign-in", {"phone": "555 12 34 56", "next": "/account"})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/sign-in/code")
    assert "555 12 34 56" in client.page("/sign-in/code").text
    came = client.send("/sign-in/code", {"code": shown_code(client)})
    assert (came.status_code, came.headers["Location"]) == (302, "/account")
    assert "5•• ••• •56" in client.page("/account").text
    assert client.get("/sign-in").status_code == 302


def test_errors_stand_beside_the_field(client: CheckedClient) -> None:
    wrong = client.send("/sign-in", {"phone": "12"})
    assert wrong.status_code == 422
    assert "phone-error" in wrong.get_data(as_text=True)
    empty = client.send("/sign-in", {"phone": ""})
    assert "phone-error" in empty.get_data(as_text=True)
    client.send("/sign-in", {"phone": "555123456"})
    code = shown_code(client)
    bad = client.send("/sign-in/code", {"code": str((int(code) + 1) % 10**8).zfill(8)})
    assert bad.status_code == 422
    assert "2" in bad.get_data(as_text=True)
    assert client.get("/account").status_code == 302


def test_another_code_and_no_more_than_three(client: CheckedClient) -> None:
    client.send("/sign-in", {"phone": "555123456"})
    first = shown_code(client)
    assert client.send("/sign-in/code/again").status_code == 302
    second = shown_code(client)
    if first != second:
        assert client.send("/sign-in/code", {"code": first}).status_code == 422
    client.send("/sign-in/code/again")
    assert client.send("/sign-in/code/again").status_code == 422


def test_production_shows_no_code(client: CheckedClient, sqlite_app: Flask) -> None:
    settings = sqlite_app.extensions["pb_settings"]
    sqlite_app.extensions["pb_settings"] = replace(settings, mode="production")
    client.send("/sign-in", {"phone": "555123456"})
    assert not re.search(r"\b\d{8}\b", client.page("/sign-in/code").text)


def test_the_code_page_alone_leads_to_the_beginning(client: CheckedClient) -> None:
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert client.send("/sign-in/code/again").headers["Location"] == "/sign-in"


def test_pages_stand_in_english_too(client: CheckedClient) -> None:
    for url in ("/sign-in", "/forgotten-password", "/forgotten-password/sent"):
        assert client.page(f"{url}?lang=en").lang == "en"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("/terjola/2026/?a=b#c", True), ("/", True), ("", False), (None, False), ("https://evil.org", False),
        ("//evil.example", False), ("/\\evil.example", False), ("\\/evil", False), ("/a b", False),
        ("/a\nb", False), ("javascript:alert(1)", False), ("evil", False), ("/\t/evil.example", False),
    ],
)  # fmt: skip
def test_next_stays_on_this_site(value: str | None, kept: bool) -> None:
    assert local_path(value) == ((value or "") if kept else "")


def test_a_foreign_next_is_dropped(client: CheckedClient, staff_id: int) -> None:
    came = client.send("/sign-in/staff", {**STAFF, "staff-next": "https://evil.example/"})
    assert came.headers["Location"] == "/account"
    page = client.application.test_client().get("/sign-in?next=//evil.example").get_data(as_text=True)
    assert 'value="//evil' not in page


# staff


def test_staff_sign_in_and_out(client: CheckedClient, staff_id: int) -> None:
    came = client.send("/sign-in/staff", {**STAFF, "staff-email": " NINO@example.org"})
    assert (came.status_code, came.headers["Location"]) == (302, "/account")
    assert "ნინო ნიმუშაძე" in client.page("/account").text
    client.page("/account?lang=en")
    assert client.send("/sign-out").status_code == 302
    assert not signed_in(client)


def test_the_same_answer_for_a_wrong_address_and_a_wrong_password(
    client: CheckedClient, staff_id: int
) -> None:
    def answer(email: str, password: str) -> tuple[int, str]:
        sent = client.send("/sign-in/staff", {"staff-email": email, "staff-password": password})
        body = re.sub(r'name="[^"]*csrf_token"[^>]*>|value="[^"]*"', "", sent.get_data(as_text=True))
        return sent.status_code, body

    unknown = answer("nobody@example.org", PASSWORD)
    assert unknown[0] == 422
    assert unknown == answer(EMAIL, "something else entirely")


def test_nothing_planted_in_the_session_survives_signing_in(client: CheckedClient, staff_id: int) -> None:
    with client.session_transaction() as session:
        session["planted"] = "x"
        session["csrf_token"] = "known-to-the-attacker"
    client.send("/sign-in/staff", STAFF)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known-to-the-attacker"


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    real = clock_module.system_now()
    monkeypatch.setattr(clock_module, "system_now", lambda: real + timedelta(**span))


def test_staff_sessions_end_after_two_idle_hours(
    client: CheckedClient, staff_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send("/sign-in/staff", STAFF)
    later(monkeypatch, hours=1.9)
    assert signed_in(client)
    later(monkeypatch, hours=1.9)
    assert signed_in(client)
    later(monkeypatch, hours=2.1)
    assert not signed_in(client)


def test_staff_sessions_end_after_twelve_hours_at_work(
    client: CheckedClient, staff_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send("/sign-in/staff", STAFF)
    for _ in range(7):
        assert signed_in(client)
        later(monkeypatch, hours=1.8)
    assert not signed_in(client)


def test_the_rehearsal_clock_signs_nobody_out(
    client: CheckedClient, staff_id: int, clock: FrozenClock
) -> None:
    client.send("/sign-in/staff", STAFF)
    clock.set(2026, 11, 1)
    assert signed_in(client)


def test_sign_out_everywhere(client: CheckedClient, staff_id: int) -> None:
    other: Any = client.application.test_client()
    client.send("/sign-in/staff", STAFF)
    other.send("/sign-in/staff", STAFF)
    assert client.send("/account/sign-out-everywhere").status_code == 302
    assert not signed_in(client)
    assert not signed_in(other)


def test_attempts_are_limited_by_account_and_by_address(
    client: CheckedClient, staff_id: int, sqlite_app: Flask, clock: FrozenClock
) -> None:
    limited = create_app(replace(sqlite_app.extensions["pb_settings"], limits=True), clock)
    limited.test_client_class = CheckedClient
    client = limited.test_client()  # type: ignore[assignment]
    wrong = {"staff-email": EMAIL, "staff-password": "something else entirely"}
    codes = [client.send("/sign-in/staff", wrong).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert (
        client.send("/sign-in/staff", STAFF).status_code == 429
    )  # the right password does not help any more
    client.environ_base["REMOTE_ADDR"] = "10.0.0.9"  # nor does another address
    assert client.send("/sign-in/staff", STAFF).status_code == 429
    emails = [f"{n}@example.org" for n in range(31)]
    codes = [client.send("/sign-in/staff", {**wrong, "staff-email": email}).status_code for email in emails]
    assert codes == [422] * 30 + [429]
    limiter.reset()


# passwords


def test_a_forgotten_password(client: CheckedClient, staff_id: int) -> None:
    other: Any = client.application.test_client()
    other.send("/sign-in/staff", STAFF)
    assert client.send("/forgotten-password", {"email": "NINO@example.org"}).headers["Location"] == (
        "/forgotten-password/sent"
    )
    found = re.search(r"http://localhost(/new-password/\S+)", letter("password_reset"))
    assert found
    link = found[1]
    client.page(link)
    assert client.send(link, {"password": "short"}).status_code == 422
    assert client.send(link, {"password": "კიდევ ერთი გრძელი პაროლი"}).headers["Location"] == "/sign-in"
    assert client.get(link).status_code == 404
    assert not signed_in(other)
    assert letter("password_changed")
    assert client.send("/sign-in/staff", STAFF).status_code == 422
    new = {**STAFF, "staff-password": "კიდევ ერთი გრძელი პაროლი"}
    assert client.send("/sign-in/staff", new).status_code == 302


def test_the_same_answer_for_an_unknown_address_and_at_most_three_letters(
    client: CheckedClient, staff_id: int
) -> None:
    sent = client.send("/forgotten-password", {"email": "nobody@example.org"})
    assert sent.headers["Location"] == "/forgotten-password/sent"
    assert letter("password_reset") == ""
    for _ in range(5):
        client.send("/forgotten-password", {"email": EMAIL})
    db.session.rollback()
    rows = db.session.scalars(select(PasswordReset)).all()
    assert len(rows) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", row.token_hash) for row in rows)


def test_links_end_after_an_hour(client: CheckedClient, staff_id: int, clock: FrozenClock) -> None:
    client.send("/forgotten-password", {"email": EMAIL})
    found = re.search(r"/new-password/(\S+)", letter("password_reset"))
    assert found
    clock.moment += timedelta(hours=1)
    assert client.get(f"/new-password/{found[1]}").status_code == 404
    with pytest.raises(Missing):
        commands_password.set_password_by_link(token=found[1], password=PASSWORD, now=clock())


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    client: CheckedClient, staff_id: int
) -> None:
    other: Any = client.application.test_client()
    client.send("/sign-in/staff", STAFF)
    other.send("/sign-in/staff", STAFF)
    client.page("/account/password")
    new = "ახალი და გრძელი პაროლი"
    assert client.send("/account/password", {"old": "wrong one here", "password": new}).status_code == 422
    assert client.send("/account/password", {"old": PASSWORD, "password": new}).status_code == 302
    assert signed_in(client)
    assert not signed_in(other)


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "password_short"), ("a" * 12, "password_weak"), ("a@example-long.org", "password_weak"),
     ("ა" * 201, "too_long")],
)  # fmt: skip
def test_weak_passwords(sqlite_app: Flask, clock: FrozenClock, password: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        commands_staff.create_account(email="a@example-long.org", name="ა", password=password, now=clock())
    assert (caught.value.code, caught.value.field) == (code, "password")


def test_the_own_name(client: CheckedClient, staff_id: int) -> None:
    client.send("/sign-in/staff", STAFF)
    client.page("/account/name")
    assert client.send("/account/name", {"name": "ნინო სხვაძე"}).status_code == 302
    assert "ნინო სხვაძე" in client.page("/account").text


# second factor


def set_up(client: CheckedClient) -> tuple[str, list[str]]:
    page = client.page("/account/second-factor")
    assert "<svg" in page.html
    with client.session_transaction() as session:
        secret = session["new_second_factor"]
    assert " ".join(secret[i : i + 4] for i in range(0, 32, 4)) in page.text
    assert client.send("/account/second-factor", {"code": "000000"}).status_code == 422
    answer = client.send("/account/second-factor", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r'<code lang="en">([a-z0-9]{5}-[a-z0-9]{5})</code>', answer.get_data(as_text=True))
    assert len(set(codes)) == 10
    return secret, codes


def half_way(client: CheckedClient) -> None:
    assert client.send("/sign-in/staff", STAFF).headers["Location"] == "/sign-in/second-step"
    assert not signed_in(client)
    client.page("/sign-in/second-step")


def test_second_factor(client: CheckedClient, staff_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    client.send("/sign-in/staff", STAFF)
    secret, codes = set_up(client)
    client.page("/account/second-factor")  # now: how to remove it
    client.send("/sign-out")
    half_way(client)
    # the code that set it up was used
    assert client.send("/sign-in/second-step", {"code": pyotp.TOTP(secret).now()}).status_code == 422
    later(monkeypatch, seconds=60)
    now = clock_module.system_now()
    code = pyotp.TOTP(secret).at(now)
    assert client.send("/sign-in/second-step", {"code": code}).status_code == 302
    assert signed_in(client)
    client.send("/sign-out")
    half_way(client)
    assert client.send("/sign-in/second-step", {"code": code}).status_code == 422
    assert client.send("/sign-in/second-step", {"code": codes[0].replace("-", "")}).status_code == 302
    client.send("/sign-out")
    half_way(client)
    assert client.send("/sign-in/second-step", {"code": codes[0]}).status_code == 422
    assert client.send("/sign-in/second-step", {"code": codes[1]}).status_code == 302
    wrong = {"password": "not the password", "code": codes[2]}
    assert client.send("/account/second-factor", wrong).status_code == 422
    assert client.send("/account/second-factor", {"password": PASSWORD, "code": codes[2]}).status_code == 302
    client.send("/sign-out")
    assert client.send("/sign-in/staff", STAFF).headers["Location"] == "/account"


def test_the_half_way_ends_after_five_minutes(
    client: CheckedClient, staff_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send("/sign-in/staff", STAFF)
    _, codes = set_up(client)
    client.send("/sign-out")
    half_way(client)
    later(monkeypatch, minutes=6)
    assert client.send("/sign-in/second-step", {"code": codes[0]}).headers["Location"] == "/sign-in"
    assert client.get("/sign-in/second-step").headers["Location"] == "/sign-in"


def test_a_second_factor_is_set_up_once(sqlite_app: Flask, staff_id: int) -> None:
    now = clock_module.system_now()
    secret = commands_second.new_secret()
    code = pyotp.TOTP(secret).at(now)
    commands_second.confirm_second_factor(account_id=staff_id, secret=secret, code=code, now=now)
    with pytest.raises(Closed):
        commands_second.confirm_second_factor(account_id=staff_id, secret=secret, code=code, now=now)
    account = db.session.get(Account, staff_id)
    assert account is not None
    assert secret.encode() not in (account.totp_sealed or b"")


def test_citizens_have_no_password_pages(client: CheckedClient) -> None:
    client.send("/sign-in", {"phone": "555123456"})
    client.send("/sign-in/code", {"code": shown_code(client)})
    assert client.get("/account/password").status_code == 404
    assert client.get("/account/second-factor").status_code == 404
