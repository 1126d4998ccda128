"""What somebody typed about themselves before the phone was proved: sealed, in the session alone."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import session

from pb.accounts.personal import seal, unseal
from pb.ideas.content import Person

KEY = "idea_who"


def keep(person: Person, phone: str) -> None:
    """Remember person and number until the code is proved."""
    text = json.dumps([asdict(person), phone], ensure_ascii=False)
    session[KEY] = base64.b64encode(seal(text)).decode()


def kept() -> tuple[Person, str] | None:
    """What was remembered; None when nothing was, or the keys have changed since."""
    try:
        values, phone = json.loads(unseal(base64.b64decode(session[KEY])))
        known: dict[str, Any] = values
        return Person(**known), phone
    except (KeyError, ValueError, TypeError, InvalidTag):
        return None


def forget() -> None:
    """The draft has it now."""
    session.pop(KEY, None)
