"""A training as a file for people's own calendars (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from flask import current_app, url_for
from icalendar import Alarm, Calendar, Event

from pb.core.words import in_language
from pb.cycles.queries import Here
from pb.training.models import TrainingSession


def event_file(here: Here, session: TrainingSession, lang: str, *, with_link: bool) -> bytes:
    """One event in UTC with a reminder a day before. Its UID stays, its SEQUENCE rises: programs move it."""
    base = current_app.extensions["pb_settings"].base_url
    place: dict[str, Any] = {
        "town": here.town.slug,
        "year": here.the_cycle.year,
        "session": session.id,
        "lang": lang,
    }
    page = base + url_for("training.show", **place)
    host = base.split("//", 1)[-1].split("/")[0].split(":")[0]
    event = Event()
    event.add("UID", f"training-{session.id}-{here.town.slug}@{host}")
    event.add("SEQUENCE", session.version)
    event.add("DTSTAMP", session.created_at.astimezone(UTC))
    event.add("DTSTART", session.begins_at.astimezone(UTC))
    event.add("DTEND", session.ends_at.astimezone(UTC))
    event.add("SUMMARY", in_language(session.topic, lang))
    event.add("DESCRIPTION", "\n\n".join(part for part in (in_language(session.agenda, lang), page) if part))
    where = in_language(session.place, lang)
    if with_link and session.link:
        where = f"{where} {session.link}".strip()
    if where:
        event.add("LOCATION", where)
    event.add("URL", page)
    if session.cancelled_at is not None:
        event.add("STATUS", "CANCELLED")
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", in_language(session.topic, lang))
    alarm.add("TRIGGER", timedelta(days=-1))
    event.add_component(alarm)
    file = Calendar()
    file.add("PRODID", "-//pb//civic budget//EN")
    file.add("VERSION", "2.0")
    file.add_component(event)
    return bytes(file.to_ical())
