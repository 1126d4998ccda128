"""Tables of open data: their columns, rows and forms (CSV, JSON). Public columns only; nothing about
people.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from pb.core.counting import decimals as numbers
from pb.core.workflow import ProjectState
from pb.cycles.queries import Here
from pb.ideas.table import cell
from pb.projects.models import Project
from pb.results import queries
from pb.results.outcome import Outcome

Row = Mapping[str, Any]

#: Column: what it means. Amounts in lari with a point, times in UTC, empty: unknown or does not apply.
PROJECT_COLUMNS = {
    "project": _l("the project's number, the same in all files"),
    "title": _l("its title, as the author typed it"),
    "language": _l("the language of the title"),
    "unit": _l("the administrative unit, by its short name; empty: the whole municipality"),
    "unit_ka": _l("the unit in Georgian"),
    "unit_en": _l("the unit in English"),
    "category": _l("the category, by its short name in rulebook.json"),
    "state": _l("where the project stands"),
    "cost_lari": _l("cost in lari"),
    "handed_in_at": _l("when the author handed the final text in"),
    "frozen_at": _l("when the text was fixed for scoring"),
}
RESULT_COLUMNS = {
    "project": _l("the project's number, the same in all files"),
    "title": _l("its title, as the author typed it"),
    "pot": _l("the sum it competed for: a unit's short name; empty: the whole municipality"),
    "rank": _l("its place within that sum"),
    "votes": _l("how many voters chose it"),
    "score": _l("what it was ranked by: votes, or points where voters gave points"),
    "cost_lari": _l("cost in lari"),
    "funded": _l("1: funded, 0: not"),
    "reason": _l("why not: no_votes, below_minimum, over_pot, does_not_fit, stopped, excluded, lost_tie"),
    "left_lari": _l("money that was left when its turn came"),
    "running_sum_lari": _l("money given out after its turn"),
    "missing_lari": _l("what it lacked then"),
    "votes_needed": _l("with how many more votes it would have won; empty: with none"),
    "votes_to_spare": _l("how many votes less would still have been enough"),
    "by": _l("the project that excluded it, or at which the count ended"),
}


#: What the lines of the whole box hold, by their member "is".
BUNDLE_LINES = {
    "bundle": _l("what the file contains, and the public key of the signatures"),
    "rulebook": _l("the rules in force"),
    "result": _l("the published result, step by step"),
    "head": _l("a signed head of the public board"),
    "entry": _l("an entry of the public board, exactly as it was hashed"),
    "ballot": _l(
        "a ballot of the box; where ballots are public, with its random bytes, that make its fingerprint"
    ),
}


def project_rows(here: Here, projects: Iterable[Project], *, published: bool) -> list[Row]:
    """All projects. Before the result is ``published`` no state tells who won."""
    return [_project_row(here, project, published) for project in projects]


def _project_row(here: Here, project: Project, published: bool) -> Row:
    state = project.state
    if not published and state in queries.AFTER_RESULT:
        state = (ProjectState.ON_BALLOT if here.rules.votes_held else ProjectState.DECIDED).value
    return {
        "project": queries.code_of(here, project),
        "title": project.title,
        "language": project.language,
        "unit": project.unit.slug if project.unit else "",
        "unit_ka": project.unit.name.get("ka", "") if project.unit else "",
        "unit_en": project.unit.name.get("en", "") if project.unit else "",
        "category": project.category,
        "state": state,
        "cost_lari": lari(project.cost_tetri),
        "handed_in_at": moment(project.handed_in_at),
        "frozen_at": moment(project.frozen_at),
    }


def result_rows(outcome: Outcome, projects: Mapping[str, Project]) -> list[Row]:
    """All projects of a count, by pot and place."""
    rows: list[Row] = []
    for record in outcome.records.values():
        project = projects.get(record.project)
        rows.append(
            {
                "project": record.project,
                "title": project.title if project else record.name,
                "pot": record.pot,
                "rank": record.rank,
                "votes": record.votes,
                "score": number(outcome, record.score),
                "cost_lari": lari(record.cost_tetri),
                "funded": int(record.funded),
                "reason": record.reason,
                "left_lari": lari(record.left_tetri),
                "running_sum_lari": lari(record.spent_tetri),
                "missing_lari": lari(record.missing_tetri),
                "votes_needed": number(outcome, record.votes_needed),
                "votes_to_spare": number(outcome, record.votes_to_spare),
                "by": record.by,
            }
        )
    return rows


def lari(tetri: int | None) -> int | Decimal | None:
    """An amount in lari, exactly."""
    return None if tetri is None else numbers.exact(tetri, 2)


def number(outcome: Outcome, score: int | None) -> int | Decimal | None:
    """A score as a number."""
    return None if score is None else numbers.exact(score, outcome.point_decimals)


def moment(at: datetime | None) -> str:
    """A moment in UTC: 2026-09-06T19:59:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def as_csv(columns: Sequence[str], rows: Iterable[Row], separator: str) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets open Georgian intact; no text becomes a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return cell(value) if isinstance(value, str) else str(value)


def as_json(kind: str, here: Here, rows: Sequence[Row]) -> bytes:
    """``{"town", "year", kind: [rows]}``; amounts are numbers, unknown is null."""
    data = {"town": here.town.slug, "year": here.the_cycle.year, kind: list(rows)}
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # At most two decimals of an amount below 10^13: the shortest text of the nearest double is exact.
        return float(value)
    raise TypeError(type(value).__name__)
