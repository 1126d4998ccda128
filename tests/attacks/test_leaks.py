"""What nobody outside may read, and what typed text must not become: markup, formulas, lines of files."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.core.canonical import canonical_json
from pb.cycles.models import CycleAct, RulebookVersion
from pb.db import db, writing
from pb.delivery.models import Milestone
from pb.ideas.models import Idea
from pb.ideas.table import cell
from pb.places.models import Centre
from pb.policy import Role
from pb.projects.models import Project, ProjectRevision
from pb.results.models import ResultPublished
from pb.web import pdf
from tests.attacks.conftest import Ground
from tests.attacks.making import THEN, Attacker, Estate, address, attacker, make_estate, values_of
from tests.conftest import FrozenClock
from tests.factories import EARLY, make_staff

SQLITE = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)  # what does not depend on the database
HIDDEN = ("SECRETterjoladraft", "SECRETterjolawithdrawn", "NOTEterjola", "ფარული სახელი")


@pytest.fixture(autouse=True)
def papers_as_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF is packed and could hide a word from these tests: each paper is given as the page it is made of."""
    monkeypatch.setattr(pdf, "_engine", lambda: None)


def everything(
    app: Flask, client: Attacker, estate: Estate, queries: tuple[str, ...] = ("",)
) -> dict[str, str]:
    """The text of every address that this reader may read."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("assets."):
            continue
        for query in queries:
            url = address(rule, "terjola", values_of(rule, estate)) + query
            answer = client.get(url)
            if answer.status_code == 200:
                found[url] = readable(answer.get_data())
    return found


def readable(raw: bytes) -> str:
    """The text of an answer; of a workbook that of its parts, which are packed."""
    if raw.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            raw = b"".join(packed.read(name) for name in packed.namelist())
    return raw.decode("utf-8", "replace")


@SQLITE
def test_drafts_and_persons_are_read_by_nobody_outside(ground: Ground) -> None:
    """Pages, files, search and log, for visitors, other citizens and the other town's staff."""
    queries = ("", "?q=SECRETterjola", "?q=ფარული&state=draft")
    readers = (None, ground.terjola.world.citizen.id, ground.khoni.everything)
    for account in readers:
        pages = everything(
            ground.app, attacker(ground.app, account), ground.terjola, queries if not account else ("",)
        )
        assert len(pages) > 20
        for url, text in pages.items():
            for word in HIDDEN:
                assert word not in text.replace(url, ""), (url, word)
        assert any("SECRETterjolaidea" in text for text in pages.values())


@pytest.mark.parametrize("sign", ["%", "_", "\\", "%%", "_%", "*", "?"])
def test_wildcards_of_the_database_find_nothing(ground: Ground, sign: str) -> None:
    client = attacker(ground.app)
    for url in ("ideas", "projects"):
        text = client.get(f"/terjola/2026/{url}", query_string={"q": sign}).get_data(as_text=True)
        assert "SECRETterjola" not in text
        assert f"/terjola/2026/{url}/1" not in text


# typed text

MARK = "<img src=x onerror=alert(1)>"
EVIL = f"</title></textarea></script>'\"{MARK}{{{{7*7}}}}\r\nATTENDEE:mailto:evil@example.org\r\n"


