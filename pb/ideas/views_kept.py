"""A draft that waits: how its author comes back to it, on this device or another."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.cycles.queries import Here
from pb.extensions import limiter, visitor
from pb.ideas import passes, purging
from pb.ideas.commands_kept import send_draft_link
from pb.ideas.forms import ActForm, DraftCodeForm
from pb.ideas.models import Idea
from pb.ideas.views import bp, url_of
from pb.ideas.views_own import first_gap, own
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public

# A text message costs money: each draft's link goes out a few times only.
LINKS = limiter.limit(
    "3 per day", key_func=lambda: f"draft {(request.view_args or {}).get('idea', visitor())}"
)


@bp.get("/<town>/<int:year>/ideas/mine/<int:idea>/kept")
@guard(Action.SEE_OWN, idea=own)
def kept(here: Here, idea: Idea) -> ResponseReturnValue:
    """Until when the draft is kept, and the ways back to it: the phone, a link, a code on paper."""
    if idea.state != "draft":
        return redirect(url_of(here, "check", idea=idea.id))
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    return render_template(
        "ideas/kept.html", idea=idea, until=idea.updated_at + purging.DRAFTS_LIVE, code=passes.code_of(idea),
        address=base + url_of(here, "resume"), gap=first_gap(idea), form=ActForm(),
    )  # fmt: skip


@bp.post("/<town>/<int:year>/ideas/mine/<int:idea>/link")
@guard(Action.SEE_OWN, idea=own)
@LINKS
def draft_link(here: Here, idea: Idea) -> ResponseReturnValue:
    """Send the link to the author's own phone."""
    form = ActForm()
    link = url_of(here, "resume", code=passes.code_of(idea))
    if submitted(
        form,
        lambda: send_draft_link(idea_id=idea.id, path=link, actor=current_actor(), now=clock.now()),
    ):
        flash(_("A text message with the link is on its way to your phone."), "success")
    return redirect(url_of(here, "kept", idea=idea.id))


@bp.route("/<town>/<int:year>/ideas/resume", methods=["GET", "POST"])
@public()
@CITIZENS
def resume(here: Here) -> ResponseReturnValue:
    """Go on with a draft by its code. The link of the message fills the code in; one press is asked all the same."""
    form = DraftCodeForm(data={"code": request.args.get("code", "")[:60]})
    found: list[Idea] = []
    if submitted(form, lambda: found.append(passes.draft_of(here.the_cycle.id, form.code.data or ""))):
        passes.admit(found[0])
        gap = first_gap(found[0])
        endpoint = {"endpoint": "step", "step": gap} if gap else {"endpoint": "check"}
        return redirect(url_of(here, **endpoint, idea=found[0].id))
    return render_template("ideas/resume.html", form=form), status_of(form)
