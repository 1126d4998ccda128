"""Who must use a second factor: by the town's setting, or by what the installation's mode has without one."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app
from sqlalchemy import select

from pb.accounts.models import Account
from pb.db import db
from pb.places.models import Town
from pb.policy import Actor, Role

BY_MODE: dict[bool, frozenset[Role]] = {
    True: frozenset(),  # a demonstration: signing in stays one press
    False: frozenset({Role.ADMINISTRATOR}),
}


def is_demonstration() -> bool:
    """Whether this is a demonstration."""
    return bool(current_app.extensions["pb_settings"].is_demonstration)


def roles_of(setting: list[str] | None) -> frozenset[Role]:
    """The roles obliged by a town's setting (None: it has made none)."""
    if setting is None:
        return BY_MODE[is_demonstration()]
    return frozenset(Role(role) for role in setting)


def is_obliged(actor: Actor) -> bool:
    """Whether a role that the actor holds, or being an installer in production, asks for a second factor."""
    if actor.is_installer and not is_demonstration():
        return True
    held = {town_id: roles for town_id, roles in actor.roles.items() if roles}
    if not held:
        return False
    settings = db.session.execute(select(Town.id, Town.second_factor_roles).where(Town.id.in_(held)))
    return any(held[town_id] & roles_of(setting) for town_id, setting in settings)


def held_back(account: Account, actor: Actor) -> Actor:
    """The actor without its roles, while it is obliged and has set none up; one query, for staff without one."""
    if account.totp_confirmed_at is not None or not actor.is_staff or not is_obliged(actor):
        return actor
    return replace(actor, roles={}, is_installer=False, held_back=True)
