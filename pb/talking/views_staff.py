"""Pages of talking for staff: what waits, one comment, the list of words."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pb import clock
from pb.cycles.queries import Here
from pb.policy import Action
from pb.talking import commands_staff, queries
from pb.talking.forms import ActForm, HideForm, WordsForm
from pb.talking.models import BlockedWord, Comment
from pb.talking.things import thing_of_comment
from pb.talking.views import bp, url_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


def any_comment(here: Here, comment_id: int) -> Comment | None:
    """A comment of this cycle that still has words."""
    comment = queries.comment_of(here.the_cycle.id, comment_id)
    return comment if comment is not None and comment.state != "taken_back" else None


def blocked_word(here: Here, word_id: int) -> BlockedWord | None:
    """A word of this town's list."""
    return next((row for row in queries.words_of_town(here.town.id) if row.id == word_id), None)


@bp.get("/talk/queue")
@guard(Action.MODERATE)
def queue(here: Here) -> ResponseReturnValue:
    """What is held for review or reported, the longest waiting first; and what was hidden lately."""
    return render_template(
        "talking/queue.html",
        waiting=queries.waiting(here.the_cycle.id, clock.now()),
        hidden=queries.hidden_lately(here.the_cycle.id),
    )


@bp.route("/talk/comment/<int:comment>/moderate", methods=["GET", "POST"])
@guard(Action.MODERATE, comment=any_comment)
def moderate(here: Here, comment: Comment) -> ResponseReturnValue:
    """One comment with its reports: show it, or hide it with a public reason."""
    form = HideForm(data={"public_reason": comment.public_reason})
    shows = "show" in request.form

    def act() -> None:
        actor, now = current_actor(), clock.now()
        if shows:
            commands_staff.show_comment(comment_id=comment.id, actor=actor, now=now)
            flash(_("The comment is shown."), "success")
        else:
            commands_staff.hide_comment(
                comment_id=comment.id, public_reason=form.public_reason.data or "", actor=actor, now=now
            )
            flash(_("The comment is hidden; your reason stands in its place."), "success")

    if submitted(form, act):
        return redirect(url_of(here, "queue"))
    return render_template(
        "talking/moderate.html", form=form, comment=comment, thing=thing_of_comment(here, comment),
        reports=queries.reports_of(comment.id), limit=commands_staff.REASON_LIMIT,
    ), status_of(form)  # fmt: skip


@bp.route("/talk/words", methods=["GET", "POST"])
@guard(Action.MANAGE_WORDS)
def words(here: Here) -> ResponseReturnValue:
    """The words that comments in this town may not hold."""
    form = WordsForm()
    added: list[int] = []
    if submitted(
        form,
        lambda: added.append(
            commands_staff.block_words(
                town_id=here.town.id, typed=form.words.data or "", actor=current_actor(), now=clock.now()
            )
        ),
    ):
        flash(ngettext("%(num)s word was added.", "%(num)s words were added.", added[0]), "success")
        return redirect(url_of(here, "words"))
    return render_template(
        "talking/words.html", form=form, words=queries.words_of_town(here.town.id)
    ), status_of(form)


@bp.post("/talk/words/<int:word>/remove")
@guard(Action.MANAGE_WORDS, word=blocked_word)
def remove_word(here: Here, word: BlockedWord) -> ResponseReturnValue:
    """Take a word off the list."""
    form = ActForm()
    if submitted(
        form,
        lambda: commands_staff.unblock_word(
            town_id=here.town.id, word_id=word.id, actor=current_actor(), now=clock.now()
        ),
    ):
        flash(_("The word was taken off the list."), "success")
    return redirect(url_of(here, "words"))
