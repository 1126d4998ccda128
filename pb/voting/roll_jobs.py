"""Reading a list that was sent by the page: a small one while the browser waits, a large one beside, with progress.

The file never stands in the database. A large one is kept in a temporary file without a name until it is read.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from datetime import datetime
from typing import IO, BinaryIO, cast

from flask import Flask, current_app

from pb.db import db
from pb.policy import Actor
from pb.voting.commands_roll import begin_reading, read_in

log = logging.getLogger(__name__)
AT_ONCE = 4 * 1024 * 1024  # bytes: some 50 000 rows, a few seconds


def start(*, cycle_id: int, kind: str, source: IO[bytes], actor: Actor, now: datetime) -> int:
    """Begin a reading ("import" or "check") and give its id; a small file is read when this returns.

    Raises as ``commands_roll.import_roll``; what is wrong with a large file stands with the reading.
    """
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    roll_id = begin_reading(cycle_id=cycle_id, kind=kind, actor=actor, now=now)
    if size <= AT_ONCE:
        read_in(roll_id=roll_id, source=cast(BinaryIO, source), actor=actor, now=now)
        return roll_id
    kept: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - the thread closes it
    shutil.copyfileobj(source, kept)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(
        target=_read_beside, args=(app, roll_id, kept, actor, now), name=f"roll-{roll_id}", daemon=True
    ).start()
    return roll_id


def _read_beside(app: Flask, roll_id: int, kept: BinaryIO, actor: Actor, now: datetime) -> None:
    with app.app_context(), kept:
        try:
            read_in(roll_id=roll_id, source=kept, actor=actor, now=now)
        except Exception as error:  # what it was, stands with the reading
            log.warning("reading %s was given up: %s", roll_id, type(error).__name__)
        finally:
            db.session.remove()
