"""A message of the staff to a group: written, looked at a second time with its count and cost, and sent once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pb.accounts.queries import staff_of
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Problem, Problems, Refused
from pb.core.texting import Parts, fill, parts_of
from pb.db import command, db
from pb.messages import audiences, events, queries_people, queries_staff
from pb.messages.costs import price_of
from pb.messages.kinds import KINDS
from pb.messages.models_costs import BulkMessage
from pb.messages.notifying import AT_A_TIME, notify, values_for, way_of
from pb.messages.wordings import LIMITS, MOST_PARTS
from pb.policy import Action, Actor, Role, authorise

LANGUAGES = ("ka", "en")
PARTS = ("subject", "sms", "body")


@dataclass(frozen=True)
class Reckoning:
    """Whom a message reaches and how: people, and of them by text, by e-mail, only in the site or in a digest.

    ``parts`` of text messages are paid for; ``hundredths`` of a tetri in all (0 when the price is not known).
    """

    people: int
    sms: int
    mail: int
    later: int
    only_here: int
    parts: int
    hundredths: int
    price: int


def kind_of(page: str) -> str:
    """The kind of a message with or without a link."""
    return "bulk_link" if page else "bulk"


def texts(row: BulkMessage, here: Any, language: str) -> tuple[dict[str, str], Parts]:
    """What people get, by part, and how the text message is cut."""
    kind = KINDS[kind_of(row.page)]
    known = values_for(row.words, here, row.page, language)
    shown = {part: fill(words[language], known) for part, words in kind.parts().items()}
    return shown, parts_of(shown["sms"])


def reckon(row: BulkMessage, here: Any) -> Reckoning:
    """Count and cost if it were sent now, by what each person has chosen."""
    members = audiences.members_of(row.audience, here)
    group = KINDS[kind_of(row.page)].group
    cut = {language: texts(row, here, language)[1].parts for language in LANGUAGES}
    found, parts = Counter[str](), 0
    for begin in range(0, len(members), AT_A_TIME):
        some = members[begin : begin + AT_A_TIME]
        chosen = queries_people.preferences(some, group)
        for account, reach in queries_people.reaches(some):
            way = way_of(group, chosen.get(account.id), reach, has_sms=True)
            if not way.channels:
                found["only_here"] += 1
            elif way.rhythm != "now":
                found["later"] += 1
            else:
                found.update(way.channels)
                parts += cut.get(account.language, cut["ka"]) if "sms" in way.channels else 0
    price = price_of(here.town.id)
    return Reckoning(
        len(members),
        found["sms"],
        found["mail"],
        found["later"],
        found["only_here"],
        parts,
        parts * price,
        price,
    )


@command
def write_bulk(
    *, here: Any, audience: str, typed: Mapping[str, str], page: str, actor: Actor, now: datetime
) -> int:
    """Keep a message to a group; nothing is sent. Gives its id. English left empty is said in Georgian.

    ``typed`` by field ("sms_ka"); ``page``: of the contest ("ideas"), or empty. Writes BulkWritten. Raises Refused,
    Problems by field.
    """
    authorise(actor, Action.SEND_BULK, town_id=here.town.id)
    words = {
        part: {
            "ka": (ka := typed.get(f"{part}_ka", "").strip()),
            "en": typed.get(f"{part}_en", "").strip() or ka,
        }
        for part in PARTS
    }
    page = page.strip().strip("/")
    found = _faults(audience, words, page)
    row = BulkMessage(
        cycle_id=here.cycle.id, audience=audience, words=words, page=page, written_by=actor.account_id,
        written_at=now,
    )  # fmt: skip
    if not found:
        found = [
            Problem("text_too_long", f"sms_{language}", {"parts": cut.parts, "most": MOST_PARTS})
            for language in LANGUAGES
            if (cut := texts(row, here, language)[1]).parts > MOST_PARTS
        ]
    if found:
        raise Problems(found)
    db.session.add(row)
    db.session.flush()
    _note(events.BulkWritten(audience), row, here, actor, now)
    return row.id


def _faults(audience: str, words: Mapping[str, Mapping[str, str]], page: str) -> list[Problem]:
    found = [] if audience in audiences.codes() else [Problem("no_such_audience", "audience")]
    for part in PARTS:
        if not words[part]["ka"]:
            found.append(Problem("required", f"{part}_ka"))
        for language in LANGUAGES:
            if len(words[part][language]) > LIMITS[part]:
                found.append(Problem("too_long", f"{part}_{language}", {"limit": LIMITS[part]}))
        if part == "subject" and any("\n" in text for text in words[part].values()):
            found.append(Problem("one_line", "subject_ka"))
    if len(page) > 200 or any(sign in page for sign in ":\\ ?#\n") or ".." in page or "//" in page:
        found.append(Problem("bad_page", "page"))
    return found


def needs_another(row: BulkMessage, here: Any) -> bool:
    """Whether somebody else than the writer has to send it: wherever the town has a second administrator."""
    others = {account.id for account in staff_of(here.town.id, Role.ADMINISTRATOR)} - {row.written_by}
    return bool(others)


@command
def send_bulk(*, bulk_id: int, here: Any, count: int | None, actor: Actor, now: datetime) -> int:
    """Send it, once; gives how many people were told. ``count``: as whoever confirms has typed it.

    Writes BulkSent (public: the group and the number). Raises Refused("not_allowed" | "second_person"),
    Closed("bulk_over"), Invalid on ``count``: nobody_there; other_count when the group is not that many now.
    """
    authorise(actor, Action.SEND_BULK, town_id=here.town.id)
    row = queries_staff.bulk_for_update(bulk_id)
    if row.state != "draft":
        raise Closed("bulk_over")
    if actor.account_id == row.written_by and needs_another(row, here):
        raise Refused("second_person")
    reckoned = reckon(row, here)
    if not reckoned.people:
        raise Invalid("nobody_there", field="count")
    if count != reckoned.people:
        raise Invalid("other_count", field="count", count=reckoned.people)
    members = audiences.members_of(row.audience, here)
    told = notify(kind_of(row.page), members, row.words, here=here, page=row.page, now=now)
    row.state, row.sent_by, row.sent_at = "sent", actor.account_id, now
    row.people, row.hundredths = told, reckoned.hundredths
    _note(events.BulkSent(row.audience, told), row, here, actor, now)
    return told


@command
def drop_bulk(*, bulk_id: int, here: Any, actor: Actor, now: datetime) -> None:
    """Give a message up unsent. Writes BulkDropped. Raises Refused, Closed("bulk_over")."""
    authorise(actor, Action.SEND_BULK, town_id=here.town.id)
    row = queries_staff.bulk_for_update(bulk_id)
    if row.state != "draft":
        raise Closed("bulk_over")
    row.state = "dropped"
    _note(events.BulkDropped(row.audience), row, here, actor, now)


def _note(act: Any, row: BulkMessage, here: Any, actor: Actor, now: datetime) -> None:
    record(act, subject_id=row.id, by=actor, at=now, town_id=here.town.id, cycle_id=row.cycle_id)
