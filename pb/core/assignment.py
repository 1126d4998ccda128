"""Who scores which project when everybody cannot score everything: this file alone draws it, from a published seed.

Everybody gets as many projects as the others, as far as conflicts allow, and pairs of members meet as evenly as can be,
so that strict and mild members are compared with many others. The same input and seed give the same draw on every
machine. After a recusal only the places that fell vacant are filled anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

VERSION = "pb-assignment-v1"
MOST_PASSES = 3  # over all pairs of projects, in search of members to exchange

Assignment = dict[int, tuple[int, ...]]


def drawn_key(seed: str, *parts: int) -> str:
    """The place in the draw: SHA-256 (hex) of the version, the seed and the ids as JSON; smaller goes first."""
    text = json.dumps([VERSION, seed, *parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fingerprint(assignment: Mapping[int, Iterable[int]]) -> str:
    """SHA-256 (hex) of who scores what: a list of [project, [members]] in ascending order, as JSON."""
    rows = [[project, sorted(members)] for project, members in sorted(assignment.items())]
    text = json.dumps([VERSION, rows], separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class _Draw:
    """The draw while it is made: members by project, how many projects a member has, how often two meet."""

    def __init__(self, allowed: Mapping[int, Collection[int]], seed: str) -> None:
        self.allowed = {project: frozenset(members) for project, members in allowed.items()}
        self.seed = seed
        self.members = sorted(frozenset().union(*self.allowed.values()) if self.allowed else ())
        self.chosen: dict[int, set[int]] = {project: set() for project in self.allowed}
        self.load: Counter[int] = Counter(dict.fromkeys(self.members, 0))
        self.met: Counter[tuple[int, int]] = Counter()

    def meetings(self, member: int, others: Iterable[int]) -> int:
        return sum(self.met[_pair(member, other)] for other in others if other != member)

    def put(self, project: int, member: int) -> None:
        for other in self.chosen[project]:
            self.met[_pair(member, other)] += 1
        self.chosen[project].add(member)
        self.load[member] += 1

    def take(self, project: int, member: int) -> None:
        self.chosen[project].discard(member)
        self.load[member] -= 1
        for other in self.chosen[project]:
            self.met[_pair(member, other)] -= 1

    def fill(self, project: int, places: int) -> None:
        """The members with the fewest projects, then who met the others least, then as the seed draws."""
        while len(self.chosen[project]) < places:
            free = self.allowed[project] - self.chosen[project]
            if not free:
                return
            here = self.chosen[project]
            self.put(
                project,
                min(
                    free,
                    key=lambda m: (self.load[m], self.meetings(m, here), drawn_key(self.seed, project, m)),
                ),
            )

    def level(self, movable: Mapping[int, Collection[int]]) -> None:
        """Pass places on from who has most to who has at least two fewer, along chains where conflicts bar the direct
        way, until no chain is left: then no other draw is more even. ``movable``: whose places may move, by project.
        """
        while (step := self._chain(movable)) is not None:
            for project, giver, taker in step:
                self.take(project, giver)
                self.put(project, taker)

    def _chain(self, movable: Mapping[int, Collection[int]]) -> list[tuple[int, int, int]] | None:
        order = sorted(self.members, key=lambda m: (-self.load[m], m))
        for giver in order:
            came: dict[int, tuple[int, int]] = {}  # member → (project, from whom)
            queue = deque([giver])
            while queue:
                one = queue.popleft()
                if self.load[giver] - self.load[one] >= 2:
                    return self._way(giver, one, came)
                for project, members in self.chosen.items():
                    if one not in members or one not in movable[project]:
                        continue
                    for other in sorted(self.allowed[project] - members):
                        if other != giver and other not in came:
                            came[other] = (project, one)
                            queue.append(other)
        return None

    @staticmethod
    def _way(giver: int, last: int, came: Mapping[int, tuple[int, int]]) -> list[tuple[int, int, int]]:
        steps = []
        while last != giver:
            project, before = came[last]
            steps.append((project, before, last))
            last = before
        return steps

    def mix(self) -> None:
        """Exchange members between two projects where that makes the meetings of pairs more even."""
        for _ in range(MOST_PASSES):
            if self._even():
                return
            if not sum(self._exchange(p, q) for p, q in combinations(sorted(self.chosen), 2)):
                return

    def _even(self) -> bool:
        meetings = [self.met[pair] for pair in combinations(self.members, 2)]
        return not meetings or max(meetings) - min(meetings) <= 1

    def _exchange(self, p: int, q: int) -> bool:
        for a in sorted(self.chosen[p] - self.chosen[q]):
            for b in sorted(self.chosen[q] - self.chosen[p]):
                if a not in self.allowed[q] or b not in self.allowed[p]:
                    continue
                if self._gain(p, q, a, b) > 0:
                    self.take(p, a)
                    self.take(q, b)
                    self.put(p, b)
                    self.put(q, a)
                    return True
        return False

    def _gain(self, p: int, q: int, a: int, b: int) -> int:
        """By how much the sum of squared meetings falls when ``a`` and ``b`` change places."""
        change: Counter[tuple[int, int]] = Counter()
        for here, gone, come in ((self.chosen[p], a, b), (self.chosen[q], b, a)):
            for other in here - {gone}:
                change[_pair(gone, other)] -= 1
                change[_pair(come, other)] += 1
        return -sum((self.met[key] + by) ** 2 - self.met[key] ** 2 for key, by in change.items())


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def assign(
    allowed: Mapping[int, Collection[int]],
    places: int,
    seed: str,
    before: Mapping[int, Collection[int]] | None = None,
) -> Assignment:
    """Draw ``places`` members for each project out of those ``allowed`` on it (all of them, where there are fewer).

    ``before``: the draw that stood; whoever of it is still allowed stays, vacant places alone are filled, and among the
    newly filled ones the load is evened out. Gives sorted members by project.
    """
    draw = _Draw(allowed, seed)
    kept = {
        project: {m for m in (before or {}).get(project, ()) if m in draw.allowed[project]}
        for project in draw.chosen
    }
    for project, members in kept.items():
        for member in sorted(members):
            draw.put(project, member)
    # Where few are allowed there is least choice, so these go first.
    for project in sorted(draw.chosen, key=lambda p: (len(draw.allowed[p]), drawn_key(seed, p))):
        draw.fill(project, places)
    draw.level({project: draw.allowed[project] - kept[project] for project in draw.chosen})
    if not before:
        draw.mix()
    return {project: tuple(sorted(members)) for project, members in draw.chosen.items()}
