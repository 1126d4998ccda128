"""Languages: which one a request speaks, and the address of the same page in the other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from flask_babel import get_translations
from markupsafe import Markup

from pb.config import ROOT
from pb.extensions import babel
from pb.web.inputs import local_path

LANGUAGES = ("ka", "en")
COOKIE = "lang"
TRANSLATIONS = ROOT / "pb" / "translations"


def init_app(app: Flask) -> None:
    """Bind Babel. Georgian is the default; ``?lang=en`` chooses and is remembered in a cookie."""
    if not (TRANSLATIONS / "ka" / "LC_MESSAGES" / "messages.mo").exists():
        raise RuntimeError("the catalogues are not compiled: run `python -m pb catalogues`")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "ka"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Tbilisi"
    babel.init_app(app, locale_selector=select_language)
    # A page looks up some fifty texts: the catalogue is found once for a request, not once for a text.
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)

    @app.after_request
    def remember(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LANGUAGES and request.cookies.get(COOKIE) != chosen:
            response.set_cookie(COOKIE, chosen, max_age=31536000, samesite="Lax", secure=request.is_secure)
        return response


def select_language() -> str:
    """The language of this request: the address, then the cookie, then Georgian."""
    lang: str | None = g.get("lang")
    if lang is None:
        wanted = (request.args.get("lang"), request.cookies.get(COOKIE))
        lang = g.lang = next((one for one in wanted if one in LANGUAGES), "ka")
    return lang


def _gettext(text: str, **values: Any) -> Markup:
    """What templates call as ``_``: the message is markup of ours, the values are escaped."""
    return _filled(_catalogue().ugettext(text), values)


def _ngettext(one: str, many: str, n: int, **values: Any) -> Markup:
    """The same for a number of things; ``%(num)s`` is the number."""
    return _filled(_catalogue().ungettext(one, many, n), {"num": n, **values})


def _filled(message: str, values: dict[str, Any]) -> Markup:
    if values:
        return Markup(message) % values
    return Markup(message.replace("%%", "%") if "%%" in message else message)


def _catalogue() -> Any:
    """The messages of this request's language."""
    lang, kept = select_language(), g.get("catalogue")
    if kept is None or kept[0] != lang:
        kept = g.catalogue = (lang, get_translations())
    return kept[1]


def other_language() -> tuple[str, str]:
    """(code, address of this page) of the other language."""
    other = "en" if select_language() == "ka" else "ka"
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    path = local_path(request.path) or "/"  # „//x“ and „/\\x“ would name another host
    return other, f"{path}?{urlencode([*query, ('lang', other)])}"
