"""What every page shows around its content: menu, footer, language switch, the demonstration's banner."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _

from pb import clock
from pb.policy import Action, Role, allowed
from pb.web.filters import datetime_words
from pb.web.guard import current_actor
from pb.web.i18n import other_language, select_language

Item = tuple[str, str, bool]


def init_app(app: Flask) -> None:
    """Give templates their surroundings."""

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        # A page is often rendered in parts: what is around it is worked out once.
        key = (id(g.get("here")), current_actor().account_id, select_language())
        if g.get("surroundings_of") != key:
            g.surroundings_of, g.surroundings = key, _surroundings(app)
        found: dict[str, Any] = g.surroundings
        return found


def _surroundings(app: Flask) -> dict[str, Any]:
    here = g.get("here")
    actor = current_actor()
    other, other_url = other_language()
    settings = current_app.extensions["pb_settings"]
    return {
        "lang": select_language(),
        "other_lang": other,
        "other_lang_url": other_url,
        "town": here.town if here else None,
        "cycle": here.cycle if here else None,
        "here": here,
        "actor": actor if actor.account_id is not None else None,
        "unread": _unread(actor.account_id),
        "can": lambda action, thing=None: _can(here, action, thing),
        "Action": Action,
        "Role": Role,
        "nav": _nav(here) if here else [],
        "footer": _footer(here),
        "home_url": _home(here),
        "sign_in_url": "/sign-in",
        "sign_out_url": "/sign-out",
        "centres_url": f"/{here.town.slug}/centres" if here else "",
        "demo_url": "/demo",
        "is_demo": settings.is_demonstration,
        "demo_now_words": datetime_words(clock.now()) if settings.is_demonstration else "",
        "bootstrap_css_url": app.jinja_env.globals["static_url"]("bootstrap.css"),  # type: ignore[operator]
        "now": clock.now(),
    }


def _unread(account_id: int | None) -> int:
    """How many messages wait in the reader's inbox: a feature says so, since this layer knows none."""
    count = current_app.extensions.get("pb_unread")
    return count(account_id) if count is not None and account_id is not None else 0


def _can(here: Any, action: Action, thing: Any) -> bool:
    return allowed(
        current_actor(),
        action,
        town_id=here.town.id if here else None,
        status=here.status if here else None,
        thing=thing,
    )


def _home(here: Any) -> str:
    if here is None:
        return "/"
    return f"/{here.town.slug}/{here.cycle.year}/" if here.cycle else f"/{here.town.slug}/"


def _entries(here: Any) -> list[tuple[str, str]]:
    entries = [
        ("cycles.front", _("Contest")),
        ("ideas.index", _("Ideas")),
        ("projects.index", _("Projects")),
        ("training.index", _("Trainings")),
        ("results.show", _("Results")),
        ("cycles.rulebook", _("Rulebook")),
        ("cycles.calendar", _("Calendar")),
    ]
    actor = current_actor()
    if actor.has(here.town.id, *Role):
        entries.append(("site.board", _("Staff board")))
    elif actor.account_id is not None:
        entries.append(("ideas.mine", _("My ideas")))
    return entries


def _nav(here: Any) -> list[Item]:
    if here.cycle is None:
        return []
    items = []
    for endpoint, label in _entries(here):
        if endpoint in current_app.view_functions:
            url = url_for(endpoint, town=here.town.slug, year=here.cycle.year)
            items.append((url, label, request.endpoint == endpoint))
    return items


def _footer(here: Any) -> list[tuple[str, str]]:
    items = []
    if here and here.cycle:
        for endpoint, label in (
            ("cycles.rulebook", _("Rulebook")),
            ("results.data", _("Open data")),
            ("audit.log", _("Action log")),
        ):
            if endpoint in current_app.view_functions:
                items.append((url_for(endpoint, town=here.town.slug, year=here.cycle.year), label))
    if here and "places.privacy" in current_app.view_functions:
        items.append((url_for("places.privacy", town=here.town.slug), _("Personal data")))
    follows = "talking.followed" in current_app.view_functions and current_actor().account_id is not None
    if here and here.cycle and follows:
        address = url_for("talking.followed", town=here.town.slug, year=here.cycle.year)
        items.append((address, _("What I follow")))
    if current_actor().account_id is not None and "accounts.account" in current_app.view_functions:
        items.append((url_for("accounts.account"), _("Your account")))
        if "messages.inbox" in current_app.view_functions:
            items.append((url_for("messages.inbox"), _("Your messages")))
    if "site.about" in current_app.view_functions:
        items.append((url_for("site.about"), _("About this site")))
    return items
