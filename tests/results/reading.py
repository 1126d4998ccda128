"""docs/verification.md read as a program, sentence by sentence and as slow as it says: what the text is held by.

Imports nothing of the product, so that it finds a text that says something else than the product does.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:  # the test data hold no member names beyond the basic plane
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def root_of(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


class Bundle:
    """A bundle that was read; ``faults``: what is wrong with it."""

    def __init__(self, data: bytes, public_key: str) -> None:
        self.faults: list[str] = []
        self.public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        text = gzip.decompress(data)
        assert text.endswith(b"\n")
        rows = [json.loads(line) for line in text[:-1].split(b"\n")]
        assert all(canonical(row) == line for row, line in zip(rows, text[:-1].split(b"\n"), strict=True))
        self.first, self.rules, self.result = rows[0], rows[1]["document"], rows[2]["document"]
        self.heads, self.entries, self.ballots = (
            [row for row in rows if row["is"] == kind] for kind in ("head", "entry", "ballot")
        )
        order = ["bundle", "rulebook", "result"]
        for kind in ("head", "entry", "ballot"):
            order += [kind] * self.first[{"head": "heads", "entry": "entries", "ballot": "ballots"}[kind]]
        self.need([row["is"] for row in rows] == order, "order of lines")
        self.acts = [json.loads(row["entry"]) for row in self.entries]

    def need(self, holds: bool, what: str) -> None:
        if not holds:
            self.faults.append(what)

    def signed(self, data: bytes, signature: str) -> bool:
        import base64

        try:
            self.public_key.verify(base64.b64decode(signature), data)
        except InvalidSignature:
            return False
        return True

    def check(self) -> list[str]:
        """Everything under "What to check"; gives the faults."""
        leaves = [row["entry"].encode() for row in self.entries]
        for head in self.heads:
            said = json.loads(head["signed"])
            self.need(self.signed(head["signed"].encode(), head["signature"]), "signature of a head")
            self.need(root_of(leaves[: said["size"]]).hex() == said["root"], f"root at {said['size']}")
        self.need(json.loads(self.heads[-1]["signed"])["size"] == len(leaves), "last head")
        board = {
            act["commitment"]: act for act in self.acts if {"commitment", "sealed", "signature"} <= act.keys()
        }
        names = [ballot["commitment"] for ballot in self.ballots]
        self.need(len(set(names)) == len(names) and set(names) == set(board), "commitments")
        kinds = [act["kind"] for act in self.acts]
        if "result" not in kinds:
            return [*self.faults, "no result on the board"]
        opened, closed = (self.acts[kinds.index(kind)] for kind in ("voting_opened", "closed"))
        prepared = [act for act in self.acts[: kinds.index("trial_opened")] if act["kind"] == "prepared"][-1]
        custodians = [act for act in self.acts if act["kind"] == "custodians"][-1]["custodians"]
        self.projects = prepared["projects"]
        self.need(sha(canonical(self.rules)) == opened["rulebook"] == closed["rulebook"], "rulebook")
        frozen = sha(canonical({"custodians": custodians, "projects": self.projects}))
        self.need(frozen == opened["ballot"] == closed["ballot"], "ballot")
        states = [ballot["state"] for ballot in self.ballots]
        box = self.acts[kinds.index("box_opened")]
        self.need(box["ballots"] == states.count("counted") + states.count("invalid"), "number of ballots")
        self.need(box["invalid"] == states.count("invalid"), "number of invalid ballots")
        if self.first["contains"] == "totals":
            return self.faults
        self.valid = []
        for ballot in self.ballots:
            fault = (
                self.fault(ballot, board[ballot["commitment"]]) if ballot["content"] is not None else "unread"
            )
            self.need((fault == "") == (ballot["state"] == "counted"), f"state of a ballot: {fault}")
            if not fault:
                self.valid.append(json.loads(ballot["content"]))
        self.need(sha(canonical(self.result)) == self.acts[kinds.index("result")]["result"], "result's hash")
        found = {p["project"]: p["votes"] for p in self.result["projects"]}
        codes = {p["id"]: p["code"] for p in self.projects}
        self.need({codes[one]: n for one, n in self.votes().items()} == found, "votes")
        self.need(self.result["voters"] == len(self.valid), "voters")
        winners = {codes[one] for one in self.count()}
        self.need(winners == set(self.result["winners"]), f"winners {winners ^ set(self.result['winners'])}")
        return self.faults

    def fault(self, line: dict[str, Any], entry: dict[str, Any]) -> str:
        """Why a ballot is not valid, "" when it is."""
        content = line["content"].encode()
        if sha(b"pb-ballot-v1" + content.ljust(1024)) != line["commitment"] or len(content) > 1024:
            return "commitment"
        said, rules = json.loads(content), self.rules["ballot"]
        if canonical(said) != content or said.keys() != {"choices", "random", "round", "unit", "v", "word"}:
            return "form"
        receipt = {
            "commitment": line["commitment"], "kind": "pb-receipt-v1", "round": self.first["round"],
            "promise": "in the published box by the close of the vote",
        }  # fmt: skip
        if not self.signed(canonical(receipt), entry["signature"]):
            return "signature"
        if (
            said["v"] != 1
            or said["word"]
            or said["round"] != self.first["round"]
            or len(said["random"]) != 64
        ):
            return "members"
        chosen = [p for p in self.projects if p["id"] in said["choices"]]
        if not 0 < len(said["choices"]) <= rules["max_choices"] or len(chosen) != len(said["choices"]):
            return "choices"
        if sorted(set(said["choices"])) != said["choices"]:
            return "order"
        unit = said["unit"]
        if (unit is None) != (rules["scope"] == "town") or (
            unit is not None and unit not in self.rules["unit_sums"]
        ):
            return "unit"
        if unit is not None and any(p["unit"] not in ("", unit) for p in chosen):
            return "another unit"
        budget = self.rules["pot_tetri"]
        if unit is not None:
            budget = self.rules["unit_sums"][unit] + self.rules["town_wide_tetri"]
        if rules["kind"] == "knapsack" and sum(p["cost_tetri"] for p in chosen) > budget:
            return "budget"
        return ""

    def votes(self) -> dict[str, int]:
        return {p["id"]: sum(p["id"] in ballot["choices"] for ballot in self.valid) for p in self.projects}

    def keys(self) -> dict[str, list[Any]]:
        names = sorted(b["commitment"] for b in self.ballots if b["state"] in ("counted", "invalid"))
        seed = sha("\n".join(names).encode())
        listed = sha(canonical(["pb-lot-v1", *sorted(p["code"] for p in self.projects)]))
        votes = self.votes()
        parts = {
            "cost": lambda place, p: p["cost_tetri"],
            "votes": lambda place, p: -votes[p["id"]],
            "order": lambda place, p: place,
            "lot": lambda place, p: sha(canonical(["pb-lot-v1", listed, seed, p["code"]])),
        }
        ties = self.rules["counting"]["ties"]
        return {p["id"]: [parts[name](n, p) for name in ties] for n, p in enumerate(self.projects)}

    def count(self) -> list[str]:
        """The ids of the winners."""
        rules = self.rules
        if not rules["unit_sums"] or rules["town_wide_tetri"] == rules["pot_tetri"]:
            return Pot(self, self.projects, rules["pot_tetri"], self.valid).winners()
        won, over = [], 0
        for unit, money in rules["unit_sums"].items():
            members = [p for p in self.projects if p["unit"] == unit]
            ids = {p["id"] for p in members}
            if any(ballot["unit"] for ballot in self.valid):
                voters = [ballot for ballot in self.valid if ballot["unit"] == unit]
            else:
                voters = [ballot for ballot in self.valid if ids & set(ballot["choices"])]
            pot = Pot(self, members, money, voters)
            found = pot.winners()
            over += money - sum(pot.cost[one] for one in found)
            won += found
        money = rules["town_wide_tetri"] + (over if rules["counting"]["leftover"] == "town" else 0)
        return won + Pot(self, [p for p in self.projects if not p["unit"]], money, self.valid).winners()


class Pot:
    """One pot: ``cost`` of each member, ``ids`` of the candidates."""

    def __init__(self, bundle: Bundle, members: Sequence[Any], money: int, voters: Sequence[Any]) -> None:
        self.rules, self.votes, self.keys = bundle.rules["counting"], bundle.votes(), bundle.keys()
        self.money, self.voters = money, voters
        self.cost = {p["id"]: p["cost_tetri"] for p in members}
        least = max(1, self.rules["minimum_votes"])
        self.ids = [one for one, cost in self.cost.items() if self.votes[one] >= least and cost <= money]

    def winners(self) -> list[str]:
        name: str = {"greedy": "greedy", "equal-shares": "shares"}.get(self.rules["rule"], self.rules["rule"])
        found: list[str] = getattr(self, name.replace("-", "_"))()
        return found

    def by_votes(self) -> list[str]:
        return sorted(self.ids, key=lambda one: (-self.votes[one], self.keys[one]))

    def fill(self, order: Sequence[str], funded: Sequence[str] = (), *, skip: bool = True) -> list[str]:
        left, taken = self.money - sum(self.cost[one] for one in funded), list(funded)
        for one in order:
            if one in taken:
                continue
            if self.cost[one] <= left:
                taken.append(one)
                left -= self.cost[one]
            elif not skip:
                break
        return taken

    def greedy(self) -> list[str]:
        return self.fill(self.by_votes())

    def greedy_no_skip(self) -> list[str]:
        return self.fill(self.by_votes(), skip=False)

    def greedy_per_cost(self) -> list[str]:
        return self.fill(
            sorted(self.ids, key=lambda one: (-Fraction(self.votes[one], self.cost[one]), self.keys[one]))
        )

    def price_per_vote(self) -> list[str]:
        price = self.rules["price_per_vote_tetri"]
        return self.fill([one for one in self.by_votes() if self.votes[one] * price >= self.cost[one]])

    def run(self, raises: int) -> list[str]:
        if not self.voters:
            return []
        share = Fraction(self.money, len(self.voters)) + raises * self.rules["step_tetri"]
        has = [share] * len(self.voters)
        funded: list[str] = []
        while True:
            offers = []
            for one in self.ids:
                payers = [n for n, ballot in enumerate(self.voters) if one in ballot["choices"]]
                if one not in funded and payers and sum(has[n] for n in payers) >= self.cost[one]:
                    price = self.price([has[n] for n in payers], self.cost[one])
                    measure = price if self.rules["utility"] == "cardinality" else price / self.cost[one]
                    offers.append((measure, self.keys[one], one, price, payers))
            if not offers:
                return funded
            _, _, one, price, payers = min(offers, key=lambda offer: offer[:2])
            funded.append(one)
            for n in payers:
                has[n] -= min(has[n], price)

    @staticmethod
    def price(has: list[Fraction], cost: int) -> Fraction:
        missing, left = Fraction(cost), len(has)
        for money in sorted(has):
            if money * left >= missing:
                return missing / left
            missing, left = missing - money, left - 1
        raise AssertionError("nobody can pay")

    def raised(self) -> list[str]:
        raises, outcome = 0, self.run(0)
        while set(outcome) != set(self.ids):
            raises += 1
            further = self.run(raises)
            if sum(self.cost[one] for one in further) > self.money:
                return outcome
            outcome = further
        return outcome

    def shares(self) -> list[str]:
        completion = self.rules["completion"]
        ours = self.run(0) if completion in ("none", "utilitarian") else self.raised()
        if completion in ("utilitarian", "add1u"):
            return self.fill(self.by_votes(), ours)
        if completion == "comparison":
            theirs = self.fill(self.by_votes())
            a, b = set(ours) - set(theirs), set(theirs) - set(ours)
            leads = [len(a & set(v["choices"])) - len(b & set(v["choices"])) for v in self.voters]
            return theirs if sum(n < 0 for n in leads) > sum(n > 0 for n in leads) else ours
        return ours

    def phragmen(self) -> list[str]:
        loads, left, funded = [Fraction()] * len(self.voters), self.money, list[str]()
        supporters = {
            one: [n for n, ballot in enumerate(self.voters) if one in ballot["choices"]] for one in self.ids
        }
        while True:
            offers = {
                one: (self.cost[one] + sum(loads[n] for n in who)) / Fraction(len(who))
                for one, who in supporters.items()
                if one not in funded
            }
            tied = [one for one, load in offers.items() if load == min(offers.values())]
            if not tied or any(self.cost[one] > left for one in tied):
                return funded
            taken = min(tied, key=lambda one: self.keys[one])
            for n in supporters[taken]:
                loads[n] = offers[taken]
            funded.append(taken)
            left -= self.cost[taken]
