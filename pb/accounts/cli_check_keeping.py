"""What `check` asks of PostgreSQL's settings: whether what was committed survives a power cut."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from pb.db import db

#: Settings by which a receipt could be given for a ballot that the disk does not hold, with the values that are good.
_KEEPING = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


def losing() -> Iterator[str]:
    """In English, each setting under which a committed ballot can be lost."""
    for name, good in _KEEPING.items():
        value = db.session.scalar(text("SELECT current_setting(:name)"), {"name": name})
        if value not in good:
            yield f"{name} is {value} in PostgreSQL: a vote with a receipt could be lost in a power cut; set it to on"
