"""The files of open data of a cycle: which there are now, their bytes and fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pb.cycles.queries import Here
from pb.results import queries, tables
from pb.results.bundle import BALLOTS, TOTALS
from pb.results.bundling import body_of, stored

CSV, JSON, TEXT = "text/csv; charset=utf-8", "application/json; charset=utf-8", "text/plain; charset=utf-8"
GZIP = "application/gzip"

#: Files made here, in the order of the page: name, and whether it exists only with a published count.
NAMES: Mapping[str, bool] = {
    "box.jsonl.gz": True,
    "ballots.pb": True,
    "result.json": True,
    "comparison.json": True,
    "results.csv": True,
    "results-semicolon.csv": True,
    "results.json": True,
    "projects.csv": False,
    "projects-semicolon.csv": False,
    "projects.json": False,
}
#: What says of each ballot what is on it: for observers alone where the rulebook says so.
BALLOTS_SHOWN = ("box.jsonl.gz", "ballots.pb")
#: Files that other features make; here they have an address beside the others.
ELSEWHERE: Mapping[str, str] = {
    "ideas.csv": "ideas.csv",
    "rulebook.json": "cycles.rulebook_json",
    "calendar.ics": "cycles.calendar_ics",
    "log.json": "audit.log_json",
}


@dataclass(frozen=True)
class Made:
    """A file's bytes and its SHA-256 (hex)."""

    name: str
    kind: str
    body: bytes
    sha256: str


@dataclass(frozen=True)
class Listed:
    """A file as the page lists it: about how large (bytes), SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


def make(here: Here, name: str, now: datetime, *, observer: bool = False) -> Made | None:
    """One of NAMES, or None: no such file now. Nothing of a result exists before its publication.

    ``observer``: whoever asks may read ballots also where they are not public.
    """
    if name not in NAMES:
        return None
    found = queries.published(here.the_cycle.id, now)
    if NAMES[name]:
        if found is None or found.count is None or found.outcome is None:
            return None
        whole = observer or ballots_are_public(here)
        if name == "box.jsonl.gz":
            contains = BALLOTS if whole else TOTALS
            kept = stored(here.the_cycle.id, contains)
            body = body_of(here.the_cycle.id, contains) if kept is not None else b""
            return Made(name, GZIP, body, kept.fingerprint) if kept is not None else None
        if name == "ballots.pb" and not whole:
            return None
        if name == "ballots.pb":
            return _made(name, TEXT, queries.texts_of(found.count.id)[0].encode())
        if name == "result.json":
            return _made(name, JSON, queries.texts_of(found.count.id)[1].encode())
        if name == "comparison.json":  # for information; it is there as soon as the worker has made it
            beside = queries.comparison_text(found.count.id)
            return _made(name, JSON, beside.encode()) if beside is not None else None
        rows = tables.result_rows(found.outcome, queries.projects_by_code(here))
        return _table(here, name, "results", tuple(tables.RESULT_COLUMNS), rows)
    projects = queries.projects_of(here.the_cycle.id)
    rows = tables.project_rows(here, projects, published=found is not None)
    return _table(here, name, "projects", tuple(tables.PROJECT_COLUMNS), rows)


def _table(here: Here, name: str, kind: str, columns: tuple[str, ...], rows: list[tables.Row]) -> Made:
    if name.endswith(".json"):
        return _made(name, JSON, tables.as_json(kind, here, rows))
    separator = ";" if name.endswith("-semicolon.csv") else ","
    return _made(name, CSV, tables.as_csv(columns, rows, separator))


def _made(name: str, kind: str, body: bytes) -> Made:
    return Made(name, kind, body, hashlib.sha256(body).hexdigest())


def ballots_are_public(here: Here) -> bool:
    """Whether anybody may read the opened ballots one by one."""
    return here.rules.ballot.read_by == "everybody"


def listed(here: Here, now: datetime) -> dict[str, Listed]:
    """All public files that exist now, by name. Ballots and box have their stored fingerprints; they are not loaded."""
    found = queries.published(here.the_cycle.id, now)
    files = {}
    for name, needs_count in NAMES.items():
        if needs_count and (found is None or found.count is None):
            continue
        if name == "box.jsonl.gz":
            kept = stored(here.the_cycle.id, BALLOTS if ballots_are_public(here) else TOTALS)
            if kept is not None:
                files[name] = Listed(name, kept.size, kept.fingerprint)
        elif name == "ballots.pb" and found is not None and found.count is not None:
            if not ballots_are_public(here):
                continue
            size = queries.ballots_size(found.count.id)
            files[name] = Listed(name, size, found.count.inputs_fingerprint)
        elif (made := make(here, name, now)) is not None:
            files[name] = Listed(name, len(made.body), made.sha256)
    return files
