"""The officer's pages: the queue, the check of one idea, contact data on request, invitations."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.accounts.queries import actor_by_id, name_of, staff_of
from pb.core.errors import Closed, Invalid
from pb.core.whole import whole_number
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.ideas.models import Idea
from pb.ideas.queries import units_of
from pb.policy import Action, Role
from pb.projects import commands_invite
from pb.projects.queries import invitable_ideas, project_of_idea
from pb.review import checking, commands_eligibility, queries_feasibility
from pb.review import queries_eligibility as queries
from pb.review.blueprint import blueprint
from pb.review.commands_eligibility import Contact
from pb.review.forms_eligibility import CheckForm, ContactForm, InviteAllForm, check_form
from pb.review.showing_eligibility import (
    changes_shown,
    field_words,
    finding_shown,
    idea_shown,
    rows_shown,
    shelves_shown,
    typed_shown,
)
from pb.review.showing_feasibility import answers_shown
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words

BASE = "/<town>/<int:year>/queue"
PAGE_SIZE = 50


def load(here: Here, number: int) -> Idea | None:
    """An idea of the cycle that was handed in."""
    return queries.idea_by_number(here.the_cycle.id, number)


def url_of(here: Here, endpoint: str, **values: Any) -> str:
    """The address of a page of the queue."""
    return url_for(f"review.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


@blueprint.get(BASE)
@guard(Action.SEE_QUEUE)
def queue(here: Here) -> ResponseReturnValue:
    """Ideas by shelf; on the first, what is late stands first."""
    shelf = request.args.get("shelf", "")
    shelf = shelf if shelf in queries.SHELVES else "waiting"
    unit, category = request.args.get("unit", "")[:60], request.args.get("category", "")[:60]
    now, page = clock.now(), max(1, request.args.get("page", 1, type=int) or 1)
    counts = queries.counts(here.the_cycle.id)
    rows = queries.queue(here.the_cycle.id, now=now, shelf=shelf, unit=unit, category=category)
    person = whole_number(request.args.get("person")) or 0
    if person:
        hands = queries.in_hand(here.the_cycle.id, now)
        rows = [row for row in rows if row.idea.state == "in_check" and hands.get(row.idea.id) == person]
    late = (
        sum(r.late for r in rows)
        if shelf == "waiting" and not (unit or category or person)
        else queries.late_count(here.the_cycle.id, now)
    )
    return render_template(
        "review/eligibility_queue.html",
        shelf=shelf,
        shelves=shelves_shown(here, counts, late, shelf),
        rows=rows_shown(here, rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], now),
        total=len(rows),
        late=late,
        page=page,
        pages=-(-len(rows) // PAGE_SIZE),
        unit=unit,
        category=category,
        person=person,
        officers=[(account.id, name_of(account)) for account in staff_of(here.town.id, Role.OFFICER)],
        opinions=len(queries_feasibility.open_opinions(here.the_cycle.id, now)),
        units=units_of(here.town.id),
        invitable=counts["admitted"],
    )


@blueprint.route(f"{BASE}/<int:number>", methods=["GET", "POST"])
@guard(Action.OPEN_CHECK, number=load)
def check(here: Here, number: Idea) -> ResponseReturnValue:
    """The check of one idea. When another officer was quicker, what was typed stays on the page."""
    form = _check_form(here, number)
    try:
        if submitted(form, lambda: _record(here, number, form)):
            flash(_("The outcome is recorded. The author sees it on the page of the idea."), "success")
            return redirect(url_of(here, "queue"))
    except Closed as error:
        if error.code not in ("already_checked", "text_changed", "later_acts"):
            raise
        form.form_errors.append(error_words(error))
        text = queries.last_revision(number.id)
        form.revision.data = str(text.number) if text else ""
        return _check_page(here, load(here, number.number or 0) or number, form), error.status
    return _check_page(here, number, form), status_of(form)


def _check_form(here: Here, idea: Idea) -> CheckForm:
    """Empty, or with the answers of the finding before (an idea that came back): the officer looks again."""
    text, last = queries.last_revision(idea.id), queries.last_check(idea.id, clock.now())
    known: dict[str, Any] = {"revision": text.number if text else ""}
    if last is not None and last.outcome == "returned":
        known |= {f"passed_{line['check']}": "met" for line in last.lines if line["passed"]}
    return check_form(here.rules)(data=known)


def _record(here: Here, idea: Idea, form: CheckForm) -> None:
    commands_eligibility.record_check(
        idea_id=idea.id, outcome=form.outcome.data, findings=form.findings(here.rules), notes=form.notes(),
        public_reason=form.public_reason.data or "", revision=form.revision_number, actor=current_actor(),
        now=clock.now(),
    )  # fmt: skip


def _check_page(
    here: Here,
    idea: Idea,
    form: CheckForm,
    *,
    contact_form: ContactForm | None = None,
    contacts: tuple[Contact, ...] = (),
) -> str:
    checks = queries.checks_of(idea.id, clock.now())
    before = queries.revision_by_id(checks[-1].revision_id) if checks else None
    text = queries.last_revision(idea.id)
    due = checking.due_on(queries.waiting_since(idea, clock.now()))
    officer = queries.taken_up_by(idea.id, clock.now()) if idea.state == "in_check" else None
    return render_template(
        "review/eligibility_check.html",
        idea=idea,
        number=public_number(here.town.number_prefix, here.the_cycle.year, idea.number or 0),
        form=form,
        contact_form=contact_form or ContactForm(formdata=None),
        contacts=contacts,
        checklist=here.rules.checklist,
        shown=idea_shown(here, idea),
        changes=changes_shown(here, idea, queries.changes(before, text)) if before and text else [],
        checks=[finding_shown(here, found) for found in reversed(checks)],
        taken_up_by=actor_by_id(officer).display_name if officer else "",
        is_mine=officer == current_actor().account_id,
        due=due,
        late=clock.now().astimezone(TBILISI).date() > due,
        kept=typed_shown(here, form) if form.form_errors else [],
        asked=queries_feasibility.opinions_on(idea.id, clock.now()),
        answers=answers_shown(here, checks[-1], clock.now()) if checks else [],
        note_fields=[(name, field_words(name)) for name in checking.NOTE_FIELDS],
        reason_min=checking.REASON_MIN,
        note_max=checking.NOTE_MAX,
        returns_left=max(0, checking.MAX_IDEA_RETURNS - idea.times_returned),
        project=project_of_idea(idea.id) if idea.state == "invited" else None,
    )


@blueprint.post(f"{BASE}/<int:number>/take-up")
@guard(Action.OPEN_CHECK, number=load)
def take_up(here: Here, number: Idea) -> ResponseReturnValue:
    """Begin the check: the author cannot change the text from now on."""
    commands_eligibility.take_up(idea_id=number.id, actor=current_actor(), now=clock.now())
    return redirect(url_of(here, "check", number=number.number))


@blueprint.post(f"{BASE}/<int:number>/contact")
@guard(Action.SEE_CONTACT, number=load)
def contact(here: Here, number: Idea) -> ResponseReturnValue:
    """Contact data, shown once in the answer to this request; the reading is on the log before."""
    form, found = ContactForm(), list[Contact]()

    def read() -> None:
        found.extend(
            commands_eligibility.show_contact(
                idea_id=number.id, reason=form.reason.data or "", actor=current_actor(), now=clock.now()
            )
        )

    submitted(form, read)
    blank = check_form(here.rules)(formdata=None, data={"revision": _revision(number)})
    page = _check_page(here, number, blank, contact_form=form, contacts=tuple(found))
    return page, status_of(form), {"Cache-Control": "no-store"}


def _revision(idea: Idea) -> int | str:
    text = queries.last_revision(idea.id)
    return text.number if text else ""


@blueprint.post(f"{BASE}/<int:number>/invite")
@guard(Action.INVITE_PROJECT, number=load)
def invite(here: Here, number: Idea) -> ResponseReturnValue:
    """Make one admitted idea a project."""
    commands_invite.invite_project(idea_ids=[number.id], actor=current_actor(), now=clock.now())
    flash(_("The author of “%(title)s” is invited.", title=number.title), "success")
    return redirect(url_of(here, "queue", shelf="admitted"))


@blueprint.route(f"{BASE}/invite", methods=["GET", "POST"])
@guard(Action.INVITE_PROJECT)
def invite_all(here: Here) -> ResponseReturnValue:
    """Make all admitted ideas projects, after a confirmation that names their number."""
    ids = invitable_ideas(here.the_cycle.id)
    form = InviteAllForm(data={"ids": ",".join(map(str, ids))})
    done: list[int] = []
    if submitted(form, lambda: done.append(_invite_all(here, form))):
        words = ngettext("%(num)s author is invited.", "%(num)s authors are invited.", done[0])
        flash(words, "success")
        return redirect(url_of(here, "queue", shelf="invited"))
    return render_template("review/eligibility_invite.html", form=form, count=len(ids)), status_of(form)


def _invite_all(here: Here, form: InviteAllForm) -> int:
    typed = map(whole_number, str(form.ids.data or "").split(","))
    ids = [number for number in typed if number is not None]
    if not ids:
        raise Invalid("nobody_to_invite")
    return commands_invite.invite_all(
        cycle_id=here.the_cycle.id, idea_ids=ids, actor=current_actor(), now=clock.now()
    )