class Made(HTMLParser):
    """How often the mark became an element, or an attribute of its own."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.marks = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks += any(name.startswith("on") or (name, value) == ("src", "x") for name, value in attrs)


def spoil_words(value: Any) -> Any:
    """Every word of a document that people typed."""
    if isinstance(value, dict):
        if "ka" in value and isinstance(value["ka"], str):
            return {"ka": EVIL, "en": EVIL}
        return {k: spoil_words(v) for k, v in value.items()}
    return [spoil_words(v) for v in value] if isinstance(value, list) else value


def spoil(estate: Estate) -> None:
    """Write markup, quotes and line ends into every text that anybody can type."""
    with writing() as session:
        for idea in session.scalars(select(Idea)):
            idea.title = idea.problem = idea.solution = idea.village = idea.place = EVIL
            idea.beneficiaries = idea.author_label = idea.public_reason = EVIL
            idea.notes = {"title": EVIL, "": EVIL}
        for project in session.scalars(select(Project)):
            project.title = project.author_label = EVIL
        for centre in session.scalars(select(Centre)):
            centre.name = centre.address = centre.hours = {"ka": EVIL, "en": EVIL}
            centre.phone = EVIL
        for act in session.scalars(select(CycleAct)):
            act.reason = EVIL
        for step in session.scalars(select(Milestone)):
            step.title = step.note = EVIL
        town = session.merge(estate.world.town)
        town.name = town.full_name = town.address = town.hotline_hours = {"ka": EVIL, "en": EVIL}
        town.hotline, town.protection_officer = (
            EVIL,
            {"name": {"ka": EVIL, "en": EVIL}, "mail": EVIL, "phone": EVIL},
        )
        for unit in town.units:
            unit.name = {"ka": EVIL, "en": EVIL}
        cycle = session.merge(estate.world.cycle)
        cycle.name = {"ka": EVIL, "en": EVIL}
        old = session.get_one(RulebookVersion, cycle.rulebook_id)
        book = RulebookVersion(
            cycle_id=cycle.id, version=2, document=canonical_json(spoil_words(json.loads(old.document))).decode(),
            fingerprint="2", created_at=EARLY, note=EVIL,
        )  # fmt: skip
        text = session.scalars(select(ProjectRevision)).one()
        new = ProjectRevision(
            project_id=text.project_id, number=2, fields=dict.fromkeys(text.fields, EVIL),
            timeline=[{"month": "2027-03", "step": EVIL}],
            budget=[{**line, "what": EVIL, "unit": EVIL} for line in text.budget],
            cost_tetri=text.cost_tetri, fingerprint="2", at=THEN,
        )  # fmt: skip
        session.add_all(
            [book, new, ResultPublished(cycle_id=cycle.id, published_at=EARLY, published_by=estate.author)]
        )
        session.flush()
        cycle.rulebook_id = book.id
        project = session.get_one(Project, text.project_id)
        project.revision_id = project.handed_in_revision_id = new.id
    db.session.rollback()


@pytest.fixture
def spoilt(sqlite_app: Flask) -> Estate:
    estate = make_estate(sqlite_app, "terjola", 11)
    spoil(estate)
    return estate


def test_typed_markup_stays_text(sqlite_app: Flask, clock: FrozenClock, spoilt: Estate) -> None:
    """On every page, in both languages, in three phases, for everybody who may read it."""
    shown = 0
    for month, account in ((5, None), (9, spoilt.everything), (11, spoilt.author)):
        clock.set(2026, month, 20)
        client = attacker(sqlite_app, account)
        queries = ("?lang=en",) if account == spoilt.author else ("",)
        for url, text in everything(sqlite_app, client, spoilt, queries).items():
            if url.split("?")[0].endswith((".csv", ".json", ".ics", ".txt")):
                continue
            assert not Made(text).marks, url
            assert "{49}" not in text, url
            shown += "{{7*7}}" in text
    assert shown > 40


def test_files_keep_their_lines(sqlite_app: Flask, spoilt: Estate) -> None:
    """No line of a calendar, no header and no row of a table comes from what people typed."""
    client = attacker(sqlite_app)
    for lang in ("ka", "en"):
        ics = client.get(f"{spoilt.url}/calendar.ics?lang={lang}").get_data(as_text=True)
        assert not [line for line in ics.split("\n") if line.strip("\r").startswith(("ATTENDEE", "X-EVIL"))]
    for url in ("ideas.csv", "data/projects.csv", "data/delivery.csv", "ideas.csv?sep=semicolon"):
        answer = client.get(f"{spoilt.url}/{url}")
        assert answer.status_code == 200
        assert "\n" not in answer.headers["Content-Disposition"]
        separator = ";" if "semicolon" in url else ","
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True)), delimiter=separator))
        assert len({len(row) for row in rows}) == 1, url
    for url in ("log.json", "rulebook.json", "data/projects.json"):
        answer = client.get(f"{spoilt.url}/{url}")
        assert answer.status_code == 200
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        json.loads(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "  @x", "|calc", "%0", "＝1", "＋1", "－1", "＠1",
     "\u00a0=1", "\u200b=1", "\ufeff=1", "x;=1+1", "x,=1+1", "x\t=1+1", "x; @SUM(A1)", "x,-1+cmd|' /C calc'!A0"],
)  # fmt: skip
def test_no_cell_is_a_formula(text: str) -> None:
    """Nor does a part of one become a formula where a spreadsheet cuts lines at another separator."""
    made = cell(text)
    for part in re.split(r"[;,\t\r\n]", made):
        assert not re.match("[\\s\u200b\ufeff]*[=+@|\uff1d\uff0b\uff0d\uff20-]", part), made


@SQLITE
def test_staff_see_what_their_role_needs_alone(ground: Ground) -> None:
    """Names and phones are for officers; nobody of the commission, no observer and no administrator reads them."""
    ground.clock.set(2026, 5, 20)
    town = ground.terjola.world.town
    for roles in (
        (Role.CHAIR, Role.MEMBER, Role.SECRETARY),
        (Role.OPERATOR, Role.OBSERVER, Role.ADMINISTRATOR),
    ):
        client = attacker(ground.app, make_staff(town, *roles))
        for url, text in everything(ground.app, client, ground.terjola).items():
            assert "SECRETterjoladraft" not in text, (roles, url)
            # Whoever holds a training knows who comes to it.
            assert "ფარული სახელი" not in text or re.search(r"/trainings/\d+/", url), (roles, url)
