"""What the staff does with messages: send again, say the price, change the words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.accounts.personal import keyed_hash, seal
from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Problems
from pb.db import command, db, one_at_a_time
from pb.messages import events, queries_staff, waking, wordings
from pb.messages.commands import allowed_from
from pb.messages.costs import parse_price
from pb.messages.kinds import KINDS, Kind
from pb.messages.models import OutgoingMessage
from pb.messages.models_costs import MessagePrice, MessageWording
from pb.messages.queries_people import Reach, reaches
from pb.policy import Action, Actor, authorise


@command
def retry(
    *, here: Any, newest: int, actor: Actor, now: datetime, message_id: int | None = None
) -> tuple[int, int]:
    """Send again what was given up (one message, or all up to ``newest``), to where the people are reached now.

    Gives (how many are sent again, how many reach nobody). The tries begin anew. Writes MessagesRetried. Raises
    Refused, Closed("nothing_to_retry" | "unreachable").
    """
    authorise(actor, Action.RETRY_MESSAGES, town_id=here.town.id)
    rows = queries_staff.to_retry(here.cycle.id, newest, message_id)
    if not rows:
        raise Closed("nothing_to_retry")
    people = {row.id: queries_staff.account_of(row.inbox_id or 0) for row in rows}
    known = {account.id: reach for account, reach in reaches(sorted(set(people.values())))}
    sent = sum(_again(row, known.get(people[row.id], Reach()), now) for row in rows)
    if not sent:
        raise Closed("unreachable")
    waking.ring_after_commit()
    record(
        events.MessagesRetried(sent),
        subject_id=here.cycle.id, by=actor, at=now, town_id=here.town.id, cycle_id=here.cycle.id,
    )  # fmt: skip
    return sent, len(rows) - sent


def _again(row: OutgoingMessage, reach: Reach, now: datetime) -> bool:
    address = reach.phone if row.channel == "sms" else reach.mail
    if not address:
        return False
    row.address_sealed, row.address_hash = seal(address), keyed_hash(row.channel, address)
    row.tries, row.last_error, row.retried_at = 0, "", now
    row.next_try_at = allowed_from(row.channel, row.kind, now)
    return True


@command
def set_price(*, here: Any, typed: str, actor: Actor, now: datetime) -> None:
    """Say what one part of a text message costs the town („4,75“ tetri). Writes MessagePriceSet.

    Raises Refused, Invalid("bad_price", field="price").
    """
    authorise(actor, Action.EDIT_MESSAGES, town_id=here.town.id)
    hundredths = parse_price(typed)
    one_at_a_time(f"message_price {here.town.id}")
    row = db.session.get(MessagePrice, here.town.id)
    if row is None:
        db.session.add(MessagePrice(town_id=here.town.id, hundredths=hundredths))
    elif row.hundredths == hundredths:
        return
    else:
        row.hundredths = hundredths
    record(
        events.MessagePriceSet(hundredths), subject_id=here.town.id, by=actor, at=now, town_id=here.town.id
    )


def cleaned(kind: Kind, typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was typed by field ("sms_ka") as words by part and language."""
    return {
        part: {language: _clean(typed.get(f"{part}_{language}", "")) for language in wordings.LANGUAGES}
        for part in kind.parts()
    }


def _clean(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


@command
def change_wording(
    *, here: Any, kind: str, typed: Mapping[str, str], version: int, actor: Actor, now: datetime
) -> int:
    """Make the town's own words of a kind the ones in force; gives the new version. The same again changes nothing.

    ``version``: the one that the editor saw, 0 for none. Writes MessageWordingChanged. Raises Refused, Problems by
    field, Closed("changed_meanwhile").
    """
    the_kind = editable(kind)
    words = cleaned(the_kind, typed)
    authorise(actor, Action.EDIT_MESSAGES, town_id=here.town.id)
    if found := wordings.faults(the_kind, words, here.town):
        raise Problems(found)
    return _keep(here, kind, words, version, actor, now)


def check_wording(*, here: Any, kind: str, typed: Mapping[str, str]) -> None:
    """What ``change_wording`` would refuse, for a preview. Raises Problems by field."""
    the_kind = editable(kind)
    if found := wordings.faults(the_kind, cleaned(the_kind, typed), here.town):
        raise Problems(found)


@command
def reset_wording(*, here: Any, kind: str, version: int, actor: Actor, now: datetime) -> int:
    """Take the standard words again; the versions before stay. Raises as ``change_wording``."""
    editable(kind)
    authorise(actor, Action.EDIT_MESSAGES, town_id=here.town.id)
    return _keep(here, kind, None, version, actor, now)


def editable(kind: str) -> Kind:
    """A kind whose words a town may change. Raises Invalid("not_a_choice")."""
    found = KINDS.get(kind)
    if found is None or found.is_fixed:
        raise Invalid("not_a_choice")
    return found


def _keep(
    here: Any, kind: str, words: dict[str, dict[str, str]] | None, version: int, actor: Actor, now: datetime
) -> int:
    one_at_a_time(f"message_wording {here.town.id} {kind}")
    before = wordings.newest(kind, here.town.id)
    now_at = before.version if before else 0
    if now_at != version:
        raise Closed("changed_meanwhile")
    if (before.words if before else None) == words:
        return now_at
    db.session.add(
        MessageWording(
            town_id=here.town.id, kind=kind, version=now_at + 1, words=words, by=actor.account_id, at=now
        )
    )
    record(
        events.MessageWordingChanged(kind, now_at + 1, words is None),
        subject_id=here.town.id, by=actor, at=now, town_id=here.town.id,
    )  # fmt: skip
    return now_at + 1
