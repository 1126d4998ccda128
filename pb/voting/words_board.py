"""Entries of the public board in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from pb.core.ballots import tracking_code
from pb.core.board import Kind
from pb.voting.queries_board import Entry
from pb.web.filters import datetime_words, words
from pb.web.wording import label

_PLAIN = {
    Kind.PAUSED: _l("The vote was paused. Reason: %(reason)s"),
    Kind.RESUMED: _l("The vote goes on. Reason: %(reason)s"),
    Kind.HALTED: _l("The contest was halted. Reason: %(reason)s"),
    Kind.CODE_CHANGED: _l("The program of the site was changed; two people explained it: %(reason)s"),
    Kind.CASE_GIVEN_UP: _l(
        "A case of suspected fraud was given up by two administrators, and its ballot counts: no pair of custodians "
        "could open its link. Reason: %(reason)s"
    ),
    Kind.DESTROYED: _l(
        "The link key, the links and the values of the slots were destroyed: whose a ballot was cannot be told "
        "any more."
    ),
    Kind.RESULT: _l("The result was published."),
}


def entry_words(entry: Entry) -> str:
    """One sentence for an entry; the tracking code for a ballot."""
    kind, fields = Kind(entry.kind), entry.fields
    if kind is Kind.BALLOT:
        return _("Sealed ballot %(code)s", code=code_of(entry))
    if kind is Kind.PAPER_BALLOT:
        return _("Sealed ballot of paper %(code)s", code=code_of(entry))
    if kind in _PLAIN:
        return str(_PLAIN[kind]) % fields
    return _COUNTED[kind](fields)


def code_of(entry: Entry) -> str:
    """The tracking code of a ballot's entry, "" for any other."""
    sealed = entry.kind in (Kind.BALLOT, Kind.PAPER_BALLOT)
    return tracking_code(bytes.fromhex(entry.fields["commitment"])) if sealed else ""


def at_of(entry: Entry) -> str:
    """When an act happened, in words; "" for ballots, which have no time."""
    at = entry.fields.get("at")
    return datetime_words(datetime.fromisoformat(at)) if at else ""


def _prepared(fields: dict[str, Any]) -> str:
    number = len(fields["projects"])
    return ngettext(
        "The ballot was prepared with %(num)s project.",
        "The ballot was prepared with %(num)s projects.",
        number,
    )


def _custodians(fields: dict[str, Any]) -> str:
    names = ", ".join(words(one["name"]) for one in fields["custodians"])
    return _("The keys to which ballots are sealed. They belong to: %(names)s.", names=names)


def _trial(fields: dict[str, Any]) -> str:
    one, other = fields["pair"]
    return _("Custodians %(one)s and %(other)s opened a trial ballot together.", one=one, other=other)


def _letters(fields: dict[str, Any]) -> str:
    said = ngettext(
        "A batch of letters with codes was made: %(num)s letter",
        "A batch of letters with codes was made: %(num)s letters",
        fields["letters"],
    )
    return _("%(said)s (batch %(batch)s).", said=said, batch=fields["batch"])


def _opened(fields: dict[str, Any]) -> str:
    size = fields["roll"]["size"] if fields["roll"] else 0
    return ngettext(
        "The vote began. There is %(num)s voter on the roll.",
        "The vote began. There are %(num)s voters on the roll.",
        size,
    )


def _extended(fields: dict[str, Any]) -> str:
    until = datetime_words(datetime.fromisoformat(fields["until"]))
    return _(
        "The phase “%(phase)s” was extended to %(until)s. Reason: %(reason)s",
        phase=label(fields["phase"]), until=until, reason=fields["reason"],
    )  # fmt: skip


def _closed(fields: dict[str, Any]) -> str:
    return ngettext(
        "The vote was closed. There is %(num)s sealed ballot in the box.",
        "The vote was closed. There are %(num)s sealed ballots in the box.",
        fields["ballots"],
    )


def _voided(fields: dict[str, Any]) -> str:
    one, other = fields["pair"]
    return _(
        "Ballot %(code)s does not count: two administrators decided so, custodians %(one)s and %(other)s opened "
        "its link. Reason: %(reason)s",
        code=tracking_code(bytes.fromhex(fields["voided"])), one=one, other=other, reason=fields["reason"],
    )  # fmt: skip


def _box_opened(fields: dict[str, Any]) -> str:
    said = ngettext(
        "The box was opened: %(num)s ballot", "The box was opened: %(num)s ballots", fields["ballots"]
    )
    return _("%(said)s, %(invalid)s of them invalid.", said=said, invalid=fields["invalid"])


def _paper_batch(fields: dict[str, Any]) -> str:
    return _(
        "Batch %(batch)s of paper ballots was drawn up for %(centre)s: %(size)s ballots, with an order drawn by lot.",
        batch=fields["batch"], centre=words(fields["centre"]), size=fields["size"],
    )  # fmt: skip


def _paper_protocol(fields: dict[str, Any]) -> str:
    return _(
        "Papers of %(centre)s: %(issued)s issued, %(spoilt)s spoilt, %(returned)s returned unused, %(missing)s not "
        "brought back, %(in_box)s in the box; of these %(invalid)s invalid.",
        **{**fields, "centre": words(fields["centre"]), "invalid": sum(fields["invalid"].values())},
    )


def _reopened(fields: dict[str, Any]) -> str:
    return _(
        "The papers of %(centre)s are counted anew, as two administrators decided; before it stood: %(in_box)s in the "
        "box, %(missing)s not brought back. Reason: %(reason)s",
        **{**fields, "centre": words(fields["centre"])},
    )


_COUNTED = {
    Kind.PROTOCOL_REOPENED: _reopened,
    Kind.PAPER_BATCH: _paper_batch,
    Kind.PAPER_PROTOCOL: _paper_protocol,
    Kind.PREPARED: _prepared,
    Kind.CUSTODIANS: _custodians,
    Kind.TRIAL_OPENED: _trial,
    Kind.LETTERS_MADE: _letters,
    Kind.VOTING_OPENED: _opened,
    Kind.EXTENDED: _extended,
    Kind.CLOSED: _closed,
    Kind.VOIDED: _voided,
    Kind.BOX_OPENED: _box_opened,
}
