"""Checks the demonstration's data files alone: shape, references, lengths, sums and the Georgian script."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pb.core.rulebook import starter

PB = Path(__file__).resolve().parents[2] / "pb"
DEMO = PB / "site" / "demo_data"
PLACES = PB / "places" / "data"
CATEGORIES = {
    "roads", "street_lighting", "water_supply", "sports_ground", "playground",
    "public_square", "bus_shelter", "environment", "culture_education", "social_services",
}  # fmt: skip
OUTCOMES = {"project", "eligible", "ineligible", "returned", "duplicate", "withdrawn"}
RECUSALS = {"author", "family", "employment", "funding", "property", "campaigner", "other"}
LATIN = re.compile(r"[A-Za-z]")
GEORGIAN = re.compile(r"[ა-ჰ]")
MTAVRULI = re.compile(r"[\u1c90-\u1cbf]")
# Keys whose text is meant to be Latin: identifiers, addresses, the English half of a pair.
NOT_GEORGIAN = {
    "land_code", "land_owner", "land_permit",
    "key", "idea_key", "unit_slug", "category", "outcome", "duplicate_of", "fails", "en", "name_en", "email", "town",
    "role", "unit", "decision", "person", "letter", "type", "project", "criteria",
    "personal_number", "mobile", "phone", "number", "birth_date", "date", "due", "done", "month", "mean",
    "quantity", "published", "voting_start", "voting_end",
}  # fmt: skip


def test_categories_and_checks_are_the_rulebooks() -> None:
    rules = starter(1_000_000, ["x"])
    assert {category.id for category in rules.categories} >= CATEGORIES
    for idea in load("ideas_terjola.json"):
        check = rules.check(idea["fails"]) if "fails" in idea else None
        # What is returned must have failed something that its author can mend.
        assert check is None or check.correctable or idea["outcome"] == "ineligible", idea["key"]


def load(name: str) -> Any:
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


def units(town: str) -> dict[str, list[str]]:
    """Slug of the unit to its villages in Georgian."""
    with (PLACES / f"{town}_units.csv").open(encoding="utf-8", newline="") as file:
        return {row["slug"]: row["villages_ka"].split("; ") for row in csv.DictReader(file)}


def georgian_texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from georgian_texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from georgian_texts(part, key)
    elif isinstance(value, str) and value and key not in NOT_GEORGIAN:
        yield key, value


@pytest.mark.parametrize("path", sorted([*DEMO.glob("*.json"), *PLACES.glob("*.csv")]), ids=lambda p: p.name)
def test_no_georgian_capitals(path: Path) -> None:
    assert not MTAVRULI.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", ["ideas_terjola.json", "ideas_khoni.json", "projects_terjola.json", "past_cycles.json"]
)
def test_georgian_prose_has_no_latin_letters(name: str) -> None:
    for key, text in georgian_texts(load(name)):
        assert GEORGIAN.search(text), (key, text)
        assert not LATIN.search(text), (key, text)


def test_bilingual_words_have_both_halves() -> None:
    def walk(value: Any) -> Iterator[dict[str, str]]:
        if isinstance(value, dict):
            if "ka" in value:
                yield value
            for part in value.values():
                yield from walk(part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part)

    pairs = list(walk(load("rulebook_words.json")))
    assert pairs
    for pair in pairs:
        assert set(pair) == {"ka", "en"}
        assert GEORGIAN.search(pair["ka"])
        assert not LATIN.search(pair["ka"])
        assert LATIN.search(pair["en"])
        assert not GEORGIAN.search(pair["en"])


def test_units_files() -> None:
    assert len(units("terjola")) == 19
    assert 6 <= len(units("khoni")) <= 12
    for town in ("terjola", "khoni"):
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in units(town))
    with (PLACES / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        slugs = [row["slug"] for row in csv.DictReader(file)]
    assert len(slugs) == len(set(slugs)) == 64
    assert {"terjola", "khoni"} <= set(slugs)


@pytest.mark.parametrize(("town", "count"), [("terjola", 60), ("khoni", 12)])
def test_ideas(town: str, count: int) -> None:
    ideas = load(f"ideas_{town}.json")
    places = units(town)
    keys = [idea["key"] for idea in ideas]
    assert len(keys) == len(set(keys)) == count
    assert len({idea["title"] for idea in ideas}) == count
    assert {idea["category"] for idea in ideas} <= CATEGORIES
    for idea in ideas:
        assert idea["outcome"] in OUTCOMES
        assert idea["village"] in places[idea["unit_slug"]], idea["key"]
        assert 5 <= len(idea["title"]) <= 80
        assert idea["problem"]
        assert idea["solution"]
        assert idea["beneficiaries"]
        if town == "terjola":  # the only ones that are played through to their check
            assert ("fails" in idea) == (idea["outcome"] in ("ineligible", "returned")), idea["key"]
        assert idea["cost_lari"] is None or 0 < idea["cost_lari"] < 1_000_000
        assert len(idea["author_initial"]) == 1
        refused = idea["outcome"] in {"ineligible", "returned", "duplicate"}
        assert bool(idea["reason"]) == refused, idea["key"]
        assert (idea.get("duplicate_of") in keys) == (idea["outcome"] == "duplicate")


def test_terjola_covers_every_unit_and_category() -> None:
    ideas = load("ideas_terjola.json")
    assert {idea["unit_slug"] for idea in ideas} == set(units("terjola"))
    assert {idea["category"] for idea in ideas} == CATEGORIES
    assert sum(idea["outcome"] == "project" for idea in ideas) == 24


def test_projects_and_their_budgets() -> None:
    ideas = {idea["key"]: idea for idea in load("ideas_terjola.json") if idea["outcome"] == "project"}
    projects = load("projects_terjola.json")["projects"]
    assert {project["idea_key"] for project in projects} == set(ideas)
    assert len({project["key"] for project in projects}) == len(projects) == 24
    for project in projects:
        assert len(project["title"]) <= 80
        assert project["problem"]
        assert project["what"]
        assert project["upkeep"]
        assert project["beneficiaries"]
        months = [step["month"] for step in project["timeline"]]
        assert months == sorted(months)
        assert len(months) >= 3
        total = sum(Decimal(line["quantity"]) * line["price_lari"] for line in project["budget"])
        assert total == project["total_lari"]
        assert 8_000 <= total <= 60_000


def test_scores_reasons_and_expected_decisions() -> None:
    document = load("projects_terjola.json")
    weights = document["weights_bp"]
    assert sum(weights.values()) == 10_000
    assert list(weights) == document["criteria"]
    letters = [member["letter"] for member in document["members"]]
    staff = {person["key"] for person in load("people.json")["staff"]}
    assert {member["person"] for member in document["members"]} <= staff
    recused = {(entry["project"], entry["letter"]) for entry in document["recusals"]}
    assert {entry["type"] for entry in document["recusals"]} <= RECUSALS
    assert all(letters[entry["member"]] == entry["letter"] for entry in document["recusals"])
    values = set()
    for project in document["projects"]:
        scoring = [letter for letter in letters if (project["key"], letter) not in recused]
        assert list(project["scores"]) == scoring
        total = Fraction(0)
        for letter, line in project["scores"].items():
            assert set(line) == set(weights)
            for criterion, value in line.items():
                assert type(value) is int
                assert 0 <= value <= 5
                values.add(value)
                total += Fraction(weights[criterion] * value, 500)
                if value in (0, 1, 5):
                    assert len(project["reasons"][letter][criterion]) >= 30, (project["key"], letter)
        mean = total / len(scoring)
        exact = Decimal(mean.numerator) / Decimal(mean.denominator)
        assert project["expected"]["mean"] == str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
    assert {1, 5} <= values
    chosen = [p["expected"] for p in document["projects"] if p["expected"]["decision"] == "on_ballot"]
    assert 16 <= len(chosen) <= 18
    floor = min(Decimal(expected["mean"]) for expected in chosen)
    for project in document["projects"]:
        expected = project["expected"]
        if expected["decision"] == "on_ballot":
            continue
        assert expected["decision"] in {"reserve", "not_shortlisted"}
        assert expected["reason"]
        assert expected["departs"] == (Decimal(expected["mean"]) > floor)
        assert not expected["departs"] or len(expected["reason"]) >= 100


def test_past_cycles_follow_votes_within_the_pot() -> None:
    document = load("past_cycles.json")
    places = units("terjola")
    assert [cycle["year"] for cycle in document["cycles"]] == [2024, 2025]
    for cycle in document["cycles"]:
        projects = cycle["projects"]
        assert 6 <= len(projects) <= 8
        assert len({project["votes"] for project in projects}) == len(projects)
        votes = sum(project["votes"] for project in projects)
        assert cycle["ballots_cast"] <= votes <= cycle["ballots_cast"] * cycle["max_choices"]
        left = cycle["pot_lari"]
        for project in sorted(projects, key=lambda item: -item["votes"]):
            assert project["unit_slug"] in places
            assert project["category"] in CATEGORIES
            fits = project["cost_lari"] <= left
            assert project["winner"] is fits, project["title"]
            left -= project["cost_lari"] if fits else 0
            assert bool(project["milestones"]) is fits
            assert sum(item["paid_lari"] for item in project["milestones"]) <= project["cost_lari"]
            for item in project["milestones"]:
                date.fromisoformat(item["due"])
                assert item["done"] is None or date.fromisoformat(item["done"])
                assert item["done"] or item["paid_lari"] == 0


def test_people_are_invented_and_distinct() -> None:
    people = load("people.json")
    emails = [person["email"] for person in people["staff"]]
    assert len(emails) == len(set(emails))
    assert all(mail.endswith("@example.org") for mail in emails)
    assert len({person["key"] for person in people["staff"]}) == len(emails)
    terjola = [person["role"] for person in people["staff"] if person["town"] == "terjola"]
    # Seven seats, and a substitute who steps in when one of them cannot.
    assert sum(role in {"chair", "vice_chair", "member"} for role in terjola) == 8
    assert {"administrator", "officer", "secretary", "operator", "observer"} <= set(terjola)
    for person in people["staff"]:
        assert not LATIN.search(person["name_ka"])
        assert not GEORGIAN.search(person["name_en"])
    for citizen in people["citizens"]:
        assert re.fullmatch(r"5550001\d\d", citizen["mobile"])
        assert citizen["village"] in units(citizen["town"])[citizen["unit"]]


def test_roll_entries() -> None:
    roll = load("people.json")["roll"]
    places = units("terjola")
    assert len(roll) == len({entry["personal_number"] for entry in roll}) == 20
    mobiles = [entry["mobile"] for entry in roll if entry["mobile"]]
    assert len(mobiles) == len(set(mobiles)) == 19
    for entry in roll:
        assert re.fullmatch(r"01000000\d{3}", entry["personal_number"])
        assert entry["village"] in places[entry["unit_slug"]]
    voting = date(2026, 10, 12)
    ages = [(voting - date.fromisoformat(entry["birth_date"])).days // 365.2425 for entry in roll]
    assert sum(age < 14 for age in ages) == 1
