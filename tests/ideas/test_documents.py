"""Documents: what is no PDF, what acts by itself, what hides; and how one is given and taken away."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pb import clock
from pb.core.errors import Invalid
from pb.ideas import commands_attached, queries_attached
from pb.ideas.documents import LARGEST_FILE, LARGEST_INSIDE, checked, safe_name
from tests.factories import make_world
from tests.ideas.making import author, drafted, handed_in
from tests.ideas.pdfs import pdf, stream
from tests.ideas.test_pictures import photo


def test_a_plain_document_is_kept_byte_for_byte() -> None:
    data = pdf(stream(b"4 0 << /Kind /Quiet >>"), stream(b"BT (words) Tj ET", kind=b""))
    assert checked(data, "C:\\Users\\ნინო\\გეგმა.PDF").data == data
    assert checked(pdf(version=b"2.0"), "a.pdf").name == "a.pdf"


@pytest.mark.parametrize(
    ("code", "data"),
    {
        "empty": ("not_a_pdf", b""),
        "html": ("not_a_pdf", b"<!doctype html><script>alert(1)</script>"),
        "not at the beginning": ("not_a_pdf", b"GIF89a" + pdf()),
        "html before": ("not_a_pdf", b"<html>" + pdf()),
        "zip behind": ("not_a_pdf", pdf() + b"PK\x03\x04evil"),
        "zip within the end": ("not_a_pdf", pdf(b"(PK\x05\x06" + b"\0" * 18 + b")")),
        "cut": ("not_a_pdf", pdf()[:-30]),
        "too large": ("document_too_large", pdf() + b" " * LARGEST_FILE),
        "locked": ("document_locked", pdf(trailer=b"/Encrypt 9 0 R ")),
        "script": ("document_acts", pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>")),
        "script in disguise": ("document_acts", pdf(b"<< /S /J#61va#53cript /JS (1) >>")),
        "launch": ("document_acts", pdf(b"<< /S/Launch /F (cmd.exe) >>")),
        "file within": ("document_acts", pdf(b"<< /Type /EmbeddedFile >>")),
        "form": ("document_acts", pdf(b"<< /XFA 4 0 R >>")),
        "script packed": ("document_acts", pdf(stream(b"4 0 << /S /JavaScript /JS (1) >>"))),
        "packed in disguise": (
            "document_acts", pdf(stream(b"4 0 << /S /JavaScript >>", kind=b"/Type /#4fbjStm /N 1 /First 4")),
        ),
        "packed twice": ("not_a_pdf", pdf(stream(b"4 0", filters=b"[/ASCII85Decode /FlateDecode]"))),
        "bomb": ("document_too_large", pdf(stream(b"\0" * (LARGEST_INSIDE + 1)))),
        "bombs": ("document_too_large", pdf(*[stream(b" " * (LARGEST_INSIDE // 3))] * 4)),
    }.values(),
)  # fmt: skip
def test_what_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Invalid, match=code):
        checked(data, "x.pdf")


@given(st.text(max_size=300))
def test_names_are_names_alone(typed: str) -> None:
    name = safe_name(typed)
    assert name.endswith(".pdf")
    assert 4 < len(name) <= 104
    assert not set(name) & set('/\\<>:"|?*\r\n\t\0\u202e')
    assert not name.startswith(".")


def test_documents_and_photos_of_an_idea(app: Flask) -> None:
    world, nino = make_world(app), author()
    idea = handed_in(world, nino)
    who = {"idea_id": idea.id, "actor": nino, "now": clock.now()}
    papers = [checked(pdf(b"(%d)" % n), f"{n}.pdf") for n in range(4)]
    commands_attached.add_documents(documents=papers[:2], **who)
    commands_attached.add_documents(documents=papers[:1], **who)  # the same form sent twice
    with pytest.raises(Invalid, match="too_many_documents"):
        commands_attached.add_documents(documents=papers[2:], **who)
    first, second = queries_attached.documents_of(idea.id)
    assert (first.name, second.name, first.size) == ("0.pdf", "1.pdf", len(papers[0].data))
    commands_attached.remove_document(document_id=first.id, **who)
    commands_attached.remove_document(document_id=first.id, **who)
    assert [row.name for row in queries_attached.documents_of(idea.id)] == ["1.pdf"]
    other = handed_in(world)
    assert queries_attached.document(other.id, second.id) is None

    from pb.ideas.pictures import prepared

    photos = [prepared(photo((60 + n, 40))) for n in range(6)]
    commands_attached.add_pictures(pictures=photos[:4], **who)
    commands_attached.add_pictures(pictures=photos[:4], **who)
    with pytest.raises(Invalid, match="too_many_pictures"):
        commands_attached.add_pictures(pictures=photos[4:], **who)
    assert len(queries_attached.pictures_of(idea.id)) == 4


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_giving_and_reading_a_document(sqlite_app: Flask, lang: str) -> None:
    world, nino = make_world(sqlite_app), author()
    idea = drafted(world, nino)
    browser = sqlite_app.test_client()
    browser.set_cookie("lang", lang)
    browser.sign_in_as(nino.account_id)  # type: ignore[attr-defined]
    url = f"{world.url}/ideas/mine/{idea.id}/cost"
    data = {"category": idea.category, "cost_unknown": "y", "add": "1"}
    bad = browser.send(url, {**data, "document": (BytesIO(photo()), "a.pdf")})  # type: ignore[attr-defined]
    assert bad.status_code == 422
    files = {
        "document": [(BytesIO(pdf()), "გეგმა.pdf")],
        "picture": [(BytesIO(photo((n, 50))), "a.jpg") for n in (60, 70)],
    }
    sent = browser.send(url, {**data, **files, "camera": (BytesIO(photo((80, 50))), "b.jpg")})  # type: ignore[attr-defined]
    assert sent.location.endswith("/cost#files")
    assert browser.page(url).html.count('name="remove"') == 4  # type: ignore[attr-defined]
    from pb.ideas import commands

    commands.submit_idea(idea_id=idea.id, consent=True, actor=nino, now=clock.now())
    stranger = sqlite_app.test_client()
    stranger.set_cookie("lang", lang)
    page = stranger.page(f"{world.url}/ideas/1").html  # type: ignore[attr-defined]
    assert "გეგმა.pdf" in page
    paper = queries_attached.documents_of(idea.id)[0]
    answer = stranger.get(f"{world.url}/ideas/1/document/{paper.id}")
    assert answer.data == pdf()
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('გეგმა.pdf')}"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(f"{world.url}/ideas/mine/{idea.id}/document/{paper.id}").status_code == 302
