"""The public log of a cycle: a page, and the same as JSON with everything that is needed to check it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from pb import clock
from pb.audit import queries
from pb.audit.chain import record_text
from pb.web.guard import public
from pb.web.wording import event_words

bp = Blueprint("audit", __name__)
PER_PAGE = 50


@bp.get("/<town>/<int:year>/log")
@public()
def log(here: Any) -> ResponseReturnValue:
    """What was done, newest first."""
    now = clock.now()
    total = queries.public_count(here.town.id, here.the_cycle.id, until=now)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = queries.public_log(
        here.town.id, here.the_cycle.id, until=now, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    entries = [
        {"at": event.at, "words": event_words(event.kind, event.data), "link": link} for event, link in rows
    ]
    last = queries.last_link()
    return render_template("audit/log.html", entries=entries, total=total, page=page, pages=pages, last=last)


@bp.get("/<town>/<int:year>/log.json")
@public()
def log_json(here: Any) -> ResponseReturnValue:
    """The sealed public entries, oldest first: SHA-256 of ``previous`` followed by ``record`` is ``hash``."""
    rows = queries.public_log(here.town.id, here.the_cycle.id, until=clock.now(), newest_first=False)
    sealed = [(event, link) for event, link in rows if link is not None]
    before = queries.hashes_before([link.position for _, link in sealed])
    last = queries.last_link()
    response = jsonify(
        {
            "town": here.town.slug,
            "year": here.the_cycle.year,
            "check": "sha256(previous + record) == hash, as hexadecimal text in UTF-8",
            "head": {"position": last.position, "hash": last.hash} if last else None,
            "entries": [
                {
                    "position": link.position,
                    "previous": before.get(link.position, ""),
                    "hash": link.hash,
                    "record": record_text(event),
                }
                for event, link in sorted(sealed, key=lambda pair: pair[1].position)
            ],
        }
    )
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{here.town.slug}-{here.the_cycle.year}-log.json"'
    )
    return response
