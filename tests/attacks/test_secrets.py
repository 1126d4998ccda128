"""Codes, second factors and links: guessed, sent twice, sent at once, sent from everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.accounts import commands, commands_password, commands_second, commands_staff
from pb.accounts.models import Account, PasswordReset, RoleGrant, SigninCode
from pb.accounts.personal import unseal
from pb.accounts.queries import actor_by_id
from pb.app import create_app
from pb.core.errors import DomainError, Invalid
from pb.db import db, writing
from pb.extensions import limiter
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from tests.attacks.making import Attacker, attacker
from tests.attacks.test_ballots import at_once
from tests.conftest import FrozenClock
from tests.factories import make_staff, make_town, make_world

PASSWORD = "ძალიან-გრძელი-პაროლი-2026"


@pytest.fixture
def staff(app: Flask, clock: FrozenClock) -> Account:
    account_id = commands_staff.create_account(
        email="clerk@example.org", name="მოხელე", password=PASSWORD, now=clock()
    )
    account = db.session.get_one(Account, account_id)
    db.session.rollback()
    return account


def last_message() -> str:
    row = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    assert row is not None
    body = unseal(row.body_sealed)
    db.session.rollback()
    return body


def outcomes(found: list[Any]) -> tuple[int, int]:
    """(how many went through, how many were refused); anything else is a fault."""
    refused = [each for each in found if isinstance(each, DomainError)]
    broken = [each for each in found if isinstance(each, Exception) and not isinstance(each, DomainError)]
    assert broken == []
    return len(found) - len(refused), len(refused)


def test_a_second_factor_is_good_once_however_often_it_is_sent(app: Flask, staff: Account) -> None:
    """The same code, recovery code and set-up, in six browsers at the same moment and once more after."""
    account_id, now, secret = staff.id, datetime.now(UTC), commands_second.new_secret()

    def set_up() -> list[str]:
        return commands_second.confirm_second_factor(
            account_id=account_id, secret=secret, code=pyotp.TOTP(secret).at(now), now=now
        )

    found = at_once(app, [set_up] * 4)
    assert outcomes(found) == (1, 3)
    recovery = next(each for each in found if isinstance(each, list))
    later = datetime.fromtimestamp(now.timestamp() + 60, UTC)
    for code in (pyotp.TOTP(secret).at(later), recovery[0]):

        def use(code: str = code) -> None:
            commands_second.use_second_factor(account_id=account_id, code=code, now=later)

        assert outcomes(at_once(app, [use] * 6)) == (1, 5)
        with pytest.raises(Invalid):
            use()
    with pytest.raises(Invalid):  # nor an older code after a newer one
        commands_second.use_second_factor(account_id=account_id, code=pyotp.TOTP(secret).at(now), now=later)


def test_a_link_is_good_once(app: Flask, staff: Account, clock: FrozenClock) -> None:
    """Resets and invitations, opened by several at the same moment."""
    now = clock()
    for _ in range(2):  # the second link ends with the first
        commands_password.request_password_reset(email="clerk@example.org", base_url="http://x", now=now)
    token = re.findall(r"/new-password/(\S+)", last_message())[0]
    new = "სრულიად-სხვა-პაროლი-77"

    def reset() -> int:
        return commands_password.set_password_by_link(token=token, password=new, now=now)

    assert outcomes(at_once(app, [reset] * 5)) == (1, 4)
    unused = select(PasswordReset).where(PasswordReset.used_at.is_(None))
    assert db.session.scalars(unused).all() == []
    db.session.rollback()
    town = make_town()
    admin = actor_by_id(make_staff(town, Role.ADMINISTRATOR).id)
    commands_staff.invite(
        town_id=town.id, email="new@example.org", role=Role.OFFICER, base_url="http://x", language="ka",
        actor=admin, now=now,
    )  # fmt: skip
    offer = re.findall(r"/invitation/(\S+)", last_message())[0]

    def accept() -> int:
        return commands_staff.accept_as_new(token=offer, name="ახალი", password=PASSWORD, now=now)

    assert outcomes(at_once(app, [accept] * 5)) == (1, 4)
    granted = select(func.count()).select_from(RoleGrant).where(RoleGrant.role == "officer")
    assert db.session.scalar(granted) == 1
    db.session.rollback()


def test_sign_in_codes_are_limited_however_many_ask_at_once(app: Flask, clock: FrozenClock) -> None:
    now = clock()

    def ask() -> str:
        return commands.request_signin_code(phone="555 12 34 56", language="ka", now=now)

    assert outcomes(at_once(app, [ask] * 8)) == (3, 5)
    assert db.session.scalar(select(func.count()).select_from(SigninCode)) == 3
    db.session.rollback()
    good = re.findall(r"\d{8}", last_message())[0]

    def guess(code: str = "00000001") -> int:
        return commands.prove_signin_code(phone="555123456", code=code, now=now)

    found = at_once(app, [guess] * 8)
    assert outcomes(found) == (0, 8)
    assert {each.code for each in found} == {"wrong_code", "code_over"}
    with pytest.raises(Invalid, match="code_over"):  # the right one comes too late
        guess(good)


def test_a_code_makes_one_account(app: Flask, clock: FrozenClock) -> None:
    now = clock()
    commands.request_signin_code(phone="555123456", language="ka", now=now)
    code = re.findall(r"\d{8}", last_message())[0]
    found = at_once(app, [lambda: commands.prove_signin_code(phone="555123456", code=code, now=now)] * 6)
    assert outcomes(found) == (1, 5)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
    db.session.rollback()


def test_no_way_around_the_limits_of_an_address(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Every form that sends a text message is limited by the address it comes from, not the sign-in alone."""
    world = make_world(sqlite_app)
    unit = world.town.units[0].id
    db.session.rollback()
    limited = create_app(replace(sqlite_app.extensions["pb_settings"], limits=True), clock)
    person = {"first_name": "ნ", "surname": "ს", "age_band": "30-44", "unit_id": unit, "kind": "resident"}
    for url, name, most in (("/sign-in", "phone", 61), (f"{world.url}/ideas/new/who", "phone", 61)):
        limiter.reset()
        client = attacker(limited)
        token = client.csrf_token()
        for n in range(most):
            data = {**person, name: f"555{n:06d}", "csrf_token": token}
            last = client.post(url, data=data).status_code
        assert last == 429, url
    limiter.reset()


