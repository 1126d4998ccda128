"""Pages of challenges: a citizen's, the list and the decision of who presides, and a conflict discovered late."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action
from pb.projects.records import number_of
from pb.review import commands_conflicts as commands
from pb.review import queries_commission, queries_seats
from pb.review import queries_conflicts as queries
from pb.review.blueprint import blueprint
from pb.review.forms_conflicts import ChallengeForm, DecideForm, FoundForm, offer
from pb.review.models_conflicts import MemberChallenge
from pb.review.presiding import presiding
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

BASE = "/<town>/<int:year>/commission"


def load(here: Here, challenge: int) -> MemberChallenge | None:
    """A challenge of this cycle."""
    return queries.challenge_in_cycle(here.the_cycle.id, challenge)


def _url(here: Here, endpoint: str) -> str:
    return url_for(f"review.{endpoint}", town=here.town.slug, year=here.the_cycle.year)


def _offer(here: Here, form: ChallengeForm | FoundForm) -> None:
    members = [
        (account.id, queries_commission.name_of(account))
        for account in queries_commission.member_accounts(here)
    ]
    projects = [(p.id, f"{number_of(p)} · {p.title}") for p in queries_commission.scored_projects(here)]
    offer(form, members, projects)


@blueprint.route(f"{BASE}/challenge", methods=["GET", "POST"])
@guard(Action.CHALLENGE_MEMBER)
def challenge(here: Here) -> ResponseReturnValue:
    """Say why a member should not score a project."""
    project = whole_number(request.args.get("project"))
    form = ChallengeForm(data={"project": str(project) if project else ""})
    _offer(here, form)

    def act() -> int:
        return commands.challenge_member(
            project_id=whole_number(form.project.data) or 0,
            member_id=whole_number(form.member.data) or 0,
            words=form.words.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if not form.is_submitted() or form.project.data:
        if submitted(form, act):
            flash(_("Your challenge is with the chair. The decision will be published."), "success")
            return redirect(_url(here, "members"))
    else:
        form.project.errors = [_("Choose a project")]
    return render_template("review/challenge.html", form=form), status_of(form)


@blueprint.get(f"{BASE}/challenges")
@guard(Action.SEE_COMMISSION)
def challenges(here: Here) -> ResponseReturnValue:
    """Challenges and their decisions, for the commission; undecided ones first."""
    chair = presiding(here)
    me = current_actor().account_id
    rows = queries.challenges(here.the_cycle.id, clock.now())
    return render_template(
        "review/challenges.html",
        rows=rows,
        mine={
            row.challenge.id
            for row in rows
            if row.decision is None
            and chair.by(me, row.challenge.project_id, besides=row.challenge.member_id)
        },
        number_of=number_of,
        presides=me in chair.top.values(),
    )


@blueprint.route(f"{BASE}/challenges/<int:challenge>", methods=["GET", "POST"])
@guard(Action.DECIDE_CHALLENGE, challenge=load)
def decide_challenge(here: Here, challenge: MemberChallenge) -> ResponseReturnValue:
    """Uphold or dismiss, with the reason that everybody reads."""
    if queries.decision_of(challenge.id) is not None:
        return redirect(_url(here, "challenges"))
    form, challenge_id = DecideForm(), challenge.id

    def act() -> None:
        commands.decide_challenge(
            challenge_id=challenge_id,
            upheld=form.answer,
            reason=form.reason.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if submitted(form, act):
        flash(_("The decision is published."), "success")
        return redirect(_url(here, "challenges"))
    page = render_template(
        "review/challenge_decide.html", form=form, row=challenge, number=number_of(challenge.project)
    )
    return page, status_of(form)


@blueprint.route(f"{BASE}/conflict-found", methods=["GET", "POST"])
@guard(Action.DECIDE_CHALLENGE)
def conflict_found(here: Here) -> ResponseReturnValue:
    """A conflict that was discovered and that the member did not declare."""
    form = FoundForm()
    _offer(here, form)

    def act() -> int:
        return commands.record_conflict(
            project_id=whole_number(form.project.data) or 0,
            member_id=whole_number(form.member.data) or 0,
            kind=form.kind.data or "",
            details=form.details.data or "",
            actor=current_actor(),
            now=clock.now(),
        )

    if form.is_submitted() and not form.project.data:
        form.project.errors = [_("Choose a project")]
    elif submitted(form, act):
        flash(_("The member is recused. A sheet that was submitted counts no more."), "success")
        return redirect(_url(here, "desk"))
    seat = queries_seats.seat_of(here.the_cycle.id, current_actor().account_id)
    return render_template("review/conflict_found.html", form=form, seat=seat), status_of(form)
