"""The published ranking as one file, and the check of such a file: this file alone says how it is put together and what
must agree in it. Pure; docs/rescoring.md describes it for whoever writes a program of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pb.core.canonical import canonical_json
from pb.core.errors import DomainError, Invalid
from pb.core.lots import list_fingerprint
from pb.core.plain import to_plain
from pb.core.rescoring import FORMAT as RANKING_FORMAT
from pb.core.rescoring import exact, results, rubric_of
from pb.core.rubrics import sheet_score
from pb.core.rulebook import Rulebook

FORMAT = "pb-rescore-1"
MOST_BYTES = 16 * 1024 * 1024
# No contest has more; a file that was made to keep a server busy has.
MOST_PROJECTS, MOST_MEMBERS = 500, 60
# What the arithmetic is, for readers of the file; programs go by docs/rescoring.md.
FORMULA = {
    "sheet": "100 * sum(weight_bp * (level - low) / (high - low)) / sum(weight_bp), over the scored criteria it judges",
    "project": "mean of its sheets, less the mean of its members' offsets where scoring.adjust",
    "rounding": "to 0.01, halves up; ranks follow the rounded number",
    "ties": "first scored criterion, second, unit without a project further up, lower running cost, lot",
    "lot": "SHA-256 of JSON [version, list_sha256, seed, number], smaller first",
}
#: Fields of a project that follow from the inputs.
RESULTS = (
    "rank", "score_hundredths", "raw_hundredths", "means_hundredths", "below_minimum", "tied_with", "settled_by",
    "proposal", "because", "trimmed_hundredths", "median_hundredths", "spread_hundredths", "lowest_hundredths",
    "highest_hundredths", "within", "grey",
)  # fmt: skip
OF_THE_WHOLE = ("zone", "ways", "agreement", "offsets")


def sha256(data: Any) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def sealed(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The bundle with its format, the formula and, last, the fingerprint of everything else."""
    whole = {"format": FORMAT, "formula": FORMULA, **bundle}
    return whole | {"sha256": sha256(whole)}


@dataclass(frozen=True)
class Difference:
    """Something that does not agree. ``code``: sha256, ranking_sha256, rulebook, rules, lot, inputs, result or
    expected; ``place``: where in the file; what it says, and what follows.
    """

    code: str
    place: str
    says: str
    follows: str


