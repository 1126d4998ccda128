"""The operator's desk for ideas: write down, read back, consent, the copy to take home."""

from __future__ import annotations

import base64

from flask import current_app, flash, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts import commands as accounts
from pb.accounts.limits import CITIZENS
from pb.accounts.personal import seal, unseal
from pb.cycles.queries import Here
from pb.ideas import commands_help, queries_help, queries_own, summary
from pb.ideas.content import public_number
from pb.ideas.forms import GROUPS, ActForm
from pb.ideas.forms_help import CHANNEL_WORDS, CodeForm, HelpForm, PhoneForm, SlipForm, shown
from pb.ideas.models import Idea
from pb.ideas.offers import category_choices, unit_choices, village_names
from pb.ideas.views import bp, url_of
from pb.messages.queries import demonstration_code
from pb.policy import Action
from pb.web.filters import words
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language
from pb.web.pdf import pdf_response

KEY = "helped_phone"


def helped(here: Here, idea_id: int) -> Idea | None:
    """An idea that the operator wrote down; nobody else's."""
    return queries_help.helped_idea(here.the_cycle.id, idea_id, current_actor().account_id)


@bp.get("/<town>/<int:year>/ideas/help")
@guard(Action.ASSIST_IDEA)
def help_desk(here: Here) -> ResponseReturnValue:
    """Where an operator begins, and what was begun."""
    session.pop(KEY, None)  # nothing of the last person stays at the desk
    begun = queries_help.written_by(here.the_cycle.id, current_actor().account_id or 0)
    return render_template("ideas/help.html", begun=begun)


@bp.route("/<town>/<int:year>/ideas/help/new", methods=["GET", "POST"])
@guard(Action.ASSIST_IDEA)
def help_new(here: Here) -> ResponseReturnValue:
    """Person and idea on one page."""
    return _writing(here, None)


@bp.route("/<town>/<int:year>/ideas/help/<int:idea>/edit", methods=["GET", "POST"])
@guard(Action.ASSIST_IDEA, idea=helped)
def help_edit(here: Here, idea: Idea) -> ResponseReturnValue:
    """The same, corrected after reading it back."""
    if idea.state != "draft":
        return redirect(url_of(here, "help_done", idea=idea.id))
    return _writing(here, idea)


def _writing(here: Here, idea: Idea | None) -> ResponseReturnValue:
    form = HelpForm(data=shown(idea) if idea else {})
    form.offer_help(here)
    made: list[Idea] = []

    def act() -> None:
        person = form.person(here.rules)
        made.append(
            commands_help.write_down(
                cycle_id=here.the_cycle.id, person=person, fields=form.fields(person),
                channel=form.channel.data or "", centre_id=form.centre_id.data, actor=current_actor(),
                now=clock.now(), idea_id=idea.id if idea else None, language=select_language(),
            )
        )  # fmt: skip

    if submitted(form, act):
        return redirect(url_of(here, "help_read", idea=made[0].id))
    return render_template(
        "ideas/help_form.html", form=form, villages=village_names(here), rules=here.rules, idea=idea
    ), status_of(form)


@bp.route("/<town>/<int:year>/ideas/help/<int:idea>", methods=["GET", "POST"])
@guard(Action.ASSIST_IDEA, idea=helped)
@CITIZENS
def help_read(here: Here, idea: Idea) -> ResponseReturnValue:
    """Read back; the signed paper hands it in (the other way, a code, has its own page)."""
    if idea.state != "draft":
        return redirect(url_of(here, "help_done", idea=idea.id))
    form = SlipForm()
    if submitted(form, lambda: _hand_in(idea, None, form.slip.data or "")):
        return redirect(url_of(here, "help_done", idea=idea.id))
    person = summary.rows_of_person(here, idea, idea.authors[0])
    return render_template(
        "ideas/help_read.html", form=form, phone_form=PhoneForm(formdata=None), idea=idea,
        rows=_without_ways(summary.content_rows(here, idea)), person_rows=_without_ways(person),
        alike=queries_own.lookalikes(idea), number=lambda n: _number(here, n), channel=CHANNEL_WORDS[idea.channel],
    ), status_of(form)  # fmt: skip


def _without_ways(rows: list[summary.Row]) -> list[summary.Row]:
    return [{**row, "url": ""} for row in rows if row["value"]]


def _number(here: Here, n: int) -> str:
    return public_number(here.town.number_prefix, here.the_cycle.year, n)


