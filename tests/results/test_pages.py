"""Pages of results: what everybody reads after the publication, what staff see before, and nobody else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from pb import clock as the_clock
from pb.core.counting.pabulib import read
from pb.core.rulebook import CountingRules
from pb.db import db, writing
from pb.policy import Role
from pb.projects.models import Project
from pb.results import counting, files, jobs, queries
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.results.making import at, counted, make_box, published, without_vote
from tests.voting.making import Vote

LANGUAGES = ("ka", "en")
# Numbers and words that only the result of tests.results.making holds.
SECRETS = (
    "35,000",
    "35 000",
    "3500000",
    "Funded: 12",
    "დაფინანსდა: მიიღო",
    "does_not_fit",
    "not_selected",
    "selected",
)


@pytest.fixture
def web(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_box(sqlite_app, clock)


def both(web: CheckedClient, url: str) -> Iterator[str]:
    for language in LANGUAGES:
        yield web.page(f"{url}?lang={language}").text.replace("\xa0", " ")


def test_the_result_says_who_won_and_why(vote: Vote, web: CheckedClient) -> None:
    published(vote)
    georgian, english = both(web, vote.world.url + "/results")
    assert "2 projects are funded" in english
    assert "35,000 lari" in english
    assert "5,000 lari" in english
    assert "22 ballots were counted" not in english
    # each reason with the numbers that follow from the ballots: 40,000 less 20,000 and 15,000 leaves 5,000
    assert "The money was not enough: when its turn came, 5,000 lari was left of the 10,000 lari" in english
    assert "Below the minimum: it got 4 votes, and at least 5 votes are asked for." in english
    assert "Funded: 12 votes gave it place 1" in english
    assert "დარჩენილი იყო 5 000 ლარი, საჭირო კი იყო 10 000 ლარი" in georgian
    assert "23 of 25 on the roll" in english


@pytest.mark.parametrize(
    ("number", "what_if"),
    [
        (1, "It would have won with 1 vote more."),  # level with project 3 and cheaper
        (2, "Even with 5 votes less it would have won."),
        (3, "With any less it would not have won."),  # equal votes with project 1: the cheaper goes first
        (4, "It would have won with 1 vote more."),  # at the minimum it takes the 5,000 that are left
    ],
)
def test_every_project_has_a_page_that_says_why(
    vote: Vote, web: CheckedClient, number: int, what_if: str
) -> None:
    published(vote)
    georgian, english = both(web, f"{vote.world.url}/results/{number}")
    assert what_if in english
    assert f"პროექტი {number}" in georgian
    record = queries.outcome_of(queries.latest_count(vote.cycle_id, the_clock.now())).records[  # type: ignore[arg-type]
        f"TE-2026-{number:04d}"
    ]
    assert f"place among {4}" in english
    assert f"{record.votes} vote" in english
    for page in both(web, f"{vote.world.url}/projects/{number}"):
        assert f"/ {number}" not in page  # the page exists and stands the checks in both languages


def test_what_if_is_true(vote: Vote) -> None:
    """Recomputed by voting again: so many more votes win, one less does not."""
    outcome = queries.outcome_of(queries.db.session.get_one(queries.CountResult, counted(vote)))
    text, _ = queries.texts_of(1)
    rules = CountingRules(rule="greedy", minimum_votes=5, ties=("cost", "lot"))
    for record in outcome.records.values():
        if record.votes_needed is None:
            continue
        for more, wins in ((record.votes_needed, True), (record.votes_needed - 1, False)):
            added = text.rstrip("\n") + "".join(f"\n9{n};{record.project}" for n in range(more)) + "\n"
            added = added.replace(f"num_votes;{outcome.voters}", f"num_votes;{outcome.voters + more}")
            again = counting.count_bytes(added.encode(), rules).result
            assert (record.project in again.winners) is wins


def test_staff_see_the_count_before_it_is_public(vote: Vote, web: CheckedClient) -> None:
    url = vote.world.url
    web.sign_in_as(vote.world.staff[Role.ADMINISTRATOR].id)
    for text in both(web, url + "/count"):
        assert "35" not in text
    assert web.send(url + "/count").status_code == 302
    _georgian, english = both(web, url + "/count")
    assert "The count is about to begin" in english
    assert "Step 1 of 3" in english
    assert "See how far it is" in english
    assert "Count the votes" not in english
    jobs.count_due(now=the_clock.now())
    _georgian, english = both(web, url + "/count")
    assert "This is a preview" in english
    assert "35,000 lari" in english
    page = web.page(url + "/count/publish?lang=en")
    fingerprint = page.html.split('name="fingerprint"')[1].split('value="')[1][:64]
    assert web.send(url + "/count/publish", {"fingerprint": fingerprint}).status_code == 422
    assert queries.published(vote.cycle_id, the_clock.now()) is None
    assert web.send(url + "/count/publish", {"fingerprint": "0" * 64, "confirm": "y"}).status_code == 409
    sent = web.send(url + "/count/publish", {"fingerprint": fingerprint, "confirm": "y"})
    assert sent.status_code == 302
    assert "The result is published" in web.page(url + "/results?lang=en").text
    web.sign_out()
    web.sign_in_as(vote.world.staff[Role.OBSERVER].id)
    assert web.get(url + "/count").status_code == 403
    assert web.send(url + "/count").status_code == 403


def unseen(web: CheckedClient, vote: Vote) -> None:
    url = vote.world.url
    for path in ("", "/results", "/data", "/projects", "/projects/1", "/projects/2", "/delivery", "/log"):
        for text in both(web, f"{url}{path or '/'}"):
            for secret in SECRETS:
                assert secret not in text, f"{path}: {secret}"
    for number in range(1, 5):
        assert web.get(f"{url}/results/{number}").status_code == 404
    for name, needs_count in files.NAMES.items():
        response = web.get(f"{url}/data/{name}")
        assert (response.status_code == 404) is needs_count, name
        if not needs_count:
            assert not any(secret in response.get_data(as_text=True) for secret in SECRETS)
    assert "selected" not in web.get(f"{url}/data/delivery.csv").get_data(as_text=True)


def test_nothing_of_a_count_is_seen_before_its_publication(vote: Vote, web: CheckedClient) -> None:
    counted(vote)
    db.session.rollback()
    unseen(web, vote)
    for role in (Role.OFFICER, Role.CHAIR, Role.MEMBER, Role.SECRETARY, Role.OPERATOR):
        web.sign_in_as(vote.world.staff[role].id)
        assert web.get(vote.world.url + "/count").status_code == 403
        unseen(web, vote)
        web.sign_out()


def test_a_result_in_the_future_of_the_clock_is_not_there(
    vote: Vote, web: CheckedClient, clock: FrozenClock
) -> None:
    published(vote)
    with writing() as session:  # the states that a turned-back clock finds in the database
        session.execute(update(Project).values(title="პროექტი"))
    clock.moment = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
    the_clock.forget()
    db.session.rollback()
    url = vote.world.url
    for path in ("/results", "/data", "/delivery"):
        for text in both(web, url + path):
            assert not any(secret in text for secret in SECRETS[:5]), path
    assert web.get(url + "/results/2").status_code == 404
    assert web.get(url + "/data/ballots.pb").status_code == 404
    assert "selected" not in web.get(url + "/data/projects.csv").get_data(as_text=True)
    assert "35,000" not in web.page(url + "/?lang=en").text


def test_the_files_say_what_was_counted(vote: Vote, web: CheckedClient) -> None:
    published(vote)
    url = vote.world.url
    page = web.page(url + "/data?lang=en")
    stored = queries.latest_count(vote.cycle_id, the_clock.now())
    assert stored is not None
    ballots = web.get(url + "/data/ballots.pb").data
    assert hashlib.sha256(ballots).hexdigest() == stored.inputs_fingerprint
    assert stored.inputs_fingerprint in page.text
    rules = CountingRules(rule="greedy", minimum_votes=5, ties=("cost", "lot"))
    recounted = counting.count_bytes(ballots, rules)
    assert recounted.document == web.get(url + "/data/result.json").data
    assert recounted.fingerprint == stored.fingerprint
    assert read(ballots).profile.voters == 23
    for name in ("results", "projects"):
        comma = web.get(f"{url}/data/{name}.csv").data
        semicolon = web.get(f"{url}/data/{name}-semicolon.csv").data
        assert comma.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(comma.decode("utf-8-sig"))))
        assert rows == list(csv.DictReader(io.StringIO(semicolon.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) == 4
        assert len(json.loads(web.get(f"{url}/data/{name}.json").data)[name]) == 4
        assert hashlib.sha256(comma).hexdigest() in page.text
    by_number = {row["project"]: row for row in csv.DictReader(
        io.StringIO(web.get(f"{url}/data/results.csv").data.decode("utf-8-sig")))}  # fmt: skip
    row = by_number["TE-2026-0001"]
    assert (row["left_lari"], row["missing_lari"], row["votes_needed"]) == ("5000", "5000", "1")


def test_a_title_never_becomes_a_formula(vote: Vote, web: CheckedClient) -> None:
    with writing() as session:
        session.execute(update(Project).where(Project.number == 3).values(title='=HYPERLINK("http://x")'))
    published(vote)
    for name in ("projects", "results"):
        text = web.get(f"{vote.world.url}/data/{name}.csv").get_data(as_text=True)
        rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        assert "'=HYPERLINK" in [row["title"] for row in rows][2][:12] or "'=HYPERLINK" in text


def test_every_address_of_the_data_page_is_there(vote: Vote, web: CheckedClient) -> None:
    published(vote)
    page = web.page(vote.world.url + "/data?lang=en")
    found = [link for link in page.links if "/data/" in link]
    assert len(found) >= 11
    for link in found:
        assert web.get(link, follow_redirects=True).status_code == 200, link


def test_the_files_hold_no_names(vote: Vote, web: CheckedClient) -> None:
    with writing() as session:
        session.execute(update(Project).values(author_label="ნინო ს."))
    published(vote)
    for name in files.NAMES:
        body = web.get(f"{vote.world.url}/data/{name}").get_data(as_text=True)
        assert "ნინო" not in body
        assert "author" not in body


def test_before_the_vote_the_page_says_when(
    sqlite_app: Flask, clock: FrozenClock, web: CheckedClient
) -> None:
    from tests.factories import make_world

    world = make_world(sqlite_app)
    georgian, english = both(web, world.url + "/results")
    assert "26 October 2026" in english
    assert "8 November 2026" in english
    assert "26 ოქტომბერი" in georgian
    at(clock, 10, 28)
    _georgian, english = both(web, world.url + "/results")
    assert "The votes are being counted" in english


def test_without_a_vote_the_commission_decides(
    sqlite_app: Flask, clock: FrozenClock, web: CheckedClient
) -> None:
    from tests.factories import make_world
    from tests.voting.making import make_ballot

    world = make_world(sqlite_app, **without_vote())
    make_ballot(world)
    at(clock, 10, 27)
    admin = world.staff[Role.ADMINISTRATOR].id
    _georgian, english = both(web, world.url + "/results")
    assert "there is no vote" in english
    web.sign_in_as(admin)
    both(web, world.url + "/count")
    assert web.get(world.url + "/count/publish").status_code == 200
    assert web.send(world.url + "/count/publish", {"confirm": "y"}).status_code == 302
    web.sign_out()
    georgian, english = both(web, world.url + "/results")
    assert "4 projects are funded" in english
    assert "50,000 lari" in english
    assert "კომისიამ" in georgian


def test_a_tie_is_said(sqlite_app: Flask, clock: FrozenClock, web: CheckedClient) -> None:
    """Projects 1 (10,000) and 3 (15,000) with 6 votes each and 20,000 for all: the cheaper goes first."""
    vote = make_box(
        sqlite_app, clock, [(1,)] * 6 + [(3,)] * 6, pot_tetri=2_000_000, town_wide_tetri=2_000_000,
        counting=CountingRules(rule="greedy", ties=("cost", "lot")),
    )  # fmt: skip
    published(vote)
    _georgian, english = both(web, vote.world.url + "/results")
    assert "Level with 6 votes" in english
    assert "decided by: lower cost" in english
    _georgian, english = both(web, vote.world.url + "/results/3")
    assert "It lost a tie" in english
    assert "10,000 lari was left of the 15,000 lari" in english
    _georgian, english = both(web, vote.world.url + "/results/4")
    assert "Nobody voted for it." in english


def test_units_have_sections_of_their_own(sqlite_app: Flask, clock: FrozenClock, web: CheckedClient) -> None:
    sums = {"unit-1": 1_000_000, "unit-2": 500_000, "unit-3": 2_000_000}
    vote = make_box(
        sqlite_app, clock, pot_tetri=4_500_050, unit_sums=sums, town_wide_tetri=1_000_050,
        counting=CountingRules(rule="greedy", ties=("cost", "lot"), leftover="town"),
    )  # fmt: skip
    published(vote)
    georgian, english = both(web, vote.world.url + "/results")
    assert "Village 3" in english
    assert "It costs 15,000 lari, more than the 10,000 lari" in english
    assert "სოფელი 3" in georgian
    assert "--by-unit --leftover town_wide" in web.page(vote.world.url + "/data?lang=en").text
