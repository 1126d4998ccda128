"""The pages of objections in both languages, walked through as people do, and what must not be reached."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image

from pb.appeals import queries
from pb.audit.commands import seal_due
from pb.db import db
from pb.policy import Role
from tests.appeals.making import ANSWER, WORDS, Refused, listed, refused
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_staff, make_world
from tests.ideas.making import handed_in
from tests.pages import CheckedClient

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


@pytest.fixture
def r(sqlite_app: Flask) -> Refused:
    return refused(sqlite_app)


def both(client: CheckedClient, url: str) -> str:
    client.page(f"{url}?lang=ka")
    text = client.page(f"{url}?lang=en").text
    client.get(f"{url}?lang=ka")
    return text


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def start(r: Refused) -> str:
    return f"{r.world.url}/ideas/{r.idea.number}/objection"


def test_three_screens(r: Refused, client: CheckedClient) -> None:
    assert r.author.account_id is not None
    client.sign_in_as(r.author.account_id)
    url = r.world.url
    assert "Object to the decision" in both(client, f"{url}/ideas/{r.idea.number}")
    assert "Object to the decision" in both(client, f"{url}/ideas/mine")
    page = both(client, start(r))
    assert "28 May 2026, inclusive" in page
    assert client.send(start(r), {}).status_code == 422
    sent = client.send(start(r), {"ground": "facts", "points": list(r.failed[:1])})
    text = sent.location
    both(client, text)
    kept = client.send(text, {"words": "მოკლე", "version": "1"})
    assert kept.status_code == 422
    assert "მოკლე" in kept.get_data(as_text=True)
    files = {"files": [(io.BytesIO(PDF), "ამონაწერი.pdf"), (io.BytesIO(photo()), "IMG_1.JPG")], "add": "1"}
    client.send(text, {"words": "მოკლე", "version": "2", **files}, content_type="multipart/form-data")
    page = client.page(text).text
    assert "ამონაწერი.pdf" in page
    assert "photo-2.webp" in page
    bad = {"files": [(io.BytesIO(b"<html>"), "x.pdf")], "words": WORDS, "version": "2"}
    refused_file = client.send(text, bad, content_type="multipart/form-data")
    assert refused_file.status_code == 422
    assert WORDS in client.get(text).get_data(as_text=True)  # kept, whatever became of the file
    done = client.send(text, {"words": WORDS, "version": "3"}).location
    page = both(client, done)
    assert "TE-2026-S001" in page
    assert "28 May 2026, inclusive" in page
    assert client.send(text, {"words": "სხვა", "version": "3"}).location == done  # a second tab
    assert "See your objection" in both(client, f"{url}/ideas/mine")
    assert client.get(start(r)).location.endswith("/objections/1")


def test_after_the_term_a_clear_page(r: Refused, client: CheckedClient, clock: FrozenClock) -> None:
    assert r.author.account_id is not None
    client.sign_in_as(r.author.account_id)
    clock.set(2026, 5, 29)
    late = client.get(f"{start(r)}?lang=en")
    assert late.status_code == 409
    assert "Objections were taken until 28 May 2026, inclusive" in " ".join(
        late.get_data(as_text=True).split()
    )
    assert client.get(f"{start(r)}?lang=ka").status_code == 409
    assert client.send(start(r), {"ground": "facts", "points": list(r.failed)}).status_code == 409
    assert "The term for an objection is over" in both(client, f"{r.world.url}/ideas/{r.idea.number}")


def test_the_text_and_the_files_are_not_public(r: Refused, client: CheckedClient) -> None:
    row = r.file()
    file = f"{r.world.url}/objections/mine/{row.id}/file/1"
    from pb.appeals.models import ObjectionFile
    from pb.db import writing

    with writing() as session:
        session.add(
            ObjectionFile(
                objection_id=row.id, kind="pdf", name="a.pdf", data=PDF, size=len(PDF), fingerprint="0" * 64,
                added_at=row.created_at,
            )
        )  # fmt: skip
    url = r.world.url
    public = [
        "/objections",
        "/objections/1",
        "/objections.csv",
        f"/ideas/{r.idea.number}",
        "/log",
        "/log.json",
    ]
    seal_due(now=row.created_at, everything=True)
    stranger = make_citizen()
    foreign = make_world(client.application, slug="khoni").staff[Role.OFFICER]
    for account in (None, stranger.id, foreign.id, r.world.staff[Role.MEMBER].id):
        client.sign_out()
        if account is not None:
            client.sign_in_as(account)
        for page in public:
            body = client.get(f"{url}{page}").get_data(as_text=True)
            assert "S001" in body, page
            assert WORDS not in body, page
        assert client.get(file).status_code in (302, 403)
        assert client.get(f"{url}/objections/mine/{row.id}/text").status_code in (302, 403)
        assert client.get(f"{url}/objections/1/answer").status_code in (302, 403)
    assert r.author.account_id is not None
    for account in (r.author.account_id, r.other.account_id, r.officer.account_id):
        assert account is not None
        client.sign_out()
        client.sign_in_as(account)
        assert WORDS in client.page(f"{url}/objections/1").text
        sent = client.get(file)
        assert sent.data == PDF
        assert sent.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/khoni/2026/objections/mine/{row.id}/text").status_code == 404  # under another town
    assert client.get("/khoni/2026/objections/1").status_code == 404


def test_a_draft_is_nobody_elses(r: Refused, client: CheckedClient) -> None:
    objection_id = r.begin()
    url = r.world.url
    assert r.other.account_id is not None
    client.sign_in_as(r.other.account_id)
    assert client.get(f"{url}/objections/mine/{objection_id}/text").status_code == 403
    assert client.get(f"{url}/objections/1").status_code == 404
    assert "S0" not in client.page(f"{url}/objections").text
    client.sign_in_as(make_citizen().id)
    assert client.get(start(r)).status_code == 403
    assert client.send(f"{url}/objections/mine/{objection_id}/withdraw").status_code == 403
    client.sign_out()
    assert "sign-in" in client.get(start(r)).location


def test_the_queue_and_the_answer(r: Refused, client: CheckedClient, clock: FrozenClock) -> None:
    r.file(points=r.failed)
    url = r.world.url
    assert r.other.account_id is not None
    assert r.officer.account_id is not None
    client.sign_in_as(r.officer.account_id)
    assert "somebody else" in both(client, f"{url}/objections/queue")
    assert client.get(f"{url}/objections/1/answer").status_code == 403
    assert (
        client.send(f"{url}/objections/1/answer", {"outcome": "rejected", "answer": ANSWER}).status_code
        == 403
    )
    client.sign_in_as(r.other.account_id)
    clock.set(2026, 6, 3)
    assert "Late" in both(client, f"{url}/objections/queue")
    both(client, f"{url}/objections/1/answer")
    sent = client.send(f"{url}/objections/1/answer", {"outcome": "upheld", "answer": "კი."})
    assert sent.status_code == 422
    assert "კი." in sent.get_data(as_text=True)
    sent = client.send(f"{url}/objections/1/answer", {"outcome": "upheld", "answer": ANSWER})
    assert sent.location.endswith("/objections/queue")
    again = client.send(f"{url}/objections/1/answer", {"outcome": "rejected", "answer": ANSWER})
    assert again.location.endswith("/objections/1")
    client.sign_out()
    assert "Upheld" in both(client, f"{url}/objections/1")
    assert ANSWER in client.page(f"{url}/objections/1").text
    assert "TE-2026-S001: Upheld" in client.page(f"{url}/ideas/{r.idea.number}?lang=en").text


def test_the_open_data_have_no_person(r: Refused, client: CheckedClient) -> None:
    row = r.file()
    text = client.get(f"{r.world.url}/objections.csv").get_data(as_text=True)
    lines = text.lstrip("\ufeff").splitlines()
    assert lines[0].split(",") == [
        "number", "against", "thing", "thing_number", "ground", "contested", "filed_at", "due", "state", "outcome",
        "accepted", "decided_at", "answer",
    ]  # fmt: skip
    assert lines[1].startswith(f"TE-2026-S001,idea_refused,idea,TE-2026-{r.idea.number:04d},facts,")
    assert str(row.filed_by) not in lines[1].split(",")
    semicolons = client.get(f"{r.world.url}/objections.csv?sep=semicolon").get_data(as_text=True)
    assert "number;against" in semicolons


def test_an_operator_helps(r: Refused, client: CheckedClient) -> None:
    url = r.world.url
    client.sign_in_as(r.world.staff[Role.OPERATOR].id)
    both(client, f"{url}/objections/help")
    assert client.send(f"{url}/objections/help", {"thing": "idea", "number": "999"}).status_code == 422
    sent = client.send(f"{url}/objections/help", {"thing": "idea", "number": f"TE-2026-{r.idea.number:04d}"})
    assert sent.location.endswith("/objection")
    both(client, sent.location)
    data = {"ground": "facts", "points": list(r.failed[:1])}
    assert client.send(sent.location, data).status_code == 422
    text = client.send(sent.location, {**data, "slip": "ცენტრი, საქაღალდე 3"}).location
    both(client, text)
    done = client.send(text, {"words": WORDS, "version": "1"}).location
    assert "TE-2026-S001" in both(client, done)
    assert "TE-2026-S001" in both(client, f"{url}/objections/help")
    colleague = make_staff(r.world.town, Role.OPERATOR)
    client.sign_in_as(colleague.id)
    assert "S001" not in client.page(f"{url}/objections/help").text
    assert client.get(done).status_code == 403


def test_the_project_page_and_the_commissions_pages(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    it = listed(sqlite_app)
    clock.set(2026, 9, 25)
    url = it.c.world.url
    client.sign_in_as(it.account.id)
    assert "Object to the decision" in both(client, f"{url}/projects/3")
    assert "Object to the decision" in both(client, f"{url}/ideas/mine")
    both(client, f"{url}/projects/3/objection")
    assert client.get(f"{url}/projects/2/objection").status_code == 404
    row = it.file()
    assert queries.by_id(it.c.world.cycle.id, row.id) is not None
    client.sign_in_as(it.c.accounts[-1].id)
    assert "TE-2026-S001" in both(client, f"{url}/commission/final")
    client.sign_in_as(it.examiner.account_id or 0)
    both(client, f"{url}/objections/1/answer")
    client.send(f"{url}/objections/1/answer", {"outcome": "upheld", "answer": ANSWER})
    client.sign_in_as(it.c.accounts[-1].id)
    assert "to be decided anew" in both(client, f"{url}/commission/decisions")
    both(client, f"{url}/commission/3/redo")
    assert (
        client.send(f"{url}/commission/3/redo", {"outcome": "on_ballot", "reason": "კი"}).status_code == 422
    )
    client.send(f"{url}/commission/3/redo", {"outcome": "on_ballot", "reason": ANSWER})
    assert "decided anew" in both(client, f"{url}/commission/decisions")


def test_pages_of_lists_ask_the_same_number_of_queries(r: Refused, client: CheckedClient) -> None:
    from sqlalchemy import event

    def asked(url: str) -> int:
        count = 0

        def one(*_args: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", one)
        client.page(url)
        event.remove(db.engine, "before_cursor_execute", one)
        return count

    r.file()
    first = asked(f"{r.world.url}/objections")
    for _ in range(3):
        refused(client.application, world=r.world).file()  # type: ignore[arg-type]
    handed_in(r.world)
    db.session.rollback()
    assert asked(f"{r.world.url}/objections") == first
