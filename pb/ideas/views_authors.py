"""Pages of co-authors and guardians: who stands behind an idea, saying yes or no with a code, waiting."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.core.errors import Invalid
from pb.cycles.queries import Here
from pb.ideas import commands_authors, commands_guardian, content, guardians, passes, queries_own, records
from pb.ideas.forms import ActForm
from pb.ideas.forms_authors import CodeOnlyForm, ConfirmForm, GuardianForm, GuardianSlipForm, InviteForm
from pb.ideas.models import Idea
from pb.ideas.offers import unit_choices, village_names
from pb.ideas.views import bp, url_of
from pb.ideas.views_own import own
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.pdf import pdf_response


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/authors", methods=["GET", "POST"])
@guard(Action.MANAGE_AUTHORS, idea=own)
@CITIZENS
def authors(here: Here, idea: Idea) -> ResponseReturnValue:
    """Who is author, who was asked; ask somebody, call back, leave."""
    form = InviteForm()
    actor, now = current_actor(), clock.now()
    if submitted(
        form,
        lambda: commands_authors.invite_author(
            idea_id=idea.id, phone=form.phone.data or "", actor=actor, now=now
        ),
    ):
        flash(
            _("A text message with the invitation is on its way. Until it is accepted, nobody is shown."),
            "success",
        )
        return redirect(url_of(here, "authors", idea=idea.id))
    is_demo = current_app.extensions["pb_settings"].is_demonstration
    asked = commands_authors.open_invitations(idea.id, now)
    return render_template(
        "ideas/authors.html", form=form, idea=idea, number=_number(here, idea),
        people=[
            {
                "label": records.person_of(row).label,
                "mine": row.account_id == actor.account_id,
                "waits": guardians.is_waited_for(row),
            }
            for row in idea.authors
        ],
        asked=[
            {
                "id": row.id,
                "phone": commands_authors.masked(row),
                "until": row.expires_at,
                "url": url_of(here, "coauthor", code=commands_authors.code_of(row)) if is_demo else "",
            }
            for row in asked
        ],
        most=commands_authors.MOST_AUTHORS,
    ), status_of(form)  # fmt: skip


def _number(here: Here, idea: Idea) -> str:
    return records.number_of(here, idea) if idea.number is not None else ""


@bp.post("/<town>/<int:year>/ideas/mine/<int:idea>/authors/<any('leave','call-back'):press>")
@guard(Action.MANAGE_AUTHORS, idea=own)
def authors_press(here: Here, idea: Idea, press: str) -> ResponseReturnValue:
    """Leave the idea to the others, or call an invitation back."""
    form, actor, now = ActForm(), current_actor(), clock.now()
    if press == "leave":
        if submitted(form, lambda: commands_authors.leave_idea(idea_id=idea.id, actor=actor, now=now)):
            flash(_("You are no longer an author of this idea."), "success")
        return redirect(url_of(here, "mine"))
    asked = request.form.get("invitation", type=int) or 0
    if submitted(
        form,
        lambda: commands_authors.call_back(idea_id=idea.id, invitation_id=asked, actor=actor, now=now),
    ):
        flash(_("The invitation was taken back."), "success")
    return redirect(url_of(here, "authors", idea=idea.id))


def invited(here: Here, code: str) -> Any:
    """The open invitation of a code, with its idea."""
    return commands_authors.invitation_by_code(here.the_cycle.id, code, clock.now())


@bp.route("/<town>/<int:year>/ideas/coauthor/<code>", methods=["GET", "POST"])
@public(code=invited)
@CITIZENS
def coauthor(here: Here, code: Any) -> ResponseReturnValue:
    """What the idea says and who asks; yes with the invited number, no with the code alone."""
    row, idea = code
    typed, actor = commands_authors.code_of(row), current_actor()
    fits = commands_authors.is_for(row, actor)
    known = queries_own.last_person(actor.account_id) if fits and actor.account_id is not None else None
    form = ConfirmForm(data=known.__dict__ if known else {})
    form.offer(here.rules, unit_choices(here), with_phone=False)
    declines = "decline" in request.form

    def act() -> None:
        if declines:
            commands_authors.decline_authorship(cycle_id=here.the_cycle.id, code=typed, now=clock.now())
            flash(_("You declined. Nothing of you was stored."), "success")
            return
        done = commands_authors.confirm_authorship(
            cycle_id=here.the_cycle.id, code=typed, person=form.person(here.rules),
            consent=bool(form.consent.data), actor=actor, now=clock.now(),
        )  # fmt: skip
        waits = any(a.account_id == actor.account_id and guardians.is_waited_for(a) for a in done.authors)
        said = _("You will be shown as an author as soon as your parent or guardian agrees.")
        flash(said if waits else _("You are an author of this idea now."), "success")

    if submitted(form, act):
        return redirect(url_of(here, "index" if declines else "mine"))
    return render_template(
        "ideas/coauthor.html", form=form, idea=idea, fits=fits, number=_number(here, idea), path=request.path,
        villages=village_names(here), rules=here.rules,
    ), status_of(form)  # fmt: skip


# guardians


@bp.route("/<town>/<int:year>/ideas/mine/<int:idea>/waiting", methods=["GET", "POST"])
@guard(Action.SEE_OWN, idea=own)
@CITIZENS
def waiting(here: Here, idea: Idea) -> ResponseReturnValue:
    """The idea waits for a parent or guardian: by the code of the message, or signed at a centre."""
    if idea.waiting_since is None:
        return redirect(url_of(here, "done" if idea.number is not None else "check", idea=idea.id))
    form = CodeOnlyForm()
    again = "again" in request.form

    def act() -> None:
        actor, now = current_actor(), clock.now()
        if again:
            commands_guardian.ask_guardian_again(idea_id=idea.id, actor=actor, now=now)
            flash(_("The text message was sent once more."), "success")
        elif guardians.consent_by_code(here.the_cycle.id, form.code.data or "") is None:
            raise Invalid("no_such_code", field="code")

    if submitted(form, act):
        if again:
            return redirect(url_of(here, "waiting", idea=idea.id))
        return redirect(url_of(here, "guardian", code=(form.code.data or "").strip().lower()))
    rows = [author for author in idea.authors if guardians.is_waited_for(author)]
    is_demo = current_app.extensions["pb_settings"].is_demonstration
    codes = [guardians.code_of(row) for a in rows if (row := guardians.consent_of(a)) and row.answer is None]
    return render_template(
        "ideas/waiting.html", form=form, idea=idea, code=passes.code_of(idea),
        by_text=any(author.guardian_phone_sealed for author in rows),
        links=[url_of(here, "guardian", code=code) for code in codes] if is_demo else [],
    ), status_of(form)  # fmt: skip


def asked_guardian(here: Here, code: str) -> Any:
    """The question that a guardian's code answers."""
    return guardians.consent_by_code(here.the_cycle.id, code)


