"""Random changes that a superuser of the database makes behind every trigger, and what a reader finds of them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, text, update

from pb.core.merkle import Frontier, leaf_hash
from pb.cycles.queries import here_by_id
from pb.db import db, is_sqlite, metadata
from pb.results import queries as results
from pb.results.bundle import BALLOTS, lines, packed, read_box
from pb.results.models import ResultPublished
from pb.voting.checking import check_box
from pb.voting.receipts import Receipt
from pb.voting.rounds import the_round
from tests.results.reading import Bundle

#: Tables of the board, the envelopes, the openings and the result, with the columns that say something.
CONTENTS = {
    "board_entry": ("content", "kind", "commitment", "subtrees"),
    "board_head": ("root", "day", "signature"),
    "box_ballot": ("commitment", "sealed", "signature"),
    "opened_ballot": ("commitment", "ballot", "choices", "unit_slug", "fault"),
    "count_result": ("document",),
}
KINDS = ("flip", "delete", "insert", "swap")


@dataclass(frozen=True)
class Kept:
    """What stands outside of the server: heads (size, root) of witnesses and receipts, and the key, noted before."""

    heads: Sequence[tuple[int, str]]
    receipts: Sequence[Receipt]
    key: str


def forbid_nothing() -> None:
    """Switch every trigger off for this transaction, as a superuser can."""
    if is_sqlite():
        triggers = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in triggers:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        db.session.execute(text("SET LOCAL session_replication_role = replica"))


def change(rng: random.Random, kind: str, table_name: str) -> str:
    """Make one change; gives its description, "" where it changes nothing."""
    table = metadata.tables[table_name]
    keys = list(table.primary_key.columns)
    rows = [row._asdict() for row in db.session.execute(select(table).order_by(*keys))]
    row = rng.choice(rows)
    place = [key == row[key.name] for key in keys]
    column = rng.choice([name for name in CONTENTS[table_name] if row[name] is not None])
    if kind == "flip":
        db.session.execute(update(table).where(*place).values({column: flipped(rng, row[column])}))
    elif kind == "delete":
        db.session.execute(delete(table).where(*place))
    elif kind == "insert":
        another = {**row, column: flipped(rng, row[column])}
        last = keys[-1].name
        another[last] = max(one[last] for one in rows) + 1
        if another.get("commitment") == row.get("commitment") and row.get("commitment"):
            another["commitment"] = flipped(rng, row["commitment"])
        if table_name == "count_result":  # a second result says nothing before it is called the published one
            another["fingerprint"] = hashlib.sha256(another["document"].encode()).hexdigest()
            db.session.execute(insert(table), [another])
            db.session.execute(update(ResultPublished).values(result_id=another["id"]))
        else:
            db.session.execute(insert(table), [another])
    else:
        others = [one for one in rows if one[column] != row[column] and one[column] is not None]
        if not others:
            return ""
        other = rng.choice(others)
        where = [key == other[key.name] for key in keys]
        if column == "commitment":  # unique: by way of a third value
            db.session.execute(update(table).where(*place).values({column: "-"}))
        db.session.execute(update(table).where(*where).values({column: row[column]}))
        db.session.execute(update(table).where(*place).values({column: other[column]}))
    return f"{kind} {table_name}.{column}"


def flipped(rng: random.Random, value: Any) -> Any:
    """The value with one sign or bit changed."""
    if isinstance(value, bytes):
        place = rng.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << rng.randrange(8))]) + value[place + 1 :]
    if isinstance(value, list):
        return [*value[1:], "999999"] if value else ["999999"]
    if not value:
        return "x"
    place = rng.randrange(len(value))
    if value[place].isalnum():
        return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
    return value[:place] + "7" + value[place + 1 :]


def stranger(cycle_id: int, kept: Kept) -> list[str]:
    """What somebody finds who has the published box, and what was kept outside."""
    here, row = here_by_id(cycle_id), the_round(cycle_id)
    try:
        published = db.session.execute(select(ResultPublished.result_id)).scalar_one()
        box = read_box(here, row, results.texts_of(published)[1])
        bundle = Bundle(packed(lines(box, BALLOTS)), kept.key)
        faults = bundle.check()
        leaves = [line["entry"].encode() for line in bundle.entries]
    except Exception as error:
        return [f"the box cannot be read: {type(error).__name__}"]
    edge, roots = Frontier(), {}
    for leaf in leaves:
        edge.add(leaf_hash(leaf))
        roots[edge.size] = edge.root.hex()
    faults += [f"the head of size {size} is another" for size, root in kept.heads if roots.get(size) != root]
    shown = {(head["size"], head["root"]) for head in (json.loads(line["signed"]) for line in bundle.heads)}
    faults += [
        f"the head of size {size} is not published" for size, root in kept.heads if (size, root) not in shown
    ]
    posted = {(act.get("commitment"), act.get("signature")) for act in bundle.acts}
    faults += [
        "a receipt is not there" for one in kept.receipts if (one.commitment, one.signature) not in posted
    ]
    return faults


def server(cycle_id: int) -> list[str]:
    """What the server's own check finds."""
    try:
        return [finding.name for finding in check_box(cycle_id) if not finding.holds]
    except Exception as error:
        return [f"the check cannot read it: {type(error).__name__}"]
