"""Messages to the people on a session's list, in the transaction of the act that they tell of."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from pb.accounts.personal import unseal
from pb.core.texting import fill
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here
from pb.messages.commands import send_sms
from pb.messages.kinds import KINDS
from pb.messages.notifying import path_of
from pb.messages.outbox import notify
from pb.messages.wordings import words_in_force
from pb.training.models import SignUp, TrainingSession


def tell(row: SignUp, kind: str, session: TrainingSession, *, here: Here, now: datetime) -> None:
    """Tell somebody on the list: an account as it wishes, anybody else by text message to the number they gave."""
    begins = session.begins_at.astimezone(TBILISI)
    values: dict[str, object] = {"day": f"{begins:%d.%m.%Y}", "time": f"{begins:%H:%M}"}
    page = f"trainings/{session.id}"
    if row.account_id is not None:
        notify(kind, [row.account_id], values, here=here, page=page, now=now)
        return
    phone = unseal(row.phone_sealed)
    if phone:
        base = current_app.extensions["pb_settings"].base_url.rstrip("/")
        values.update(url=base + path_of(here, page), town=here.town.name["ka"])
        body = fill(words_in_force(KINDS[kind], here.town.id)["sms"]["ka"], values)
        send_sms(kind=kind, address=phone, body=body, now=now)
