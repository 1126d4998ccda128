"""Who scores what: even, mixed, without forbidden pairs, the same from the same seed; what the adjustment is worth."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pb.core.adjustment import member_offsets
from pb.core.assignment import assign, fingerprint

MEMBERS = tuple(range(1, 10))


def loads(drawn: dict[int, tuple[int, ...]]) -> Counter[int]:
    return Counter(member for members in drawn.values() for member in members)


def test_nine_members_three_on_each_of_24_projects() -> None:
    drawn = assign(dict.fromkeys(range(1, 25), MEMBERS), 3, "7-12-19-23-31-40")
    assert set(loads(drawn).values()) == {8}
    met = Counter(pair for members in drawn.values() for pair in combinations(members, 2))
    assert set(met.values()) == {2}  # 72 meetings over 36 pairs
    assert fingerprint(drawn) == fingerprint(dict(reversed(drawn.items())))
    assert assign(dict.fromkeys(range(1, 25), MEMBERS), 3, "another seed") != drawn


allowances = st.dictionaries(
    st.integers(1, 12), st.sets(st.sampled_from(MEMBERS), min_size=0, max_size=9), min_size=1, max_size=9
)


@given(
    allowances,
    st.integers(3, 4),
    st.text("0123456789", min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_conflicts_places_and_order(allowed, places: int, seed: str, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    drawn = assign(allowed, places, seed)
    for project, members in drawn.items():
        assert set(members) <= allowed[project]  # S4: nobody who may not
        assert len(members) == min(places, len(allowed[project]))
    shuffled = list(allowed.items())
    rng.shuffle(shuffled)
    assert assign({p: rng.sample(sorted(m), len(m)) for p, m in shuffled}, places, seed) == drawn


@given(allowances)
def test_no_draw_is_more_even(allowed) -> None:  # type: ignore[no-untyped-def]
    """The most loaded member could hand nothing on, directly or along others, to one with two projects fewer."""
    drawn = assign(allowed, 3, "1")
    load = loads(drawn)
    for giver in load:
        reached, queue = {giver}, [giver]
        while queue:
            one = queue.pop()
            for project, members in drawn.items():
                for other in allowed[project] - set(members) if one in members else ():
                    if other not in reached:
                        reached.add(other)
                        queue.append(other)
        assert all(load[giver] - load[other] < 2 for other in reached)


@given(allowances, st.data())
def test_a_recusal_changes_only_vacant_places(allowed, data) -> None:  # type: ignore[no-untyped-def]
    before = assign(allowed, 3, "42")
    project = data.draw(st.sampled_from(sorted(allowed)))
    if not before[project]:
        return
    gone = data.draw(st.sampled_from(before[project]))
    now = {**allowed, project: allowed[project] - {gone}}
    after = assign(now, 3, "42", before=before)
    assert {p: m for p, m in after.items() if p != project} == {
        p: m for p, m in before.items() if p != project
    }
    assert set(before[project]) - {gone} <= set(after[project])
    assert gone not in after[project]


def test_offsets_by_hand() -> None:
    scores = {
        "p": {"A": Fraction(60), "B": Fraction(70), "C": Fraction(80)},
        "q": {"A": Fraction(30), "B": Fraction(50)},
    }
    # A: -10 and -10; B: 0 and +10; C: +10
    assert member_offsets(scores) == {"A": -10, "B": 5, "C": 10}
    assert member_offsets({"p": {"A": Fraction(60)}}) == {"A": 0}


@given(
    st.dictionaries(
        st.integers(1, 6),
        st.dictionaries(st.sampled_from("ABCDE"), st.fractions(0, 100, max_denominator=20), min_size=1),
    )
)
def test_offsets_sum_to_nought_over_all_sheets(scores) -> None:  # type: ignore[no-untyped-def]
    offsets = member_offsets(scores)
    assert sum(offsets[member] for sheets in scores.values() for member in sheets) == 0


@given(
    st.lists(
        st.lists(st.fractions(0, 100, max_denominator=9), min_size=4, max_size=4), min_size=1, max_size=5
    )
)
def test_where_everybody_scores_everything_no_mean_changes(rows) -> None:  # type: ignore[no-untyped-def]
    scores = {n: dict(enumerate(row)) for n, row in enumerate(rows)}
    offsets = member_offsets(scores)
    assert sum(offsets.values()) == 0  # so each project loses nothing on the whole


# --- what it is worth: a simulation ---------------------------------------------------------------------------------


def agreement(one: list[Fraction], other: list[Fraction]) -> Fraction:
    """Spearman's rank correlation, ties by their order (scores here are all but never equal), exact."""

    def ranks(values: list[Fraction]) -> list[int]:
        order = sorted(range(len(values)), key=values.__getitem__)
        found = [0] * len(values)
        for rank, place in enumerate(order):
            found[place] = rank
        return found

    n = len(one)
    apart = sum((a - b) ** 2 for a, b in zip(ranks(one), ranks(other), strict=True))
    return 1 - Fraction(6 * apart, n * (n * n - 1))


