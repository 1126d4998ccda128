"""The check file: taken before casting, of just the ballot that is cast; computed elsewhere; kept nowhere."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask

from pb.core.errors import Invalid
from pb.voting import check_file
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote
from tests.voting.test_journey import browser, cast, enter, recorded, review


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock, voters=6)


def take(client: CheckedClient, vote: Vote, fields: dict[str, Any]) -> Any:
    sent = {"chosen": fields["choice"], "token": fields["token"]}
    return client.send(f"{vote.world.url}/vote/check-file/take", sent)


def test_the_file_is_of_the_ballot_that_is_cast(vote: Vote) -> None:
    """Taking records nothing; the same page then casts the ballot of the file, which another device finds."""
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    taken = take(client, vote, fields)
    assert taken.status_code == 200
    assert taken.headers["Cache-Control"] == "no-store"
    assert recorded(vote) == (0, 0)
    code = cast(client, vote, fields).location.rsplit("/", 1)[-1]
    read = check_file.read(taken.text)
    assert (read.code, set(read.ballot.choices)) == (code, set(vote.projects[:2]))
    other = browser(vote)
    page = f"{vote.world.url}/vote/check-file"
    for language, words in (("en", "This very ballot was cast"), ("ka", "სწორედ ეს ბიულეტენია მიღებული")):
        other.page(f"{page}?lang={language}")
        pasted = other.send(page, {"text": taken.text})
        assert words in pasted.text
        assert pasted.headers["Cache-Control"] == "no-store"
        assert "პროექტი 1" in pasted.text
    sent = other.send(
        page, {"file": (io.BytesIO(taken.data), "check.json")}, content_type="multipart/form-data"
    )
    assert "სწორედ ეს ბიულეტენია მიღებული" in sent.text


def test_another_ballot_is_not_found(vote: Vote) -> None:
    """One sign changed, or a file of a page that was not cast: told in words, with what to do."""
    client = browser(vote)
    enter(client, vote)
    first = take(client, vote, review(client, vote, vote.projects[:1])).text
    cast(client, vote, review(client, vote, vote.projects[:1]))
    page = f"{vote.world.url}/vote/check-file"
    client.page(f"{page}?lang=en")
    assert "No ballot with this content was cast here" in client.send(page, {"text": first}).text
    said = json.loads(first)
    said["content"] = said["content"].replace('"choices":["', '"choices":["7')
    assert "No ballot with this content was cast here" in client.send(page, {"text": json.dumps(said)}).text


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"content": 3}', '{"content": "{}"}', "[" * 9000, "x" * 30_000]
)
def test_what_is_no_check_file_is_refused(vote: Vote, text: str) -> None:
    with pytest.raises(Invalid):
        check_file.read(text)
    page = f"{vote.world.url}/vote/check-file"
    assert browser(vote).send(page, {"text": text}).status_code == 422


def test_a_token_of_others_gives_no_file(vote: Vote) -> None:
    """The file is made for the page's own voter and choices alone."""
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    assert take(client, vote, {**fields, "choice": vote.projects[:1]}).status_code == 302
    other = browser(vote)
    enter(other, vote, 2)
    assert take(other, vote, fields).status_code == 302
    assert browser(vote).send(f"{vote.world.url}/vote/check-file/take", {"token": "x"}).status_code != 200
