"""What an idea is made of: its fields and limits, who its author is, and what is wrong with either. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pb.core.errors import Invalid, Problem, Problems
from pb.core.georgian import lower_mtavruli, normal_mobile, search_fold
from pb.core.rulebook import GUARDIAN_BELOW, Rulebook
from pb.core.whole import whole_number
from pb.places.plan import SIDE as PLAN_SIDE

# Texts and the number of characters each may have; several lines only where people write whole sentences.
LIMITS: Mapping[str, int] = {
    "title": 80, "problem": 1500, "solution": 1500, "village": 60, "place": 200, "beneficiaries": 300,
}  # fmt: skip
MANY_LINES = frozenset({"problem", "solution", "beneficiaries"})
# Whom an idea may help more than others; stored in this order, with blanks between.
GROUPS: tuple[str, ...] = (
    "children", "youth", "women", "older", "disabled", "displaced", "large_families", "poor", "remote",
)  # fmt: skip
PIN = ("pin_x", "pin_y")
FIELDS: tuple[str, ...] = (*LIMITS, "groups", "unit_id", *PIN, "category", "cost_tetri")
REQUIRED: tuple[str, ...] = ("title", "problem", "solution", "unit_id", "category")
NAME_LIMIT = 60
ORGANISATION_LIMIT = 120
LARGEST_COST = 10**12  # tetri; a slip of the keyboard, whatever the town's budget

AGE_BOUNDARIES = (14, 16, 18, 30, 45, 60)

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_GEORGIAN = re.compile("[\u10d0-\u10ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True)
class Person:
    """Who hands an idea in. ``unit_id`` and ``village``: where the person lives. ``guardian``: full name, and number
    where there is one.
    """

    first_name: str
    surname: str
    age_band: str
    unit_id: int | None = None
    village: str = ""
    kind: str = "resident"
    organisation: str = ""
    guardian: str = ""
    guardian_phone: str = ""

    @property
    def label(self) -> str:
        """How the author is shown in public: first name and initial, with the group where there is one."""
        name = f"{self.first_name} {self.surname[:1]}.".strip() if self.surname else self.first_name
        return f"{name}, {self.organisation}" if self.organisation else name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.surname}".strip()


def clean_line(text: str | None) -> str:
    """One line of typed text: NFC, ordinary Georgian letters, no control characters, single blanks."""
    return " ".join(clean_text(text).split())


def clean_text(text: str | None) -> str:
    """Typed text of several lines, without control characters and repeated empty lines."""
    plain = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    plain = _CONTROL.sub("", lower_mtavruli(plain))
    lines = [line.rstrip() for line in plain.strip().split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines))


def clean_fields(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are stored. ValueError for a field that an idea does not have."""
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValueError(f"an idea has no field {', '.join(sorted(unknown))}")
    clean = {
        name: value if name not in LIMITS else clean_text(value) if name in MANY_LINES else clean_line(value)
        for name, value in changes.items()
    }
    if "groups" in clean:
        named = set((clean["groups"] or "").split())
        known = [group for group in GROUPS if group in named]
        clean["groups"] = " ".join([*known, *sorted(named - set(known))])
    return clean


def clean_person(person: Person) -> Person:
    """The person as stored: trimmed, and without what the kind does not have."""
    is_group = person.kind != "resident"
    return Person(
        first_name=clean_line(person.first_name),
        surname=clean_line(person.surname),
        age_band=person.age_band,
        unit_id=person.unit_id,
        village=clean_line(person.village),
        kind=person.kind,
        organisation=clean_line(person.organisation) if is_group else "",
        guardian=clean_line(person.guardian) if needs_guardian(person.age_band) else "",
        guardian_phone=_number(person.guardian_phone) if needs_guardian(person.age_band) else "",
    )


def _number(typed: str) -> str:
    """A mobile number as stored; what is none stays as it was typed, for ``person_problems`` to find."""
    try:
        return normal_mobile(typed) if typed.strip() else ""
    except Invalid:
        return typed.strip()


def age_bands(min_age: int) -> tuple[str, ...]:
    """The bands that are offered, the one too young for the rulebook first: "0-13", "14-15", …, "60-"."""
    edges = [0, min_age, *(edge for edge in AGE_BOUNDARIES if edge > min_age)]
    ends = [*(str(edge - 1) for edge in edges[1:]), ""]
    return tuple(f"{low}-{high}" for low, high in zip(edges, ends, strict=True))


