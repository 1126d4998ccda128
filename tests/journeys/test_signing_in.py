"""Ways in through the browser: code on a phone, password, second factor, letters with links."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from pb import clock
from pb.accounts.commands_staff import create_account, invite
from pb.accounts.personal import unseal
from pb.accounts.queries import actor_by_id
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from tests.factories import make_world
from tests.journeys.acting import PASSWORD, fill, go, number_on, press, send
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("lang", ["ka", "en"])]
MAIL, NEW_MAIL = "nino@example.org", "new@example.org"
STAFF_BUTTON = "main form:has([type=password]) button.is-primary"


def test_staff_with_second_factor(browser: Browser, site: Site, lang: str) -> None:
    site.run(lambda: create_account(email=MAIL, name="ნინო ნიმუშაძე", password=PASSWORD, now=clock.now()))
    context = context_of(browser, javascript=True)
    page = context.new_page()
    go(page, f"{site.address}/sign-in?lang={lang}")
    fill(page, {"staff-email": MAIL, "staff-password": "not the password"})
    page.locator(STAFF_BUTTON).click()
    page.wait_for_selector("[data-error-summary]")
    found = faults(page)
    fill(page, {"staff-email": MAIL, "staff-password": PASSWORD})
    press(page, STAFF_BUTTON)
    go(page, f"{site.address}/account/second-factor")
    secret = page.locator("main code.pb-number").inner_text().replace(" ", "")
    send(page, {"code": pyotp.TOTP(secret).now()})
    found += faults(page)  # the recovery codes
    go(page, f"{site.address}/account/second-factor")
    found += faults(page)  # how to remove it
    press(page, "form.pb-signout button")
    go(page, f"{site.address}/sign-in")
    fill(page, {"staff-email": MAIL, "staff-password": PASSWORD})
    press(page, STAFF_BUTTON)
    assert page.url.endswith("/sign-in/second-step")
    found += faults(page)
    context.close()
    assert not found, "\n".join(found)


def test_citizen_and_letters(browser: Browser, site: Site, lang: str) -> None:
    def town() -> None:
        world, now = make_world(site.app), clock.now()
        create_account(email=MAIL, name="ნინო ნიმუშაძე", password=PASSWORD, now=now)
        admin = actor_by_id(world.staff[Role.ADMINISTRATOR].id)
        to = {"town_id": world.town.id, "email": NEW_MAIL, "role": Role.OFFICER}
        invite(**to, base_url=site.address, language=lang, actor=admin, now=now)

    site.run(town)
    context = context_of(browser, javascript=True)
    page = context.new_page()
    go(page, f"{site.address}/sign-in?lang={lang}")
    send(page, {"phone": "555 12 34 56"})
    found = faults(page)
    send(page, {"code": number_on(page, r"\b\d{8}\b")})
    press(page, "form.pb-signout button")
    go(page, f"{site.address}/forgotten-password")
    send(page, {"email": MAIL})
    go(page, site.address + in_letter(site, "password_reset", r"/new-password/\S+"))
    found += faults(page)
    go(page, site.address + in_letter(site, "invitation", r"/invitation/\S+"))
    found += faults(page)
    send(page, {"name": "ახალი ნიმუშაძე", "password": PASSWORD})
    assert page.locator(".pb-who").inner_text() == "ახალი ნიმუშაძე"
    context.close()
    assert not found, "\n".join(found)


def in_letter(site: Site, kind: str, pattern: str) -> str:
    """The link of the last letter of this kind."""

    def read() -> str:
        query = select(OutgoingMessage).where(OutgoingMessage.kind == kind)
        row = db.session.scalars(query.order_by(OutgoingMessage.id.desc())).first()
        return unseal(row.body_sealed) if row else ""

    found = re.search(pattern, site.run(read))
    assert found, kind
    return found[0]
