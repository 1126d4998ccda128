"""Open data: one page with every file, and the files."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from pb import clock
from pb.core.counting_terms import amount_text
from pb.core.errors import Missing
from pb.cycles.queries import Here
from pb.policy import Action, allowed
from pb.results import files, queries, tables
from pb.results.commands import note_ballots_taken
from pb.results.outcome import Outcome
from pb.results.views import bp
from pb.web.guard import current_actor, guard, public


@bp.get("/<town>/<int:year>/data")
@public()
def data(here: Here) -> ResponseReturnValue:
    """Every file with its columns explained, its licence and its fingerprint."""
    now = clock.now()
    found = queries.published(here.the_cycle.id, now)
    version = here.the_cycle.rulebook_version
    return render_template(
        "results/data.html",
        groups=_groups(here, files.listed(here, now)),
        elsewhere=[
            name for name, endpoint in files.ELSEWHERE.items() if endpoint in current_app.view_functions
        ],
        rulebook_sha256=version.fingerprint if version else "",
        tables=tables,
        published=found,
        recount=recount_command(found.outcome) if found and found.outcome else "",
        ballots_public=files.ballots_are_public(here),
        may_read=allowed(current_actor(), Action.READ_BALLOTS, town_id=here.town.id, status=here.status),
    )


def _groups(here: Here, listed: dict[str, files.Listed]) -> dict[str, list[dict[str, Any]]]:
    """Rows for components/download.html by group; only files that exist now."""
    labels = {
        "box.jsonl.gz": (
            _("The whole ballot box"),
            "JSONL.GZ",
            _("for checking programs: board, signed heads, rules, result and every ballot")
            if files.ballots_are_public(here)
            else _("for checking programs: board, signed heads, rules, result and the ballots' fingerprints"),
        ),
        "ballots.pb": (_("Ballots"), "Pabulib", ""),
        "result.json": (_("Result of the count, step by step"), "JSON", ""),
        "comparison.json": (
            _("What the result gives to the voters, and what other rules would have chosen"),
            "JSON",
            _("for information, no part of the result"),
        ),
        "results.csv": (_("Results by project"), "CSV", _("with commas")),
        "results-semicolon.csv": (_("Results by project"), "CSV", _("with semicolons, for Excel")),
        "results.json": (_("Results by project"), "JSON", ""),
        "projects.csv": (_("Projects"), "CSV", _("with commas")),
        "projects-semicolon.csv": (_("Projects"), "CSV", _("with semicolons, for Excel")),
        "projects.json": (_("Projects"), "JSON", ""),
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, file in listed.items():
        label, form, explain = labels[name]
        group = name.split(".")[0].split("-")[0]
        groups.setdefault(group, []).append(
            {
                "url": url_for("results.file", town=here.town.slug, year=here.the_cycle.year, name=name),
                "label": label,
                "format": form,
                "bytes": file.size,
                "explain": explain,
                "sha256": file.sha256,
            }
        )
    return groups


def recount_command(outcome: Outcome) -> str:
    """How to count the downloaded ballots again with this program, which needs nothing but Python."""
    ties = ",".join(
        f"lot:{outcome.parameters['seed']}" if name == "lot" else name for name in outcome.parameters["ties"]
    )
    parts = ["python -m pb count ballots.pb", f"--rule {outcome.rule}", f"--ties {ties}"]
    if outcome.minimum:
        parts.insert(2, f"--minimum {outcome.score_text(outcome.minimum)}")
    for name in ("utility", "completion"):
        if name in outcome.parameters:
            parts.append(f"--{name} {outcome.parameters[name]}")
    for name in ("step", "price"):
        tetri = outcome.amount_tetri(name)
        if tetri is not None:
            parts.append(f"--{name} {amount_text(tetri)}")
    if len(outcome.pots) > 1:
        parts.append(f"--by-unit --leftover {outcome.parameters['leftover']}")
    return " ".join(parts)


@bp.get("/<town>/<int:year>/data/<name>")
@public()
def file(here: Here, name: str) -> ResponseReturnValue:
    """One file. The address stays; its content changes only as the cycle goes on."""
    endpoint = files.ELSEWHERE.get(name)
    if endpoint is not None and endpoint in current_app.view_functions:
        return redirect(url_for(endpoint, town=here.town.slug, year=here.the_cycle.year))
    return _sent(here, files.make(here, name, clock.now()))


@bp.post("/<town>/<int:year>/data/observers/<name>")
@guard(Action.READ_BALLOTS)
def observers_file(here: Here, name: str) -> ResponseReturnValue:
    """A file with the ballots one by one, for accredited observers. That somebody took it is recorded."""
    made = files.make(here, name, clock.now(), observer=True) if name in files.BALLOTS_SHOWN else None
    if made is None:
        raise Missing("no_such_page")
    note_ballots_taken(
        cycle_id=here.the_cycle.id, name=name, fingerprint=made.sha256, actor=current_actor(), now=clock.now()
    )
    response = _sent(here, made)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(here: Here, made: files.Made | None) -> BaseResponse:
    if made is None:
        raise Missing("no_such_page")
    response = Response(made.body, content_type=made.kind)
    filename = f"{here.town.slug}-{here.the_cycle.year}-{made.name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.set_etag(made.sha256)
    return response.make_conditional(request)