def youngest_in(band: str) -> int:
    """The lowest age of a band, in years; 0 where none was given."""
    low = band.partition("-")[0]
    return whole_number(low) or 0


def needs_guardian(band: str) -> bool:
    """Whether a band has people in it who need a guardian's consent."""
    return bool(band) and youngest_in(band) < GUARDIAN_BELOW


def person_problems(person: Person, rules: Rulebook, unit_ids: Collection[int]) -> tuple[Problem, ...]:
    """Everything that keeps this person from handing in, at once."""
    return tuple(_person(person, rules, unit_ids))


def _person(person: Person, rules: Rulebook, unit_ids: Collection[int]) -> Iterator[Problem]:
    for name in ("first_name", "surname", "age_band"):
        if not getattr(person, name):
            yield Problem("required", name)
    for name, limit in (
        ("first_name", NAME_LIMIT), ("surname", NAME_LIMIT), ("guardian", 2 * NAME_LIMIT),
        ("organisation", ORGANISATION_LIMIT), ("village", LIMITS["village"]),
    ):  # fmt: skip
        if len(getattr(person, name)) > limit:
            yield Problem("too_long", name, {"limit": limit})
    if person.age_band and person.age_band not in age_bands(rules.min_age_idea):
        yield Problem("required", "age_band")
    elif person.age_band and youngest_in(person.age_band) < rules.min_age_idea:
        yield Problem("too_young", "age_band", {"minimum": rules.min_age_idea})
    elif needs_guardian(person.age_band) and not person.guardian:
        yield Problem("guardian_needed", "guardian", {"age": GUARDIAN_BELOW})
    if person.guardian_phone and not person.guardian_phone.startswith("+9955"):
        yield Problem("bad_mobile", "guardian_phone")
    if person.kind not in rules.who_may_hand_in:
        yield Problem("kind_not_admitted", "kind")
    elif person.kind != "resident" and not person.organisation:
        yield Problem("organisation_needed", "organisation")
    if person.unit_id is None:
        yield Problem("required", "unit_id")
    elif person.unit_id not in unit_ids:
        yield Problem("unknown_unit", "unit_id")


def field_problems(
    values: Mapping[str, Any], rules: Rulebook, unit_ids: Collection[int], *, required: Collection[str]
) -> tuple[Problem, ...]:
    """What is wrong with ``values``, at once; of ``required``, only what is in ``values`` is asked for."""
    return tuple(_fields(values, rules, unit_ids, required))


def _fields(
    values: Mapping[str, Any], rules: Rulebook, unit_ids: Collection[int], required: Collection[str]
) -> Iterator[Problem]:
    for name, value in values.items():
        if value in (None, ""):
            if name in required:
                yield Problem("required", name)
        elif name in LIMITS and len(value) > LIMITS[name]:
            yield Problem("too_long", name, {"limit": LIMITS[name]})
        elif name == "unit_id" and value not in unit_ids:
            yield Problem("unknown_unit", name)
        elif name == "category" and all(value != c.id for c in rules.categories):
            yield Problem("unknown_category", name)
        elif name == "groups" and not set(value.split()) <= set(GROUPS):
            yield Problem("not_a_choice", name, {"value": value})
        elif name in PIN and not 0 <= value <= PLAN_SIDE:
            yield Problem("bad_pin", name)
        elif name == "cost_tetri" and not 0 <= value <= LARGEST_COST:
            yield Problem("not_money", name)


def raise_any(problems: Collection[Problem]) -> None:
    """Raise all of them together, if there are any."""
    if problems:
        raise Problems(problems)


def search_text(values: Mapping[str, Any]) -> str:
    """What the list's search looks through."""
    names = ("title", "village", "place", "problem", "solution", "beneficiaries")
    return search_fold(" ".join(values[name] for name in names if values.get(name)))


def language_of(text: str, spoken: str) -> str:
    """The tag of the language a text is written in; ``spoken``: the language of the page it was typed on.

    Georgian in Latin letters is common: on a Georgian page Latin letters are taken for that.
    """
    counts = {
        "ka": len(_GEORGIAN.findall(text)),
        "ru": len(_CYRILLIC.findall(text)),
        "en" if spoken == "en" else "ka-Latn": len(_LATIN.findall(text)),
    }
    tag = max(counts, key=lambda key: counts[key])
    return tag if counts[tag] else spoken


def public_number(prefix: str, year: int, number: int) -> str:
    """TJ-2026-0042."""
    return f"{prefix}-{year}-{number:04d}"
