"""What people type: signs of control, far dates, endless numbers, in every form that a page shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask

from tests.attacks.making import Attacker, address, attacker, make_estate, values_of
from tests.conftest import FrozenClock

ODD = (
    "\u202eevil\u2066\x01\x0b", "x" * 20_000, "9" * 30, "²", "0001-01-01", "9999-12-31", "-1", "1e400",
    "'\"><b>%s%(a)s{0}",
)  # fmt: skip
# Pressing these would end the attacker's own session, or take the ground away.
LEFT_OUT = ("/sign-out", "/demo", "/staff/", "/account/sign-out-everywhere", "/acts/")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """Every form of a page, with the values that it would send."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {k: v or "" for k, v in pairs}
        if tag == "form":
            self.forms.append(Form(attrs.get("action", ""), attrs.get("method", "get").lower()))
        if not self.forms:
            return
        form, name = self.forms[-1], attrs.get("name", "")
        if tag in ("input", "textarea", "button") and name:
            form.fields.setdefault(name, attrs.get("value", ""))
            if attrs.get("type") in ("hidden", "submit") or tag == "button":
                form.hidden.add(name)
        elif tag == "select":
            self._select = name
            form.fields.setdefault(name, "")
        elif tag == "option" and self._select and not form.fields[self._select]:
            form.fields[self._select] = attrs.get("value", "")


def pages(app: Flask, client: Attacker, estate: object) -> Iterator[tuple[str, list[Form]]]:
    """Every page that this client may read, with its forms."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("assets."):
            continue
        url = address(rule, "terjola", values_of(rule, estate))  # type: ignore[arg-type]
        answer = client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield url, Forms(answer.get_data(as_text=True)).forms


def test_odd_texts_in_every_form(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Each form, in the first phase that shows it: whatever is typed, the answer is a page or a redirect."""
    sqlite_app.testing = False  # a crash is a page here, so that all are found at once
    estate = make_estate(sqlite_app, "terjola", 11)
    faults: list[str] = []
    seen: set[str] = set()
    staff, author = estate.everything, estate.author
    for month, account in (
        (2, staff),
        (5, None),
        (5, author),
        (5, staff),
        (8, author),
        (9, staff),
        (11, staff),
    ):
        clock.set(2026, month, 20)
        client = attacker(sqlite_app, account)
        for url, forms in list(pages(sqlite_app, client, estate)):
            for form in forms:
                to = form.action or url
                if form.method != "post" or to in seen or any(part in to for part in LEFT_OUT):
                    continue
                seen.add(to)
                for odd in ODD:
                    typed = {n: v if n in form.hidden else odd for n, v in form.fields.items()}
                    if client.send(to, typed).status_code >= 500:
                        faults.append(f"{to} {odd[:20]!r}")
                for odd in ("²", "9" * 30):
                    typed = {n: odd if n in form.hidden else v for n, v in form.fields.items()}
                    if client.send(to, typed).status_code >= 500:
                        faults.append(f"{to} hidden {odd[:20]!r}")
    # The walk must have been one: these forms, each of another feature or role, are among those it met.
    met = {
        "/sign-in", "/sign-in/staff", "/forgotten-password", "/account/name", "/terjola/staff",
        "/terjola/2026/ideas/new/who", "/terjola/2026/ideas/mine/1/idea", "/terjola/2026/queue/11/contact",
        "/terjola/2026/roll", "/terjola/admin/town", "/terjola/admin/units", "/terjola/admin/centres/new",
        "/terjola/admin/cycles/new", "/terjola/admin/2026/participation", "/terjola/admin/2026/money",
        "/terjola/admin/2026/dates", "/terjola/admin/2026/ballot", "/terjola/admin/2026/criteria",
    }  # fmt: skip
    assert met <= seen
    assert faults == []
