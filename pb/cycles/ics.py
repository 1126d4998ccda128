"""A cycle's calendar as a file for people's own calendars (RFC 5545); this file alone writes that format."""

from __future__ import annotations

from datetime import UTC

from flask import current_app, url_for
from flask_babel import gettext as _
from icalendar import Calendar as File
from icalendar import Event

from pb.core.phases import Calendar
from pb.cycles.queries import Here
from pb.cycles.words_rules import WINDOWS
from pb.web.wording import label


def calendar_file(here: Here, dates: Calendar, lang: str) -> bytes:
    """One event for each phase and named window, in UTC; the words in the reader's language (``lang``).

    An event keeps its UID when its dates change, so that a calendar program moves it instead of doubling it.
    """
    cycle, version = here.the_cycle, here.the_cycle.calendar_version
    stamp = version.created_at if version else cycle.created_at
    name = cycle.name.get(lang) or cycle.name["ka"]
    town = here.town.name.get(lang) or here.town.name["ka"]
    file = File()
    file.add("PRODID", "-//pb//civic budget//EN")
    file.add("VERSION", "2.0")
    file.add("X-WR-CALNAME", " ".join(f"{town}: {name}".split()))
    spans = [(phase.value, label(phase), dates.opens(phase), dates.closes(phase)) for phase in dates.phases]
    for key, span in dates.windows.items():
        spans.append((key, str(WINDOWS.get(key, key)), span.opens, span.closes))
    base = current_app.extensions["pb_settings"].base_url
    page = base + url_for("cycles.calendar", town=here.town.slug, year=cycle.year, lang=lang)
    host = base.split("//", 1)[-1].split("/")[0].split(":")[0]
    for key, words, opens, closes in spans:
        event = Event()
        event.add("UID", f"{here.town.slug}-{cycle.year}-{key}@{host}")
        event.add("DTSTAMP", stamp.astimezone(UTC))
        event.add("DTSTART", opens.astimezone(UTC))
        event.add("DTEND", closes.astimezone(UTC))
        event.add("SEQUENCE", version.version if version else 0)
        event.add("SUMMARY", f"{town}: {words}")
        hint = _("Dates may be extended; those on the page are binding: %(page)s", page=page)
        event.add("DESCRIPTION", hint)
        event.add("URL", page)
        event.add("TRANSP", "TRANSPARENT")
        file.add_component(event)
    return bytes(file.to_ical())
