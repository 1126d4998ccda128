"""Every page that a test fetches is parsed and held against the rules of all pages."""

from __future__ import annotations

import re
import secrets
from html.parser import HTMLParser
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from pb.db import db

MTAVRULI = re.compile("[\u1c90-\u1cbf]")
GEORGIAN = re.compile("[\u10a0-\u10ff]")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}


class Page(HTMLParser):
    """A parsed page: what the rules ask about, and the forms with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.titles: list[str] = []
        self.h1: list[str] = []
        self.ids: list[str] = []
        self.labels_for: set[str] = set()
        self.fields: list[tuple[dict[str, str], bool]] = []
        self.faults: list[str] = []
        self.links: list[str] = []
        self.lang = ""
        self.text_parts: list[tuple[str, str]] = []  # (language, text)
        self._stack: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(part for _, part in self.text_parts).split())

    def handle_starttag(self, tag: str, attrs_list: list[tuple[str, str | None]]) -> None:
        attrs = {k: v or "" for k, v in attrs_list}
        lang = attrs.get("lang", self._stack[-1][1] if self._stack else "")
        if tag == "html":
            self.lang = lang
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "style" in attrs:
            self.faults.append(f"inline style on <{tag}>")
        if any(name.startswith("on") for name in attrs):
            self.faults.append(f"inline handler on <{tag}>")
        if tag == "style" or (tag == "script" and "src" not in attrs):
            self.faults.append(f"inline <{tag}>")
        if tag == "label" and "for" in attrs:
            self.labels_for.add(attrs["for"])
        if tag in LABELLED and attrs.get("type", "") not in UNLABELLED_TYPES:
            inside = any(name == "label" for name, _ in self._stack)
            self.fields.append((attrs, inside))
        if tag == "img" and "alt" not in attrs:
            self.faults.append("img without alt")
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag not in VOID:
            self._stack.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._stack:
            if self._stack.pop()[0] == tag:
                return
        self.faults.append(f"</{tag}> without start")

    def handle_data(self, data: str) -> None:
        tags = [name for name, _ in self._stack]
        if "title" in tags and "svg" not in tags:
            self.titles.append(data)
        if "script" in tags or "style" in tags or not data.strip():
            return
        if "h1" in tags:
            self.h1.append(data)
        self.text_parts.append((self._stack[-1][1] if self._stack else "", data))

    def check(self) -> None:
        """Raise AssertionError with every fault of the page."""
        faults = list(self.faults)
        if self.html.count("<title>") + self.html.count("<title ") < 1 or not "".join(self.titles).strip():
            faults.append("no title")
        count = len(re.findall(r"<h1[\s>]", self.html))
        if count != 1:
            faults.append(f"{count} h1")
        faults += [f"duplicate id {i}" for i in {i for i in self.ids if self.ids.count(i) > 1}]
        for attrs, inside in self.fields:
            labelled = inside or attrs.get("id") in self.labels_for
            if not (labelled or attrs.get("aria-label") or attrs.get("aria-labelledby")):
                faults.append(f"field {attrs.get('name')!r} without label")
        if MTAVRULI.search(self.html):
            faults.append("Georgian capital letters")
        if self.lang == "en":
            foreign = [t.strip() for lang, t in self.text_parts if lang == "en" and GEORGIAN.search(t)]
            faults += [f"Georgian in the English page: {t!r}" for t in foreign[:5]]
        if self.lang == "ka":
            faults += [f"untranslated: {t!r}" for t in self.english()[:8]]
        assert not faults, "; ".join(faults)

    def english(self) -> list[str]:
        """Texts marked Georgian that hold two or more English words in a row."""
        found = []
        for lang, text in self.text_parts:
            if lang == "ka" and re.search(r"\b[A-Za-z]{3,}\b[ ,]+\b[A-Za-z]{2,}\b", text):
                found.append(" ".join(text.split()))
        return found


class CheckedClient(FlaskClient):
    """A test client that holds every HTML page it gets against the rules of all pages."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A test has an application context open; a request inside it would share its `g` (language, actor, moment)
        # and its database session with all others. So each request gets its own, and the test reads afresh.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            db.session.rollback()
        if response.mimetype == "text/html" and response.data:
            Page(response.get_data(as_text=True)).check()
        return response

    def page(self, url: str, **kwargs: Any) -> Page:
        """GET a page that must exist, parsed."""
        response = self.get(url, **kwargs)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return Page(response.get_data(as_text=True))

    def send(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST with the CSRF token of this session."""
        return self.post(url, data={**(data or {}), "csrf_token": self.csrf_token()}, **kwargs)

    def csrf_token(self) -> str:
        """A token good for this session, made as Flask-WTF makes it."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)  # type: ignore[arg-type]

    def sign_in_as(self, account_id: int) -> None:
        """Put an account into the session without going through the sign-in page."""
        with self.session_transaction() as session:
            session["_user_id"] = f"{account_id}.0"
            session["_fresh"] = True

    def sign_out(self) -> None:
        """Forget the session."""
        with self.session_transaction() as session:
            session.clear()
