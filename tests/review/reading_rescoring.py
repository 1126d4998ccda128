"""A third implementation of the ranking, written from docs/rescoring.md alone: nothing of pb is imported here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Entry = dict[str, Any]


def canonical(data: Any) -> bytes:
    """Keys in order of their UTF-16 units, no blanks, UTF-8 (names of keys in the file are ASCII)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()


def half_up(value: Fraction) -> int:
    return int((value * 100 + Fraction(1, 2)) // 1)


def sheet_score(levels: dict[str, int], criteria: list[Entry]) -> Fraction:
    judged = [c for c in criteria if c["kind"] == "scored" and c["id"] in levels]
    points = sum(
        Fraction(c["weight_bp"] * (levels[c["id"]] - c["low"]), c["high"] - c["low"]) for c in judged
    )
    return points * 100 / sum(c["weight_bp"] for c in judged)


def offsets(scores: dict[int, dict[str, Fraction]]) -> dict[str, Fraction]:
    apart: dict[str, list[Fraction]] = {}
    for sheets in scores.values():
        mean = sum(sheets.values(), Fraction(0)) / len(sheets)
        for letter, score in sheets.items():
            apart.setdefault(letter, []).append(score - mean)
    return {letter: sum(rows, Fraction(0)) / len(rows) for letter, rows in apart.items()}


def lot_order(lot: Entry) -> dict[int, int]:
    compact = {"separators": (",", ":"), "ensure_ascii": False}
    listed = hashlib.sha256(
        json.dumps(["pb-lot-v1", lot["salt"], sorted(lot["list"])], **compact).encode()  # type: ignore[arg-type]
    ).hexdigest()
    assert listed == lot["list_sha256"]

    def key(number: int) -> str:
        drawn = json.dumps(["pb-lot-v1", listed, lot["seed"], str(number)], **compact)  # type: ignore[arg-type]
        return hashlib.sha256(drawn.encode()).hexdigest()

    return {number: place for place, number in enumerate(sorted(lot["list"], key=key))}


def ranked(
    entries: list[Entry], scores: dict[int, int], means: dict[int, dict[str, int]], file: Entry
) -> list[tuple[int, int]]:
    """(rank, number), best first."""
    breakers = [c["id"] for c in file["criteria"] if c["kind"] == "scored"][:2]
    lots = [lot_order(lot) for lot in file["lots"]]
    left, found, covered = list(entries), [], set()
    while left:
        best = max((scores[e["number"]], *(means[e["number"]][b] for b in breakers)) for e in left)
        equal = [e for e in left if (scores[e["number"]], *(means[e["number"]][b] for b in breakers)) == best]
        first = min((e["unit"] in covered, e["running_cost_tetri"]) for e in equal)
        equal = [e for e in equal if (e["unit"] in covered, e["running_cost_tetri"]) == first]
        if len(equal) > 1:
            lot = next((o for o in lots if all(e["number"] in o for e in equal)), None)
            if lot is not None:
                order = lot
                equal = [min(equal, key=lambda e: order[e["number"]])]
        rank = len(found) + 1
        for e in sorted(equal, key=lambda e: e["number"]):
            found.append((rank, e["number"]))
            if e["unit"] is not None:
                covered.add(e["unit"])
            left.remove(e)
    return found


def shortlisted(order: list[tuple[int, int]], passing: Callable[[int], bool], file: Entry) -> set[int]:
    rule, by_number = file["shortlist"], {e["number"]: e for e in file["projects"]}
    rows = [(rank, n) for rank, n in order if passing(n)]
    if rule["kind"] == "all_pass":
        return {n for _, n in rows}
    pools: dict[Any, list[tuple[int, int]]] = {}
    for rank, n in rows:
        pools.setdefault(by_number[n]["unit"] if rule["per_unit"] else None, []).append((rank, n))
    chosen: set[int] = set()
    for unit, listed in pools.items():
        if rule["kind"] == "best_n":
            last = listed[min(rule["n"], len(listed)) - 1][0] if rule["n"] else 0
            chosen |= {n for rank, n in listed if rank <= last}
            continue
        money = sum(file["unit_sums_tetri"].values()) + file["town_wide_tetri"]
        if rule["per_unit"]:
            money = file["town_wide_tetri"] if unit is None else file["unit_sums_tetri"].get(unit, 0)
        spent, last = 0, None
        for rank, n in listed:
            if spent * 100 >= money * rule["money_times_percent"] and rank != last:
                break
            chosen.add(n)
            spent, last = spent + by_number[n]["cost_tetri"], rank
    return chosen


def recompute(bundle: Entry) -> dict[int, Entry]:
    """Rank, score, means and proposal of each project; asserts the fingerprints. Needs single sheets."""
    file = bundle["ranking"]
    assert digest(file) == bundle["ranking_sha256"]
    assert digest({k: v for k, v in bundle.items() if k != "sha256"}) == bundle["sha256"]
    assert digest(bundle["rulebook"]) == file["rulebook"]["fingerprint"]
    criteria, entries = file["criteria"], file["projects"]
    sheets = {
        e["number"]: {m: sheet_score(levels, criteria) for m, levels in e["by_member"].items()}
        for e in entries
    }
    off = offsets(sheets) if file["scoring"]["adjust"] else {}
    exact = {
        n: sum((s - off.get(m, 0) for m, s in rows.items()), Fraction(0)) / len(rows)
        for n, rows in sheets.items()
    }
    scores = {n: half_up(value) for n, value in exact.items()}
    means = {}
    for e in entries:
        given = {c["id"]: [s[c["id"]] for s in e["by_member"].values() if c["id"] in s] for c in criteria}
        means[e["number"]] = {key: half_up(Fraction(sum(rows), len(rows))) for key, rows in given.items()}
    order = ranked(entries, scores, means, file)

    def misses(n: int) -> bool:
        return any(
            c["minimum_mean_hundredths"] is not None and means[n][c["id"]] < c["minimum_mean_hundredths"]
            for c in criteria
        )

    least = file["shortlist"]["minimum_score"]
    chosen = shortlisted(order, lambda n: scores[n] >= least and not misses(n), file)
    found = {}
    for rank, n in order:
        proposal = "on_ballot" if n in chosen else "reserve"
        if n not in chosen and (misses(n) or scores[n] < least):
            proposal = "not_shortlisted"
        found[n] = {
            "rank": rank, "score_hundredths": scores[n], "means_hundredths": means[n], "proposal": proposal,
        }  # fmt: skip
    return found
