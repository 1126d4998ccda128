"""Pages and files of the public board: what anybody can look up, take away and check, in both languages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import Flask
from sqlalchemy import select

from pb.config import ROOT
from pb.core.ballots import commitment, tracking_code
from pb.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from pb.db import db
from pb.voting import receipts, views_board
from pb.voting.flush import flush_due
from pb.voting.models import VotingSlot
from tests import factories
from tests.conftest import FrozenClock
from tests.core.test_merkle import naive
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote
from tests.voting.test_board import Restored


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


@pytest.fixture
def client(vote: Vote) -> CheckedClient:
    return vote.world.app.test_client()  # type: ignore[return-value]


@pytest.fixture
def at(vote: Vote) -> str:
    return f"{vote.world.url}/vote/board"


def cast(vote: Vote, clock: FrozenClock, first: int = 0, until: int = 25) -> list[receipts.Receipt]:
    given = [vote.cast(voter, vote.projects[:2]) for voter in vote.voters()[first:until]]
    flush_due(now=clock())
    db.session.rollback()
    return given


def head_of(client: CheckedClient, at: str) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = client.get(f"{at}/head.json").get_json()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(answer["public_key"])).verify(
        base64.b64decode(answer["signature"]), answer["signed"].encode()
    )
    return answer, json.loads(answer["signed"])


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_pages_of_the_board(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str, lang: str
) -> None:
    given = cast(vote, clock)
    page = client.page(f"{at}?lang={lang}")
    assert {"ka": "კენჭისყრის საჯარო დაფა", "en": "Public board of the vote"}[lang] in page.h1
    _answer, head = head_of(client, at)
    assert head["root"] in re.sub(r"\s", "", page.text)
    number = next(n for n in range(7, 32) if given[0].code in client.page(f"{at}/{n}").text)
    for name in ("heads", f"heads/{head['size']}", "1", "2", "3", "6", str(number)):
        assert client.page(f"{at}/{name}?lang={lang}").lang == lang
    poster = client.page(f"{at}/heads/31?lang={lang}")
    assert "<svg" in poster.html
    assert head["root"] in re.sub(r"\s", "", poster.text)


def test_a_receipts_code_leads_to_its_entry(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    given = cast(vote, clock)
    found = client.get(at, query_string={"code": given[3].code.lower().replace("-", " ")})
    assert found.status_code == 302
    assert given[3].code in client.page(found.location).text
    page = client.page(f"{at}?code={tracking_code(b'x' * 32)}&lang=en")
    assert "This ballot is not on the board" in page.text
    assert client.get(f"{at}?code=nonsense").status_code == 422


def test_the_file_of_entries_gives_the_root_and_every_line_is_a_leaf(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    """As a stranger would do it, with the definition of the RFC and nothing of ours."""
    given = cast(vote, clock, until=20)
    cast(vote, clock, 20)  # five more, which wait
    data = client.get(f"{at}/entries.jsonl").data
    lines = data.split(b"\n")
    assert lines.pop() == b""
    _answer, head = head_of(client, at)
    assert (len(lines), naive(lines).hex()) == (head["size"], head["root"])
    for text in client.get(f"{at}/heads.jsonl").get_data(as_text=True).splitlines():
        signed = json.loads(json.loads(text)["signed"])
        assert naive(lines[: signed["size"]]).hex() == signed["root"]
    ballots = [json.loads(line) for line in lines if b'"kind":"ballot"' in line]
    assert {one["commitment"] for one in ballots} == {one.commitment for one in given}
    for one in ballots:
        receipt = receipts.Receipt(one["round"], one["commitment"], one["signature"])
        assert receipts.is_genuine(receipt)


def test_proofs_are_good(client: CheckedClient, vote: Vote, clock: FrozenClock, at: str) -> None:
    cast(vote, clock)
    for number in (1, 6, 7, 31):
        got = client.get(f"{at}/{number}.json").get_json()
        head = json.loads(got["head"]["signed"])
        leaf = leaf_hash(got["entry"].encode())
        assert leaf.hex() == got["leaf_hash"]
        assert verify_inclusion(
            leaf, got["leaf_index"], head["size"], [bytes.fromhex(x) for x in got["path"]],
            bytes.fromhex(head["root"]),
        )  # fmt: skip
    heads = [
        json.loads(json.loads(line)["signed"])
        for line in client.get(f"{at}/heads.jsonl").get_data(as_text=True).splitlines()
    ]
    first, last = heads[0], heads[-1]
    got = client.get(f"{at}/consistency.json?first={first['size']}&second={last['size']}").get_json()
    path = [bytes.fromhex(x) for x in got["path"]]
    roots = bytes.fromhex(first["root"]), bytes.fromhex(last["root"])
    assert verify_consistency(first["size"], last["size"], path, *roots)


@pytest.mark.parametrize(
    "name",
    [
        "0", "32", "999999999999", "-1", "x", "²", "1e1", "0.json", "32.json", "heads/0", "heads/4", "heads/x",
        "heads/99999999999999", "consistency.json", "consistency.json?first=0&second=5", "nothing",
        "consistency.json?first=6&second=5", "consistency.json?first=1&second=32", "consistency.json?first=٣&second=5",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str, name: str
) -> None:
    cast(vote, clock)
    assert client.get(f"{at}/{name}").status_code == 404


def test_a_head_from_a_poster_is_held_against_the_board(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    _answer, old = head_of(client, at)
    cast(vote, clock)
    good = f"{at}?lang=en&size={old['size']}&root="
    assert "This fingerprint belongs to the board" in client.page(good + old["root"].upper()).text
    for other in ("00" * 32, "zz" * 32):
        assert "does NOT belong" in client.page(good + other).text
    assert "does NOT belong" in client.page(f"{at}?lang=en&size=900&root={old['root']}").text
    for query in ("size=5&root=12", f"size=0&root={old['root']}", f"size=x&root={old['root']}", "root="):
        assert "cannot be read" in client.page(f"{at}?lang=en&{query}").text


def test_many_entries_come_in_pages(client: CheckedClient, clock: FrozenClock, at: str, vote: Vote) -> None:
    cast(vote, clock)
    per_page, views_board.PER_PAGE = views_board.PER_PAGE, 10
    try:
        seen = []
        for page in (1, 2, 3, 4):
            html = client.page(f"{at}?page={page}").html
            seen += [int(n) for n in re.findall(r'<li value="(\d+)"', html)]
        assert seen == list(range(31, 0, -1))
        for odd in ("0", "99", "x", "-3"):
            client.page(f"{at}?page={odd}")
    finally:
        views_board.PER_PAGE = per_page


def test_the_receipt_and_its_check_speak_of_the_board(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    receipt = vote.cast(vote.voters()[0], vote.projects[:2])
    url = vote.world.url
    _answer, before = head_of(client, at)
    text = client.get(f"{url}/vote/receipt/{receipt.code}.txt").get_data(as_text=True)
    assert f'"root":"{before["root"]}"' in text
    assert before["root"] in re.sub(r"\s", "", client.page(f"{url}/vote/receipt/{receipt.code}").text)
    check = f"{url}/receipt?lang=en&code="
    assert "Accepted, not on the board yet" in client.page(check + receipt.code).text
    assert "No ballot with this code" in client.page(check + tracking_code(b"x" * 32)).text
    cast(vote, clock, 1)
    page = client.page(check + receipt.code)
    assert "The ballot is on the public board" in page.text
    proof = next(link for link in page.links if link.endswith(".json"))
    assert receipt.commitment in client.get(proof).get_json()["entry"]
    # The head of the receipt was signed before the ballot was on the board, and still belongs to it.
    assert f'"root":"{before["root"]}"' in client.get(f"{at}/heads.jsonl").get_data(as_text=True).replace(
        "\\", ""
    )


def test_before_there_is_anything_the_page_says_so(sqlite_app: Flask, clock: FrozenClock) -> None:
    world = factories.make_world(sqlite_app)
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    page = client.page(f"{world.url}/vote/board?lang=en")
    assert "There is nothing on the board yet" in page.text
    for name in ("head.json", "heads.jsonl", "entries.jsonl", "heads", "1", "1.json", "heads/1"):
        assert client.get(f"{world.url}/vote/board/{name}").status_code == 404


def test_no_page_or_file_of_the_board_names_a_slot_or_a_moment_of_a_ballot(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    clock.set(2026, 10, 14, 15, 37)
    cast(vote, clock)
    slots = list(db.session.scalars(select(VotingSlot.value)))
    everything = ""
    for name in (
        "",
        "?page=2",
        "/heads",
        "/heads/31",
        "/entries.jsonl",
        "/heads.jsonl",
        "/head.json",
        "/9",
        "/9.json",
    ):
        body = client.get(f"{at}{name}").get_data(as_text=True)
        # The banner of the demonstration shows the rehearsal clock on every page.
        everything += re.sub(r'<aside class="pb-demo".*?</aside>', "", body, flags=re.DOTALL)
    assert len(slots) == 25
    assert not any(slot in everything for slot in slots)
    for moment in ("15:37", "19:37"):
        assert moment not in everything
    ballots = [line for line in client.get(f"{at}/entries.jsonl").get_data(as_text=True).splitlines()
               if '"kind":"ballot"' in line]  # fmt: skip
    for line in ballots:
        assert set(json.loads(line)) == {"commitment", "kind", "round", "sealed", "signature"}


def readable(client: CheckedClient, at: str) -> list[str]:
    """All that the board shows, in either language, without what is random in it."""
    found = []
    for name in (
        "",
        "?page=2",
        "/heads",
        "/heads/31",
        "/1",
        "/6",
        "/9",
        "/9.json",
        "/entries.jsonl",
        "/heads.jsonl",
    ):
        for lang in ("ka", "en"):
            address = f"{at}{name}{'&' if '?' in name else '?'}lang={lang}"
            text = client.get(address).get_data(as_text=True)
            text = re.sub(r"<svg.*?</svg>|href=\"[^\"]*\"|[\w+/]{86}==", "", text, flags=re.DOTALL)
            found.append(
                re.sub(r"\b([0-9A-Z]{4}-){4}[0-9A-Z]{2}\b|\b[0-9a-f]{64}\b|\b[0-9a-f]{8}\b", "", text)
            )
    return found


def test_other_choices_change_nothing_on_the_board(
    client: CheckedClient, vote: Vote, clock: FrozenClock, at: str
) -> None:
    """B10 for the board: the same voters and other choices, before the opening."""
    seen = []
    for choices in (vote.projects[:1], vote.projects[1:]):
        with Restored(vote.world.app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")):
            for voter in vote.voters():
                vote.cast(voter, choices)
            flush_due(now=clock())
            seen.append(readable(client, at))
    assert seen[0] == seen[1]
    assert "commitment" in seen[0][-3]


def test_the_example_of_the_description_is_right() -> None:
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    example = text[text.index("An example to try") :]
    quoted = re.findall(r"`([^`]+)`", example)
    one, two, _sign, leaf1, leaf2, root, key, head, signature, hashed, code = quoted[:11]
    assert leaf_hash(one.encode()).hex() == leaf1
    assert leaf_hash(two.encode()).hex() == leaf2
    assert naive([one.encode(), two.encode()]).hex() == root == json.loads(head)["root"]
    private = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    assert private.public_key().public_bytes_raw().hex() == key
    assert base64.b64encode(private.sign(head.encode())).decode() == signature
    assert (
        hashlib.sha256(b"pb-ballot-v1" + b" " * 1024).hexdigest() == hashed == commitment(b" " * 1024).hex()
    )
    assert tracking_code(bytes.fromhex(hashed)) == code
