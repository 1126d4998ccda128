"""The published box as one file: what it holds, who gets it, and that docs/verification.md says how to check it."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as the_clock
from pb.audit.models import Event
from pb.config import ROOT
from pb.core.rulebook import BallotRules, CountingRules
from pb.db import db
from pb.policy import Role
from pb.results import bundling
from pb.results.bundle import BALLOTS, TOTALS, Box, lines, packed
from pb.voting.receipts import public_key
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results import making
from tests.results.bundles import make_bundle
from tests.results.reading import Bundle

KEY = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"  # of the made-up votes


def read(box: Box, contains: str = BALLOTS) -> Bundle:
    return Bundle(packed(lines(box, contains)), KEY)


COUNTS: list[dict[str, Any]] = [
    {"rule": "greedy", "minimum_votes": 20},
    {"rule": "greedy-no-skip"},
    {"rule": "greedy-per-cost", "ties": ("lot",)},
    {"rule": "price-per-vote", "price_per_vote_tetri": 60_000},
    {"rule": "phragmen", "ties": ("order",)},
    *(
        {"rule": "equal-shares", "completion": completion, "utility": utility, "step_tetri": 150_000}
        for completion in ("none", "add1", "add1u", "utilitarian", "comparison")
        for utility in ("cost", "cardinality")
    ),
]


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: "-".join(map(str, count.values())))
@pytest.mark.parametrize("scope", ["town", "units", "own_unit"])
def test_the_description_finds_what_the_platform_found(count: dict[str, Any], scope: str) -> None:
    """Small votes with many ties: the text read as a program, by each rule, in one pot and by unit."""
    for seed in range(3):
        counting = CountingRules(**{"leftover": ("keep", "town")[seed % 2], **count})
        kind = "knapsack" if seed == 1 else "approval"
        ballot = BallotRules(
            kind=kind, max_choices=(4, 6, 1)[seed], scope="own_unit" if scope == "own_unit" else "town"
        )
        box = make_bundle(counting, ballot, ballots=45, projects=13, by_unit=scope == "units", seed=seed)
        assert read(box).check() == []


def test_made_votes_have_ties_that_decide() -> None:
    """Otherwise the test above would not see a lot that is drawn wrongly."""
    ballot, decided = BallotRules(max_choices=4), 0
    for seed in range(12):
        box = make_bundle(
            CountingRules(rule="greedy", ties=("lot",)), ballot, ballots=45, projects=13, seed=seed
        )
        decided += any(tie["changed_winners"] for tie in json.loads(box.result)["ties"])
    assert decided


def test_faults_are_found() -> None:
    """The reading of the text can fail: a content, a state, a head, an entry, the result changed."""
    counting, ballot = CountingRules(rule="greedy"), BallotRules(max_choices=2)
    box = make_bundle(counting, ballot, ballots=45, projects=8)
    other = make_bundle(counting, ballot, ballots=45, projects=8, seed=2)
    first = box.ballots[0]
    ballots = list(box.ballots)
    entries = list(box.entries)
    changed = first.opened.replace(b'"choices":["', b'"choices":["9')
    spoilt = [
        replace(box, ballots=[replace(first, opened=changed), *ballots[1:]]),
        replace(box, ballots=[replace(first, fault="over_budget"), *ballots[1:]]),
        replace(box, ballots=ballots[1:]),
        replace(box, ballots=[*ballots, first]),
        replace(box, heads=other.heads),
        replace(box, entries=[*entries[:9], entries[10], entries[9], *entries[11:]]),
        replace(box, entries=entries[:-1], size=box.size - 1),
        replace(box, result=other.result),
        replace(box, rulebook=box.rulebook.replace('"max_choices":2', '"max_choices":1')),
    ]
    assert read(box).check() == []
    for one in spoilt:
        assert read(one).check()


def test_invalid_ballots_stand_in_the_box_and_are_not_counted() -> None:
    """They are shown with what is on them, and a valid one that is called invalid is a fault."""
    counting, ballot = CountingRules(rule="greedy"), BallotRules(max_choices=2)
    box = make_bundle(counting, ballot, ballots=45, projects=8, invalid=[(None, ["1", "2", "3"])] * 3)
    found = read(box)
    assert found.check() == []
    assert len(found.valid) == 45
    assert [line["fault"] for line in found.ballots if line["state"] == "invalid"] == ["too_many_choices"] * 3
    cheated = make_bundle(counting, ballot, ballots=45, projects=8, invalid=[(None, ["1", "2"])])
    assert read(cheated).check()


def test_totals_hold_no_content() -> None:
    box = make_bundle(CountingRules(rule="greedy"), BallotRules(max_choices=2), ballots=45, projects=8)
    found = read(box, TOTALS)
    assert found.check() == []
    assert not any("content" in line for line in found.ballots)
    contents = [ballot.opened.decode().strip() for ballot in box.ballots]
    text = gzip.decompress(packed(lines(box, TOTALS))).decode()
    assert not any(json.loads(content)["random"] in text for content in contents)


def test_examples_of_the_text() -> None:
    """The worked vote in docs/verification.md is one that the product makes."""
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    content = re.search(r"^`(\{\"choices\":.*\})`", text, re.MULTILINE)
    assert content is not None
    hashed = hashlib.sha256(b"pb-ballot-v1" + content[1].encode().ljust(1024)).hexdigest()
    assert f"`{hashed}`" in text
    seed = hashlib.sha256("\n".join(sorted([hashed, "00" * 32])).encode()).hexdigest()
    from pb.core.counting.ties import fingerprint, lot_key
    from pb.results.profile import seed_of

    codes = ["NO-2026-0001", "NO-2026-0002", "NO-2026-0010"]
    assert seed == seed_of([hashed, "00" * 32])
    assert f"`{seed}`" in text
    assert f"`{fingerprint(codes)}`" in text
    for code in codes:
        assert f"`{lot_key(fingerprint(codes), seed, code)}`" in text


def test_the_box_of_a_vote(app: Flask, clock: FrozenClock) -> None:
    """Through the whole product: cast, closed, opened, counted, published; then the file, once for good."""
    vote = making.make_box(app, clock)
    assert bundling.bundle_due(now=the_clock.now()) is None  # nothing before the publication
    making.published(vote)
    assert bundling.bundle_due(now=the_clock.now()) == vote.cycle_id
    assert bundling.bundle_due(now=the_clock.now()) is None
    body = bundling.body_of(vote.cycle_id, BALLOTS)
    kept = bundling.stored(vote.cycle_id, BALLOTS)
    assert kept is not None
    assert (kept.size, kept.fingerprint) == (len(body), hashlib.sha256(body).hexdigest())
    assert bundling.stored(vote.cycle_id, TOTALS) is None
    found = Bundle(body, public_key().hex())
    assert found.check() == []
    assert len(found.valid) == len(making.BALLOTS)
    web: CheckedClient = app.test_client()  # type: ignore[assignment]
    for language in ("ka", "en"):
        assert kept.fingerprint in web.page(f"{vote.world.url}/data?lang={language}").text
    sent = web.get(f"{vote.world.url}/data/box.jsonl.gz")
    assert sent.data == body
    assert "Content-Encoding" not in sent.headers


def test_ballots_for_observers_alone(sqlite_app: Flask, clock: FrozenClock) -> None:
    """A town that fears the buying of votes: the public has totals and fingerprints, an observer the ballots."""
    vote = making.make_box(sqlite_app, clock, ballot=BallotRules(read_by="observers"))
    making.published(vote)
    bundling.bundle_due(now=the_clock.now())
    observer = factories.make_staff(vote.world.town, Role.OBSERVER, name="დამკვირვებელი").id
    base = f"{vote.world.url}/data"
    db.session.rollback()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    found = Bundle(web.get(f"{base}/box.jsonl.gz").data, public_key().hex())
    assert found.check() == []
    assert not any("content" in line for line in found.ballots)
    assert web.get(f"{base}/ballots.pb").status_code == 404
    assert web.send(f"{base}/observers/box.jsonl.gz").status_code in (302, 401, 403)
    page = web.page(base)
    assert not any("ballots.pb" in link or "observers" in link for link in page.links)
    web.sign_in_as(observer)
    assert f"{base}/observers/box.jsonl.gz" in web.page(base).html
    whole = Bundle(web.send(f"{base}/observers/box.jsonl.gz").data, public_key().hex())
    assert whole.check() == []
    assert len(whole.valid) == len(making.BALLOTS)
    assert b"VOTES" in web.send(f"{base}/observers/ballots.pb").data
    assert web.send(f"{base}/observers/result.json").status_code == 404
    assert vote.admin.account_id is not None
    web.sign_in_as(vote.admin.account_id)
    assert web.send(f"{base}/observers/ballots.pb").status_code == 403
    taken = db.session.scalars(select(Event).where(Event.kind == "BallotsTaken").order_by(Event.id)).all()
    assert [(one.data["name"], one.actor_id, one.is_public) for one in taken] == [
        ("box.jsonl.gz", observer, False), ("ballots.pb", observer, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("counting", "winners"),
    [
        ({"completion": "add1"}, {"B"}),
        ({"completion": "none"}, {"B"}),
        ({"completion": "utilitarian"}, {"A", "B"}),
        ({"completion": "comparison"}, {"A", "B"}),
        ({"rule": "phragmen"}, {"A", "C"}),
    ],
)
def test_the_worked_counts_of_the_text(counting: dict[str, Any], winners: set[str]) -> None:
    """Four voters and three projects, as told under "Examples"."""
    from pb.core.counting.profile import BallotKind, Project, RawBallot, make_profile
    from pb.results.counting import count_profile

    rules = CountingRules(
        **{"rule": "equal-shares", "ties": ("cost", "order"), "step_tetri": 100, **counting}
    )
    profile = make_profile(
        kind=BallotKind.APPROVAL,
        projects=[Project("A", 4000), Project("B", 6000), Project("C", 4500)],
        budget=10_000,
        ballots=[RawBallot(choices) for choices in (("A", "B"), ("A", "B"), ("B", "C"), ("C",))],
        decimals=2,
    )
    assert set(count_profile(profile, rules).winners) == winners
