"""Dishonest officials: one person for two, own projects, sealed scores, frozen rules, results before their time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pb.accounts.models import RoleGrant
from pb.audit import queries as log
from pb.audit.commands import seal_due
from pb.audit.models import Event
from pb.core.errors import Closed, DomainError, Refused
from pb.cycles.models import Cycle, RulebookVersion
from pb.db import db, is_sqlite, writing
from pb.ideas import commands as ideas
from pb.policy import Role
from pb.review import commands_commission, commands_eligibility
from pb.review.models import ScoreSheet
from tests.attacks.making import THEN, Attacker, attacker
from tests.attacks.test_typed import Forms
from tests.conftest import FrozenClock
from tests.factories import make_staff, make_world, moment
from tests.ideas.making import fields, handed_in, person
from tests.results.making import at, counted, make_box, published
from tests.review.commission_making import REVIEW, Commission, frozen_project
from tests.voting.making import roll_file, voter_rows


def grant(account_id: int, town_id: int, *roles: Role) -> None:
    with writing() as session:
        for role in roles:
            session.add(RoleGrant(account_id=account_id, town_id=town_id, role=role.value, granted_at=THEN))
    db.session.rollback()


# one person for two


def test_every_role_in_one_hand_is_still_one_person(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Acts and rolls need a second account, whatever roles the first one holds."""
    world = make_world(sqlite_app)
    client = attacker(sqlite_app, make_staff(world.town, *Role))
    proposed = {"kind": "pause", "reason": "საკმარისად გრძელი მიზეზი აქ წერია."}
    assert client.send(f"{world.url}/acts", proposed).status_code == 302
    assert client.send(f"{world.url}/acts/1/approve").status_code == 403
    rows = {"file": (roll_file(voter_rows(5)), "roll.csv"), "store": "y"}
    assert client.send(f"{world.url}/roll", rows, content_type="multipart/form-data").status_code == 302
    assert client.send(f"{world.url}/roll/1/approve").status_code == 403
    with pytest.raises(DBAPIError), writing() as session:  # nor by the database's own back door
        session.execute(text("UPDATE roll SET approved_by = imported_by, approved_at = imported_at"))
    assert client.get(world.url + "/").status_code == 200


def test_nobody_is_an_official_on_the_own_idea(sqlite_app: Flask, clock: FrozenClock) -> None:
    """An author who becomes officer, member or chair reaches the own idea and project by no route."""
    c = Commission(sqlite_app, projects=1, members=4)
    world, me = c.world, c.world.citizen
    clock.set(2026, 5, 20)
    with writing() as session:
        session.get_one(Cycle, world.cycle.id).last_idea_number = 100
    idea = handed_in(world)
    own = handed_in(world, actor=_actor(me.id), title="საკუთარი იდეა სრულად", now=clock())
    project = frozen_project(world, 60, author=me)
    grant(me.id, world.town.id, Role.OFFICER, Role.MEMBER, Role.CHAIR)
    client, numbers = attacker(sqlite_app, me), (idea.number, own.number)
    assert client.get(f"{world.url}/queue/{numbers[0]}").status_code == 200
    for url in (f"queue/{numbers[1]}", f"queue/{numbers[1]}/take-up", f"queue/{numbers[1]}/contact"):
        assert client.send(f"{world.url}/{url}", {"reason": "საკმარისად გრძელი"}).status_code == 403, url
    clock.set(2026, 9, 24, 8)
    for url in ("declare", "sheet", "sheet/check", "decision"):
        for answer in _both(client, f"{world.url}/commission/{project.number}/{url}"):
            assert answer.status_code in (403, 409), url
    with pytest.raises(Refused):
        commands_eligibility.take_up(idea_id=own.id, actor=_actor(me.id), now=clock())
    with pytest.raises(Refused):
        commands_commission.declare_conflict(project_id=project.id, actor=_actor(me.id), now=REVIEW)


def _actor(account_id: int) -> Any:
    from pb.accounts.queries import actor_by_id

    return actor_by_id(account_id)


def _both(client: Attacker, url: str, data: dict[str, Any] | None = None) -> list[Any]:
    return [client.get(url), client.send(url, data or {})]


# sealed scores


