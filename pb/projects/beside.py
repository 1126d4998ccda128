"""Two texts of a project side by side: what each part says in words, and what differs, word by word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pb.core.diff import Piece, row_diff, word_diff
from pb.core.money import format_lari
from pb.projects.budget import format_quantity, whole
from pb.projects.merging import Parts
from pb.projects.rows import month_words
from pb.projects.text import CHOICES, FIELD_PAGES, SUMS
from pb.web.wording import label

LABELS = {
    "title": _l("Title of the project"),
    "problem": _l("What problem does it solve?"),
    "what": _l("What will be done?"),
    "beneficiaries": _l("Who will benefit?"),
    "land_code": _l("Cadastral code"),
    "land_owner": _l("Whose is the land or the building?"),
    "land_permit": _l("Does it need a permit?"),
    "land_words": _l("What else is to be known of the place and of permits?"),
    "team": _l("Who does the work, and what can they do?"),
    "budget": _l("What it costs"),
    "timeline": _l("What is done when"),
    "upkeep": _l("Who will look after it?"),
    "upkeep_tetri": _l("What will that cost each year?"),
    "upkeep_from": _l("From what money?"),
}


@dataclass(frozen=True)
class Beside:
    """One part of two texts. ``rows``: the pieces of each row (one for a text, one a line for budget and steps)."""

    name: str
    label: str
    rows: tuple[tuple[Piece, ...], ...]

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for row in self.rows for piece in row)


def part_label(name: str) -> str:
    """The words for a part of the text: a field, "budget" or "timeline"."""
    return str(LABELS.get(name, name))


def beside(name: str, old: Any, new: Any, lang: str) -> Beside:
    """A part of two texts (as ``merging.saved_parts`` gives it) side by side."""
    if name in ("budget", "timeline"):
        words: Callable[[Mapping[str, Any]], str] = lambda row: _row_words(name, row, lang)  # noqa: E731
        pairs = row_diff([words(row) for row in old or ()], [words(row) for row in new or ()])
        rows = tuple(word_diff(a or "", b or "") for a, b in pairs)
    else:
        rows = (word_diff(words_of(name, old, lang), words_of(name, new, lang)),)
    return Beside(name, part_label(name), rows)


def all_beside(old: Parts, new: Parts, lang: str) -> list[Beside]:
    """Every part, in the order in which a text is read."""
    return [beside(name, old.get(name), new.get(name), lang) for name in FIELD_PAGES]


def words_of(name: str, value: Any, lang: str) -> str:
    """What a field holds, as people read it."""
    if name in SUMS:
        return "" if value is None else format_lari(value, lang)
    if name in CHOICES:
        return label(f"{name}_{value}") if value else ""
    return value or ""


def _row_words(kind: str, row: Mapping[str, Any], lang: str) -> str:
    if kind == "timeline":
        return f"{month_words(row['month'], lang)}: {row['step']}"
    line = whole(row)
    quantity = f"{format_quantity(line['quantity_milli'], lang)} {line['unit']}".strip()
    price, total = format_lari(line["price_tetri"], lang), format_lari(line["sum_tetri"], lang)
    said = [f"{line['what']}: {quantity} × {price} = {total}"]
    if line["source"]:
        said.append(_("price from: %(source)s", source=line["source"]))
    if line["share_tetri"]:
        share = format_lari(line["share_tetri"], lang)
        said.append(_("%(sum)s of it paid by: %(who)s", sum=share, who=line["share_by"]))
    if line["running_tetri"]:
        said.append(_("upkeep %(sum)s a year", sum=format_lari(line["running_tetri"], lang)))
    return "; ".join(said)


def changed_parts(old: Parts, new: Parts) -> Sequence[str]:
    """The names of the parts that differ, in order."""
    return [name for name in FIELD_PAGES if old.get(name) != new.get(name)]
