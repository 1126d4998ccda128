"""Equal scores: the published order that settles them, and the lot that anybody can draw again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pb.core.counting.profile import Profile
from pb.core.errors import Invalid

#: What may settle a tie: ``cost`` the cheaper first, ``votes`` the one that more voters named, ``lot`` the
#: published seed, ``order`` the order of the list (a lot that the town drew itself is the order of its list).
CRITERIA = ("cost", "votes", "lot", "order")
LOT_VERSION = "pb-lot-v1"


@dataclass(frozen=True, slots=True)
class TieOrder:
    """The criteria in their order; the last one always tells any two projects apart."""

    criteria: tuple[str, ...]
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects with equal scores in the order in which they were taken.

    ``settled_by`` lists the criteria that were needed. ``decisive``: another order of these projects
    would have funded another set.
    """

    pot: str
    score: int
    projects: tuple[str, ...]
    settled_by: tuple[str, ...]
    decisive: bool


def tie_order(criteria: Sequence[str], seed: str | None = None) -> TieOrder:
    """A checked order; ``order`` is appended when nothing at its end would tell all projects apart.

    Raises Invalid ``unknown_tie_rule``, ``duplicate_tie_rule`` or ``missing_seed``.
    """
    for name in criteria:
        if name not in CRITERIA:
            raise Invalid("unknown_tie_rule", "ties", expected="some of " + ", ".join(CRITERIA), found=name)
    if len(set(criteria)) != len(criteria):
        raise Invalid("duplicate_tie_rule", "ties", expected="each once", found=",".join(criteria))
    if "lot" in criteria and not seed:
        raise Invalid("missing_seed", "ties", expected="a seed for the lot, as in lot:SEED", found="none")
    total = any(name in ("lot", "order") for name in criteria)
    return TieOrder(tuple(criteria) if total else (*criteria, "order"), seed if "lot" in criteria else None)


def parse_order(text: str) -> TieOrder:
    """``"cost,votes,lot:4711"`` as an order; ``file`` is another word for ``order``."""
    names, seed = [], None
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, value = part.partition(":")
        if colon and name == "lot":
            seed = value
        names.append("lot" if name == "lot" else "order" if part == "file" else part)
    return tie_order(names, seed)


def fingerprint(project_ids: Iterable[str]) -> str:
    """SHA-256 (hex) of the list, published before the seed is known. The order of the list plays no part."""
    listed = json.dumps([LOT_VERSION, *sorted(project_ids)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(listed.encode("utf-8")).hexdigest()


def lot_key(list_fingerprint: str, seed: str, project_id: str) -> str:
    """A project's place in the lot: the smaller SHA-256 (hex) of fingerprint, seed and id goes first."""
    drawn = json.dumps(
        [LOT_VERSION, list_fingerprint, seed, project_id], ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(drawn.encode("utf-8")).hexdigest()


TieKey = tuple[int | str, ...]


def tie_keys(profile: Profile, order: TieOrder) -> tuple[TieKey, ...]:
    """Per project what decides between equal scores; the smaller key goes first."""
    votes = profile.tally.votes
    listed = fingerprint(project.id for project in profile.projects) if order.seed is not None else ""

    def part(position: int, name: str) -> int | str:
        project = profile.projects[position]
        if name == "cost":
            return project.cost
        if name == "votes":
            return -votes[position]
        if name == "lot":
            return lot_key(listed, order.seed or "", project.id)
        return position

    return tuple(tuple(part(p, name) for name in order.criteria) for p in range(len(profile.projects)))


def settled_by(group: Sequence[int], keys: Sequence[TieKey], order: TieOrder) -> tuple[str, ...]:
    """The criteria that a sorted group of equal scores needed, in their order."""
    used = set()
    for left, right in pairwise(group):
        pairs = zip(keys[left], keys[right], strict=True)
        used.add(next(place for place, (a, b) in enumerate(pairs) if a != b))
    return tuple(order.criteria[place] for place in sorted(used))
