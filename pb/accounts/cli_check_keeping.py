"""What `check` asks of PostgreSQL's settings: that committed ballots survive, and that their order does not."""

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


#: Settings under which the order of casting outlives the flush (tests/trust/test_04_linkage.py measures it).
_TELLING = {
    "archive_mode": ("off", "an archive of its log tells in which order ballots came, and so whose they are"),
    "wal_level": (
        "replica minimal",
        "whoever reads its log tells in which order ballots came, and so whose they are",
    ),
    "autovacuum": ("on", "what the flush erases stays on the disk, in the order of casting"),
}


def telling() -> Iterator[str]:
    """In English, each setting that keeps what the flush is there to erase."""
    for name, (good, why) in _TELLING.items():
        value = db.session.scalar(text("SELECT current_setting(:name)"), {"name": name})
        if value not in good.split():
            yield f"{name} is {value} in PostgreSQL: {why}; set it to {good.split()[0]} as long as a vote lasts"
