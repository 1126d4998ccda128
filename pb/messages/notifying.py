"""Telling accounts of something: a row in each one's inbox, and beside it what its preferences ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask import current_app

from pb.accounts.models import Account
from pb.accounts.personal import seal, unseal
from pb.core.texting import fill
from pb.db import command, db
from pb.messages import queries_people
from pb.messages.commands import is_untold, queue
from pb.messages.digests import next_digest
from pb.messages.kinds import DEFAULTS, KINDS, SERVICE, Group, Kind, Words
from pb.messages.models import InboxMessage, MessagePreference
from pb.messages.queries_people import Reach
from pb.messages.wordings import words_in_force
from pb.places.models import Town

LANGUAGES = ("ka", "en")
AT_A_TIME = 500  # accounts read together


class Place(Protocol):
    """What ``notify`` needs of cycles.queries.Here, a feature later in the order."""

    @property
    def town(self) -> Town: ...

    @property
    def cycle(self) -> Any: ...


@dataclass(frozen=True)
class Way:
    """What beside the inbox: channels at once, or (``rhythm``) together with others later."""

    channels: tuple[str, ...] = ()
    rhythm: str = "now"


@command
def notify(
    kind: str,
    account_ids: Iterable[int],
    params: Mapping[str, object],
    *,
    here: Place,
    now: datetime,
    page: str = "",
) -> int:
    """Tell every account once, in the running command's transaction: no act, no message. Gives their number.

    ``kind``: registered in kinds.py. ``params``: its placeholders; a day (date) and words ({"ka": …, "en": …}) are
    written in the reader's language; no personal data that is not the reader's own. ``page``: relative to the
    contest ("ideas/42"), without a contest to the town; it becomes ``{url}``. KeyError for a missing placeholder.
    """
    told = sorted(set(account_ids))
    if not told:
        return 0
    the_kind = KINDS[kind]
    values = {language: values_for(params, here, page, language) for language in LANGUAGES}
    parts = words_in_force(the_kind, here.town.id)
    for begin in range(0, len(told), AT_A_TIME):
        some = told[begin : begin + AT_A_TIME]
        reaches, preferences = queries_people.reaches(some), queries_people.preferences(some, the_kind.group)
        for account, reach in reaches:
            _tell(account, reach, preferences.get(account.id), the_kind, parts, values, here, page, now)
    return len(told)


def _tell(
    account: Account,
    reach: Reach,
    preference: MessagePreference | None,
    kind: Kind,
    parts: Mapping[str, Words],
    values: Mapping[str, Mapping[str, object]],
    here: Place,
    page: str,
    now: datetime,
) -> None:
    way = way_of(kind.group, preference, reach, has_sms="sms" in parts)
    row = InboxMessage(
        account_id=account.id,
        town_id=here.town.id,
        cycle_id=here.cycle.id if here.cycle else None,
        kind=kind.code,
        words_sealed=seal(json.dumps(inbox_words(parts, values), ensure_ascii=False)),
        page=path_of(here, page) if page else "",
        created_at=now,
        digest_at=next_digest(way.rhythm, now) if way.rhythm != "now" and way.channels else None,
    )
    db.session.add(row)
    if is_untold():  # of years that are played: what people find, but nothing that leaves
        row.digest_at = None
        return
    if way.rhythm != "now":
        return
    db.session.flush()
    send_beside(row, way.channels, reach, account.language, parts, values, now)


def send_beside(
    row: InboxMessage,
    channels: Iterable[str],
    reach: Reach,
    language: str,
    parts: Mapping[str, Words],
    values: Mapping[str, Mapping[str, object]],
    now: datetime,
) -> None:
    """Queue what goes out beside a row of the inbox."""
    known = values[language if language in values else "ka"]
    lang = language if language in LANGUAGES else "ka"
    for channel in channels:
        if channel == "sms":
            queue("sms", row.kind, reach.phone, "", fill(parts["sms"][lang], known), now, inbox=row)
        else:
            letter = parts.get("body") or parts["sms"]
            subject, body = fill(parts["subject"][lang], known), fill(letter[lang], known)
            queue("mail", row.kind, reach.mail, subject, body, now, inbox=row)


def way_of(group: Group, preference: MessagePreference | None, reach: Reach, *, has_sms: bool) -> Way:
    """What an account gets beside its inbox, of what it can be reached by.

    What is of service falls back to the other channel. Everything else never falls back to a text message,
    which the town pays and which nobody has asked for.
    """
    channel, rhythm = (preference.channel, preference.rhythm) if preference else DEFAULTS[group]
    can = {"sms": bool(reach.phone) and has_sms, "mail": bool(reach.mail)}
    wanted = {"both": ["sms", "mail"], "inbox": []}.get(channel, [channel])
    found = [one for one in wanted if can[one]]
    if not found and wanted:
        others = ["mail", "sms"] if group in SERVICE or group is Group.TRAINING else ["mail"]
        found = [one for one in others if can[one]][:1]
    return Way(tuple(found), rhythm)


def inbox_words(
    parts: Mapping[str, Words], values: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, str]]:
    """What the inbox shows, by language. The link stands beside it, so the text does without."""
    letter = parts.get("body") or parts["sms"]
    return {
        language: {
            "subject": fill(parts["subject"][language], known),
            "body": without_link(fill(letter[language], {**known, "url": ""})),
        }
        for language, known in values.items()
    }


def without_link(text: str) -> str:
    """A text whose link was left out, without what led to it: blank lines, a colon at an end."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ :]+(?=\n|$)", _ended, text)).strip()


def _ended(found: re.Match[str]) -> str:
    return "." if ":" in found[0] else ""


def opened(row: InboxMessage, language: str) -> dict[str, str]:
    """{"subject": …, "body": …} of a row of the inbox in a language."""
    words = json.loads(unseal(row.words_sealed))
    found: dict[str, str] = words.get(language) or words["ka"]
    return found


def path_of(here: Place, page: str) -> str:
    """ "/terjola/2026/ideas/42"."""
    cycle = f"/{here.cycle.year}" if here.cycle else ""
    return f"/{here.town.slug}{cycle}/{page}"


def values_for(params: Mapping[str, object], here: Place, page: str, language: str) -> dict[str, object]:
    """What fills the placeholders in a language."""
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    known: dict[str, object] = {"url": base + path_of(here, page), "town": here.town.name[language]}
    for name, value in params.items():
        if isinstance(value, date):
            value = f"{value:%d.%m.%Y}"
        elif isinstance(value, dict):
            value = value.get(language) or value["ka"]
        known[name] = value
    return known