def test_no_way_to_a_sheet_that_is_not_ones_own_to_write(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Recused, undeclared, of another role, too early, after the opening: no sheet comes to be by any request."""
    c = Commission(sqlite_app, projects=2, members=4)
    clock.set(2026, 9, 24, 8)
    member, other = c.members[0], c.members[1]
    first, second = (p.number for p in c.projects)
    base, world = f"{c.world.url}/commission", c.world
    typed = (
        {f"{k}.value": "5" for k in c.lines()}
        | {f"{k}.reason": "x" * 40 for k in c.lines()}
        | {"version": "0"}
    )
    db.session.rollback()
    for role in (Role.SECRETARY, Role.OBSERVER, Role.ADMINISTRATOR, Role.OFFICER, Role.OPERATOR):
        client = attacker(sqlite_app, world.staff[role])
        for url in ("declare", "sheet", "sheet/check", "decision"):
            for answer in _both(client, f"{base}/{first}/{url}", typed):
                assert answer.status_code == 403, (role, url)
        for url in ("open", "publish", "decisions/follow"):
            assert client.send(f"{base}/{url}", {"minutes": "№ 4"}).status_code == 403, (role, url)
    client = attacker(sqlite_app, member.account_id)
    for answer in _both(client, f"{base}/{first}/sheet", {**typed, "check": "1"}):
        assert answer.status_code == 302  # to the declaration
        assert answer.location.endswith("/declare")
    conflict = {"kind": "funding", "details": "ვმუშაობ მიმწოდებელთან.", "understood": "y"}
    assert client.send(f"{base}/{first}/declare", conflict).status_code == 302
    for url in ("sheet", "sheet/check"):
        for answer in _both(client, f"{base}/{first}/{url}", typed):
            assert answer.status_code == 403, url
    assert client.send(f"{base}/{first}/declare", {"kind": "none"}).status_code == 403
    assert client.send(f"{base}/{second}/declare", {"kind": "none"}).status_code == 302
    for bad in ("6", "-1", "3.5", "²", "9" * 30, "0x3", " 3", "NaN"):
        answer = client.send(f"{base}/{second}/sheet", {**typed, f"{next(iter(c.lines()))}.value": bad})
        assert answer.status_code == 422, bad
    assert db.session.scalar(select(func.count()).select_from(ScoreSheet)) == 0
    db.session.rollback()
    chair = attacker(sqlite_app, c.chair.account_id)
    for url in ("scores", "decisions", "publish", f"{second}/decision"):
        assert chair.get(f"{base}/{url}").status_code == 409, url
        assert client.get(f"{base}/{url}").status_code in (403, 409), url
    for url in ("ranking", "ranking.json"):
        assert attacker(sqlite_app).get(f"{c.world.url}/{url}").status_code == 404
    clock.set(2026, 8, 20)
    assert client.send(f"{base}/{second}/sheet", typed).status_code == 409
    assert client.send(f"{base}/{second}/declare", {"kind": "none"}).status_code == 409
    clock.set(2026, 10, 20)
    assert attacker(sqlite_app, other.account_id).send(f"{base}/{second}/sheet", typed).status_code == 409


def test_who_checked_an_idea_never_scores_it(sqlite_app: Flask, clock: FrozenClock) -> None:
    c = Commission(sqlite_app, projects=1, members=4)
    checker = make_staff(c.world.town, Role.OFFICER, Role.MEMBER)
    project = frozen_project(c.world, 40, checker=checker)
    clock.set(2026, 9, 24, 8)
    client = attacker(sqlite_app, checker)
    url = f"{c.world.url}/commission/{project.number}"
    assert client.send(f"{url}/declare", {"kind": "none"}).status_code == 403
    assert client.send(f"{url}/sheet", {"version": "0"}).status_code == 403


def test_a_submitted_sheet_and_a_published_decision_stay(app: Flask, clock: FrozenClock) -> None:
    """Not by the member, not by the chair, not by a statement to the database."""
    c = Commission(app, projects=1, members=4)
    c.score_all({1: 3})
    c.open()
    with pytest.raises(DomainError):
        commands_commission.save_sheet(
            project_id=c.projects[0].id, lines=c.lines(5), actor=c.members[0], now=REVIEW
        )
    for statement in (
        "UPDATE score_line SET value = 5", "DELETE FROM score_line", "DELETE FROM score_sheet",
        "UPDATE score_sheet SET member_id = member_id + 1", "UPDATE ranking_snapshot SET document = '{}'",
        "DELETE FROM ranking_snapshot", "DELETE FROM conflict_declaration", "UPDATE event SET actor_id = NULL",
        "DELETE FROM event", "DELETE FROM scores_opened",
    ):  # fmt: skip
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement))
        db.session.rollback()


# frozen rules


def test_no_form_changes_frozen_rules(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Every page of the rules, sent with other values and a reason, from the opening of the ideas to the end."""
    world = make_world(sqlite_app)
    client = attacker(sqlite_app, world.staff[Role.ADMINISTRATOR])
    base = f"/terjola/admin/{world.cycle.year}"
    parts = ("participation", "money", "ballot", "commission", "categories", "criteria", "checklist", "dates",
             "criteria/need", "criteria/new", "checklist/new", "publish")  # fmt: skip

    def document() -> dict[str, Any]:
        cycle = db.session.get_one(Cycle, world.cycle.id)
        found = json.loads(db.session.get_one(RulebookVersion, cycle.rulebook_id).document)
        calendar = cycle.calendar_id
        db.session.rollback()
        return {**found, "calendar": calendar}

    def attack() -> int:
        sent = 0
        for part in parts:
            page = client.get(f"{base}/{part}")
            forms = Forms(page.get_data(as_text=True)).forms if page.status_code == 200 else []
            for form in [f for f in forms if f.method == "post" and "sign-out" not in f.action]:
                for change in ("7", "შეცვლილი სიტყვები"):
                    data = {n: v if n in form.hidden else change for n, v in form.fields.items()}
                    data |= {"note": "საკმარისად გრძელი მიზეზი აქ წერია.", "votes_held": ""}
                    assert client.send(form.action or f"{base}/{part}", data).status_code < 500
                    sent += 1
        for url in ("criteria/need/remove", "criteria/need/up", "checklist/x/remove"):
            client.send(f"{base}/{url}")
        return sent

    first = document()
    for month in (5, 9, 11):
        clock.set(2026, month, 20)
        attack()
        now = document()
        changed = {k for k in first if first[k] != now[k]}
        assert changed <= ({"rubric", "shortlist"} if month < 9 else set()), (month, changed)
        first = now
    clock.set(2026, 2, 20)
    assert attack() > 10
    assert document() != first, "the attack does nothing even where it may"


def test_to_the_moment(app: Flask, clock: FrozenClock) -> None:
    """Ideas are taken from the first moment to the last before the end; a sheet not from the vote's first on."""
    from datetime import timedelta

    world = make_world(app)
    opens, closes, tick = moment(5, 1), moment(7, 1), timedelta(microseconds=1)
    author = _actor(world.citizen.id)

    def hand_in(now: Any) -> None:
        ideas.hand_in(
            cycle_id=world.cycle.id, person=person(world), fields=fields(world), actor=author, now=now
        )

    clock.set(2026, 5, 20)
    for now in (opens - tick, closes, closes + tick):
        with pytest.raises(Closed):
            hand_in(now)
        db.session.rollback()
    hand_in(opens)
    hand_in(closes - tick)
    project = frozen_project(world, 50)
    member = world.actor(Role.MEMBER)
    commands_commission.declare_conflict(project_id=project.id, actor=member, now=moment(10, 12) - tick)
    for now in (moment(10, 12), moment(10, 12) + tick):
        with pytest.raises(Closed):
            commands_commission.save_sheet(project_id=project.id, lines={}, actor=member, now=now)
        db.session.rollback()


# results before their time


WINNERS = ("არჩეულია", "დაფინანსდება", "Selected", "selected", "won", "ResultPublished", "ResultCounted")


def test_nothing_of_a_result_before_its_publication(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Counted and not yet published: no page, file, log or state tells visitors or staff who won."""
    vote = make_box(sqlite_app, clock)
    pages = _read(sqlite_app, vote.world.url)
    counted(vote)
    db.session.rollback()
    assert _read(sqlite_app, vote.world.url) == pages
    observer = attacker(sqlite_app, vote.world.staff[Role.CHAIR])
    assert observer.get(f"{vote.world.url}/count").status_code == 403


def _read(app: Flask, base: str) -> dict[str, str]:
    client, found = attacker(app), {}
    for url in ("/", "/results", "/results/2", "/projects", "/projects?state=selected", "/projects/2", "/delivery",
                "/data", "/data/projects.csv", "/data/projects.json", "/data/results.csv", "/data/ballots.pb",
                "/data/delivery.csv", "/log", "/log.json", "/calendar"):  # fmt: skip
        answer = client.get(base + url)
        page = answer.get_data(as_text=True)
        # the head of the chain moves on whatever is done, and tells nothing
        said = re.sub(r'[0-9a-f]{12,64}…?|"position": ?[0-9]+|ნომერი [0-9]+', "", page)
        found[url] = f"{answer.status_code} {said}"
    return found


def test_a_clock_turned_back_shows_no_result(sqlite_app: Flask, clock: FrozenClock) -> None:
    """In a demonstration anybody may turn the clock: before the publication everything reads as it did then."""
    vote = make_box(sqlite_app, clock)
    seal_due(now=clock())
    before = _read(sqlite_app, vote.world.url)
    at(clock, 10, 29)
    published(vote)
    seal_due(now=clock())
    at(clock, 10, 27)
    after = _read(sqlite_app, vote.world.url)
    told = [url for url in before if before[url] != after[url]]
    assert told == []


# the log


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET data = '{}' WHERE id = 3", "UPDATE event SET actor_id = NULL WHERE id = 3",
        "UPDATE event SET is_public = NOT is_public WHERE id = 3", "UPDATE event SET at = '2020-01-01' WHERE id = 3",
        "UPDATE event_chain SET hash = 'x' WHERE position = 3",
        "DELETE FROM event_chain WHERE position = 3",
    ],
)  # fmt: skip
def test_who_holds_the_database_changes_no_event_unseen(
    app: Flask, clock: FrozenClock, statement: str
) -> None:
    """With the triggers taken away, as an owner of the database can, the chain does not hold any more."""
    world = make_world(app)
    for _ in range(4):
        handed_in(world)
    assert (db.session.scalar(select(func.count()).select_from(Event)) or 0) >= 4
    db.session.rollback()
    while seal_due(now=clock()):
        pass
    assert log.verify().broken is None
    db.session.rollback()
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text(statement))
    db.session.rollback()
    table = "event_chain" if "event_chain" in statement else "event"
    with writing() as session:
        if is_sqlite():
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER forbid_{verb}_{table}"))
        else:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.execute(text(statement))
    assert log.verify().broken == 3
    db.session.rollback()
