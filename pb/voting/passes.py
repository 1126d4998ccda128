"""What a voter's browser carries between pages: this file alone seals and reads those cookies. Nothing is
stored.

Encrypted and authenticated, bound to the cycle, sent to the vote's pages alone. The pass stands for a proved
code.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Response, current_app, request

from pb.core.errors import Refused
from pb.voting import kiosk
from pb.voting.identify import Challenge
from pb.voting.people import Voter
from pb.voting.sightings import Seen

GOOD_FOR = timedelta(minutes=30)
PASS, CHALLENGE, KEPT = "pb_pass", "pb_challenge", "pb_kept"
# These two hold no secret and are not sealed: a number drawn for the browser, and that it is a centre's screen.
DEVICE, KIOSK = "pb_device", "pb_kiosk"
_DEVICE_KEPT = timedelta(days=30)
_NONCE = 12  # bytes


class NoPass(Refused):
    """The browser has no pass that is good now. ``code``: pass_missing, pass_expired or pass_tampered."""


@dataclass(frozen=True)
class Carried:
    """What a cookie held, and until when it was good."""

    data: dict[str, Any]
    expires: datetime


@lru_cache(maxsize=8)
def _cipher_of(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"pb-voter-cookies-v1" + secret.encode()).digest())


def _cipher() -> AESGCM:
    return _cipher_of(current_app.extensions["pb_settings"].secret_key)


def _bound_to(name: str, cycle_id: int) -> bytes:
    return f"{name}|{cycle_id}".encode()


def _put(
    response: Response,
    name: str,
    cycle_id: int,
    path: str,
    data: dict[str, Any],
    now: datetime,
    good_for: timedelta = GOOD_FOR,
) -> None:
    expires = int((now + good_for).timestamp())
    content = json.dumps({"until": expires, **data}, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _cipher().encrypt(nonce, content, _bound_to(name, cycle_id))
    # The browser keeps it a while longer than it is good, so that the page can say that it ran out.
    response.set_cookie(
        name, base64.urlsafe_b64encode(sealed).decode(), max_age=4 * int(GOOD_FOR.total_seconds()),
        path=path, httponly=True, samesite="Strict",
        secure=request.is_secure or current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip


def _get(name: str, cycle_id: int) -> Carried | None:
    """None without a cookie; raises NoPass("pass_tampered") for one that is not ours."""
    typed = request.cookies.get(name)
    if typed is None:
        return None
    try:
        sealed = base64.urlsafe_b64decode(typed)
        content = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(name, cycle_id))
    except (ValueError, InvalidTag):
        raise NoPass("pass_tampered") from None
    data = json.loads(content)
    return Carried(data, datetime.fromtimestamp(data.pop("until"), UTC))


def put_challenge(response: Response, cycle_id: int, path: str, challenge: Challenge, now: datetime) -> None:
    """Remember for which number a code was asked, until it is proved."""
    _put(response, CHALLENGE, cycle_id, path, asdict(challenge), now)


def challenge_of(cycle_id: int, now: datetime) -> Challenge | None:
    """The challenge this browser asked for, if it is not too old."""
    try:
        carried = _get(CHALLENGE, cycle_id)
    except NoPass:
        return None
    return Challenge(**carried.data) if carried and now < carried.expires else None


def put_pass(response: Response, cycle_id: int, path: str, voter: Voter, now: datetime) -> None:
    """Give the pass for a proved code; the challenge has done its service. At a centre it is good for as long as a
    token is.
    """
    good_for = kiosk.GOOD_FOR if voter.channel == "kiosk" else GOOD_FOR
    _put(response, PASS, cycle_id, path, asdict(voter), now, good_for)
    response.delete_cookie(CHALLENGE, path=path)


def voter_until(cycle_id: int) -> tuple[Voter, datetime]:
    """Who holds the pass, and until when it is good. Raises NoPass("pass_missing" | "pass_tampered")."""
    carried = _get(PASS, cycle_id)
    if carried is None:
        raise NoPass("pass_missing")
    return Voter(**carried.data), carried.expires


def voter_of(cycle_id: int, now: datetime) -> Voter:
    """Who holds the pass. Raises NoPass("pass_missing" | "pass_tampered" | "pass_expired")."""
    voter, until = voter_until(cycle_id)
    if now >= until:
        raise NoPass("pass_expired")
    return voter


def late_voter(cycle_id: int) -> Voter | None:
    """Who held a pass that ran out: good for nothing but keeping what was ticked."""
    try:
        carried = _get(PASS, cycle_id)
    except NoPass:
        return None
    return Voter(**carried.data) if carried else None


def keep_choices(
    response: Response, cycle_id: int, path: str, slot: str, choices: list[str], now: datetime
) -> None:
    """Remember what this voter ticked, so that going back, reloading and a pass that ran out lose nothing."""
    _put(response, KEPT, cycle_id, path, {"slot": slot, "choices": choices}, now)


def kept_choices(cycle_id: int, slot: str, now: datetime) -> list[str]:
    """What this voter ticked before; nothing of what anybody else ticked on this device."""
    try:
        carried = _get(KEPT, cycle_id)
    except NoPass:
        return []
    if carried is None or now >= carried.expires or carried.data["slot"] != slot:
        return []
    return list(carried.data["choices"])


def forget_choices(response: Response, path: str) -> None:
    """The ballot is cast: what was ticked leaves the browser."""
    response.delete_cookie(KEPT, path=path)


def forget_all(response: Response, path: str) -> None:
    """The voter is done at this device."""
    for name in (PASS, CHALLENGE, KEPT):
        response.delete_cookie(name, path=path)


def make_kiosk(response: Response, path: str) -> None:
    """From now on this browser is a centre's screen: it keeps no page, and the former voter leaves nothing."""
    forget_all(response, path)
    _plain(response, KIOSK, "1", path, timedelta(hours=12))


def is_kiosk() -> bool:
    """Whether the request comes from a centre's screen."""
    return KIOSK in request.cookies


def seen() -> Seen:
    """Where the request comes from, for the alarms."""
    return Seen(request.cookies.get(DEVICE, ""), request.remote_addr or "")


def mark_device(response: Response, path: str) -> None:
    """Give the browser a number drawn by lot, if it has none; it says nothing about anybody."""
    if DEVICE not in request.cookies:
        _plain(response, DEVICE, secrets.token_hex(16), path, _DEVICE_KEPT)


def _plain(response: Response, name: str, value: str, path: str, kept: timedelta) -> None:
    response.set_cookie(
        name, value, max_age=int(kept.total_seconds()), path=path, httponly=True, samesite="Strict",
        secure=request.is_secure or current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