def simulate(
    rng: random.Random, projects: int = 24, members: int = 9, places: int = 3
) -> tuple[Fraction, ...]:
    """Agreement with the true order: everybody scores everything; some each; the same with the adjustment; and with
    members' scores made alike (z-scores). Levels 0 to 5 on five criteria of equal weight, members differ in mildness.
    """
    true = [rng.gauss(3, 0.55) for _ in range(projects)]
    mild = [rng.gauss(0, 0.55) for _ in range(members)]

    def sheet(project: int, member: int) -> Fraction:
        own = rng.gauss(0, 0.45)  # how the member likes this project, on all criteria
        levels = [round(true[project] + mild[member] + own + rng.gauss(0, 0.6)) for _ in range(5)]
        return Fraction(sum(max(0, min(5, level)) for level in levels) * 4)

    scores = {p: {m: sheet(p, m) for m in range(members)} for p in range(projects)}
    drawn = assign(dict.fromkeys(scores, range(members)), places, "1")
    some = {p: {m: scores[p][m] for m in drawn[p]} for p in scores}
    offsets = member_offsets(some)

    def means(sheets: dict[int, dict[int, Fraction]], off: dict[int, Fraction]) -> list[Fraction]:
        return [
            sum((s - off.get(m, 0) for m, s in sheets[p].items()), Fraction(0)) / len(sheets[p])
            for p in sheets
        ]

    own = {m: [sheets[m] for sheets in some.values() if m in sheets] for m in range(members)}
    centre = {m: sum(rows, Fraction(0)) / len(rows) for m, rows in own.items()}
    spread = {
        m: Fraction(
            (sum((s - centre[m]) ** 2 for s in rows) / len(rows)) ** Fraction(1, 2) or 1
        ).limit_denominator(1000)
        for m, rows in own.items()
    }
    alike = {
        p: {m: (s - centre[m]) / (spread[m] or 1) for m, s in sheets.items()} for p, sheets in some.items()
    }
    truth = [Fraction(value) for value in true]
    return tuple(
        agreement(truth, found)
        for found in (means(scores, {}), means(some, {}), means(some, offsets), means(alike, {}))
    )


def test_the_adjustment_raises_agreement_where_members_score_some_each() -> None:
    rng, runs = random.Random(2026), 60
    sums = [sum(column) / runs for column in zip(*(simulate(rng) for _ in range(runs)), strict=True)]
    everybody, some, adjusted, alike = sums
    assert everybody > adjusted > some
    assert adjusted > alike  # z-scores never win
    assert adjusted - some > Fraction(4, 100)
    print("rank agreement, mean of", runs, "runs:", *(f"{value * 1000 // 1 / 1000:.3f}" for value in sums))
