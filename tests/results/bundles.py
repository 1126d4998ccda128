"""Made-up votes as bundles, with the product's own bytes but without a database: for programs that check bundles.

`python -m tests.results.bundles box.jsonl.gz --ballots 30000 --rule equal-shares` writes one.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pb.core.ballots import BALLOT_LENGTH, ballot_bytes, commitment
from pb.core.board import Head, Kind, ballot_entry, entry_bytes
from pb.core.canonical import canonical_json
from pb.core.merkle import Frontier, leaf_hash
from pb.core.rulebook import BallotRules, CountingRules, Rulebook, starter
from pb.results.bundle import Box, Shown
from pb.results.counting import count_bytes
from pb.results.profile import Election, Listed, Vote, seed_of, write
from pb.voting.receipts import signed_bytes

LABEL = "nowhere-2026"
UNITS = ("north", "south", "west")


@dataclass
class Made:
    """A vote in the making; ``spoil`` may change what it says before it is hashed and signed."""

    rules: Rulebook
    projects: list[dict[str, Any]]
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
    entries: list[bytes] = field(default_factory=list)
    heads: list[tuple[str, str]] = field(default_factory=list)
    edge: Frontier = field(default_factory=Frontier)

    def put(self, kind: Kind, **fields: Any) -> None:
        self.add(entry_bytes(kind, LABEL, **fields))

    def add(self, entry: bytes) -> None:
        self.entries.append(entry)
        self.edge.add(leaf_hash(entry))

    def sign(self, day: str) -> None:
        signed = Head(LABEL, self.edge.size, self.edge.root.hex(), day).signed_bytes()
        self.heads.append((signed.decode(), self.signature(signed)))

    def signature(self, data: bytes) -> str:
        return base64.b64encode(self.key.sign(data)).decode()


def make_rules(counting: CountingRules, ballot: BallotRules, *, by_unit: bool) -> Rulebook:
    """800,000 lari in one pot, or a quarter for each of three units and for the town: not enough for all."""
    pot = 80_000_000
    rules = starter(pot, UNITS, act_number="1", act_date=date(2026, 1, 1))
    share = 20_000_000
    sums = dict.fromkeys(UNITS, share) if by_unit else {}
    return replace(
        rules, unit_sums=sums, town_wide_tetri=pot - len(sums) * share, counting=counting, ballot=ballot
    )


def make_projects(dice: random.Random, number: int, *, by_unit: bool) -> list[dict[str, Any]]:
    """Costs are round and often equal, so that there are ties."""
    places = [*UNITS, ""]
    return [
        {
            "id": str(n), "code": f"NO-2026-{n:04d}", "title": f"პროექტი {n}",
            "cost_tetri": dice.choice((5, 8, 10, 12, 15, 20)) * 1_000_000,
            "unit": places[n % len(places)] if by_unit else "", "what": "სკვერი", "lang": "ka",
        }
        for n in range(1, number + 1)
    ]  # fmt: skip


Voter = tuple[str | None, Sequence[str]]  # unit on the ballot, choices


def make_voters(
    dice: random.Random, rules: Rulebook, projects: list[dict[str, Any]], count: int
) -> list[Voter]:
    """Valid ballots; some projects are liked by many, some by hardly anybody."""
    voters: list[Voter] = []
    weights = {p["id"]: 1 / (1 + n % 13) for n, p in enumerate(projects)}
    costs = {p["id"]: p["cost_tetri"] for p in projects}
    for _ in range(count):
        unit = dice.choice(UNITS) if rules.ballot.scope == "own_unit" else None
        offered = [p["id"] for p in projects if unit is None or p["unit"] in ("", unit)]
        wanted = dice.randint(1, rules.ballot.max_choices)
        chosen = set(dice.choices(offered, [weights[one] for one in offered], k=wanted))
        if rules.ballot.kind == "knapsack":
            purse = rules.unit_sums[unit] + rules.town_wide_tetri if unit else rules.pot_tetri
            while sum(costs[one] for one in chosen) > purse:
                chosen.pop()
        voters.append((unit, sorted(chosen)))
    return voters


def make_bundle(
    counting: CountingRules, ballot: BallotRules, *, ballots: int = 200, projects: int = 24,
    by_unit: bool = False, seed: int = 1, invalid: Sequence[Voter] = (), void: Sequence[Voter] = (),
    spoil: Callable[[Made], None] | None = None, after_close: Callable[[Made], None] | None = None,
) -> Box:  # fmt: skip
    """A whole vote as its bundle. Besides: ``invalid`` ballots break the rules, ``void`` ones were taken out."""
    dice = random.Random(seed)
    rules = make_rules(counting, ballot, by_unit=by_unit or ballot.scope == "own_unit")
    listed = make_projects(dice, projects, by_unit=bool(rules.unit_sums))
    voters = make_voters(dice, rules, listed, ballots)
    made = Made(rules, listed)
    custodians = [
        {"name": {"ka": "მცველი", "en": f"Custodian {n}"}, "public_key": f"{n}" * 64} for n in (1, 2, 3)
    ]
    frozen = hashlib.sha256(canonical_json({"projects": listed, "custodians": custodians})).hexdigest()
    state: dict[str, Any] = {
        "ballot": frozen, "rulebook": rules.fingerprint(), "code": "c" * 64,
        "roll": {"fingerprint": "e" * 64, "size": ballots * 3},
    }  # fmt: skip
    made.put(Kind.PREPARED, **state, at="2026-10-05T08:00Z", projects=listed)
    made.put(Kind.CUSTODIANS, at="2026-10-05T08:00Z", custodians=custodians)
    made.sign("2026-10-05")
    for pair in ((1, 2), (1, 3), (2, 3)):
        made.put(Kind.TRIAL_OPENED, at="2026-10-05T09:00Z", ballot=frozen, pair=list(pair))
    made.sign("2026-10-05")
    made.put(Kind.VOTING_OPENED, **state, opens="2026-10-06T07:00Z", closes="2026-10-20T18:00Z")
    shown = [_cast(made, voter) for voter in voters] + [
        replace(_cast(made, voter), fault="too_many_choices") for voter in invalid
    ]
    taken = [replace(_cast(made, voter), opened=b"", void=True) for voter in void]
    if spoil is not None:
        spoil(made)
    made.put(Kind.CLOSED, **state, at="2026-10-20T18:00Z", ballots=len(shown) + len(taken))
    if after_close is not None:
        after_close(made)
    for one in taken:
        made.put(Kind.VOIDED, at="2026-10-20T19:00Z", voided=one.commitment, reason="ორჯერ", pair=[1, 3])
    made.put(Kind.DESTROYED, at="2026-10-20T20:00Z")
    made.put(Kind.BOX_OPENED, at="2026-10-21T08:00Z", ballots=len(shown), invalid=len(invalid))
    made.sign("2026-10-21")
    document, inputs = _count(made, voters, [one.commitment for one in shown])
    made.put(
        Kind.RESULT, at="2026-10-22T08:00Z", rule=counting.rule, version="1",
        inputs=inputs, result=hashlib.sha256(document.encode()).hexdigest(),
    )  # fmt: skip
    made.sign("2026-10-22")
    shown += taken
    dice.shuffle(shown)
    return Box(
        label=LABEL,
        public_key=made.key.public_key().public_bytes_raw(),
        rulebook=canonical_json(rules.to_json()).decode(),
        result=document,
        heads=made.heads,
        entries=[entry.decode() for entry in made.entries],
        size=len(made.entries),
        ballots=shown,
    )


def _cast(made: Made, voter: Voter) -> Shown:
    unit, choices = voter
    content = ballot_bytes(LABEL, unit, choices, os.urandom(32))
    hashed = commitment(content).hex()
    sealed = os.urandom(32)
    made.add(ballot_entry(LABEL, hashed, sealed, made.signature(signed_bytes(LABEL, hashed))))
    if made.edge.size % 25 == 0:
        made.sign("2026-10-12")
    assert len(content) == BALLOT_LENGTH
    return Shown(hashed, content)


def _count(made: Made, voters: Sequence[Voter], hashed: Sequence[str]) -> tuple[str, str]:
    codes = {p["id"]: p["code"] for p in made.projects}
    election = Election(
        description="made up", place="Nowhere", year=2026, label=LABEL, rules=made.rules,
        voting_from=date(2026, 10, 6), voting_to=date(2026, 10, 20), seed=seed_of(hashed),
        projects=[Listed(p["code"], p["cost_tetri"], p["title"], p["unit"]) for p in made.projects],
    )  # fmt: skip
    votes = [Vote(tuple(codes[one] for one in choices), unit or "") for unit, choices in voters]
    counted = count_bytes(write(election, votes), made.rules.counting)
    return counted.document.decode(), counted.inputs_fingerprint


def main() -> None:
    """Write one bundle, with the parameters of the command line."""
    from pb.results.bundle import BALLOTS, lines, packed

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--ballots", type=int, default=1000)
    parser.add_argument("--projects", type=int, default=24)
    parser.add_argument("--rule", default="equal-shares")
    parser.add_argument("--completion", default="add1")
    parser.add_argument("--utility", default="cost")
    parser.add_argument("--leftover", default="keep")
    parser.add_argument("--ties", default="cost,votes,lot")
    parser.add_argument("--minimum", type=int, default=0)
    parser.add_argument("--kind", default="approval")
    parser.add_argument("--scope", default="town")
    parser.add_argument("--max-choices", type=int, default=5)
    parser.add_argument("--by-unit", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    counting = CountingRules(
        rule=given.rule, minimum_votes=given.minimum, ties=tuple(given.ties.split(",")), utility=given.utility,
        completion=given.completion, leftover=given.leftover, step_tetri=10_000, price_per_vote_tetri=50_000,
    )  # fmt: skip
    ballot = BallotRules(kind=given.kind, max_choices=given.max_choices, scope=given.scope)
    box = make_bundle(
        counting,
        ballot,
        ballots=given.ballots,
        projects=given.projects,
        by_unit=given.by_unit,
        seed=given.seed,
    )
    given.file.write_bytes(packed(lines(box, BALLOTS)))


if __name__ == "__main__":
    main()
