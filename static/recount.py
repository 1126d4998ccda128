"""Check the published box of a vote (pb-bundle-1) and count it again, independently.
    python recount.py BUNDLE [--key HEX] [--head FILE ...] [--receipt FILE ...] [--json]
BUNDLE is box.jsonl.gz. A kept FILE: a head as JSON, heads one a line, or a receipt. --key is the town's key
as you noted it, else the one in the bundle is believed. Written from the published description alone. Exit
code: 0 all holds (SKIPPED: could not be checked), 1 something is BROKEN, 2 a file cannot be read.
"""

import argparse
import base64
import gzip
import hashlib
import heapq
import json
import re
import secrets
import sys
import zlib
from collections import Counter
from fractions import Fraction
from functools import reduce
from math import lcm
from types import SimpleNamespace
from typing import Any

MAX_BYTES, MAX_LINE, MAX_KEPT, MAX_RUNS = 256 << 20, 16 << 20, 16 << 20, 100_000
HEX64, SIGNATURE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[A-Za-z0-9+/]{86}==")
KINDS = ("bundle", "rulebook", "result", "head", "entry", "ballot")
BALLOT, MEMBERS = ("ballot", "paper_ballot"), {"choices", "random", "round", "unit", "v", "word"}
LETTERS = {"prepared": "p", "custodians": "u", "letters_made": "l", "trial_opened": "t", "voting_opened": "v"}
LETTERS |= {"paper_batch": "q", "ballot": "b", "closed": "c", "paper_ballot": "k", "paper_protocol": "y"}
LETTERS |= {"voided": "x", "destroyed": "z", "box_opened": "o", "result": "r"}
RULES = "(greedy(-no-skip|-per-cost)?|price-per-vote|equal-shares|phragmen)"
WAYS = RULES + " (none|add1u?|utilitarian|comparison) (cost|cardinality) (keep|town) (.+ )*(lot|order)"
Groups = list[tuple[tuple[str, ...], int]]  # alike voters of a pot: their choices, how many they are
Tally = Counter[tuple[tuple[str, ...], str | None]]  # (choices, unit) → how many ballots
ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def sha(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


parse = json.JSONDecoder(parse_float=int, parse_constant=int).decode
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:  # RFC 8785, of whole numbers only
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{encode(name)}:{canonical(value[name])}" for name in names) + "}"
    return "[" + ",".join(map(canonical, value)) + "]" if isinstance(value, list) else encode(value)


P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # of Ed25519 (RFC 8032, 5.1): X, Y, Z, T; x = X/Z, y = Y/Z, xy = T/Z
Signed = tuple[int, int, int, int, int, int, int]  # index, y − x, y + x, 2dxy of R, random z, z · s, z · k
ZERO: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * D * (a[3] * b[3] % P) % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k: int, point: Point) -> Point:
    rest = times(k >> 1, add(point, point)) if k else ZERO
    return add(rest, point) if k & 1 else rest


