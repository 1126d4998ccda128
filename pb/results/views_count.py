"""Pages of staff around the count: where it stands, the preview of the result, its publication."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Closed
from pb.cycles.queries import Here
from pb.policy import Action
from pb.results import commands, queries
from pb.results.forms import CountForm, PublishForm
from pb.results.sentences import grouped
from pb.results.views import bp, decided, shown
from pb.voting.rounds import round_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard


def _url(here: Here, endpoint: str) -> str:
    return url_for(f"results.{endpoint}", town=here.town.slug, year=here.the_cycle.year)


def _stand(here: Here) -> dict[str, Any]:
    """Where the count stands, for both pages."""
    now = clock.now()
    row = round_of(here.the_cycle.id)
    count = queries.latest_count(here.the_cycle.id, now)
    return {
        "closed": row.closed_at if row and row.closed_at and row.closed_at <= now else None,
        "opened": row.opened_at if row and row.opened_at and row.opened_at <= now else None,
        "count": count,
        "published": queries.published(here.the_cycle.id, now),
    }


@bp.get("/<town>/<int:year>/count")
@guard(Action.SEE_COUNT)
def count(here: Here) -> ResponseReturnValue:
    """What is done and what comes next, and the result as it would be published."""
    stand = _stand(here)
    found = stand["count"]
    public = stand["published"] is not None
    preview = shown(here, queries.outcome_of(found), public=public) if found else {}
    if not here.rules.votes_held:
        preview = decided(here)
    return render_template("results/count.html", form=CountForm(), **stand, **preview)


@bp.post("/<town>/<int:year>/count")
@guard(Action.COUNT)
def run_count(here: Here) -> ResponseReturnValue:
    """Count the opened box."""
    commands.count_cycle(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
    flash(_("The votes are counted. Read the result below before you publish it."), "success")
    return redirect(_url(here, "count"))


@bp.route("/<town>/<int:year>/count/publish", methods=["GET", "POST"])
@guard(Action.PUBLISH_RESULT)
def publish(here: Here) -> ResponseReturnValue:
    """Ask once more, and publish exactly the count that was shown."""
    stand = _stand(here)
    if stand["published"]:
        raise Closed("already_published_result")
    if here.rules.votes_held and stand["count"] is None:
        raise Closed("not_counted")
    form = PublishForm()
    if form.fingerprint.data is None and stand["count"]:
        form.fingerprint.data = stand["count"].fingerprint
    if submitted(form, lambda: _publish(here, form)):
        flash(_("The result is published."), "success")
        return redirect(_url(here, "show"))
    outcome = queries.outcome_of(stand["count"]) if stand["count"] else None
    more = {} if outcome else decided(here)
    return render_template(
        "results/publish.html", form=form, outcome=outcome, grouped=grouped, **stand, **more
    ), status_of(form)


def _publish(here: Here, form: PublishForm) -> None:
    commands.publish_result(
        cycle_id=here.the_cycle.id,
        result_fingerprint=form.fingerprint.data or None,
        actor=current_actor(),
        now=clock.now(),
    )
