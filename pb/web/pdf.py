"""PDF from our own print pages; this file alone loads WeasyPrint.

A print page extends ``print.html``, which links the one stylesheet ``print.css``. Where the machine lacks the
libraries that WeasyPrint needs (libpango), the same page is given as it is: a browser prints it as well.
"""

from __future__ import annotations

import logging
import threading
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Response
from PIL import ImageFile

from pb.web.assets import FILES

log = logging.getLogger(__name__)
# Fontconfig and Pango, on which it stands, are not made for several threads at once.
_ONE_AT_A_TIME = threading.Lock()
_BASE = "https://page.invalid/"


@cache
def _engine() -> Any | None:
    """WeasyPrint, or None where the machine has no Pango. Loaded at the first PDF: it takes half a second."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        log.warning("no PDF on this machine, pages print from the browser instead: %s", error)
        return None
    # Its import tells Pillow, for the whole process, to take pictures that end too early: people's uploads too.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint


def available() -> bool:
    """Whether this machine can make PDFs."""
    return _engine() is not None


def render_pdf(html: str, **options: Any) -> bytes:
    """The bytes of a PDF, fonts embedded. Fetches nothing but our stylesheet and data: addresses.

    Raises RuntimeError where ``available()`` is false: ask first, or use ``pdf_response``.
    """
    engine = _engine()
    if engine is None:
        raise RuntimeError("no PDF on this machine")
    with _ONE_AT_A_TIME:
        page = engine.HTML(string=html, base_url=_BASE, url_fetcher=_fetcher(engine))
        return bytes(page.write_pdf(**options))


def pdf_response(html: str, filename: str) -> Response:
    """A rendered print page as PDF named ``filename`` (ends in .pdf), or the page itself, to be printed.

    Personal papers stay out of caches and histories: the response is not stored.
    """
    if not available():
        return Response(html, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(filename)}",
        "Cache-Control": "no-store",
    }
    return Response(render_pdf(html), mimetype="application/pdf", headers=headers)


def _fetcher(engine: Any) -> Any:
    """Own files and data alone: a page never makes the server ask another host or read its disk."""

    class Own(engine.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            name = url.rsplit("/", 1)[-1]
            if url.startswith(_BASE) and name == "print.css":
                return engine.urls.URLFetcherResponse(
                    url, FILES[name].read_bytes(), {"Content-Type": "text/css"}
                )
            raise ValueError(f"a print page asks for {url.split(':', 1)[0]}:…")

    return Own()