@dataclass(frozen=True)
class Report:
    """What came of computing a bundle anew. ``ranks``: (rank, number, title, score in hundredths) as they follow.

    ``unchecked``: results that the file's own sheets cannot show (who a letter is differs by project, or sheets are not
    published).
    """

    town: str
    year: int
    ranks: tuple[tuple[int, int, str, int], ...]
    differences: tuple[Difference, ...]
    unchecked: tuple[str, ...]
    ranking_sha256: str

    @property
    def agrees(self) -> bool:
        """Whether everything that can be computed is as published."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "agrees": self.agrees,
            "town": self.town,
            "year": self.year,
            "ranking_sha256": self.ranking_sha256,
            "ranks": [
                {"rank": rank, "number": number, "title": title, "score_hundredths": score}
                for rank, number, title, score in self.ranks
            ],
            "differences": [
                {"code": d.code, "place": d.place, "says": d.says, "follows": d.follows}
                for d in self.differences
            ],
            "unchecked": list(self.unchecked),
        }


def read(data: bytes) -> dict[str, Any]:
    """A bundle from its bytes. Raises Invalid("bundle_too_large" | "bundle_unreadable" | "bundle_unknown")."""
    if len(data) > MOST_BYTES:
        raise Invalid("bundle_too_large", field="file", megabytes=MOST_BYTES // 2**20)
    try:
        bundle = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Invalid("bundle_unreadable", field="file", found=str(error)[:120]) from None
    found = bundle.get("format") if isinstance(bundle, dict) else None
    ranking = bundle.get("ranking") if isinstance(bundle, dict) else None
    inside = ranking.get("format") if isinstance(ranking, dict) else None
    if found != FORMAT or inside != RANKING_FORMAT:
        expected = f"{FORMAT}, {RANKING_FORMAT}"
        raise Invalid("bundle_unknown", field="file", found=f"{found}, {inside}"[:60], expected=expected)
    assert isinstance(bundle, dict)
    return bundle


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def rescore(bundle: Mapping[str, Any], expected: str = "") -> Report:
    """Compute the ranking of a bundle from its own sheets and compare everything.

    ``expected``: the fingerprint of the ranking as the public log or page has it. Raises Invalid("bundle_broken") with
    the place where something is missing or of the wrong kind.
    """
    try:
        return _rescore(bundle, expected)
    except (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError, StopIteration) as error:
        raise Invalid("bundle_broken", field="file", place=f"{type(error).__name__}: {error}"[:120]) from None
    except DomainError as error:
        raise Invalid("bundle_broken", field="file", place=f"{error.code} {error.params}"[:120]) from None


def _rescore(bundle: Mapping[str, Any], expected: str) -> Report:
    ranking = bundle["ranking"]
    letters = {letter for entry in ranking["projects"] for letter in entry.get("by_member", ())}
    if len(ranking["projects"]) > MOST_PROJECTS or len(letters) > MOST_MEMBERS:
        raise ValueError("too many projects or members")
    found = list(_fingerprints(bundle, expected)) + list(_rules(bundle)) + list(_inputs(ranking))
    computed = results(ranking)
    entries = {entry["number"]: entry for entry in ranking["projects"]}
    if len(entries) != len(ranking["projects"]):
        raise ValueError("a project stands twice in the ranking")
    unchecked: dict[str, None] = {}
    for number, own in computed["projects"].items():
        for key in RESULTS:
            if key in own and entries[number].get(key) != own[key]:
                found.append(_difference(f"{number}.{key}", entries[number].get(key), own[key]))
            elif key not in own and key in entries[number]:
                unchecked[key] = None
    for key in OF_THE_WHOLE:
        if computed[key] is None and ranking[key] is not None:
            unchecked[key] = None
        elif computed[key] != ranking[key]:
            found.append(_difference(key, ranking[key], computed[key]))
    order = list(computed["projects"])
    if order != [entry["number"] for entry in ranking["projects"]]:
        found.append(_difference("projects", [entry["number"] for entry in ranking["projects"]], order))
    return Report(
        town=str(ranking["town"]),
        year=int(ranking["year"]),
        ranks=tuple(
            (own["rank"], int(number), str(entries[int(number)]["title"]), own["score_hundredths"])
            for number, own in computed["projects"].items()
        ),
        differences=tuple(found),
        unchecked=tuple(unchecked),
        ranking_sha256=sha256(ranking),
    )


def _difference(place: str, says: Any, follows: Any, code: str = "result") -> Difference:
    return Difference(code, place, _short(says), _short(follows))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 200 else text[:199] + "…"


def _fingerprints(bundle: Mapping[str, Any], expected: str) -> Any:
    rest = {key: value for key, value in bundle.items() if key != "sha256"}
    ranking = sha256(bundle["ranking"])
    if bundle["sha256"] != sha256(rest):
        yield _difference("sha256", bundle["sha256"], sha256(rest), "sha256")
    if bundle["ranking_sha256"] != ranking:
        yield _difference("ranking_sha256", bundle["ranking_sha256"], ranking, "ranking_sha256")
    if expected and expected.strip().lower() != ranking:
        yield _difference("ranking", expected, ranking, "expected")
    for lot in bundle["ranking"]["lots"]:
        listed = list_fingerprint(lot["list"], lot["salt"])
        if lot["list_sha256"] != listed:
            yield _difference(f"lots.{lot['number']}", lot["list_sha256"], listed, "lot")


def _rules(bundle: Mapping[str, Any]) -> Any:
    """What the ranking says of the rules is what the rulebook says, and the rulebook is the one that is named."""
    ranking, rules = bundle["ranking"], Rulebook.from_json(bundle["rulebook"])
    if ranking["rulebook"]["fingerprint"] != rules.fingerprint():
        yield _difference("rulebook", ranking["rulebook"]["fingerprint"], rules.fingerprint(), "rulebook")
    for key, value in rules_of(rules).items():
        if ranking[key] != value:
            yield _difference(key, ranking[key], value, "rules")


def rules_of(rules: Rulebook) -> dict[str, Any]:
    """What a ranking's document repeats of the rulebook, since the arithmetic needs it."""
    return {
        "criteria": [
            {
                "id": c.id,
                "name": dict(c.name),
                "kind": c.kind,
                "weight_bp": c.weight_bp,
                "low": c.low,
                "high": c.high,
                "minimum_mean_hundredths": c.minimum_mean_hundredths,
            }
            for c in rules.rubric.criteria
        ],
        "shortlist": to_plain(rules.shortlist),
        "scoring": to_plain(rules.scoring),
        "unit_sums_tetri": dict(rules.unit_sums),
        "town_wide_tetri": rules.town_wide_tetri,
        "letters": "stable" if letters_stable(rules) else "by_project",
    }


def letters_stable(rules: Rulebook) -> bool:
    """Whether a member has the same letter on all projects: where names are published anyway, and where nobody could
    compute an adjustment by member again otherwise.
    """
    return rules.scores_public == "named" or rules.scoring.adjust


def _inputs(ranking: Mapping[str, Any]) -> Any:
    """Where single sheets are published, sums and numbers are theirs."""
    rubric = rubric_of(ranking)
    for entry in ranking["projects"]:
        if "by_member" in entry:
            own = sums_of(entry["by_member"], rubric)
            for key, value in own.items():
                if entry[key] != value:
                    yield _difference(f"{entry['number']}.{key}", entry[key], value, "inputs")


def sums_of(sheets: Mapping[str, Mapping[str, int]], rubric: Any) -> dict[str, Any]:
    """Of a project's counted sheets: how many, and of each criterion the sum and how many judge it; the exact sum of
    their scores.
    """
    rows = list(sheets.values())
    total = sum((sheet_score(sheet, rubric, partial=True) for sheet in rows), Fraction(0))
    return {
        "sheets": len(rows),
        "sums": {c.id: sum(sheet.get(c.id, 0) for sheet in rows) for c in rubric.criteria},
        "judged": {c.id: sum(c.id in sheet for sheet in rows) for c in rubric.criteria},
        "score_sum": exact(total),
    }
