"""Pages of the custodians: whom the town appointed, and where each hands in a public key by a link of the own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from pb import clock
from pb.core.errors import Invalid
from pb.core.whole import whole_number
from pb.cycles.models import typed_in
from pb.cycles.queries import Here
from pb.policy import Action
from pb.voting import commands_custodians
from pb.voting.custodians import custodian_of, custodians_of, lacking
from pb.voting.forms_box import CustodianForm, FingerprintForm, KeyForm
from pb.voting.keyfiles import fingerprint
from pb.voting.models_ceremony import Custodian
from pb.voting.rounds import round_of
from pb.voting.sealing import CUSTODIANS
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public

blueprint = Blueprint("custodians", __name__, url_prefix="/<town>/<int:year>/custodians")
LARGEST_KEY_FILE = 4096  # bytes


@dataclass(frozen=True)
class Seat:
    """One of the three places: who was appointed to it, the link for the key, and the key's fingerprint."""

    number: int
    custodian: Custodian | None
    link: str
    fingerprint: str


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.extensions["pb_settings"].secret_key, salt="pb custodian's link")


def _link(here: Here, row: Custodian) -> str:
    """The address for one appointment: with another person in the place it is over."""
    token = _serializer().dumps([row.cycle_id, row.number, row.appointed_at.isoformat()])
    base: str = current_app.extensions["pb_settings"].base_url
    return base + url_for("custodians.key", town=here.town.slug, year=here.the_cycle.year, token=token)


def _by_token(here: Here, token: str) -> Custodian | None:
    try:
        cycle_id, number, appointed = _serializer().loads(token)
    except (BadSignature, ValueError):
        return None
    row = custodian_of(here.the_cycle.id, number) if cycle_id == here.the_cycle.id else None
    return row if row is not None and row.appointed_at == datetime.fromisoformat(appointed) else None


def _seat(_here: Here, number: str) -> int | None:
    found = whole_number(number)
    return found if found is not None and 1 <= found <= CUSTODIANS else None


def _url(here: Here) -> str:
    return url_for("custodians.index", town=here.town.slug, year=here.the_cycle.year)


@blueprint.route("")
@guard(Action.SEE_ROLL)
def index(here: Here) -> ResponseReturnValue:
    """The three places, and what is still missing."""
    rows = {row.number: row for row in custodians_of(here.the_cycle.id)}
    seats = [
        Seat(
            number, row, _link(here, row) if row else "",
            fingerprint(bytes.fromhex(row.public_key)) if row and row.public_key else "",
        )
        for number in range(1, CUSTODIANS + 1)
        for row in (rows.get(number),)
    ]  # fmt: skip
    vote = round_of(here.the_cycle.id)
    settings = current_app.extensions["pb_settings"]
    return render_template(
        "voting/custodians.html", seats=seats, lack=lacking(settings, list(rows.values())), language_of=typed_in,
        fixed=vote is not None and vote.trial_opened_at is not None,
    )  # fmt: skip


@blueprint.route("/<number>", methods=["GET", "POST"])
@guard(Action.APPOINT_CUSTODIAN, number=_seat)
def appoint(here: Here, number: int) -> ResponseReturnValue:
    """Appoint somebody to one place."""
    row = custodian_of(here.the_cycle.id, number)
    form = CustodianForm(obj=row)
    given: dict[str, Any] = {
        "cycle_id": here.the_cycle.id,
        "number": number,
        "actor": current_actor(),
        "now": clock.now(),
    }
    if submitted(
        form,
        lambda: commands_custodians.appoint_custodian(
            **given, name=form.name.data or "", office=form.office.data or "", act=form.act.data or ""
        ),
    ):
        flash(_("The custodian is appointed. Pass on the link for the key."), "success")
        return redirect(_url(here))
    page = render_template("voting/custodian_appoint.html", form=form, number=number, row=row)
    return page, status_of(form)


@blueprint.route("/key/<token>", methods=["GET"])
@public(token=_by_token)
def key(here: Here, token: Custodian) -> ResponseReturnValue:
    """What the custodian does, and the form for the key; after it, the fingerprint to read back."""
    return _key_page(token, KeyForm(formdata=None), FingerprintForm(formdata=None))


@blueprint.route("/key/<token>", methods=["POST"])
@guard(Action.HAND_IN_KEY, token=_by_token)
def hand_in(here: Here, token: Custodian) -> ResponseReturnValue:
    """Take the key in."""
    form = KeyForm()
    if submitted(form, lambda: commands_custodians.hand_in_key(text=_typed(form), **_whose(token))):
        return redirect(request.path)
    return _key_page(token, form, FingerprintForm(formdata=None))


@blueprint.route("/key/<token>/confirm", methods=["POST"])
@guard(Action.HAND_IN_KEY, token=_by_token)
def confirm(here: Here, token: Custodian) -> ResponseReturnValue:
    """Take in the fingerprint that was read back."""
    form = FingerprintForm()
    if submitted(
        form, lambda: commands_custodians.confirm_key(typed=form.fingerprint.data or "", **_whose(token))
    ):
        flash(_("Thank you. Your key is here, and it is yours."), "success")
        return redirect(request.path.removesuffix("/confirm"))
    return _key_page(token, KeyForm(formdata=None), form)


def _whose(row: Custodian) -> dict[str, Any]:
    return {
        "cycle_id": row.cycle_id, "number": row.number, "appointed_at": row.appointed_at,
        "by": None, "now": clock.now(),
    }  # fmt: skip


def _typed(form: KeyForm) -> str:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        try:
            return sent.stream.read(LARGEST_KEY_FILE).decode()
        except UnicodeDecodeError:
            raise Invalid("bad_public_key", field="file") from None
    return form.key.data or ""


def _key_page(row: Custodian, form: KeyForm, reading: FingerprintForm) -> ResponseReturnValue:
    vote = round_of(row.cycle_id)
    page = render_template(
        "voting/custodian_key.html", row=row, form=form, reading=reading, language_of=typed_in,
        fixed=vote is not None and vote.trial_opened_at is not None,
    )  # fmt: skip
    return page, max(status_of(form), status_of(reading))
