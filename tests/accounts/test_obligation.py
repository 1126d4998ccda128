"""Who must use a second factor, how they are led to it, and how one that is lost is reset."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as the_clock
from pb.accounts import cli, commands_second, queries
from pb.accounts.commands_staff import create_account
from pb.accounts.models import Account, RecoveryCode, RoleGrant
from pb.accounts.obligation import is_obliged
from pb.accounts.personal import unseal
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Missing, Refused
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.places.models import Town
from pb.policy import Actor, Role
from tests.conftest import FrozenClock
from tests.factories import EARLY, make_staff, make_town
from tests.pages import CheckedClient

EMAIL, PASSWORD = "officer@example.org", "ოთხი სიტყვა ზედიზედ"


@pytest.fixture
def town(app: Flask) -> Town:
    return make_town()


def with_password(town: Town, role: Role, clock: FrozenClock, email: str = EMAIL) -> int:
    account_id = create_account(email=email, name="ანა ნიმუშაძე", password=PASSWORD, now=clock())
    with writing() as session:
        session.add(RoleGrant(account_id=account_id, town_id=town.id, role=role.value, granted_at=EARLY))
    return account_id


def protected(account_id: int) -> str:
    """Give the account a second factor; its secret."""
    secret, now = commands_second.new_secret(), the_clock.system_now()
    commands_second.confirm_second_factor(
        account_id=account_id, secret=secret, code=pyotp.TOTP(secret).at(now), now=now
    )
    return secret


def sign_in(client: CheckedClient, after: str = "") -> str:
    client.page("/sign-in")
    data = {"staff-email": EMAIL, "staff-password": PASSWORD, "staff-next": after}
    return client.send("/sign-in/staff", data).location


def oblige(town: Town, *roles: Role, clock: FrozenClock) -> None:
    admin = make_staff(town, Role.ADMINISTRATOR)
    for _ in range(2):
        commands_second.oblige(town_id=town.id, roles=roles, actor=actor_by_id(admin.id), now=clock())


def as_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["pb_settings"], mode="production")
    monkeypatch.setitem(app.extensions, "pb_settings", settings)


def test_who_is_obliged_without_a_setting(app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {role: Actor(1, {town.id: frozenset({role})}) for role in Role}
    assert not any(map(is_obliged, held.values())), "a demonstration: signing in stays one press"
    assert not is_obliged(Actor(1, is_installer=True))
    as_production(app, monkeypatch)
    assert [role for role in Role if is_obliged(held[role])] == [Role.ADMINISTRATOR]
    assert is_obliged(Actor(1, is_installer=True))
    assert not is_obliged(Actor(1))


def test_the_towns_setting_counts_in_that_town_alone(app: Flask, town: Town, clock: FrozenClock) -> None:
    other = make_town("khoni")
    oblige(town, Role.OFFICER, Role.CHAIR, clock=clock)
    assert is_obliged(Actor(1, {town.id: frozenset({Role.OFFICER})}))
    assert not is_obliged(Actor(1, {town.id: frozenset({Role.ADMINISTRATOR})}))
    assert not is_obliged(Actor(1, {other.id: frozenset({Role.OFFICER})}))
    changes = db.session.scalars(select(Event).where(Event.kind == "SecondFactorObliged")).all()
    assert [event.data for event in changes] == [{"roles": ["officer", "chair"]}], "the same again is no act"


def test_after_the_password_nothing_opens_but_the_second_factor(
    app: Flask, town: Town, clock: FrozenClock
) -> None:
    account_id = with_password(town, Role.ADMINISTRATOR, clock)
    oblige(town, Role.ADMINISTRATOR, clock=clock)
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(client, "/terjola/staff") == "/account/second-factor"
    for url in ("/account", "/terjola/staff", "/terjola/settings"):
        answer = client.get(url)
        assert answer.status_code in (302, 404), url
        assert answer.status_code == 404 or answer.location == "/account/second-factor"
    for lang in ("ka", "en"):
        client.set_cookie("lang", lang)
        client.page("/account/second-factor")
    protected(account_id)
    client.page("/terjola/staff")


def test_whoever_has_one_or_is_not_obliged_goes_on(app: Flask, town: Town, clock: FrozenClock) -> None:
    with_password(town, Role.OFFICER, clock)
    oblige(town, Role.ADMINISTRATOR, clock=clock)
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    assert sign_in(client) == "/account"
    client.page("/account")


def test_the_page_of_the_setting(app: Flask, town: Town, clock: FrozenClock) -> None:
    admin = make_staff(town, Role.ADMINISTRATOR)
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    client.sign_in_as(admin.id)
    url = "/terjola/staff/second-factor"
    for lang in ("en", "ka"):
        client.set_cookie("lang", lang)
        client.page(url)
    assert client.send(url, {"roles": ["officer", "chair"]}).status_code == 302
    db.session.rollback()
    assert db.session.get_one(Town, town.id).second_factor_roles == ["officer", "chair"]
    client.page("/terjola/staff")
    assert client.send(url, {"roles": ["nobody"]}).status_code == 422
    client.page(url)
    assert client.send(url, {}).status_code == 302
    db.session.rollback()
    assert db.session.get_one(Town, town.id).second_factor_roles == []


def test_an_administrator_resets_what_somebody_lost(app: Flask, town: Town, clock: FrozenClock) -> None:
    admin = make_staff(town, Role.ADMINISTRATOR)
    officer = make_staff(town, Role.OFFICER)
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    client.sign_in_as(admin.id)
    grant = queries.grants_in_force(town.id)[-1]
    url = f"/terjola/staff/{grant.id}/reset-second-factor"
    client.page("/terjola/staff")
    assert client.send(url).status_code == 409, "there is none"
    protected(officer.id)
    assert url in client.page("/terjola/staff").html
    epoch = db.session.get_one(Account, officer.id).session_epoch
    assert client.send(url).status_code == 302
    db.session.rollback()
    row = db.session.get_one(Account, officer.id)
    assert (row.totp_confirmed_at, row.totp_sealed, row.session_epoch) == (None, None, epoch + 1)
    assert db.session.scalars(select(RecoveryCode)).all() == []
    event = db.session.scalars(select(Event).where(Event.kind == "SecondFactorReset")).one()
    assert (event.actor_id, event.subject_id, event.town_id, event.is_public) == (
        admin.id, officer.id, town.id, False,
    )  # fmt: skip
    assert db.session.scalars(select(OutgoingMessage.kind)).all() == ["second_factor_reset"]


def test_whose_second_factor_an_administrator_does_not_reset(
    app: Flask, town: Town, clock: FrozenClock
) -> None:
    admin, second = make_staff(town, Role.ADMINISTRATOR), make_staff(town, Role.ADMINISTRATOR)
    other = make_town("khoni")
    stranger, twofold = make_staff(other, Role.OFFICER), make_staff(town, Role.OFFICER)
    with writing() as session:  # an officer here, an administrator there
        session.add(
            RoleGrant(account_id=twofold.id, town_id=other.id, role="administrator", granted_at=EARLY)
        )
    for account in (admin, second, stranger, twofold):
        protected(account.id)

    def reset(account: Account, actor: Actor) -> None:
        commands_second.reset_second_factor(account_id=account.id, town_id=town.id, actor=actor, now=clock())

    for account, error, code in (
        (admin, Refused, "own_second_factor"), (second, Refused, "installer_resets"),
        (twofold, Refused, "installer_resets"), (stranger, Missing, "no_such_page"),
    ):  # fmt: skip
        with pytest.raises(error, match=code):
            reset(account, actor_by_id(admin.id))
    with pytest.raises(Refused, match="not_allowed"):
        reset(admin, actor_by_id(twofold.id))
    reset(second, actor_by_id(installer(clock)))
    db.session.rollback()
    assert db.session.get_one(Account, second.id).totp_confirmed_at is None


def installer(clock: FrozenClock) -> int:
    return create_account(
        email="installer@example.org", name="ი", password=PASSWORD, now=clock(), installer=True
    )


def test_the_last_administrator_is_helped_on_the_machine(
    app: Flask,
    town: Town,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "application", lambda: app)
    account_id = with_password(town, Role.ADMINISTRATOR, clock)
    assert cli.reset_second_factor(["--email", "nobody@example.org"]) == 1
    assert cli.reset_second_factor(["--email", EMAIL]) == 1
    assert "no second factor" in capsys.readouterr().err
    protected(account_id)
    assert cli.reset_second_factor(["--email", EMAIL.upper()]) == 0
    db.session.rollback()
    assert db.session.get_one(Account, account_id).totp_confirmed_at is None
    with pytest.raises(Closed, match="no_second_factor"):
        commands_second.reset_by_operator(email=EMAIL, now=clock())


def test_letters_come_in_the_language_of_the_last_sign_in(app: Flask, town: Town, clock: FrozenClock) -> None:
    account_id = with_password(town, Role.OFFICER, clock)
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    for language, words in (
        ("en", "Somebody asked to change your password"),
        ("ka", "პაროლის შეცვლის მოთხოვნა"),
    ):
        client.set_cookie("lang", language)
        sign_in(client)
        client.sign_out()
        client.set_cookie("lang", "ka")  # who asks for the link may be somebody else
        client.page("/forgotten-password")
        client.send("/forgotten-password", {"email": EMAIL})
        db.session.rollback()
        assert db.session.get_one(Account, account_id).language == language
        row = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
        assert row is not None
        assert row.kind == "password_reset"
        assert words in unseal(row.body_sealed)