def _hand_in(idea: Idea, account_id: int | None, slip: str) -> None:
    commands_help.hand_in_for(
        idea_id=idea.id, account_id=account_id, slip=slip, actor=current_actor(), now=clock.now()
    )


@bp.post("/<town>/<int:year>/ideas/help/<int:idea>/phone")
@guard(Action.ASSIST_IDEA, idea=helped)
@CITIZENS
def help_phone(here: Here, idea: Idea) -> ResponseReturnValue:
    """Send the code that is the consent to the person's phone."""
    form = PhoneForm()
    sent: list[str] = []
    language = select_language()
    if submitted(form, lambda: sent.append(
        accounts.request_signin_code(phone=form.phone.data or "", language=language, now=clock.now())
    )):  # fmt: skip
        session[KEY] = base64.b64encode(seal(sent[0])).decode()
        return redirect(url_of(here, "help_code", idea=idea.id))
    for errors in form.errors.values():
        flash(" ".join(str(error) for error in errors), "error")
    return redirect(url_of(here, "help_read", idea=idea.id))


@bp.route("/<town>/<int:year>/ideas/help/<int:idea>/code", methods=["GET", "POST"])
@guard(Action.ASSIST_IDEA, idea=helped)
@CITIZENS
def help_code(here: Here, idea: Idea) -> ResponseReturnValue:
    """The person reads the code aloud: that is the consent, and the idea is handed in."""
    if KEY not in session or idea.state != "draft":
        return redirect(url_of(here, "help_read", idea=idea.id))
    phone = unseal(base64.b64decode(session[KEY]))
    form = CodeForm()

    def act() -> None:
        account_id = accounts.prove_signin_code(
            phone=phone, code=form.code.data or "", now=clock.now(), language=select_language()
        )
        _hand_in(idea, account_id, "")

    if submitted(form, act):
        session.pop(KEY, None)
        return redirect(url_of(here, "help_done", idea=idea.id))
    is_demo = current_app.extensions["pb_settings"].is_demonstration
    return render_template(
        "ideas/help_code.html", form=form, idea=idea,
        code_shown=demonstration_code(phone, clock.now()) if is_demo else None,
    ), status_of(form)  # fmt: skip


@bp.get("/<town>/<int:year>/ideas/help/<int:idea>/done")
@guard(Action.ASSIST_IDEA, idea=helped)
def help_done(here: Here, idea: Idea) -> ResponseReturnValue:
    """The number, the copy to print, and the way to the next person."""
    if idea.number is None:
        return redirect(url_of(here, "help_read", idea=idea.id))
    return render_template("ideas/help_done.html", idea=idea, number=_number(here, idea.number))


@bp.get("/<town>/<int:year>/ideas/help/<int:idea>/paper.pdf")
@guard(Action.ASSIST_IDEA, idea=helped)
def help_paper(here: Here, idea: Idea) -> ResponseReturnValue:
    """A5: before handing in, the paper to sign; afterwards, the author's copy."""
    number = _number(here, idea.number) if idea.number is not None else ""
    rows = [row for row in summary.content_rows(here, idea) if row["value"]]
    html = render_template("ideas/paper_idea.html", idea=idea, number=number, rows=rows)
    return pdf_response(html, f"{number or 'idea'}.pdf")


@bp.post("/<town>/<int:year>/ideas/help/<int:idea>/drop")
@guard(Action.ASSIST_IDEA, idea=helped)
def help_drop(here: Here, idea: Idea) -> ResponseReturnValue:
    """Nothing is handed in, nothing stays."""
    form = ActForm()
    if submitted(
        form, lambda: commands_help.drop_written(idea_id=idea.id, actor=current_actor(), now=clock.now())
    ):
        flash(_("The draft was deleted."), "success")
    return redirect(url_of(here, "help_desk"))


@bp.get("/<town>/<int:year>/ideas/paper-form.pdf")
@public()
def paper_form(here: Here) -> ResponseReturnValue:
    """The paper form, A4, to fill in by hand."""
    html = render_template(
        "ideas/paper_form.html", rules=here.rules, units=[name for _id, name in unit_choices(here)],
        categories=[name for _id, name in category_choices(here)], groups=list(GROUPS.values()),
        town_words=words(here.town.full_name),
    )  # fmt: skip
    return pdf_response(html, f"idea-form-{here.town.slug}-{here.the_cycle.year}.pdf")
