"""Reading a spreadsheet between its check and its import."""

from __future__ import annotations

from pb.db import db
from pb.ideas.models_import import IdeaImport


def import_in(cycle_id: int, import_id: int) -> IdeaImport | None:
    """A spreadsheet of this contest, by its id."""
    row = db.session.get(IdeaImport, import_id)
    return row if row is not None and row.cycle_id == cycle_id else None
