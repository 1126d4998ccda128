"""What people type: signs of control, far dates, endless numbers, in every form of every phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from sqlalchemy import select

from pb.accounts.queries import actor_by_id
from pb.core.phases import Gate
from pb.cycles.models import PassedGate
from pb.db import db, writing
from pb.projects.models import Project
from pb.results.models import ResultPublished
from pb.review import commands_commission
from tests.attacks.making import Estate, attacker, make_estate
from tests.conftest import FrozenClock
from tests.factories import EARLY
from tests.review.commission_making import REVIEW

ODD = (
    "\u202eevil\u2066\x01\x0b", "x" * 20_000, "9" * 30, "²", "0001-01-01", "9999-12-31", "-1", "1e400",
    "'\"><b>%s%(a)s{0}",
)  # fmt: skip
# Pressing these would end the attacker's own session, or take the ground away.
LEFT_OUT = ("/sign-out", "/staff/", "/withdraw", "/discard", "/approve", "/remove")

STEPS = (
    # month, who, what the project is by then, pages
    (2, "everything", "selected", (
        "/terjola/admin/2026/ballot", "/terjola/admin/2026/categories", "/terjola/admin/2026/checklist/new",
        "/terjola/admin/2026/commission", "/terjola/admin/2026/criteria", "/terjola/admin/2026/criteria/new",
        "/terjola/admin/2026/criteria/need", "/terjola/admin/2026/dates", "/terjola/admin/2026/money",
        "/terjola/admin/2026/participation", "/terjola/admin/2026/publish", "/terjola/admin/centres/{centre}",
        "/terjola/admin/centres/new", "/terjola/admin/cycles/new", "/terjola/admin/town", "/terjola/admin/units",
        "/terjola/staff", "/terjola/2026/roll", "/terjola/2026/acts", "/account/name",
    )),
    (5, "", "selected", ("/sign-in", "/forgotten-password", "/terjola/2026/ideas/new/who")),
    (5, "author", "selected", tuple(
        f"/terjola/2026/ideas/mine/{{draft}}/{step}" for step in ("idea", "place", "cost", "who", "check")
    )),
    (5, "everything", "selected", ("/terjola/2026/queue/{idea_number}", "/terjola/2026/queue/invite")),
    (8, "author", "developing", tuple(
        f"/terjola/2026/projects/{{project}}/edit/{part}"
        for part in ("text", "land", "team", "budget", "timeline", "upkeep", "hand-in")
    )),
    (9, "everything", "frozen", (
        "/terjola/2026/commission/{project}/declare", "/terjola/2026/commission/{project}/sheet",
        "/terjola/2026/commission/open",
    )),
    (11, "everything", "selected", (
        "/terjola/2026/delivery/manage/{project}", "/terjola/2026/delivery/step/{milestone}",
        "/terjola/2026/delivery/manage/{project}/abandon",
    )),
)  # fmt: skip


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


def prepare(estate: Estate, month: int, state: str) -> None:
    """What must have happened for the pages of this step to be open."""
    project_id = db.session.scalars(select(Project.id)).one()
    with writing() as session:
        project = session.get_one(Project, project_id)
        project.state, project.frozen_at = state, REVIEW if month == 9 else None
    if month == 9:
        commands_commission.declare_conflict(
            project_id=project_id, actor=actor_by_id(estate.everything), now=REVIEW
        )
    if month == 11:
        with writing() as session:
            cycle_id = estate.world.cycle.id
            session.add(ResultPublished(cycle_id=cycle_id, published_at=EARLY, published_by=estate.author))
            session.add_all(PassedGate(cycle_id=cycle_id, gate=gate.value, passed_at=EARLY) for gate in Gate)
    db.session.rollback()


def test_odd_texts_in_every_form(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Each form in its phase: whatever is typed, the answer is a page or a redirect."""
    sqlite_app.testing = False  # a crash is a page here, so that all are found at once
    estate = make_estate(sqlite_app, "terjola", 11)
    faults: list[str] = []
    sent = 0
    for month, who, state, urls in STEPS:
        clock.set(2026, month, 24)
        prepare(estate, month, state)
        client = attacker(sqlite_app, getattr(estate, who) if who else None)
        for url in (url.format(**estate.ids) for url in urls):
            page = client.get(url)
            assert page.status_code == 200, (url, page.status_code)
            for form in Forms(page.get_data(as_text=True)).forms:
                to = form.action or url
                if form.method != "post" or any(part in to for part in LEFT_OUT):
                    continue
                for odd in ODD:
                    typed = {n: v if n in form.hidden else odd for n, v in form.fields.items()}
                    faults += [f"{to} {odd[:20]!r}"] * (client.send(to, typed).status_code >= 500)
                for odd in ("²", "9" * 30):
                    typed = {n: odd if n in form.hidden else v for n, v in form.fields.items()}
                    faults += [f"{to} hidden {odd[:20]!r}"] * (client.send(to, typed).status_code >= 500)
                sent += 1
    assert faults == []
    assert sent > 35
