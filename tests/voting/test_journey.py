"""The voter's five screens: whole journeys, and every way in which they can go wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb.core.rulebook import BallotRules
from pb.db import db
from pb.voting import passes
from pb.voting.models import InboxBallot, VotingSlot
from tests import factories
from tests.conftest import FrozenClock
from tests.pages import CheckedClient, Page
from tests.voting.making import Vote, make_vote, number


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock, voters=6)


def browser(vote: Vote) -> CheckedClient:
    return vote.world.app.test_client()  # type: ignore[return-value]


def ask(client: CheckedClient, vote: Vote, who: str) -> Page:
    """From the number to the page that asks for the code."""
    sent = client.send(f"{vote.world.url}/vote", {"number": who})
    assert sent.status_code == 302, sent.get_data(as_text=True)
    assert sent.location.endswith("/vote/code")
    return client.page(sent.location)


def shown_code(page: Page) -> str:
    found = re.search(r"\b\d{8}\b", page.text)
    assert found
    return found[0]


def enter(client: CheckedClient, vote: Vote, n: int = 1) -> Any:
    """Number and code of the made-up voter ``n``; gives the answer to the code."""
    code = shown_code(ask(client, vote, number(n)))
    return client.send(f"{vote.world.url}/vote/code", {"code": code})


def review(client: CheckedClient, vote: Vote, choices: list[str]) -> dict[str, Any]:
    """From the ballot to the last page; gives the hidden fields of its form."""
    sent = client.send(f"{vote.world.url}/vote/ballot", {"choice": choices})
    assert sent.status_code == 302
    assert sent.location.endswith("/vote/review")
    return hidden(client.page(sent.location))


def hidden(page: Page) -> dict[str, Any]:
    token = re.search(r'name="token" value="([^"]+)"', page.html)
    assert token
    return {"choice": re.findall(r'name="choice" value="([^"]+)"', page.html), "token": token[1]}


def cast(client: CheckedClient, vote: Vote, fields: dict[str, Any]) -> Any:
    return client.send(f"{vote.world.url}/vote/cast", fields)


def recorded(vote: Vote) -> tuple[int, int]:
    """(slots, ballots)."""
    db.session.rollback()
    slots = db.session.scalar(select(func.count()).select_from(VotingSlot))
    ballots = db.session.scalar(select(func.count()).select_from(InboxBallot))
    return slots or 0, ballots or 0


def test_five_screens_and_a_receipt(vote: Vote) -> None:
    client = browser(vote)
    assert "11" in client.page(f"{vote.world.url}/vote").text
    entered = enter(client, vote)
    assert entered.location.endswith("/vote/ballot")
    ballot = client.page(entered.location)
    assert ballot.html.count('name="choice"') == 4
    fields = review(client, vote, vote.projects[:3])
    assert sorted(fields["choice"]) == sorted(vote.projects[:3])
    assert recorded(vote) == (0, 0)
    sent = cast(client, vote, fields)
    assert sent.status_code == 302
    receipt = client.page(sent.location)
    code = sent.location.rsplit("/", 1)[1]
    assert code in receipt.text
    assert "<svg" in receipt.html
    for project in range(1, 5):
        assert f"პროექტი {project}" not in receipt.text
    assert recorded(vote) == (1, 1)
    text = client.get(f"{sent.location}.txt").get_data(as_text=True)
    assert code in text
    assert '"kind":"pb-receipt-v1"' in text


def test_the_pages_of_the_journey_exist_in_both_languages(vote: Vote) -> None:
    client = browser(vote)
    client.page(f"{vote.world.url}/vote?lang=en")
    entered = enter(client, vote)
    assert "Choose up to" in client.page(entered.location).text
    fields = review(client, vote, vote.projects[:1])
    page = client.page(f"{vote.world.url}/vote/review")
    assert "not recorded yet" in page.text
    assert "Would you like to choose more?" in page.text
    assert "recorded" in client.page(cast(client, vote, fields).location).text


def test_a_repeated_request_gives_the_same_receipt(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    first, second = cast(client, vote, fields), cast(client, vote, fields)
    assert first.location == second.location
    assert recorded(vote) == (1, 1)


def test_another_page_after_voting_says_so(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    old = review(client, vote, vote.projects[:2])
    new = review(client, vote, vote.projects[:1])
    assert cast(client, vote, old).status_code == 302
    again = cast(client, vote, new)
    assert again.status_code == 409
    assert recorded(vote) == (1, 1)
    for page in ("ballot", "review"):
        assert client.get(f"{vote.world.url}/vote/{page}").status_code == 409


def test_who_has_voted_learns_it_only_after_the_code(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    cast(client, vote, review(client, vote, vote.projects[:2]))
    other = browser(vote)
    sent = enter(other, vote)
    assert sent.status_code == 302
    assert other.get(sent.location).status_code == 409


def test_changed_choices_are_not_cast_with_an_old_token(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    sent = cast(client, vote, {**fields, "choice": vote.projects[2:]})
    assert sent.location.endswith("/vote/ballot")
    assert recorded(vote) == (0, 0)
    page = client.page(sent.location)
    for project in vote.projects[2:]:
        assert re.search(rf'value="{project}"[^>]* checked', page.html)


def test_over_choice_is_explained_in_place(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote_with(sqlite_app, clock, BallotRules(max_choices=2))
    client = browser(vote)
    enter(client, vote)
    sent = client.send(f"{vote.world.url}/vote/ballot", {"choice": vote.projects[:3]})
    assert sent.status_code == 422
    page = Page(sent.get_data(as_text=True))
    assert len(re.findall(r'name="choice"[^>]* checked', page.html)) == 3
    assert "pb-error" in page.html


def test_an_empty_ballot_is_explained_in_place(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    assert client.send(f"{vote.world.url}/vote/ballot", {}).status_code == 422


def test_over_spent_is_explained_in_place(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote_with(sqlite_app, clock, BallotRules(kind="knapsack", max_choices=10), pot=3_000_000)
    client = browser(vote)
    enter(client, vote)
    sent = client.send(f"{vote.world.url}/vote/ballot", {"choice": vote.projects})
    assert sent.status_code == 422
    page = Page(sent.get_data(as_text=True))
    assert "30\xa0000" in page.html or "30 000" in page.text
    assert review(client, vote, vote.projects[:2])


def make_vote_with(app: Flask, clock: FrozenClock, rules: BallotRules, pot: int = 0) -> Vote:
    town = factories.make_town("khoni")
    book = factories.rulebook(town)
    sums = dict.fromkeys(book.unit_sums, pot // 3) if pot else book.unit_sums
    book = replace(book, ballot=rules, pot_tetri=pot or book.pot_tetri, unit_sums=sums)
    return make_vote(app, clock, voters=6, rules=book)


def test_own_unit_ballots_show_the_own_unit_and_the_town(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote_with(sqlite_app, clock, BallotRules(scope="own_unit"))
    client = browser(vote)
    entered = enter(client, vote, 3)  # lives in unit 1, which has no project but the town's and one
    shown = set(re.findall(r'name="choice" value="(\d+)"', client.page(entered.location).html))
    assert vote.projects[0] in shown
    assert 0 < len(shown) < len(vote.projects)
    other = next(p for p in vote.projects if p not in shown)
    assert client.send(f"{vote.world.url}/vote/ballot", {"choice": [other]}).status_code == 422


def test_order_is_the_voters_own_and_stays(vote: Vote) -> None:
    def order(n: int) -> list[str]:
        client = browser(vote)
        page = client.page(enter(client, vote, n).location)
        again = client.page(f"{vote.world.url}/vote/ballot")
        found = re.findall(r'name="choice" value="(\d+)"', page.html)
        assert found == re.findall(r'name="choice" value="(\d+)"', again.html)
        return found

    assert len({tuple(order(n)) for n in range(1, 7)}) > 1


def test_a_pass_that_ran_out_keeps_what_was_ticked(vote: Vote, clock: FrozenClock) -> None:
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    clock.set(2026, 10, 14, 12, 31)
    late = cast(client, vote, fields)
    assert late.status_code == 403
    assert recorded(vote) == (0, 0)
    page = client.page(enter(client, vote).location)
    assert len(re.findall(r'name="choice"[^>]* checked', page.html)) == 2


def test_what_one_ticked_another_does_not_see(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote, 1)
    review(client, vote, vote.projects[:2])
    page = client.page(enter(client, vote, 2).location)
    assert " checked" not in page.html


@pytest.mark.parametrize("spoil", ["cut", "turned", "other"])
def test_a_tampered_pass_is_refused(vote: Vote, spoil: str) -> None:
    client = browser(vote)
    enter(client, vote)
    path = f"{vote.world.url}/vote"
    cookie = client.get_cookie(passes.PASS, path=path)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    value = cookie.value
    spoilt = {
        "cut": value[:-8],
        "turned": value[:30] + ("A" if value[30] != "A" else "B") + value[31:],
        "other": "nothing",
    }
    client.set_cookie(passes.PASS, spoilt[spoil], path=path)
    answer = client.get(f"{path}/ballot")
    assert answer.status_code == 403
    assert recorded(vote) == (0, 0)


def test_pages_without_a_pass_lead_to_the_beginning(vote: Vote) -> None:
    client = browser(vote)
    for page in ("ballot", "review"):
        assert client.get(f"{vote.world.url}/vote/{page}").status_code == 403
    assert client.get(f"{vote.world.url}/vote/code").status_code == 302
    assert client.get(f"{vote.world.url}/vote/cast").status_code == 302
    assert client.send(f"{vote.world.url}/vote/cast", {"choice": vote.projects[:1]}).status_code == 403


def test_before_and_after_the_vote(vote: Vote, clock: FrozenClock) -> None:
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    clock.set(2026, 10, 25, 20, 0)  # midnight in Tbilisi: the results begin
    assert cast(client, vote, fields).status_code in (403, 409)
    late = client.send(f"{vote.world.url}/vote", {"number": number(2)})
    assert late.status_code == 409
    client.page(f"{vote.world.url}/vote")
    clock.set(2026, 10, 1)
    client.page(f"{vote.world.url}/vote")
    assert recorded(vote) == (0, 0)


def test_voting_closes_while_the_last_page_is_open(vote: Vote, clock: FrozenClock) -> None:
    clock.set(2026, 10, 25, 19, 50)
    client = browser(vote)
    enter(client, vote)
    fields = review(client, vote, vote.projects[:2])
    clock.set(2026, 10, 25, 20, 1)
    late = cast(client, vote, fields)
    assert late.status_code == 409
    assert recorded(vote) == (0, 0)


def test_finish_leaves_nothing_in_the_browser(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    cast(client, vote, review(client, vote, vote.projects[:2]))
    client.send(f"{vote.world.url}/vote/finish")
    for name in (passes.PASS, passes.CHALLENGE, passes.KEPT):
        assert client.get_cookie(name, path=f"{vote.world.url}/vote") is None


def test_three_wrong_codes_end_the_challenge(vote: Vote) -> None:
    client = browser(vote)
    code = shown_code(ask(client, vote, number(1)))
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(3):
        assert client.send(f"{vote.world.url}/vote/code", {"code": wrong}).status_code == 422
    assert client.send(f"{vote.world.url}/vote/code", {"code": code}).status_code == 422


def test_receipt_check(vote: Vote) -> None:
    client = browser(vote)
    enter(client, vote)
    code = cast(client, vote, review(client, vote, vote.projects[:2])).location.rsplit("/", 1)[1]
    anybody = browser(vote)
    check = f"{vote.world.url}/receipt"
    anybody.page(check)
    assert code in anybody.page(f"{check}?code={code.replace('-', '').lower()}").text
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert anybody.get(f"{check}?code={wrong}").status_code == 422
    assert anybody.get(f"{check}?code=").status_code == 422
    unknown = "0000-0000-0000-0000-00"
    assert unknown in anybody.page(f"{check}?code={unknown}").text
    assert anybody.get(f"{vote.world.url}/vote/receipt/{unknown}").status_code == 404
