"""The staff's pages of messages: costs, what was not delivered, and the town's own words."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed, Missing
from pb.core.texting import PLACEHOLDER
from pb.core.whole import whole_number
from pb.messages import commands_staff as commands
from pb.messages import costs, queries_staff, wordings
from pb.messages.forms_staff import PriceForm, WordingForm, wording_form
from pb.messages.kinds import KINDS, Group, Kind
from pb.messages.models import OutgoingMessage
from pb.messages.notifying import opened
from pb.messages.views_inbox import bp
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words, label, language

BASE = "/<town>/<int:year>/messages"


def address(here: Any, endpoint: str, **values: Any) -> str:
    """The address of a page of the staff's messages."""
    return url_for(f"messages.{endpoint}", town=here.town.slug, year=here.cycle.year, **values)


def kind_words(code: str) -> str:
    """What a kind is called: its heading in the standard words, or its label."""
    kind = KINDS.get(code)
    if kind is None or kind.is_fixed:
        return label(f"message_{code}")
    return PLACEHOLDER.sub("…", kind.subject[language()])


@bp.get(BASE)
@guard(Action.SEE_MESSAGES)
def staff(here: Any) -> ResponseReturnValue:
    """What text messages have cost, and what was not delivered."""
    return _staff_page(here, PriceForm(price=_price_words(here)))


def _price_words(here: Any) -> str:
    price = costs.price_of(here.town.id)
    return costs.format_price(price) if price else ""


def _staff_page(here: Any, form: PriceForm) -> ResponseReturnValue:
    before, cycle_id = whole_number(request.args.get("before")), here.cycle.id
    rows = queries_staff.undelivered(cycle_id, before=before)
    shown = rows[: queries_staff.PAGE_SIZE]
    spent = costs.costs_of(cycle_id)
    page = render_template(
        "messages/staff.html",
        form=form,
        costs=[(cost, kind_words(cost.kind), costs.in_tetri(cost.hundredths)) for cost in spent],
        total=costs.in_tetri(sum(cost.hundredths for cost in spent)),
        parts=sum(cost.parts for cost in spent),
        unpriced=sum(cost.unpriced for cost in spent),
        elsewhere=sum(cost.parts for cost in costs.costs_of(None)),
        price=_price_words(here),
        rows=[(row, opened(row.inbox, language())["subject"], _reason(row.message)) for row in shown],
        older=shown[-1].message.id if len(rows) > len(shown) else None,
        newest=shown[0].message.id if shown else 0,
        count=queries_staff.undelivered_count(cycle_id),
        apart=[(kind_words(kind), count) for kind, count in queries_staff.apart(cycle_id)],
        failing=queries_staff.failing(cycle_id),
    )
    return page, status_of(form)


def _reason(message: OutgoingMessage) -> str:
    """Why, in words: what the gateway said stands behind."""
    said = message.last_error
    if said == "too late to be of use":
        return _("It was not sent in time to be of use.")
    if "recipient refused" in said or said.startswith("http 4"):
        return _("The provider refused the address or the text (%(said)s).", said=said)
    return _("The provider could not be reached, or answered with an error (%(said)s).", said=said)


@bp.post(f"{BASE}/price")
@guard(Action.EDIT_MESSAGES)
def price(here: Any) -> ResponseReturnValue:
    """Say what a part costs."""
    form = PriceForm()

    def act() -> None:
        commands.set_price(here=here, typed=form.price.data or "", actor=current_actor(), now=clock.now())

    if submitted(form, act):
        flash(_("The price is saved. It counts for what goes out from now on."), "success")
        return redirect(address(here, "staff"))
    return _staff_page(here, form)


def load_message(here: Any, message: int) -> OutgoingMessage | None:
    """A message of the contest that was given up."""
    return queries_staff.given_up_in(here.cycle.id, message)


@bp.post(f"{BASE}/undelivered/<int:message>/retry")
@guard(Action.RETRY_MESSAGES, message=load_message)
def retry(here: Any, message: OutgoingMessage) -> ResponseReturnValue:
    """Send one again."""
    return _retry(here, message.id, message.id)


