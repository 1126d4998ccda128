"""Roles in a town: inviting, accepting, granting, revoking, and what the log tells of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts import commands_staff, queries
from pb.accounts.models import Account, Invitation, RoleGrant
from pb.accounts.personal import unseal
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Invalid, Missing, Refused
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.places.models import Town
from pb.policy import Actor, Role
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_staff, make_town
from tests.pages import CheckedClient

EMAIL, PASSWORD = "new@example.org", "ოთხი სიტყვა ზედიზედ"


@pytest.fixture
def town(sqlite_app: Flask) -> Town:
    return make_town()


@pytest.fixture
def admin(town: Town) -> Account:
    return make_staff(town, Role.ADMINISTRATOR)


@pytest.fixture
def client(sqlite_app: Flask, admin: Account) -> CheckedClient:
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    client.sign_in_as(admin.id)
    return client


def invite(
    town: Town, admin: Account, clock: FrozenClock, role: Role = Role.OFFICER, email: str = EMAIL
) -> str:
    commands_staff.invite(
        town_id=town.id,
        email=email,
        role=role,
        base_url="http://localhost",
        language="ka",
        actor=actor_by_id(admin.id),
        now=clock(),
    )
    return link()


def link() -> str:
    db.session.rollback()
    row = db.session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.kind == "invitation")
        .order_by(OutgoingMessage.id.desc())
    ).first()
    found = re.search(r"http://localhost(/invitation/\S+)", unseal(row.body_sealed) if row else "")
    assert found
    return found[1]


def events() -> list[tuple[str, dict[str, str], bool]]:
    db.session.rollback()
    return [(e.kind, e.data, e.is_public) for e in db.session.scalars(select(Event).order_by(Event.id))]


def test_inviting_and_accepting_through_the_pages(
    client: CheckedClient, town: Town, clock: FrozenClock
) -> None:
    client.page("/terjola/staff")
    client.page("/terjola/staff?lang=en")
    client.page("/terjola/staff?lang=ka")
    sent = client.send("/terjola/staff", {"email": "New@Example.org", "role": "chair"})
    assert sent.status_code == 302
    assert EMAIL in client.page("/terjola/staff").text
    row = db.session.scalars(select(OutgoingMessage)).one()
    assert "კომისიის თავმჯდომარე" in unseal(row.body_sealed)
    client.sign_out()
    url = link()
    client.page(url)
    assert client.send(url, {"name": "", "password": PASSWORD}).status_code == 422
    assert client.send(url, {"name": "ახალი წევრი", "password": PASSWORD}).headers["Location"] == "/account"
    assert "კომისიის თავმჯდომარე" in client.page("/account").text
    assert client.get(url).status_code == 404
    account = queries.account_by_email(EMAIL)
    assert account is not None
    assert actor_by_id(account.id).has(town.id, Role.CHAIR)
    assert [e for e in events() if e[2]] == [
        ("StaffInvited", {"role": "chair"}, True),
        ("RoleGranted", {"role": "chair"}, True),
    ]


def test_who_has_an_account_signs_in_to_accept(
    client: CheckedClient, town: Town, admin: Account, clock: FrozenClock
) -> None:
    member = commands_staff.create_account(email=EMAIL, name="წევრი", password=PASSWORD, now=clock())
    url = invite(town, admin, clock, Role.MEMBER)
    assert client.send(url).status_code == 403  # the administrator, who is somebody else
    client.page(url)
    client.sign_out()
    assert f"/sign-in?next={url}" in client.page(url).html
    client.sign_in_as(member)
    client.page(url)
    assert client.send(url).headers["Location"] == "/account"
    assert queries.holds(member, town.id, Role.MEMBER)


def test_only_managers_see_the_page(client: CheckedClient, town: Town) -> None:
    for account in (
        make_staff(town, Role.OFFICER),
        make_citizen(),
        make_staff(make_town("khoni"), Role.ADMINISTRATOR),
    ):
        client.sign_in_as(account.id)
        assert client.get("/terjola/staff").status_code == 403
        assert client.send("/terjola/staff", {"email": EMAIL, "role": "chair"}).status_code == 403
    client.sign_out()
    assert client.get("/terjola/staff").headers["Location"] == "/sign-in?next=/terjola/staff"


def test_the_installer_appoints_the_first_administrator(
    client: CheckedClient, town: Town, clock: FrozenClock
) -> None:
    installer = commands_staff.create_account(
        email="root@example.org", name="დამყენებელი", password=PASSWORD, now=clock(), installer=True
    )
    client.sign_in_as(installer)
    assert client.send("/terjola/staff", {"email": EMAIL, "role": "administrator"}).status_code == 302


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("nobody", "bad_email"),
        ("a@b", "bad_email"),
        ("a b@c.org", "bad_email"),
        (f"{'a' * 250}@b.org", "bad_email"),
    ],
)
def test_addresses(town: Town, admin: Account, clock: FrozenClock, email: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        invite(town, admin, clock, email=email)
    assert (caught.value.code, caught.value.field) == (code, "email")


def test_nobody_is_invited_twice_nor_to_a_role_that_they_hold(
    town: Town, admin: Account, clock: FrozenClock
) -> None:
    invite(town, admin, clock)
    with pytest.raises(Invalid, match="invited_already"):
        invite(town, admin, clock)
    invite(town, admin, clock, Role.SECRETARY)
    with pytest.raises(Invalid, match="role_held"):
        invite(town, admin, clock, Role.ADMINISTRATOR, email=admin.email or "")


def test_invitations_end_after_a_week_or_when_taken_back(
    client: CheckedClient, town: Town, admin: Account, clock: FrozenClock
) -> None:
    url = invite(town, admin, clock)
    row = db.session.scalars(select(Invitation)).one()
    assert url.rsplit("/", 1)[1] not in row.token_hash
    assert client.send(f"/terjola/staff/invitations/{row.id}/revoke").status_code == 302
    assert client.get(url).status_code == 404
    assert client.send(f"/terjola/staff/invitations/{row.id}/revoke").status_code == 404
    second = invite(town, admin, clock)
    clock.moment += timedelta(days=7)
    assert client.get(second).status_code == 404
    with pytest.raises(Missing):
        commands_staff.accept_as_new(token=second.rsplit("/", 1)[1], name="ა", password=PASSWORD, now=clock())


def test_revoking_keeps_the_row_and_ends_the_role(
    client: CheckedClient, town: Town, admin: Account, clock: FrozenClock
) -> None:
    officer = make_staff(town, Role.OFFICER)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == officer.id)).one()
    assert client.send(f"/terjola/staff/{grant.id}/revoke").status_code == 302
    db.session.rollback()
    assert db.session.get_one(RoleGrant, grant.id).revoked_at == clock()
    assert not actor_by_id(officer.id).has(town.id, Role.OFFICER)
    assert client.send(f"/terjola/staff/{grant.id}/revoke").status_code == 404
    commands_staff.grant_role(
        town_id=town.id, account_id=officer.id, role=Role.OFFICER, actor=actor_by_id(admin.id), now=clock()
    )
    assert actor_by_id(officer.id).has(town.id, Role.OFFICER)
    assert [kind for kind, _, public in events() if public] == ["RoleRevoked", "RoleGranted"]


def test_a_grant_of_another_town_is_not_found_here(client: CheckedClient, town: Town) -> None:
    other = make_staff(make_town("khoni"), Role.OFFICER)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == other.id)).one()
    assert client.send(f"/terjola/staff/{grant.id}/revoke").status_code == 404


def test_the_last_administrator_stays(
    client: CheckedClient, town: Town, admin: Account, clock: FrozenClock
) -> None:
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == admin.id)).one()
    assert client.send(f"/terjola/staff/{grant.id}/revoke").status_code == 403
    second = make_staff(town, Role.ADMINISTRATOR)
    assert client.send(f"/terjola/staff/{grant.id}/revoke").status_code == 302
    left = db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == second.id)).one()
    with pytest.raises(Refused, match="last_administrator"):
        commands_staff.revoke_role(grant_id=left.id, actor=actor_by_id(second.id), now=clock())
    commands_staff.revoke_role(grant_id=left.id, actor=Actor(None, is_installer=True), now=clock())


def test_one_grant_in_force_is_held_by_the_database(app: Flask, clock: FrozenClock) -> None:
    town = make_town()
    officer = make_staff(town, Role.OFFICER)

    def again() -> None:
        with writing() as session:
            session.add(RoleGrant(account_id=officer.id, town_id=town.id, role="officer", granted_at=clock()))

    with pytest.raises(Exception, match=r"(?i)unique"):
        again()
    with pytest.raises(Invalid, match="role_held"):
        commands_staff.grant_role(
            town_id=town.id,
            account_id=officer.id,
            role=Role.OFFICER,
            actor=Actor(is_installer=True),
            now=clock(),
        )


def test_the_commands_ask_for_themselves(town: Town, clock: FrozenClock) -> None:
    officer = make_staff(town, Role.OFFICER)
    with pytest.raises(Refused):
        invite(town, officer, clock)
    with pytest.raises(Refused):
        commands_staff.grant_role(
            town_id=town.id,
            account_id=officer.id,
            role=Role.CHAIR,
            actor=actor_by_id(officer.id),
            now=clock(),
        )
