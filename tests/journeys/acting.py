"""How people of the journeys act: signing in, filling a page, pressing its button; and pages that must be right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Locator, Page, Response

from tests.journeys.conftest import Site, context_of
from tests.pages import Page as Parsed

PASSWORD = "saqartvelo-2026"


def go(page: Page, address: str) -> Response:
    """Open an address that must exist."""
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, f"{address}: {response.status}"
    check(page)
    return response


def check(page: Page) -> None:
    """Hold the page against the rules of all pages (language, labels, one h1, no inline script or style)."""
    Parsed(page.content()).check()


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill fields by name: text, a choice of a list, a ticked box, the value of a radio, or a file."""
    for name, value in values.items():
        found = page.locator(f'main [name="{name}"]')
        kind = found.first.get_attribute("type") or found.first.evaluate("e => e.tagName")
        if kind == "radio":
            page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            found.set_checked(value)
        elif kind == "SELECT":
            found.select_option(value)
        elif kind == "file":
            found.set_input_files(value if isinstance(value, dict) else PurePath(value))
        else:
            found.fill(str(value))


def press(page: Page, button: str | Locator = "main form button[type=submit]") -> None:
    """Press a button (the first of the page's own forms) and wait for what it leads to; no page of errors."""
    found = page.locator(button).first if isinstance(button, str) else button
    with page.expect_navigation() as waiting:
        found.click()
    response = waiting.value
    assert response is not None
    assert response.status == 200, f"{page.url}: {response.status}\n{page.locator('main').inner_text()}"
    check(page)


def send(page: Page, values: dict[str, Any], button: str = "main form button.is-primary") -> None:
    """Fill a form and press its main button."""
    fill(page, values)
    press(page, button)


def follow(page: Page, path: str) -> None:
    """Follow the first link in the page whose address ends in ``path``."""
    press(page, page.locator(f'a[href$="{path}"]:visible').first)


def number_on(page: Page, pattern: str) -> str:
    """The first text of the page's content that looks like ``pattern``."""
    found = re.search(pattern, page.locator("main").inner_text())
    assert found, f"nothing like {pattern} on {page.url}"
    return found[0]


def sign_in(page: Page, site: Site, account_id: int) -> None:
    """Put a signed-in session into the browser, as after the sign-in page."""
    signer = SecureCookieSessionInterface().get_signing_serializer(site.app)
    assert signer is not None
    value = signer.dumps({"_user_id": f"{account_id}.0", "_fresh": True})
    page.context.add_cookies([{"name": "pb", "value": value, "url": site.address}])


@contextmanager
def at_desk(browser: Browser, site: Site, account_id: int, javascript: bool = False) -> Iterator[Page]:
    """A member of staff at a computer, signed in."""
    context = context_of(browser, javascript=javascript, width=1280)
    page = context.new_page()
    sign_in(page, site, account_id)
    yield page
    context.close()
