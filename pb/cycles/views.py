"""Public pages of a town's cycles: the town, the front page, the rulebook and the calendar."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pb import clock
from pb.core.errors import Missing
from pb.cycles import front_parts, queries, words_rules, worked
from pb.cycles.front_parts import parts_of
from pb.cycles.guide import guide, phase_line, plan
from pb.cycles.ics import calendar_file
from pb.cycles.models import RulebookVersion
from pb.cycles.queries import Here
from pb.places.queries import units_of
from pb.web.guard import public
from pb.web.i18n import select_language

bp = Blueprint("cycles", __name__)


@bp.get("/<town>/")
@public()
def town(here: Here) -> ResponseReturnValue:
    """A town's contests, newest first, each with what one can do now."""
    now = clock.now()
    rows = [queries.here_of(cycle, now) for cycle in queries.cycles_of(here.town.id, now=now)]
    return render_template("cycles/town.html", rows=[(row, guide(row, now)) for row in rows])


@bp.get("/<town>/<int:year>/")
@public()
def front(here: Here) -> ResponseReturnValue:
    """Whose page it is, which phase it is, what one can do now and until when."""
    rules = here.rules
    sums = sorted(set(rules.unit_sums.values()))
    parts = [Markup(render_template(name, **context)) for name, context in parts_of(here)]
    return render_template(
        "cycles/front.html", guide=guide(here, clock.now()), phases=phase_line(here), rules=rules,
        parts=parts, numbers=front_parts.numbers_of(here), unit_sum=sums[0] if len(sums) == 1 else None,
        unit_rows=_unit_rows(here), preview=here.the_cycle.published_at is None,
    )  # fmt: skip


def _unit_rows(here: Here) -> list[tuple[dict[str, str], int]]:
    """Units with their sums in tetri, in the town's order."""
    sums = here.rules.unit_sums
    return [(unit.name, sums[unit.slug]) for unit in units_of(here.town.id) if unit.slug in sums]


@bp.get("/<town>/<int:year>/rulebook")
@public()
def rulebook(here: Here) -> ResponseReturnValue:
    """The rules in force, in plain language."""
    version = here.the_cycle.rulebook_version
    if version is None:
        raise Missing("no_rulebook")
    return _rulebook_page(here, version)


def public_version(here: Here, number: int) -> RulebookVersion | None:
    """A version that readers may see."""
    return next((v for v in queries.public_rulebooks(here.the_cycle) if v.version == number), None)


@bp.get("/<town>/<int:year>/rulebook/<int:version>")
@public(version=public_version)
def rulebook_version(here: Here, version: RulebookVersion) -> ResponseReturnValue:
    """An earlier version of the rules; the one in force has its own address."""
    if version.id == here.the_cycle.rulebook_id:
        return redirect(url_for("cycles.rulebook", town=here.town.slug, year=here.the_cycle.year))
    return _rulebook_page(here, version)


def _rulebook_page(here: Here, version: RulebookVersion) -> str:
    rules = queries.parse_rulebook(version.document)
    countable = rules.counting.rule in worked.RULES
    return render_template(
        "cycles/rulebook.html", rules=rules, version=version, worked=worked if countable else None,
        units={unit.slug: unit.name for unit in units_of(here.town.id)}, w=words_rules,
        versions=queries.public_rulebooks(here.the_cycle), in_force=here.the_cycle.rulebook_version,
    )  # fmt: skip


@bp.get("/<town>/<int:year>/rulebook.json")
@public()
def rulebook_json(here: Here) -> ResponseReturnValue:
    """The very bytes whose fingerprint the page shows."""
    version = here.the_cycle.rulebook_version
    if version is None:
        raise Missing("no_rulebook")
    return _json(version, f"{here.town.slug}-{here.the_cycle.year}-rulebook.json")


@bp.get("/<town>/<int:year>/rulebook/<int:version>.json")
@public(version=public_version)
def rulebook_version_json(here: Here, version: RulebookVersion) -> ResponseReturnValue:
    """The same of an earlier version."""
    return _json(version, f"{here.town.slug}-{here.the_cycle.year}-rulebook-{version.version}.json")


def _json(version: RulebookVersion, name: str) -> Response:
    response = Response(version.document.encode(), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@bp.get("/<town>/<int:year>/calendar")
@public()
def calendar(here: Here) -> ResponseReturnValue:
    """All phases and windows with their terms, what is waited for, and every extension with its reason."""
    now = clock.now()
    dates, status = plan(here)
    return render_template(
        "cycles/calendar.html", dates=dates, status=status, phases=phase_line(here), guide=guide(here, now),
        version=here.the_cycle.calendar_version, acts_words=words_rules.ACTS,
        windows=[
            (words_rules.WINDOWS[name], span)
            for name, span in sorted(dates.windows.items(), key=lambda item: item[1].opens)
        ],
        acts=queries.approved_acts(here.the_cycle.id, now),
    )  # fmt: skip


@bp.get("/<town>/<int:year>/calendar.ics")
@public()
def calendar_ics(here: Here) -> ResponseReturnValue:
    """The calendar for people's own calendars, in the language asked for."""
    dates, _status = plan(here)
    body = calendar_file(here, dates, select_language())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    name = f"{here.town.slug}-{here.the_cycle.year}.ics"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
