"""The pages of the ceremony, walked by two administrators and three custodians, in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pb import clock as clock_module
from pb.db import db
from pb.policy import Role
from pb.voting import keyfiles, posting
from pb.voting.custodians import custodian_of
from pb.voting.posting import post_due
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.ceremony import Ceremony, make_ceremony
from tests.voting.making import REVIEW, make_ballot, number


def client_of(app: Flask, account_id: int | None = None) -> CheckedClient:
    client: CheckedClient = app.test_client()  # type: ignore[assignment]
    if account_id is not None:
        client.sign_in_as(account_id)
    return client


def both(client: CheckedClient, url: str) -> str:
    """The page in Georgian and in English, each held to the rules of pages; gives the English text."""
    client.page(url)  # what the last act had to say, in the language in which it was done
    client.page(f"{url}?lang=ka")
    return client.page(f"{url}?lang=en").text


def upload(client: CheckedClient, url: str, *files: bytes, field: str = "file", **more: str) -> Any:
    sent = [(io.BytesIO(data), f"{n}.jsonl") for n, data in enumerate(files)]
    return client.send(
        url, {field: sent if len(sent) > 1 else sent[0], **more}, content_type="multipart/form-data"
    )


@pytest.fixture
def table(sqlite_app: Flask, clock: FrozenClock, tmp_path: Path) -> Ceremony:
    clock.moment = REVIEW
    made = make_ceremony(sqlite_app, tmp_path, 5)
    make_ballot(made.world)
    db.session.rollback()
    return made


def test_the_whole_way_on_the_pages(
    sqlite_app: Flask, table: Ceremony, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = table.world.url
    first, second = (client_of(sqlite_app, who.account_id) for who in (table.admin, table.second))
    custodian, box, opening = client_of(sqlite_app), f"{url}/box", f"{url}/box/opening"
    assert "Not all three custodians" in both(first, f"{url}/custodians")
    assert "Not all three custodians" in both(first, box)
    page = first.get(f"{url}/custodians").get_data(as_text=True)
    links = [
        link.removeprefix("http://localhost") for link in re.findall(r"http://localhost\S+/key/[\w.-]+", page)
    ]
    assert len(links) == 3
    for link, key in zip(links, table.keys, strict=True):
        both(custodian, link)
        assert custodian.send(link, {"key": "nonsense"}).status_code == 422
        public = keyfiles.public_of(key)
        assert upload(custodian, link, keyfiles.public_text(public).encode()).status_code == 302
        assert keyfiles.fingerprint(public) not in both(custodian, link)  # it is typed from the own sheet
        assert custodian.send(f"{link}/confirm", {"fingerprint": "wrong"}).status_code == 422
        said = {"fingerprint": keyfiles.fingerprint(public)}
        assert custodian.send(f"{link}/confirm", said).status_code == 302
        assert "Your key is here" in both(custodian, link)
    assert client_of(sqlite_app).get(f"{links[0]}x").status_code == 404
    assert first.send(f"{url}/custodians/1", {"name": "ა"}).status_code == 422
    both(first, f"{url}/custodians/1")
    assert first.get(f"{url}/custodians/4").status_code == 404
    assert first.send(f"{box}/prepare").status_code == 302
    assert first.send(f"{box}/trial").status_code == 403  # the site has no key
    both(first, f"{box}/trial-file")
    export = table.folder / "trial"
    export.write_bytes(first.send(f"{box}/files/trial").get_data())
    assert upload(first, f"{box}/trial-file", b"{}").status_code == 422
    for pair in ((0, 1), (0, 2), (1, 2)):
        assert upload(first, f"{box}/trial-file", table.open_away("trial", pair, export)).status_code == 302
    assert "cannot be changed any more" in both(first, f"{url}/custodians")
    assert "cannot be changed any more" in both(custodian, links[0])
    clock.set(2026, 10, 14)
    clock_module.forget()
    db.session.rollback()
    vote = table.vote([str(p["id"]) for p in the_round(table.cycle_id).projects])
    for voter in vote.voters()[:4]:
        vote.cast(voter, vote.projects[:1])
    post_due(now=clock())
    both(first, opening)
    monkeypatch.setattr(posting, "own_code", lambda: "ab" * 32)
    assert "two people must explain" in both(first, box)
    assert first.send(f"{box}/explain", {"reason": "short"}).status_code == 422
    assert first.send(f"{box}/explain", {"reason": "გასწორდა გვერდის შეცდომა."}).status_code == 302
    approve(first, second, opening)
    clock.set(2026, 10, 26)
    assert first.send(f"{box}/propose/destroy").status_code == 409  # out of order
    assert first.send(f"{box}/propose/close").status_code == 302
    approve(first, second, opening)
    assert first.send(f"{box}/cases", {"number": "1", "reason": "x" * 30}).status_code == 422
    case = {"number": number(1), "reason": "ხმა მისცა სხვა პირმა; იხილეთ ოქმი."}
    assert first.send(f"{box}/cases", case).status_code == 302
    assert first.send(f"{box}/propose/destroy").status_code == 409
    approve(first, second, opening)
    assert "its link is to be opened" in both(first, opening)
    export = table.folder / "links"
    export.write_bytes(second.send(f"{box}/files/links").get_data())
    assert upload(first, f"{box}/links-file", b"x").status_code == 422
    assert upload(first, f"{box}/links-file", table.open_away("links", (0, 1), export)).status_code == 302
    assert first.send(f"{box}/files/ballots").status_code == 409
    assert first.send(f"{box}/propose/destroy").status_code == 302
    approve(first, second, opening)
    both(first, opening)
    export = table.folder / "ballots"
    export.write_bytes(first.send(f"{box}/files/ballots").get_data())
    opened = table.open_away("ballots", (1, 2), export)
    assert upload(first, f"{box}/opened-file", b"x").status_code == 422
    assert upload(first, f"{box}/opened-file", opened).status_code == 302
    assert "You have handed the file in" in both(first, opening)
    assert upload(first, f"{box}/opened-file", opened).status_code == 403
    both(second, opening)
    assert upload(second, f"{box}/opened-file", opened).status_code == 302
    assert "3 ballots were opened" in both(first, opening)
    assert "does not count" in both(client_of(sqlite_app), f"{url}/vote/board")
    both(first, box)
    both(first, "/terjola/2026/log")


def approve(first: CheckedClient, second: CheckedClient, opening: str) -> None:
    """The first sees that another must decide and is refused; the second approves."""
    assert "You proposed this" in both(first, opening)
    both(second, opening)
    page = second.get(opening).get_data(as_text=True)
    (address,) = set(re.findall(r'action="([^"]+/acts/\d+/approve)"', page))
    assert first.send(address).status_code == 403
    assert second.send(address).status_code == 302
    assert second.send(address).status_code == 409


def test_others_come_to_none_of_it(sqlite_app: Flask, table: Ceremony) -> None:
    url = table.world.url
    for role in (None, Role.OPERATOR, Role.CHAIR, Role.OBSERVER):
        client = client_of(sqlite_app, table.world.staff[role].id if role else None)
        for address, data in (
            ("custodians/1", {"name": "x", "office": "x", "act": "x"}),
            ("box/propose/close", {}),
            ("box/explain", {"reason": "x" * 30}),
            ("box/cases", {"number": number(1), "reason": "x" * 30}),
            ("box/opened-file", {}),
        ):
            assert client.send(f"{url}/{address}", data).status_code in (302, 401, 403, 409), address
        for address in ("custodians", "box/opening"):
            if role is not Role.OBSERVER:
                assert client.get(f"{url}/{address}").status_code in (302, 401, 403), address
    db.session.rollback()
    assert custodian_of(table.cycle_id, 1).name == "ნინო გელაშვილი"  # type: ignore[union-attr]


def test_a_link_is_over_when_somebody_else_is_appointed(
    sqlite_app: Flask, table: Ceremony, clock: FrozenClock
) -> None:
    admin, url = client_of(sqlite_app, table.admin.account_id), f"{table.world.url}/custodians"
    page = admin.get(url).get_data(as_text=True)
    link = re.findall(r"http://localhost(\S+/key/[\w.-]+)", page)[0]
    clock.set(2026, 10, 9, 10)
    sent = {"name": "სხვა პირი", "office": "საკრებულო", "act": "ბრძანება 46"}
    assert admin.send(f"{url}/1", sent).status_code == 302
    assert client_of(sqlite_app).get(link).status_code == 404