def unpack(data: bytes) -> Point:
    sign, y = divmod(int.from_bytes(data, "little"), 1 << 255)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    v3 = v * v * v % P
    x = u * v3 * pow(u * v3 * v3 * v % P, (P - 5) // 8, P) % P
    x = x if v * x * x % P == u else x * ROOT_OF_MINUS_1 % P
    if len(data) != 32 or y >= P or v * x * x % P != u or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def sum_of_multiples(signed: list[Signed]) -> Point:
    """Pippenger's sum of all z · R."""
    width, total = max(2, min(11, len(signed).bit_length() - 3)), ZERO
    for shift in range((127 // width) * width, -1, -width):
        total, buckets, running = times(1 << width, total), [ZERO] * (1 << width), ZERO
        for _, minus, plus, product, factor, _, _ in signed:
            digit = factor >> shift & (1 << width) - 1
            x, y, z, t = buckets[digit]
            m, n, c, d = (y - x) * minus % P, (y + x) * plus % P, t * product % P, z + z
            e, f, g, h = n - m, d - c, d + c, n + m
            buckets[digit] = e * f % P, g * h % P, f * g % P, e * h % P
        for bucket in buckets[:0:-1]:
            running = add(running, bucket)
            total = add(total, running)
    return total


def bad_signatures(key: str, items: list[tuple[Any, str]], most: int = 20) -> set[int]:
    """Indexes of the (signature, text) that are not good, `most` at most: in one batch with random factors
    (by the equation of RFC 8032 with the cofactor 8), when that fails by halves down to the bad ones."""
    public, bad, signed = bytes.fromhex(key), set[int](), list[Signed]()
    point, minus_base = unpack(public), unpack((4 * pow(5, -1, P) % P | 1 << 255).to_bytes(32, "little"))
    if times(8, point)[0] == 0:
        raise ValueError("the public key has a small order")
    for index, (signature, text) in enumerate(items):
        try:
            raw = base64.b64decode(signature, validate=True)
            r, s = unpack(raw[:32]), int.from_bytes(raw[32:], "little")
            if s >= ORDER or len(raw) != 64 or base64.b64encode(raw).decode() != signature:
                raise ValueError
            k = int.from_bytes(hashlib.sha512(raw[:32] + public + text.encode()).digest(), "little")
            z = secrets.randbits(128)
            signed.append((index, r[1] - r[0], r[1] + r[0], 2 * D * r[3] % P, z, z * s, z * k))
        except (ValueError, TypeError):
            bad.add(index)
    waiting = [signed] if signed else []
    while waiting and len(bad) < most:
        part = waiting.pop()
        s, k = sum(item[5] for item in part) % ORDER, sum(item[6] for item in part) % ORDER
        total = add(sum_of_multiples(part), add(times(s, minus_base), times(k, point)))
        x, y, z, _ = times(8, total)
        if (x, y) != (0, z) and len(part) == 1:
            bad.add(part[0][0])
        elif (x, y) != (0, z):
            waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
    return bad


def roots(leaves: list[bytes], sizes: set[int]) -> dict[int, str]:
    """The root of the Merkle tree (RFC 6962) over the first n leaves, for each n of `sizes`."""
    found, peaks = {0: sha(b"")}, list[bytes]()
    for n, leaf in enumerate(leaves, 1):
        peaks.append(hashlib.sha256(b"\0" + leaf).digest())
        for _ in range((n & -n).bit_length() - 1):
            peaks[-2:] = [hashlib.sha256(b"\1" + peaks[-2] + peaks[-1]).digest()]
        if n in sizes:
            join = reduce(lambda right, left: hashlib.sha256(b"\1" + left + right).digest(), peaks[::-1])
            found[n] = join.hex()
    return found


class Project(SimpleNamespace):  # id, code, cost, unit, votes, key (of ties), groups (of its supporters)
    __hash__ = object.__hash__


def spent(funded: list[Project]) -> int:
    return sum(project.cost for project in funded)


def fill(money: int, candidates: list[Project], funded: list[Project], rule: str = "") -> list[Project]:
    """`funded`, and then each candidate in the order of the rule that fits into what is left."""
    funded, per_cost = list(funded), rule == "greedy-per-cost"
    order = {p: (-Fraction(p.votes, p.cost or p.votes) if per_cost else -p.votes, p.key) for p in candidates}
    for project in sorted(set(order) - set(funded), key=lambda p: (per_cost and p.cost > 0, order[p])):
        if project.cost <= money - spent(funded):
            funded.append(project)
        elif rule == "greedy-no-skip":
            break
    return funded


def one_run(candidates: list[Project], groups: Groups, endowment: Fraction, utility: str) -> list[Project]:
    """One run of equal shares. Money is kept in whole parts of one common denominator."""
    scale, money, funded = endowment.denominator, [endowment.numerator] * len(groups), list[Project]()
    # A price can only rise during a run: an old one is a lower bound, to be computed anew at the top.
    heap = [(Fraction(0), p.key, -1, number, Fraction(0)) for number, p in enumerate(candidates)]
    heapq.heapify(heap)
    while heap:
        _, key, computed_at, number, q = heapq.heappop(heap)
        project = candidates[number]
        if computed_at != len(funded):
            tally: Counter[int] = Counter()
            for group in project.groups:
                tally[money[group]] += groups[group][1]
            due, payers = project.cost * scale, tally.total()
            for amount in sorted(tally):
                if amount * payers >= due:
                    new = Fraction(due, payers * scale)
                    measure = new / (project.cost or 1) if utility == "cost" else new
                    heapq.heappush(heap, (measure, key, len(funded), number, new))
                    break
                due, payers = due - amount * tally[amount], payers - tally[amount]
            continue
        factor = lcm(scale, q.denominator) // scale
        money, scale = [amount * factor for amount in money] if factor > 1 else money, scale * factor
        for group in project.groups:
            money[group] = max(0, money[group] - q.numerator * (scale // q.denominator))
        funded.append(project)
    return funded


def equal_shares(money: int, candidates: list[Project], groups: Groups, counting: Any) -> list[Project]:
    completion, utility, step = counting["completion"], counting["utility"], counting["step_tetri"]
    share, raises = Fraction(money, sum(size for _, size in groups)), 0
    outcome = one_run(candidates, groups, share, utility)
    while completion not in ("none", "utilitarian") and len(outcome) < len(candidates):
        raises += 1
        if step <= 0 or raises > MAX_RUNS:
            raise ValueError(f"completion {completion!r} does not end within {MAX_RUNS} runs")
        trial = one_run(candidates, groups, share + raises * step, utility)
        if spent(trial) > money:
            break
        outcome = trial
    if completion == "comparison":
        other, margin = fill(money, candidates, []), 0
        ours, theirs = {p.id for p in outcome}, {p.id for p in other}
        for choices, size in groups:
            difference = len(theirs.intersection(choices)) - len(ours.intersection(choices))
            margin += size * ((difference > 0) - (difference < 0))
        return other if margin > 0 else outcome
    return fill(money, candidates, outcome) if completion in ("utilitarian", "add1u") else outcome


def phragmen(money: int, candidates: list[Project], groups: Groups, _: Any) -> list[Project]:
    rest, funded, load = list(candidates), list[Project](), dict[Project, Fraction]()
    sizes, loads, scale = [size for _, size in groups], [0] * len(groups), 1  # a load is loads[…] / scale
    while rest:
        for p in rest:
            total = p.cost * scale + sum(loads[group] * sizes[group] for group in p.groups)
            load[p] = Fraction(total, scale * sum(sizes[group] for group in p.groups))
        least = min(load[p] for p in rest)
        smallest = sorted((p for p in rest if load[p] == least), key=lambda p: p.key)
        if max(p.cost for p in smallest) > money - spent(funded):
            break
        factor = lcm(scale, least.denominator) // scale
        loads, scale = [amount * factor for amount in loads], scale * factor
        for group in smallest[0].groups:
            loads[group] = least.numerator * (scale // least.denominator)
        funded.append(rest.pop(rest.index(smallest[0])))
    return funded


def count_pot(own: list[Project], money: int, unit: str | None, tally: Tally, book: Any) -> list[Project]:
    """The count of one pot: of the projects `own`, and of a unit (None: of the whole town)."""
    counting, rule, ids = book["counting"], book["counting"]["rule"], {p.id for p in own}
    per_vote = counting["price_per_vote_tetri"] if rule == "price-per-vote" else money
    least = max(1, counting["minimum_votes"])
    candidates = [p for p in own if p.votes >= least and p.cost <= min(money, p.votes * per_vote)]
    names_unit, voters = any(named is not None for _, named in tally), Counter[tuple[str, ...]]()
    for (choices, named), size in tally.items():
        if unit is None or (named == unit if names_unit else not ids.isdisjoint(choices)):
            voters[tuple(p.id for p in candidates if p.id in choices)] += size
    groups = list(voters.items())
    for p in candidates:
        p.groups = tuple(number for number, (choices, _) in enumerate(groups) if p.id in choices)
    if rule not in ("equal-shares", "phragmen") or not candidates:
        return fill(money, candidates, [], rule)
    count = phragmen if rule == "phragmen" else equal_shares
    return count(money, candidates, groups, counting)


class Box:  # a bundle and the checks, each of which says with `need` what is broken
    def __init__(self, path: str, key: str | None, kept: list[tuple[str, str, str]]) -> None:
        lines: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        self.broken, self.kept, left, last = list[str](), kept, MAX_BYTES, 0
        with gzip.open(path) as file:
            while raw := file.readline(min(left, MAX_LINE) + 1):
                left -= len(raw)
                if left < 0 or len(raw) > MAX_LINE:
                    raise ValueError(f"more than {MAX_BYTES} bytes unpacked, or {MAX_LINE} in a line")
                line, before = parse(raw.decode()), last
                last = KINDS.index(line["is"])
                lines[line["is"]].append(line)
                self.need(raw.decode() == canonical(line) + "\n" and last >= before, f"a line {line['is']}")
        self.about, self.heads, self.ballots = lines["bundle"][0], lines["head"], lines["ballot"]
        self.book, self.result = lines["rulebook"][0]["document"], lines["result"][0]["document"]
        self.round, self.key = self.about["round"], key or self.about["public_key"]
        self.leaves = [line["entry"].encode() for line in lines["entry"]]
        self.entries = [parse(line["entry"]) for line in lines["entry"]]
        for number, (entry, leaf) in enumerate(zip(self.entries, self.leaves, strict=True), 1):
            good = canonical(entry).encode() == leaf and entry["round"] == self.round
            self.need(good, f"entry {number} is not canonical JSON, or of another round")
            entry["number"] = number
        sizes = [1, 1, 1, *(self.about[name] for name in ("heads", "entries", "ballots"))]
        self.need([len(part) for part in lines.values()] == sizes, f"not {sizes} lines of the kinds")
        self.need(self.about["format"] == "pb-bundle-1", "not of the format pb-bundle-1")
        self.board = {e.get("commitment"): e for e in self.of(*BALLOT)}
        self.states = Counter(line["state"] for line in self.ballots)
        self.tally, self.projects, self.winners = Tally(), list[Project](), list[tuple[str, Project]]()

    def need(self, holds: Any, otherwise: str) -> None:
        self.broken += [] if holds else [otherwise]

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["kind"] in kinds]

    def receipt(self, commitment: Any) -> str:
        told = {"kind": "pb-receipt-v1", "promise": "in the published box by the close of the vote"}
        return canonical(told | {"commitment": commitment, "round": self.round})

    def check_heads(self) -> None:
        """Heads, kept ones too: signatures, roots over the entries, order; kept receipts"""
        heads = [(head["signed"], head["signature"]) for head in self.heads]
        heads += [(text, signature) for what, text, signature in self.kept if what == "head"]
        values = [parse(text) for text, _ in heads]
        bad = bad_signatures(self.key, [(signature, text) for text, signature in heads])
        found = roots(self.leaves, {value["size"] for value in values})
        for index, (value, (text, _)) in enumerate(zip(values, heads, strict=True)):
            name = f"{'kept ' * (index >= len(self.heads))}head of size {value['size']}: "
            due = {"day": str(value["day"]), "kind": "pb-board-head-v1", "round": self.round}
            self.need(index not in bad, name + "its signature is not good")
            self.need(value["root"] == found.get(value["size"]), name + "its root is not that of the entries")
            due |= {"root": value["root"], "size": value["size"]}
            self.need(canonical(due) == text, name + "not the text of a head")
        for what, text, signature in self.kept:
            c, on_board = parse(text).get("commitment"), self.board.get(parse(text).get("commitment"), {})
            same = what == "head" or (text == self.receipt(c) and on_board.get("signature") == signature)
            self.need(same, f"receipt of {c}: not on the board with this text and signature")
        sizes = [value["size"] for value in values[: len(self.heads)]]
        last = sizes == sorted(sizes) and sizes[-1:] == [len(self.leaves)]
        self.need(last, "the heads do not stand by size, or the last does not cover all entries")

    def order(self) -> None:
        """Order of the entries; what the vote rests on: rulebook, projects, custodians, roll, code"""
        letters = "".join(LETTERS.get(entry["kind"], "") for entry in self.entries)
        self.need(
            re.fullmatch("(l*pl*u)+(l*t){3}[lq]*v[blq]*c[kx]*[yx]*zor", letters), "not the order of a board"
        )
        pairs = [e["pair"] for e in self.of("trial_opened")]
        self.need(pairs == [[1, 2], [1, 3], [2, 3]], f"the pairs of the trial openings are {pairs}")
        opened, closed, prepared = self.of("voting_opened")[0], self.of("closed")[0], self.of("prepared")[-1]
        both = {"custodians": self.of("custodians")[-1]["custodians"], "projects": prepared["projects"]}
        for e in [prepared, *self.of("trial_opened"), opened, closed]:
            same = e["kind"] not in ("voting_opened", "closed") or e["rulebook"] == sha(canonical(self.book))
            self.need(e["ballot"] == sha(canonical(both)), f"{e['kind']} names another ballot (projects)")
            self.need(same, f"{e['kind']} names another rulebook")
        self.need(opened["roll"] == closed["roll"], "the roll of voting_opened is not that of closed")
        chain = [opened["code"]]
        for e in self.of("code_changed"):
            inside = opened["number"] < e["number"] < closed["number"]
            chain += [e["before"], e["after"]] if inside else []
        self.need(chain[::2] == [*chain[1::2], closed["code"]], "the code of voting_opened does not lead on")

    def signatures(self) -> None:
        """Receipts: the signature of each ballot on the board, no commitment twice"""
        entries = self.of(*BALLOT)
        bad = bad_signatures(self.key, [(e["signature"], self.receipt(e["commitment"])) for e in entries])
        for index, e in enumerate(entries):
            e["bad"] = index in bad or not all(HEX64.fullmatch(e[name]) for name in ("commitment", "sealed"))
            self.need(not e["bad"], f"entry {e['number']}: bad signature, or no hashes of a ballot")
            self.need(self.board[e["commitment"]] is e, f"commitment {e['commitment']} stands twice")

    def fault(self, text: str, by_id: dict[str, Project]) -> str:
        """Why the content is not that of a valid ballot, or nothing."""
        ballot, rules, sums = parse(text), self.book["ballot"], self.book["unit_sums"]
        choices, unit, town = ballot["choices"], ballot["unit"], rules["scope"] == "town"
        chosen = [by_id[choice] for choice in choices]
        budget = self.book["pot_tetri"] if town else sums[unit] + self.book["town_wide_tetri"]
        tests = (
            (canonical(ballot) == text and ballot.keys() == MEMBERS, "not canonical JSON of a ballot"),
            (ballot["v"] == 1 and ballot["v"] is not True, "another version"),
            (ballot["round"] == self.round and ballot["word"] == "", "another round, or a word"),
            (HEX64.fullmatch(ballot["random"]), "random is not 32 bytes in hex"),
            (choices == sorted(set(choices)), "choices not sorted or not different"),
            (1 <= len(choices) <= rules["max_choices"], "too few or too many choices"),
            (unit is None if town else all(p.unit in ("", unit) for p in chosen), "unit"),
            (rules["kind"] != "knapsack" or spent(chosen) <= budget, "over the budget"),
        )
        return next((why for holds, why in tests if not holds), "")

    def contents(self) -> None:
        """Ballots of the board and of the box: the same, each with the right state"""
        listed = self.of("prepared")[-1]["projects"]
        self.projects += [Project(**p, cost=p["cost_tetri"], votes=0) for p in listed]
        by_id, totals = {p.id: p for p in self.projects}, self.about["contains"] == "totals"
        voided = {e["voided"] for e in self.of("voided")}
        self.need(voided <= self.board.keys(), "an entry voids a ballot that is not on the board")
        for line in self.ballots:
            c, content, state, why = line["commitment"], line.get("content"), line["state"], "not opened"
            if content is not None:
                hashed = sha(b"pb-ballot-v1" + content.encode().ljust(1024))
                self.need(hashed == c, f"ballot {c}: its content does not hash to it")
                try:
                    why = self.fault(content, by_id) or "a bad signature" * self.board[c]["bad"]
                except ERRORS as error:
                    why = f"not a ballot, or of an unknown project or unit ({error})"
                if state == "counted" and not why:
                    self.tally[tuple(parse(content)["choices"]), parse(content)["unit"]] += 1
            due = "void" if c in voided else "invalid" if why else "counted"
            fits = state == due or (totals and due != "void" != state)
            self.need(fits, f"ballot {c}: {state}, but {due} {why}")
            self.need(content is None or (due != "void" and not totals), f"ballot {c}: should be closed")
        lines = Counter(line["commitment"] for line in self.ballots)
        for c in lines.keys() | self.board.keys():
            self.need(lines[c] == 1 and c in self.board, f"ballot {c}: not one line and one entry")
        closed = totals and self.book["ballot"].get("read_by") == "observers"
        self.need(closed or self.about["contains"] == "ballots", "it lacks ballots that everybody reads")

    def numbers(self) -> None:
        """Numbers of ballots, void and invalid ones, paper; hash, rule, version, voters of the result"""
        cast, paper, opened = len(self.of("ballot")), len(self.of("paper_ballot")), self.of("box_opened")[0]
        counted, invalid, void = (self.states[state] for state in ("counted", "invalid", "void"))
        said = [self.of("closed")[0]["ballots"], opened["ballots"], opened["ballots"], opened["invalid"]]
        true = [cast, cast + paper - void, counted + invalid, invalid]
        self.need(said == true, f"ballots cast, in the box, opened, invalid: {said}, not {true}")
        for p in self.of("paper_protocol"):
            parts = sum(p[name] for name in ("in_box", "spoilt", "returned", "missing"))
            self.need(p["issued"] == parts, f"the protocol of {p['centre']!r} does not add up")
            paper -= p["in_box"] - sum(p["invalid"].values())
        self.need(paper == 0, f"{paper} more ballots of paper than by the protocols")
        printed, told = ([e["centre"] for e in self.of(f"paper_{what}")] for what in ("batch", "protocol"))
        self.need(sorted(set(printed)) == sorted(told), "not one protocol for each centre with paper")
        entry, result = self.of("result")[0], self.result
        said = [entry["rule"], result["rule"], entry["version"], result["version"], result["voters"]]
        true = [self.book["counting"]["rule"]] * 2 + ["1", "1", self.states["counted"]]
        self.need(entry["result"] == sha(canonical(result)), "the result is not the one of its entry")
        self.need(said == true, f"rule, version, voters of entry and result: {said}, not {true}")

    def recount(self) -> None:
        """Count: winners, votes and costs of the published result"""
        book, projects, counting = self.book, self.projects, self.book["counting"]
        way = [counting[x] for x in ("rule", "completion", "utility", "leftover")] + counting["ties"]
        if not re.fullmatch(WAYS, " ".join(way)):
            raise ValueError(f"the rulebook asks for a way to count that is not known: {way}")
        seed = sha("\n".join(sorted(line["commitment"] for line in self.ballots if line["state"] != "void")))
        listed = sha(canonical(["pb-lot-v1", *sorted(p.code for p in projects)]))
        for place, p in enumerate(projects):
            p.votes = sum(size for (choices, _), size in self.tally.items() if p.id in choices)
            parts = {"cost": p.cost, "votes": -p.votes, "order": place}
            parts["lot"] = sha(canonical(["pb-lot-v1", listed, seed, p.code]))
            p.key = tuple(parts[word] for word in counting["ties"])
        town, sums = book["town_wide_tetri"], book["unit_sums"]
        one_pot = not sums or town == book["pot_tetri"]
        self.need(one_pot or {p.unit for p in projects} <= {"", *sums}, "a project's unit has no pot")
        for unit, money in () if one_pot else sums.items():
            funded = count_pot([p for p in projects if p.unit == unit], money, unit, self.tally, book)
            town += money - spent(funded) if counting["leftover"] == "town" else 0
            self.winners += [(unit, p) for p in funded]
        own, money = [p for p in projects if one_pot or not p.unit], book["pot_tetri"] if one_pot else town
        self.winners += [("", p) for p in count_pot(own, money, None, self.tally, book)]
        codes, said = sorted(p.code for _, p in self.winners), sorted(self.result["winners"])
        self.need(codes == said, f"the winners are {codes}, the result says {said}")
        lines = {line["project"]: line for line in self.result["projects"]}
        self.need(lines.keys() == {p.code for p in projects}, "the result has other projects")
        for p in projects:
            cost = Fraction(p.cost * 10 ** self.result["decimals"], 100)
            for name, value in (("votes", p.votes), ("funded", p.code in codes), ("cost", cost)):
                line = lines.get(p.code, {}).get(name)
                self.need(line == value, f"{p.code}: {name} {line} in the result, by the count {value}")


def keepsakes(path: str, wanted: str) -> list[tuple[str, str, str]]:
    """The heads and receipts that a kept file holds: what it is, its text, its signature."""
    with open(path, "rb") as file:
        text, found = file.read(MAX_KEPT).decode(), list[tuple[str, str, str]]()
    for part in re.finditer(r"\{.*\}", text):
        value, signature = parse(part[0]), SIGNATURE.search(text, part.end())
        if "signed" in value:
            found.append(("head", value["signed"], value["signature"]))
        elif signature:
            found.append(("receipt" if "commitment" in value else "head", part[0], signature[0]))
    if wanted not in [what for what, _, _ in found]:
        raise ValueError(f"it holds no signed {wanted}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--key")
    parser.add_argument("--json", action="store_true")
    for name in ("--head", "--receipt"):
        parser.add_argument(name, nargs="+", default=[], action="extend", metavar="FILE")
    asked, kept, report = parser.parse_args(), list[tuple[str, str, str]](), list[dict[str, Any]]()
    try:
        for path in asked.head + asked.receipt:
            kept += keepsakes(path, "head" if path in asked.head else "receipt")
        path = asked.bundle
        box = Box(path, asked.key, kept)
    except (OSError, EOFError, zlib.error, MemoryError, *ERRORS) as error:
        print(f"cannot read {path!r}: {type(error).__name__}: {error}"[:400], file=sys.stderr)
        return 2
    steps = [box.check_heads, box.order, box.signatures, box.contents, box.numbers, box.recount]
    for step in [None, *steps]:
        skip = step == box.recount and box.about.get("contains") == "totals"
        try:
            _ = step is None or skip or step()
        except ERRORS as error:
            box.need(False, f"{type(error).__name__}: {error}")
        state, title = "BROKEN" if box.broken else "SKIPPED" if skip else "OK", step and step.__doc__
        report.append({"check": title or "Form of the file", "state": state, "broken": box.broken})
        box.broken = []
    good = all(check["state"] != "BROKEN" for check in report)
    if asked.json:
        print(json.dumps({"ok": good, "checks": report, "winners": [p.code for _, p in box.winners]}))
    for check in [] if asked.json else report:
        few = "; ".join(check["broken"][:3]) + f"; in all {len(check['broken'])}" * (len(check["broken"]) > 3)
        print(f"{check['state']:8}{check['check']}{': ' * bool(few)}{ascii(few)[1:-1]}"[:1500])
    for place, (pot, p) in enumerate([] if asked.json else box.winners, 1):
        print(f"{place:4}. {p.code!a} {pot!a} {p.cost} tetri, {p.votes} votes")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
