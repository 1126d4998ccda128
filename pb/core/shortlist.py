"""Which projects the ranking proposes for the ballot; a proposal only, the commission decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pb.core.panel import ProjectId

if TYPE_CHECKING:
    from pb.core.ranks import RankRow


@dataclass(frozen=True)
class Shortlist:
    """The rule of the rulebook. ``kind``: all_pass, best_n or money_times.

    ``n`` for best_n; ``money_times_percent`` for money_times (250: two and a half times the money);
    ``per_unit``: apply the rule in each unit on its own; ``minimum_score`` in hundredths of a point, for
    every kind.
    """

    kind: str = "all_pass"
    n: int = 0
    per_unit: bool = False
    minimum_score: int = 0
    money_times_percent: int = 0


KINDS: tuple[str, ...] = ("all_pass", "best_n", "money_times")


def shortlist(
    rank_rows: Sequence[RankRow],
    costs: Mapping[ProjectId, int],
    rule: Shortlist,
    unit_sums: Mapping[str, int],
    town_wide_tetri: int = 0,
) -> tuple[ProjectId, ...]:
    """The projects proposed, in the order of the ranking. ``costs``, ``unit_sums`` and ``town_wide_tetri`` in
    tetri.

    Out are projects under the minimum score or under the minimum of a criterion. best_n: the first ``n``,
    with everybody who shares the last place as long as no lot is drawn. money_times: down the list until the
    costs have reached the given share of the money (the project that reaches it is in). Per unit, projects of
    the whole town are measured against its own sum.
    """
    passing = [
        row for row in rank_rows if row.score_hundredths >= rule.minimum_score and not row.below_minimum
    ]
    if rule.kind == "all_pass":
        return tuple(row.project_id for row in passing)
    if rule.kind not in KINDS:
        raise ValueError(f"no rule for shortlists is called {rule.kind!r}")
    groups: dict[str | None, list[RankRow]] = {}
    for row in passing:
        groups.setdefault(row.unit if rule.per_unit else None, []).append(row)
    chosen: set[ProjectId] = set()
    for unit, rows in groups.items():
        if rule.kind == "best_n":
            chosen |= _best(rows, rule.n)
            continue
        if not rule.per_unit:
            money = sum(unit_sums.values()) + town_wide_tetri
        else:
            money = town_wide_tetri if unit is None else unit_sums.get(unit, 0)
        chosen |= _until(rows, costs, money * rule.money_times_percent)
    return tuple(row.project_id for row in passing if row.project_id in chosen)


def _best(rows: Sequence[RankRow], n: int) -> set[ProjectId]:
    if n <= 0:
        return set()
    last = rows[min(n, len(rows)) - 1].rank
    return {row.project_id for row in rows if row.rank <= last}


def _until(rows: Sequence[RankRow], costs: Mapping[ProjectId, int], limit_percent: int) -> set[ProjectId]:
    """``limit_percent``: tetri times 100, so that no share is rounded."""
    chosen: set[ProjectId] = set()
    spent, last = 0, None
    for row in rows:
        if spent * 100 >= limit_percent and row.rank != last:
            break
        chosen.add(row.project_id)
        spent += costs[row.project_id]
        last = row.rank
    return chosen
