"""Pages of talking for citizens: all comments, the form, reports, supports, what one follows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.accounts.limits import CITIZENS
from pb.accounts.queries import account_by_id, given_name
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.policy import Action, authorise
from pb.talking import commands, queries, queries_follows
from pb.talking.forms import ActForm, CommentForm, ReportForm
from pb.talking.models import Comment
from pb.talking.things import Thing, thing_of, thing_of_comment
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard, public
from pb.web.i18n import select_language

bp = Blueprint("talking", __name__, url_prefix="/<town>/<int:year>")


def url_of(here: Here, endpoint: str, **values: Any) -> str:
    """The address of one of this feature's pages in the same cycle."""
    return url_for(f"talking.{endpoint}", town=here.town.slug, year=here.the_cycle.year, **values)


def page_of(here: Here, thing: Thing, anchor: str = "talk") -> str:
    """The page of the idea or project itself."""
    at: dict[str, Any] = {"town": here.town.slug, "year": here.the_cycle.year, "_anchor": anchor}
    if thing.what == "idea":
        return url_for("ideas.show", idea=thing.number, **at)
    return url_for("projects.show", number=thing.number, **at)


def readable(here: Here, comment_id: int) -> Comment | None:
    """A shown comment of this cycle on something public; there is no other."""
    comment = queries.comment_of(here.the_cycle.id, comment_id)
    shown = comment is not None and comment.state == "shown" and comment.posted_at <= clock.now()
    return comment if shown and thing_of_comment(here, comment) is not None else None


def own(here: Here, comment_id: int) -> Comment | None:
    """A comment of this cycle for whoever wrote it; for anybody else who is signed in there is none."""
    comment = queries.comment_of(here.the_cycle.id, comment_id)
    actor = current_actor()
    return comment if comment is None or actor.account_id in (None, comment.account_id) else None


@bp.get("/talk/<thing>")
@public(thing=thing_of)
def talk(here: Here, thing: Thing) -> ResponseReturnValue:
    """All comments on an idea or project, the newest first, a page at a time."""
    actor, now = current_actor(), clock.now()
    kind = request.args.get("kind", "")
    kind = kind if kind in commands.KINDS else ""
    after = whole_number(request.args.get("after")) or 0
    page = queries.talk_of(thing, account_id=actor.account_id, now=now, kind=kind, after=after)
    return render_template(
        "talking/talk.html", thing=thing, page=page, kind=kind, back=page_of(here, thing),
        counts=queries.counts_of(thing, now), after=after,
    )  # fmt: skip


@bp.route("/talk/<thing>/new", methods=["GET", "POST"])
@guard(Action.TALK, thing=thing_of)
@CITIZENS
def new(here: Here, thing: Thing) -> ResponseReturnValue:
    """An argument for, one against, a question."""
    return _writing(here, thing, None)


@bp.route("/talk/comment/<int:comment>/reply", methods=["GET", "POST"])
@guard(Action.TALK, comment=readable)
@CITIZENS
def reply(here: Here, comment: Comment) -> ResponseReturnValue:
    """A reply; one to a reply stands under the same comment."""
    thing = thing_of_comment(here, comment)
    if thing is None or comment.parent_id is not None:
        raise Missing("no_such_page")
    return _writing(here, thing, comment)


def _writing(here: Here, thing: Thing, parent: Comment | None) -> ResponseReturnValue:
    actor = current_actor()
    staff = commands.is_staff_voice(actor, here)
    if staff:
        authorise(actor, Action.ANSWER_AS_STAFF, town_id=here.town.id, status=here.status, thing=thing)
    account = account_by_id(actor.account_id or 0)
    form = CommentForm(data={"kind": request.args.get("kind", "")})
    form.offer(reply=parent is not None, named=bool(account and given_name(account)))
    made: list[Comment] = []

    def act() -> None:
        made.append(
            commands.post_comment(
                cycle_id=here.the_cycle.id, thing=thing.key, kind=form.kind.data if form.kind else "",
                text=form.text.data or "", name=form.name.data or "" if form.name else "", actor=actor,
                now=clock.now(), parent_id=parent.id if parent else None, language=select_language(),
            )
        )  # fmt: skip

    if submitted(form, act):
        if made[0].state == "held":
            flash(
                _(
                    "Thank you. Your words are kept; staff read the first words of everybody before others see them."
                ),
                "success",
            )
        else:
            flash(_("Thank you. Your words stand on the page."), "success")
        anchor = f"c{parent.id if parent else made[0].id}"
        return redirect(url_of(here, "talk", thing=thing.key, _anchor=anchor))
    return render_template(
        "talking/new.html", form=form, thing=thing, parent=parent, staff=staff, limit=commands.TEXT_LIMIT,
        back=url_of(here, "talk", thing=thing.key),
    ), status_of(form)  # fmt: skip


