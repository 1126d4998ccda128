"""The way to a draft: what to have ready, who you are, the code that proves the phone."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts import commands as accounts
from pb.accounts import session as accounts_session
from pb.accounts.limits import CITIZENS
from pb.accounts.queries import account_by_id, actor_by_id, given_name
from pb.core.errors import Closed, Problems
from pb.core.phases import Phase
from pb.cycles.queries import Here
from pb.ideas import asking, commands, content, queries_own, records
from pb.ideas.content import Person
from pb.ideas.forms import ActForm, CodeForm, WhoForm
from pb.ideas.offers import unit_choices, village_names
from pb.ideas.views import bp, url_of
from pb.messages.queries import demonstration_code
from pb.policy import RULES, Action, Actor
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, public
from pb.web.i18n import select_language


@bp.get("/<town>/<int:year>/ideas/new")
@public()
def start(here: Here) -> ResponseReturnValue:
    """What to have ready, how long it takes, until when; drafts to go on with."""
    actor = current_actor()
    begun = queries_own.ideas_of(here.the_cycle.id, actor.account_id) if actor.account_id else []
    return render_template(
        "ideas/start.html", rules=here.rules, is_open=_is_open(here), opens=_opens(here),
        drafts=[idea for idea in begun if idea.state == "draft"],
        left=here.rules.max_ideas_per_author - sum(idea.state not in records.UNCOUNTED for idea in begun),
    )  # fmt: skip


def _is_open(here: Here) -> bool:
    return RULES[Action.HAND_IN_IDEA].fits(here.status)


def _opens(here: Here):  # type: ignore[no-untyped-def]
    """When ideas will be taken, while that is still to come; else None."""
    opens = here.calendar.starts.get(Phase.IDEAS) if here.calendar else None
    return opens if opens is not None and opens > clock.now() else None


def require_open(here: Here) -> None:
    """Closed("wrong_phase") unless ideas are taken now."""
    if not _is_open(here):
        phase = here.status.phase if here.status else None
        raise Closed("wrong_phase", action=Action.HAND_IN_IDEA, phase=phase)


@bp.route("/<town>/<int:year>/ideas/new/who", methods=["GET", "POST"])
@public()
@CITIZENS
def who(here: Here) -> ResponseReturnValue:
    """Name, mobile, age, village. Signed in, no mobile is asked and no code follows."""
    require_open(here)
    actor = current_actor()
    signed_in = actor.account_id is not None
    form = WhoForm(data=_known(actor))
    form.offer(here.rules, unit_choices(here), with_phone=not signed_in)
    made: list[int] = []

    def act() -> None:
        person = form.person(here.rules)
        if signed_in:
            made.append(_draft(here, person, actor))
        else:
            _ask_code(here, person, str(form.phone.data or ""))

    if submitted(form, act):
        if signed_in:
            return redirect(url_of(here, "step", idea=made[0], step="idea"))
        return redirect(url_of(here, "code"))
    return render_template(
        "ideas/who.html", form=form, villages=village_names(here), rules=here.rules, signed_in=signed_in
    ), status_of(form)


def _known(actor: Actor) -> dict[str, object]:
    """What the form begins with: typed before, or given with an earlier idea."""
    typed = asking.kept()
    person, phone = typed or (None, "")
    if person is None and actor.account_id is not None:
        person = queries_own.last_person(actor.account_id)
    return {**person.__dict__, "phone": phone} if person is not None else {}


def _draft(here: Here, person: Person, actor: Actor) -> int:
    idea = commands.begin_draft(
        cycle_id=here.the_cycle.id, person=person, actor=actor, now=clock.now(), language=select_language()
    )
    return idea.id


def _ask_code(here: Here, person: Person, phone: str) -> None:
    """Check the person before a text message is spent, send the code, and keep what was typed."""
    clean = content.clean_person(person)
    problems = content.person_problems(clean, here.rules, records.unit_ids(here.town.id))
    if problems:
        raise Problems(problems)
    number = accounts.request_signin_code(phone=phone, language=select_language(), now=clock.now())
    asking.keep(clean, number)


@bp.route("/<town>/<int:year>/ideas/new/code", methods=["GET", "POST"])
@public()
@CITIZENS
def code(here: Here) -> ResponseReturnValue:
    """The code from the text message; with it the draft begins."""
    require_open(here)
    typed = asking.kept()
    if typed is None:
        return redirect(url_of(here, "mine" if current_actor().account_id else "who"))
    person, phone = typed
    form = CodeForm()
    proved: list[int] = []

    def act() -> None:
        found = accounts.prove_signin_code(
            phone=phone, code=form.code.data or "", now=clock.now(), language=select_language()
        )
        proved.append(found)

    if submitted(form, act):
        accounts_session.enter(proved[0], keep=(asking.KEY,))
        actor, account = actor_by_id(proved[0]), account_by_id(proved[0])
        if account is not None and not given_name(account):
            accounts.set_name(
                account_id=proved[0], name=person.full_name[: accounts.NAME_LIMIT], now=clock.now()
            )
        idea_id = _draft(here, person, actor)
        asking.forget()
        return redirect(url_of(here, "step", idea=idea_id, step="idea"))
    is_demo = current_app.extensions["pb_settings"].is_demonstration
    return render_template(
        "ideas/code.html", form=form, phone=phone,
        shown=demonstration_code(phone, clock.now()) if is_demo else None,
    ), status_of(form)  # fmt: skip


@bp.post("/<town>/<int:year>/ideas/new/code/again")
@public()
@CITIZENS
def code_again(here: Here) -> ResponseReturnValue:
    """Another code to the same number."""
    require_open(here)
    typed = asking.kept()
    if typed is None:
        return redirect(url_of(here, "who"))
    form = ActForm()
    language = select_language()
    if submitted(
        form, lambda: accounts.request_signin_code(phone=typed[1], language=language, now=clock.now())
    ):
        flash(_("A new code was sent. The earlier one is no longer good."), "success")
    else:
        for errors in form.errors.values():
            flash(" ".join(errors), "error")
    return redirect(url_of(here, "code"), code=303 if request.method == "POST" else 302)