@bp.route(f"{BASE}/undelivered/retry", methods=["GET", "POST"])
@guard(Action.RETRY_MESSAGES)
def retry_all(here: Any) -> ResponseReturnValue:
    """Send all again, after a confirmation that names their number."""
    newest = whole_number(request.values.get("newest")) or 0
    if request.method == "POST":
        return _retry(here, newest, None)
    count = queries_staff.undelivered_count(here.cycle.id)
    rows = queries_staff.undelivered(here.cycle.id, limit=1)
    newest = rows[0].message.id if rows else 0
    return render_template("messages/retry.html", count=count, newest=newest)


def _retry(here: Any, newest: int, message_id: int | None) -> ResponseReturnValue:
    try:
        sent, lost = commands.retry(
            here=here, newest=newest, message_id=message_id, actor=current_actor(), now=clock.now()
        )
    except Closed as error:
        flash(error_words(error), "error")
    else:
        flash(ngettext("%(num)s message is sent again.", "%(num)s messages are sent again.", sent), "success")
        if lost:
            flash(_("Reach nobody any more: %(n)s.", n=lost), "warning")
    return redirect(address(here, "staff"))


@bp.get(f"{BASE}/wording")
@guard(Action.EDIT_MESSAGES)
def kinds(here: Any) -> ResponseReturnValue:
    """All kinds of messages, by group, and which have words of the town's own."""
    own = wordings.changed_kinds(here.town.id)
    groups = {group: [k for k in KINDS.values() if k.group is group and not k.is_fixed] for group in Group}
    shown = [
        (group, [(kind.code, kind_words(kind.code), kind.code in own) for kind in found])
        for group, found in groups.items()
        if found
    ]
    return render_template("messages/kinds.html", groups=shown)


def load_kind(here: Any, kind: str) -> Kind | None:
    """A kind whose words a town may change."""
    found = KINDS.get(kind)
    return found if found is not None and not found.is_fixed else None


@bp.route(f"{BASE}/wording/<kind>", methods=["GET", "POST"])
@guard(Action.EDIT_MESSAGES, kind=load_kind)
def wording(here: Any, kind: Kind) -> ResponseReturnValue:
    """Change the words of a kind: a preview first, as often as one likes; saving is a press of its own."""
    words, row = wordings.words_in_force(kind, here.town.id), wordings.newest(kind.code, here.town.id)
    known = {f"{part}_{lang}": text for part, texts in words.items() for lang, text in texts.items()}
    form = wording_form(kind)(data={**known, "version": str(row.version if row else 0)})
    if request.form.get("act") == "save" and submitted(form, lambda: _save(here, kind, form)):
        flash(_("The words are in force from now on."), "success")
        return redirect(address(here, "kinds"))
    looking = request.form.get("act") == "preview" and submitted(form, lambda: _check(here, kind, form))
    typed = commands.cleaned(kind, form.typed()) if looking else words
    page = render_template(
        "messages/wording.html",
        form=form,
        kind=kind,
        name=kind_words(kind.code),
        own=row is not None and row.words is not None,
        version=row.version if row else 0,
        names=[
            ("{" + name + "}", wordings.samples(kind, here.town, language())[name])
            for name in sorted(kind.names)
        ],
        previews=[(lang, *wordings.preview(kind, typed, here.town, lang)) for lang in wordings.LANGUAGES],
        looking=looking,
        versions=[(v, actor_by_id(v.by).display_name) for v in wordings.versions(kind.code, here.town.id)],
    )
    return page, status_of(form)


def _save(here: Any, kind: Kind, form: WordingForm) -> None:
    commands.change_wording(
        here=here, kind=kind.code, typed=form.typed(), version=_version(form), actor=current_actor(),
        now=clock.now(),
    )  # fmt: skip


def _check(here: Any, kind: Kind, form: WordingForm) -> None:
    commands.check_wording(here=here, kind=kind.code, typed=form.typed())


def _version(form: WordingForm) -> int:
    return whole_number(form.version.data) or 0


@bp.post(f"{BASE}/wording/<kind>/reset")
@guard(Action.EDIT_MESSAGES, kind=load_kind)
def reset_wording(here: Any, kind: Kind) -> ResponseReturnValue:
    """Back to the standard words."""
    version = whole_number(request.form.get("version"))
    if version is None:
        raise Missing("no_such_page")
    commands.reset_wording(here=here, kind=kind.code, version=version, actor=current_actor(), now=clock.now())
    flash(_("The standard words are in force again. Your own stay among the versions."), "success")
    return redirect(address(here, "wording", kind=kind.code))
