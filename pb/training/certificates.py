"""What a certificate of a training says, and its check code as people type it."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from pb.core.georgian import lower_mtavruli
from pb.cycles.queries import Here
from pb.training.models import SignUp, TrainingSession
from pb.training.qr import qr_svg
from pb.training.queries import full_name


def plain(typed: str) -> str:
    """A code as it is stored, however it was typed: „k7qx2m9p 4trd“ → "K7QX-2M9P-4TRD"."""
    signs = re.sub(r"[^0-9a-z]", "", lower_mtavruli(typed).lower())
    latin = "".join(chr(ord(sign) - 32) if "a" <= sign <= "z" else sign for sign in signs)
    return "-".join(latin[i : i + 4] for i in range(0, len(latin), 4))


def paper(here: Here, session: TrainingSession, row: SignUp) -> dict[str, Any]:
    """What the printed page shows."""
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    place: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year}
    address = base + url_for("training.certificate_check", **place)
    return {
        "session": session,
        "name": full_name(row),
        "code": row.certificate,
        "address": address,
        "qr": Markup(qr_svg(f"{address}?code={row.certificate}")),
        "minutes": int((session.ends_at - session.begins_at).total_seconds()) // 60,
    }