@bp.route("/<town>/<int:year>/ideas/guardian/<code>", methods=["GET", "POST"])
@public(code=asked_guardian)
@CITIZENS
def guardian(here: Here, code: Any) -> ResponseReturnValue:
    """What the young author wrote; a parent's or guardian's yes or no."""
    row, author, idea = code
    typed, form = guardians.code_of(row), GuardianForm()
    refuses = "refuse" in request.form

    def act() -> None:
        if not refuses and not form.agrees.data:
            raise Invalid("consent_needed", field="agrees")
        commands_guardian.answer_as_guardian(
            cycle_id=here.the_cycle.id, code=typed, agrees=not refuses, now=clock.now()
        )

    if submitted(form, act):
        return redirect(url_of(here, "guardian", code=typed))
    person = records.person_of(author)
    return render_template(
        "ideas/guardian.html", form=form, idea=idea, answer=row.answer, child=person.label,
        guardian=person.guardian, number=_number(here, idea),
    ), status_of(form)  # fmt: skip


@bp.get("/<town>/<int:year>/ideas/mine/<int:idea>/guardian.pdf")
@guard(Action.SEE_OWN, idea=own)
def guardian_paper(here: Here, idea: Idea) -> ResponseReturnValue:
    """A5: the paper that a parent or guardian signs at a centre."""
    html = render_template(
        "ideas/paper_guardian.html", idea=idea, code=passes.code_of(idea),
        people=[records.person_of(row) for row in idea.authors if content.needs_guardian(row.age_band)],
    )  # fmt: skip
    return pdf_response(html, f"guardian-{idea.id}.pdf")


@bp.route("/<town>/<int:year>/ideas/help/guardian", methods=["GET", "POST"])
@guard(Action.ASSIST_IDEA)
@CITIZENS
def help_guardian(here: Here) -> ResponseReturnValue:
    """An operator takes the signed paper of a parent or guardian."""
    form = GuardianSlipForm()
    done: list[Idea] = []
    if submitted(
        form,
        lambda: done.append(
            commands_guardian.guardian_signed(
                cycle_id=here.the_cycle.id, draft_code=form.code.data or "", slip=form.slip.data or "",
                actor=current_actor(), now=clock.now(),
            )
        ),
    ):  # fmt: skip
        number = _number(here, done[0])
        said = (
            _("The idea is handed in: %(number)s.", number=number) if number else _("The consent is noted.")
        )
        flash(said, "success")
        return redirect(url_of(here, "help_desk"))
    return render_template("ideas/help_guardian.html", form=form), status_of(form)
