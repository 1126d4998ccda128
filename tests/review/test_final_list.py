"""The preliminary list and the final one: two acts, with the term for objections between them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from pb.appeals.terms import objections_until
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.core.phases import Gate
from pb.core.shortlist import Shortlist
from pb.cycles.models import PassedGate
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.projects.models import Project
from pb.review import commands_decision as deciding
from pb.review import commands_final as finishing
from pb.review.minutes import is_public
from pb.review.models import FinalList
from pb.review.queries_ranking import publication
from tests.conftest import FrozenClock
from tests.factories import make_town, rulebook
from tests.pages import CheckedClient
from tests.review.commission_making import CONFIRMED, REVIEW, Commission

LAST_MINUTE = datetime(2026, 10, 1, 19, 59, tzinfo=UTC)  # 23:59 in Georgia on the last day


def listed(app: Flask, **changes: object) -> Commission:
    """Three projects whose preliminary list is public: on the ballot, reserve, not shortlisted."""
    town = make_town("khoni")
    rules = rulebook(town, shortlist=Shortlist(kind="best_n", n=1, minimum_score=5000), **changes)
    c = Commission(app, projects=3, rules=rules)
    c.score_all({1: 3, 2: 4, 3: 2})
    c.open()
    deciding.follow_ranking(cycle_id=c.world.cycle.id, actor=c.chair, now=REVIEW)
    c.publish()
    return c


def states() -> dict[int, str]:
    db.session.rollback()
    rows = db.session.execute(select(Project.number, Project.state).order_by(Project.number))
    return {number: state for number, state in rows}  # noqa: C416


def test_the_term_is_of_working_days_after_the_publication(app: Flask) -> None:
    c = listed(app)
    assert objections_until(REVIEW, c.rules) == date(2026, 10, 1)  # from Thursday, over a weekend
    with pytest.raises(Closed, match="term_still_runs"):
        c.confirm(LAST_MINUTE)
    assert c.confirm(CONFIRMED) == {"on_ballot": 1, "reserve": 1, "not_shortlisted": 1}
    assert c.confirm(CONFIRMED) == {"on_ballot": 1, "reserve": 1, "not_shortlisted": 1}  # pressed twice
    assert states() == {1: "reserve", 2: "on_ballot", 3: "not_shortlisted"}
    assert db.session.scalars(select(PassedGate.gate)).all() == [Gate.BALLOT_LOCKED.value]
    assert len(db.session.scalars(select(Event).where(Event.kind == "ListConfirmed")).all()) == 1


def test_nothing_is_final_before_it_is_public(app: Flask) -> None:
    c = Commission(app, projects=1)
    with pytest.raises(Closed, match="not_published_yet"):
        c.confirm()
    with pytest.raises(Invalid, match="minutes_missing"):
        finishing.confirm_list(cycle_id=c.world.cycle.id, minutes=" ", actor=c.chair, now=CONFIRMED)


def test_only_the_chair_confirms(app: Flask) -> None:
    c = listed(app)
    for role in set(Role) - {Role.CHAIR}:
        with pytest.raises(Refused):
            finishing.confirm_list(
                cycle_id=c.world.cycle.id, minutes="№ 5", actor=c.world.actor(role), now=CONFIRMED
            )
    assert set(states().values()) == {"decided"}


def test_without_a_vote_the_list_may_become_final_when_the_results_have_begun(app: Flask) -> None:
    c = listed(app, votes_held=False)
    c.confirm(datetime(2026, 10, 27, 8, tzinfo=UTC))
    assert states() == {1: "reserve", 2: "selected", 3: "not_selected"}


def test_authors_are_told_twice_each_with_its_words(sqlite_app: Flask) -> None:
    c = listed(sqlite_app)
    first = db.session.scalars(select(OutgoingMessage.kind)).all()
    assert {"project_listed", "project_listed_reserve", "project_listed_not"} <= set(first)
    assert not {"project_on_ballot", "project_not_shortlisted"} & set(first)
    c.confirm()
    second = db.session.scalars(select(OutgoingMessage.kind)).all()
    assert {"project_on_ballot", "project_on_reserve", "project_not_shortlisted"} <= set(second)


def test_minutes_of_what_is_decided_anew_are_public_with_the_final_list(app: Flask) -> None:
    c = listed(app)
    cycle_id = c.world.cycle.id
    published = publication(cycle_id)
    assert published is not None
    moment, later = published.at, published.at + timedelta(days=1)
    here = here_by_id(cycle_id, now=CONFIRMED)
    assert not is_public(here, moment, moment - timedelta(seconds=1))
    assert is_public(here, moment, later)
    assert not is_public(here, later, CONFIRMED)
    c.confirm(CONFIRMED)
    assert is_public(here, later, CONFIRMED)


def test_what_became_final_is_never_changed(app: Flask) -> None:
    c = listed(app)
    c.confirm()
    for statement in (update(FinalList).values(minutes="x"), delete(FinalList)):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)


def test_pages_say_preliminary_and_final(
    sqlite_app: Flask, client: CheckedClient, clock: FrozenClock
) -> None:
    c = listed(sqlite_app)
    clock.set(2026, 9, 25)
    url = c.world.url
    db.session.rollback()
    assert "preliminary" in client.page(f"{url}/ranking?lang=en").text
    assert client.get(f"{url}/ranking.json").json["objections_until"] == "2026-10-01"
    client.sign_in_as(c.accounts[-1].id)
    page = client.page(f"{url}/commission/final?lang=en")
    assert "1 October 2026, inclusive" in page.text
    assert "Number and date" not in page.text
    client.page(f"{url}/commission/decisions")
    clock.set(2026, 10, 2)
    sent = client.send(f"{url}/commission/final", {"minutes": ""})
    assert sent.status_code == 422
    client.send(f"{url}/commission/final", {"minutes": "№ 5, 02.10.2026"})
    client.sign_out()
    assert "is final" in client.page(f"{url}/ranking?lang=en").text
    clock.set(2026, 9, 25)  # a rehearsal turned back
    assert "preliminary" in client.page(f"{url}/ranking?lang=en").text
