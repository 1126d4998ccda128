"""Pages of staff around the count: where it stands, the preview of the result, its publication."""

from __future__ import annotations

from dataclasses import dataclass
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
from pb.results.models import STAGES, CountOrder
from pb.results.sentences import grouped
from pb.results.views import bp, decided, shown
from pb.results.wording import STAGES as STAGE_WORDS
from pb.voting.rounds import round_of
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard
from pb.web.wording import error_words


def _url(here: Here, endpoint: str) -> str:
    return url_for(f"results.{endpoint}", town=here.town.slug, year=here.the_cycle.year)


def _stand(here: Here) -> dict[str, Any]:
    """Where the count stands, for both pages."""
    now = clock.now()
    row = round_of(here.the_cycle.id)
    count = queries.latest_count(here.the_cycle.id, now)
    order = queries.last_order(here.the_cycle.id)
    return {
        "order": order if order and order.asked_at <= now else None,
        "closed": row.closed_at if row and row.closed_at and row.closed_at <= now else None,
        "opened": row.opened_at if row and row.opened_at and row.opened_at <= now else None,
        "count": count,
        "published": queries.published(here.the_cycle.id, now),
    }


@dataclass(frozen=True)
class Progress:
    """How far an ordered count is: the step ``n`` of ``of`` in words, or why there is no result."""

    n: int
    of: int
    words: str
    failed: str


def progress(order: CountOrder | None) -> Progress | None:
    """What the page says of the newest order; None when there is nothing to say beside the result."""
    if order is None or order.stage == "done":
        return None
    failed = error_words(Closed(order.reason, rule=order.rule)) if order.stage == "failed" else ""
    steps = STAGES[:3]
    n = steps.index(order.stage) + 1 if order.stage in steps else 0
    return Progress(n, len(steps), str(STAGE_WORDS.get(order.stage, "")), failed)


@bp.get("/<town>/<int:year>/count")
@guard(Action.SEE_COUNT)
def count(here: Here) -> ResponseReturnValue:
    """What is done and what comes next, and the result as it would be published."""
    stand = _stand(here)
    found = stand["count"]
    public = stand["published"] is not None
    preview = shown(here, found, queries.outcome_of(found), public=public) if found else {}
    if not here.rules.votes_held:
        preview = decided(here)
    return render_template(
        "results/count.html", form=CountForm(), progress=progress(stand["order"]), **stand, **preview
    )


@bp.post("/<town>/<int:year>/count")
@guard(Action.COUNT)
def run_count(here: Here) -> ResponseReturnValue:
    """Order the count of the opened box. The worker does it; the page shows how far it is."""
    commands.order_count(cycle_id=here.the_cycle.id, actor=current_actor(), now=clock.now())
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