def test_wrong_and_right_look_alike_until_both_are_right(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Password wrong, address unknown, address without password: one answer. The second factor comes after."""
    commands_staff.create_account(email="clerk@example.org", name="მოხელე", password=PASSWORD, now=clock())
    make_staff(make_town(), Role.OFFICER)  # has no password
    email = db.session.scalars(select(Account.email).where(Account.password_hash.is_(None))).first()
    db.session.rollback()
    pages = []
    for who, password in (
        ("clerk@example.org", "x" * 20),
        ("nobody@example.org", PASSWORD),
        (email, PASSWORD),
    ):
        client = attacker(sqlite_app)
        client.get("/sign-in")
        answer = client.send("/sign-in/staff", {"staff-email": who, "staff-password": password})
        text = answer.get_data(as_text=True).replace(str(who), "")
        pages.append((answer.status_code, re.sub(r'value="[^"]{60,}"', "", text)))
    assert pages[0] == pages[1] == pages[2]
    assert pages[0][0] == 422


def test_the_half_way_in_is_no_way_in(app: Flask, staff: Account, clock: FrozenClock) -> None:
    """After the password and before the second factor nothing opens, and the second step is of that account."""
    now, secret = datetime.now(UTC), commands_second.new_secret()
    commands_second.confirm_second_factor(
        account_id=staff.id, secret=secret, code=pyotp.TOTP(secret).at(now), now=now
    )
    client: Attacker = attacker(app)
    client.send("/sign-in/staff", {"staff-email": "clerk@example.org", "staff-password": PASSWORD})
    assert client.get("/account").status_code == 302
    assert client.send("/account/second-factor", {"code": "000000"}).status_code == 302
    assert client.send("/sign-in/second-step", {"code": "000000"}).status_code == 422
    assert client.get("/account").status_code == 302
    with writing() as session:  # a new password ends the half way too
        session.get_one(Account, staff.id).session_epoch += 1
    used = pyotp.TOTP(secret).at(datetime.fromtimestamp(now.timestamp() + 30, UTC))
    assert client.send("/sign-in/second-step", {"code": used}).status_code == 302
    assert client.get("/account").status_code == 302