@bp.route("/talk/comment/<int:comment>/take-back", methods=["GET", "POST"])
@guard(Action.SEE_OWN, comment=own)
def take_back(here: Here, comment: Comment) -> ResponseReturnValue:
    """Take one's own words back, after one more question."""
    thing = thing_of_comment(here, comment)
    if thing is None or comment.state == "taken_back":
        raise Missing("no_such_page")
    form = ActForm()
    if submitted(
        form,
        lambda: commands.take_back_comment(comment_id=comment.id, actor=current_actor(), now=clock.now()),
    ):
        flash(_("Your words were taken back."), "success")
        return redirect(url_of(here, "talk", thing=thing.key))
    return render_template(
        "talking/take_back.html", form=form, comment=comment, thing=thing,
        back=url_of(here, "talk", thing=thing.key),
    ), status_of(form)  # fmt: skip


@bp.route("/talk/comment/<int:comment>/report", methods=["GET", "POST"])
@guard(Action.FOLLOW, comment=readable)
@CITIZENS
def report(here: Here, comment: Comment) -> ResponseReturnValue:
    """Ask staff to look at a comment."""
    thing = thing_of_comment(here, comment)
    assert thing is not None
    form = ReportForm()
    form.offer()
    if submitted(
        form,
        lambda: commands.report_comment(
            comment_id=comment.id, reason=form.reason.data or "", note=form.note.data or "",
            actor=current_actor(), now=clock.now(),
        ),
    ):  # fmt: skip
        flash(_("Thank you. Staff will look at it; until then it stays where it is."), "success")
        return redirect(url_of(here, "talk", thing=thing.key))
    return render_template(
        "talking/report.html", form=form, comment=comment, thing=thing, limit=commands.NOTE_LIMIT,
        back=url_of(here, "talk", thing=thing.key),
    ), status_of(form)  # fmt: skip


_PRESSES = {
    "support": commands.support_idea,
    "take-back-support": commands.take_back_support,
    "follow": commands.follow,
    "unfollow": commands.unfollow,
}


@bp.post("/talk/<thing>/<any('support','take-back-support','follow','unfollow'):press>")
@guard(Action.FOLLOW, thing=thing_of)
@CITIZENS
def press(here: Here, thing: Thing, press: str) -> ResponseReturnValue:
    """Support, take the support back, follow, or follow no more: one press each."""
    form = ActForm()

    def act() -> None:
        done = _PRESSES[press](
            cycle_id=here.the_cycle.id, thing=thing.key, actor=current_actor(), now=clock.now()
        )
        said = {
            "support": _("Your support is counted, once.")
            if done
            else _("You support it already; everybody counts once."),
            "take-back-support": _("Your support is no longer counted."),
            "follow": _("You follow it now. What is new stands under “What I follow”."),
            "unfollow": _("You follow it no more."),
        }
        flash(said[press], "success")

    submitted(form, act)
    return redirect(page_of(here, thing, "support"))


@bp.route("/followed", methods=["GET", "POST"])
@guard(Action.FOLLOW)
def followed(here: Here) -> ResponseReturnValue:
    """What the reader follows, and how much of it is new; pressed, all of it counts as read."""
    actor, now = current_actor(), clock.now()
    form = ActForm()
    if submitted(form, lambda: commands.mark_read(cycle_id=here.the_cycle.id, actor=actor, now=now)):
        return redirect(url_of(here, "followed"))
    rows = queries_follows.followed(here.the_cycle.id, actor.account_id or 0, now)
    return render_template("talking/followed.html", rows=rows, form=form)
