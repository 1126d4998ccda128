"""Who reaches a route: every one is guarded by an action or declared public, or the application does not start."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g
from flask.typing import ResponseReturnValue

from pb.core.errors import Missing
from pb.policy import Action, Actor, authorise

View = Callable[..., ResponseReturnValue]
Loader = Callable[..., Any]
ScopeLoader = Callable[[str, "int | None"], Any]


@dataclass(frozen=True)
class Access:
    """What a route says of itself: the action that guards it (None: public) and how its ids become objects."""

    action: Action | None
    loaders: dict[str, Loader]


def guard(action: Action, **loaders: Loader) -> Callable[[View], View]:
    """Let only actors through whom the policy allows ``action``.

    ``<town>`` and ``<int:year>`` of the URL become ``here`` (pb.cycles.queries.Here), the first argument of the
    view. Each other URL value named in ``loaders`` becomes ``loader(here, value)`` (or ``loader(value)`` on
    routes without a town), scoped to its parent; None means 404. The last one is what the act is done to.
    """
    return _access(Access(action, loaders))


def public(**loaders: Loader) -> Callable[[View], View]:
    """Declare a route open to everybody, signed in or not; ids are turned into objects as by ``guard``."""
    return _access(Access(None, loaders))


def _access(access: Access) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(**values: Any) -> ResponseReturnValue:
            here, thing = _resolve(access, values)
            if access.action is not None:
                authorise(
                    current_actor(),
                    access.action,
                    town_id=here.town.id if here is not None else None,
                    status=here.status if here is not None else None,
                    thing=thing,
                )
            return view(here, **values) if here is not None else view(**values)

        wrapped.__access__ = access  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _resolve(access: Access, values: dict[str, Any]) -> tuple[Any, Any]:
    """Turn ids into objects in place; give ``here`` and the last object."""
    here = thing = None
    if "town" in values:
        load: ScopeLoader = current_app.extensions["pb_scope"]
        here = g.here = load(values.pop("town"), values.pop("year", None))
    for name, loader in access.loaders.items():
        thing = loader(here, values[name]) if here is not None else loader(values[name])
        if thing is None:
            raise Missing("no_such_page")
        values[name] = thing
    return here, thing


def current_actor() -> Actor:
    """Whoever sends this request; loaded at first use."""
    if "actor" not in g:
        g.actor = current_app.extensions["pb_actor"]()
    actor: Actor = g.actor
    return actor


def check_all_routes(app: Flask) -> None:
    """Refuse to start an application that has a route neither guarded nor public."""
    bare = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "__access__")
    )
    if bare:
        raise RuntimeError("routes neither guarded nor public: " + ", ".join(bare))
