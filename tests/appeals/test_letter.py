"""The author's letter: what it says, and who reads it."""

from __future__ import annotations

import pytest
from flask import Flask

from pb.policy import Role
from tests.appeals.making import NEXT_DAY, decide, listed
from tests.conftest import FrozenClock
from tests.factories import make_citizen
from tests.pages import CheckedClient
from tests.review.commission_making import REASON


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def test_the_letter_says_what_to_do_better_and_until_when(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    it = listed(sqlite_app)
    clock.set(2026, 9, 25)
    url = f"{it.c.world.url}/projects/3/letter"
    client.sign_in_as(it.account.id)
    client.page(f"{url}?lang=ka")
    text = client.page(f"{url}?lang=en").text
    assert "Rank: 3 of 3" in text
    assert "Score: 40.00 of 100" in text
    assert "The lowest score on the ballot is 80.00" in text
    assert (
        text.count("Level 2 reached:") == text.count("For the next level:") == len(it.c.rules.rubric.criteria)
    )
    assert "1 October 2026, inclusive" in text
    assert REASON in text
    assert "Member A" in text
    pdf = client.get(f"{url}.pdf")
    assert pdf.status_code == 200
    assert "no-store" in pdf.headers["Cache-Control"]
    assert "letter" in client.get(f"{it.c.world.url}/projects/3").get_data(as_text=True)


def test_nobody_else_reads_it(sqlite_app: Flask, client: CheckedClient, clock: FrozenClock) -> None:
    it = listed(sqlite_app)
    url = f"{it.c.world.url}/projects/3/letter"
    clock.set(2026, 9, 25)
    others = [it.c.world.staff[role].id for role in Role if role in it.c.world.staff]
    others += [make_citizen().id, next(iter(it.c.projects[1].author_ids))]
    for account in others:
        client.sign_in_as(account)
        for page in (url, f"{url}.pdf"):
            assert client.get(page).status_code == 403
        assert "/letter" not in client.get(f"{it.c.world.url}/projects/3").get_data(as_text=True)
    client.sign_out()
    assert "sign-in" in client.get(url).location
    client.sign_in_as(it.account.id)
    clock.set(2026, 9, 23)  # a rehearsal clock, before the publication
    assert client.get(url).status_code == 404


def test_after_the_answer_to_an_objection(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    it = listed(sqlite_app)
    row = it.file()
    decide(row.id, "rejected", it.examiner, NEXT_DAY)
    clock.set(2026, 10, 5)
    client.sign_in_as(it.account.id)
    text = client.page(f"{it.c.world.url}/projects/3/letter?lang=en").text
    assert "The term for an objection is over" in text
