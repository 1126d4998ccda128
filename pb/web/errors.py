"""Error pages: the reader's language, what happened, what to do, and a way on."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from pb.core.errors import Closed, DomainError, Invalid, Missing, Refused
from pb.db import db
from pb.web.guard import current_actor
from pb.web.i18n import select_language
from pb.web.inputs import referring_path
from pb.web.wording import error_words

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, lambda _e: _kept_words() or _page(Invalid("csrf"), 400))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def _domain_error(error: DomainError) -> ResponseReturnValue:
    if error.code == "sign_in_first" and current_actor().account_id is None:
        return _kept_words() or redirect(url_for("accounts.sign_in", next=_came_from()))
    if error.code == "second_factor_first":
        return redirect(url_for("accounts.second_factor"))
    return _page(error, error.status)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    known: dict[int, DomainError] = {
        404: Missing("no_such_page"),
        403: Refused("not_allowed"),
        405: Invalid("method"),
        413: Invalid("too_large"),
        429: Refused("too_many_requests"),
    }
    return _page(known.get(code, Invalid("broken" if code >= 500 else "invalid")), code)


def _crash(error: Exception) -> ResponseReturnValue:
    log.exception("unhandled error on %s", request.path)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    if not _app_catches():
        raise error
    try:
        return _page(Invalid("broken"), 500)
    except SQLAlchemyError:  # the database is gone: pages ask it for the town and the time
        return plain_page("errors/plain.html", words=error_words(Invalid("broken"))), 500


def plain_page(template: str, **values: Any) -> str:
    """A page that asks nothing of the database: rendered without what is around other pages."""
    return current_app.jinja_env.get_template(template).render(lang=select_language(), **values)


def _app_catches() -> bool:
    return not current_app.testing


def _came_from() -> str:
    """The page to return to after signing in: this one if it was read, else the one that sent the form."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return referring_path() or "/"


# Not given back: secrets, and what belongs to the session that has ended.
_NEVER_GIVEN_BACK = ("csrf_token", "code", "password", "autosave")


def _is_prose(value: str) -> bool:
    """Whether somebody wrote it: words with blanks between, or in Georgian letters, which no code of ours has."""
    return " " in value.strip() or re.search("[\u10d0-\u10ff]", value) is not None


def _kept_words() -> ResponseReturnValue | None:
    """A page that keeps what was typed, after a session ended while a form was open; None for a bare press.

    Forms of the vote are not given back: a choice is never written into a page by anybody but its voter.
    """
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(part in name for part in _NEVER_GIVEN_BACK)
    ]
    words = [value for _name, value in typed if _is_prose(value)]
    if request.method != "POST" or not words or "autosave" in request.form or request.blueprint == "voting":
        return None
    page = render_template(
        "errors/kept.html", typed=typed, words_typed=words, again=request.full_path.rstrip("?"),
        sign_in=url_for("accounts.sign_in", next=referring_path() or "/"),
    )  # fmt: skip
    return page, 401


def _page(error: DomainError, status: int) -> ResponseReturnValue:
    here = g.get("here")
    back = referring_path() if request.method != "GET" else ""
    page = render_template(
        "errors/error.html", error=error, words=error_words(error), back=back, here=here, status=status,
        closed=isinstance(error, Closed),
    )  # fmt: skip
    return page, status
