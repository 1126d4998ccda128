"""PDFs: Georgian glyphs embedded, nothing fetched, and the page itself where the machine can make none."""

from __future__ import annotations

import pytest
from flask import Flask, render_template
from PIL import ImageFile

from pb.web import pdf
from tests.conftest import unavailable

PAPER = (
    "{% extends 'print.html' %}{% block title %}ბიულეტენი{% endblock %}"
    "{% block main %}<h1>კენჭისყრის ბიულეტენი</h1>{{ extra|safe }}{% endblock %}"
)


@pytest.fixture
def paper(sqlite_app: Flask):  # type: ignore[no-untyped-def]
    def page(extra: str = "") -> str:
        with sqlite_app.test_request_context("/"):
            return render_template(sqlite_app.jinja_env.from_string(PAPER), extra=extra)

    return page


@pytest.fixture
def engine() -> None:
    if not pdf.available():
        unavailable("Pango", "install libpango-1.0-0 and libpangoft2-1.0-0")


@pytest.mark.usefixtures("engine")
def test_georgian_is_embedded(paper) -> None:  # type: ignore[no-untyped-def]
    made = pdf.render_pdf(paper(), uncompressed_pdf=True)
    assert made.startswith(b"%PDF-")
    assert b"DejaVu" in made
    assert b"FontFile" in made
    # The map from glyphs to letters names each letter of the heading.
    letters = made.lower()
    assert all(f"<{ord(letter):04x}>".encode() in letters for letter in "კენჭისყრის")


@pytest.mark.usefixtures("engine")
def test_a_page_fetches_nothing(paper, tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>SECRETS</text></svg>'
    )
    made = pdf.render_pdf(
        paper(f'<img src="file://{secret}"><img src="https://example.org/a.png">'), uncompressed_pdf=True
    )
    assert b"SECRETS" not in made
    for url in (f"file://{secret}", "https://example.org/a.png", "https://page.invalid/assets/x/pb.js"):
        with pytest.raises(ValueError, match="asks for"):
            pdf._fetcher(pdf._engine()).fetch(url)


def test_without_the_engine_the_page_itself_is_given(paper, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(pdf, "_engine", lambda: None)
    html = paper()
    response = pdf.pdf_response(html, "ბიულეტენი.pdf")
    assert response.content_type.startswith("text/html")
    assert response.get_data(as_text=True) == html
    assert "print.css" in html
    assert "<style" not in html
    assert "Content-Disposition" not in response.headers


@pytest.mark.usefixtures("engine")
def test_the_name_of_a_file_may_be_georgian(paper) -> None:  # type: ignore[no-untyped-def]
    response = pdf.pdf_response(paper(), "ოქმი.pdf")
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E1%83%9D")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("engine")
def test_pictures_that_end_too_early_stay_refused() -> None:
    """The engine's import switches a setting of the whole process."""
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
