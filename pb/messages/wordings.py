"""The words in force of a kind in a town: its own, or the standard; and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from sqlalchemy import func, select

from pb.core.errors import Problem
from pb.core.texting import Parts, fill, has_stray_brace, parts_of, placeholders
from pb.db import db
from pb.messages.kinds import Kind, Words
from pb.messages.models_costs import MessageWording
from pb.places.models import Town

LANGUAGES = ("ka", "en")
MOST_PARTS = 3
LIMITS = {"subject": 120, "sms": 400, "body": 3000}  # characters as typed
# What a preview puts in; a placeholder that is not listed is shown as dots.
SAMPLES: dict[str, object] = {"number": "TJ-2026-0042", "day": "15.06.2026", "left": 3, "lacking": 2}


def newest(kind: str, town_id: int) -> MessageWording | None:
    """The version of the town's words that is in force, if there ever was one."""
    query = select(MessageWording).where(MessageWording.town_id == town_id, MessageWording.kind == kind)
    return db.session.scalars(query.order_by(MessageWording.version.desc()).limit(1)).first()


def versions(kind: str, town_id: int) -> list[MessageWording]:
    """All versions, newest first."""
    query = select(MessageWording).where(MessageWording.town_id == town_id, MessageWording.kind == kind)
    return list(db.session.scalars(query.order_by(MessageWording.version.desc())))


def changed_kinds(town_id: int) -> set[str]:
    """The kinds that have words of the town's own in force."""
    last = (
        select(MessageWording.kind, func.max(MessageWording.version).label("version"))
        .where(MessageWording.town_id == town_id)
        .group_by(MessageWording.kind)
        .subquery()
    )
    rows = db.session.scalars(
        select(MessageWording)
        .join(last, (last.c.kind == MessageWording.kind) & (last.c.version == MessageWording.version))
        .where(MessageWording.town_id == town_id)
    )
    return {row.kind for row in rows if row.words is not None}


def words_in_force(kind: Kind, town_id: int) -> Mapping[str, Words]:
    """The texts of a kind by part ("subject", "sms", "body")."""
    row = None if kind.is_fixed else newest(kind.code, town_id)
    if row is None or row.words is None:
        return kind.parts()
    return {part: {**words, **row.words.get(part, {})} for part, words in kind.parts().items()}


def faults(kind: Kind, words: Mapping[str, Words], town: Town) -> list[Problem]:
    """What is wrong with a town's words, by field ("sms_ka"): empty, too long, placeholders unknown or missing.

    A text has to keep the placeholders of the standard text, and may use all that its kind knows.
    """
    found = []
    for part, standard in kind.parts().items():
        for language in LANGUAGES:
            typed, field = words[part][language], f"{part}_{language}"
            if problem := _fault(kind, part, typed, standard[language], town, language):
                code, params = problem
                found.append(Problem(code, field, params))
    return found


def _fault(
    kind: Kind, part: str, typed: str, standard: str, town: Town, language: str
) -> tuple[str, dict[str, object]] | None:
    if not typed:
        return "required", {}
    if len(typed) > LIMITS[part]:
        return "too_long", {"limit": LIMITS[part]}
    used = placeholders(typed)
    if unknown := sorted(used - kind.names):
        return "unknown_placeholder", {"name": unknown[0], "known": known_words(kind)}
    if has_stray_brace(typed):
        return "stray_brace", {}
    if missing := sorted(placeholders(standard) - used):
        return "missing_placeholder", {"name": missing[0]}
    if part == "subject" and "\n" in typed:
        return "one_line", {}
    parts = parts_of(fill(typed, samples(kind, town, language))).parts if part == "sms" else 1
    return ("text_too_long", {"parts": parts, "most": MOST_PARTS}) if parts > MOST_PARTS else None


def known_words(kind: Kind) -> str:
    """„{number}, {url}“."""
    return ", ".join("{" + name + "}" for name in sorted(kind.names))


def samples(kind: Kind, town: Town, language: str) -> dict[str, object]:
    """Values with which a preview is filled."""
    base = current_app.extensions["pb_settings"].base_url.rstrip("/")
    known: dict[str, object] = {"url": f"{base}/{town.slug}/2026/ideas/42", "town": town.name[language]}
    return {name: known.get(name, SAMPLES.get(name, "…")) for name in kind.names}


def preview(
    kind: Kind, words: Mapping[str, Words], town: Town, language: str
) -> tuple[dict[str, str], Parts | None]:
    """The texts as somebody will get them, by part, and how the text message is cut."""
    values = samples(kind, town, language)
    shown = {part: fill(texts[language], values) for part, texts in words.items()}
    return shown, parts_of(shown["sms"]) if "sms" in shown else None
