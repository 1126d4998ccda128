"""Who looks people up, and who takes sealed files along, stands in the log; whose number it was, never."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.errors import Closed, DomainError, Invalid, Refused
from pb.db import db
from pb.policy import Role
from pb.voting import commands_paper as papers
from pb.voting.commands_box import close_box
from pb.voting.commands_void import open_case_of_number
from pb.voting.exports import take_export
from pb.voting.kiosk import issue_token
from pb.voting.phones import bind_phone
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.ceremony import make_open_vote
from tests.voting.making import make_vote, number
from tests.voting.test_paper import Paper, make_paper

NOBODY = "99999999999"
WHY = "ხმა მისცა სხვა პირმა; დადგენილია განცხადებით."


def looked_up() -> list[tuple[str, int | None]]:
    db.session.rollback()
    found = db.session.scalars(select(Event).where(Event.kind == "PersonLookedUp").order_by(Event.id)).all()
    said = [(event.data["kind"], event.actor_id) for event in found]
    assert not any(event.is_public or len(event.data) > 1 for event in found)  # no number, no hash of it
    db.session.rollback()
    return said


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def test_a_desk_that_asks_leaves_a_record(app: Flask, clock: FrozenClock) -> None:
    made: Paper = make_paper(app, clock)
    given: dict[str, Any] = {"cycle_id": made.vote.cycle_id, "actor": made.operator, "now": the_clock.now()}
    papers.make_batch(
        cycle_id=made.vote.cycle_id, centre_id=made.centre, size=5, actor=made.vote.admin, now=the_clock.now()
    )
    made.issue(1)
    assert looked_up() == []  # what is done for a person has an event of its own
    asked: list[tuple[Callable[[], Any], str]] = [
        (lambda: issue_token(number=NOBODY, **given), "not_on_roll"),
        (lambda: issue_token(number=number(16), **given), "already_voted"),
        (lambda: papers.issue_paper(number=NOBODY, batch=1, **given), "not_on_roll"),
        (lambda: papers.issue_paper(number=number(1), batch=1, **given), "already_voted"),
        (lambda: papers.take_back(number=number(2), batch=1, **given), "no_paper_issued"),
        (lambda: papers.take_back(number=number(1), batch=2, **given), "paper_other_batch"),
        (lambda: bind_phone(number=NOBODY, mobile="555111222", **given), "not_on_roll"),
    ]
    for n, (act, code) in enumerate(asked, start=1):
        assert refused(act) == code
        assert looked_up()[n - 1 :] == [(f"asked_{code}", made.operator.account_id)]
    # what says nothing of a person is no look-up
    assert refused(lambda: issue_token(number="12", **given)) == "bad_personal_number"
    assert refused(lambda: papers.issue_paper(number=number(3), batch=9, **given)) == "unknown_batch"
    assert len(looked_up()) == len(asked)


def test_a_case_that_asks_leaves_a_record(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    vote.cast(vote.voters()[0], vote.projects[:1])
    given: dict[str, Any] = {"cycle_id": vote.cycle_id, "reason": WHY}
    early = {**given, "actor": vote.admin, "now": clock()}
    with pytest.raises(Closed, match="wrong_phase"):  # before the close nobody is told anything
        open_case_of_number(number=number(9), **early)
    clock.set(2026, 10, 26)
    the_clock.forget()
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    late = {**given, "now": clock()}
    with pytest.raises(Refused):
        open_case_of_number(number=number(9), actor=vote.world.actor(Role.OBSERVER), **late)
    assert looked_up() == []
    for who, code in ((NOBODY, "not_on_roll"), (number(9), "no_vote_of_person")):
        with pytest.raises(Invalid, match=code):
            open_case_of_number(number=who, actor=vote.admin, **late)
    assert open_case_of_number(number=number(1), actor=vote.admin, **late)
    with pytest.raises(Invalid, match="case_exists"):
        open_case_of_number(number=number(1), actor=vote.second, **late)
    assert looked_up() == [
        ("asked_not_on_roll", vote.admin.account_id), ("asked_no_vote_of_person", vote.admin.account_id),
        ("asked_case_exists", vote.second.account_id),
    ]  # fmt: skip


def test_a_sealed_file_that_is_taken_along_stands_in_the_log(
    sqlite_app: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    table, vote = make_open_vote(sqlite_app, clock, tmp_path)
    vote.cast(vote.voters()[0], vote.projects[:1])
    clock.set(2026, 10, 26)
    the_clock.forget()
    table.by_two("close", clock())
    table.by_two("destroy", clock())
    db.session.rollback()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    url = f"{vote.world.url}/box/files"
    assert web.send(f"{url}/ballots").status_code in (302, 401)
    for role in (Role.OPERATOR, Role.CHAIR):
        web.sign_in_as(vote.world.staff[role].id)
        assert web.send(f"{url}/ballots").status_code == 403
    observer = vote.world.staff[Role.OBSERVER].id
    web.sign_in_as(observer)
    assert web.get(f"{url}/ballots").status_code == 405  # nothing is taken by reading
    assert web.send(f"{url}/ballots").status_code == 200
    assert web.send(f"{url}/links").status_code == 409
    assert web.send(f"{url}/others").status_code == 404
    taken = db.session.scalars(select(Event).where(Event.kind == "BoxFileTaken")).all()
    assert [(one.actor_id, one.data["kind"], one.is_public) for one in taken] == [
        (observer, "file_ballots", True)
    ]
    out = io.BytesIO()
    digest = take_export(cycle_id=vote.cycle_id, what="ballots", out=out, actor=table.admin, now=clock())
    assert len(taken[0].data["fingerprint"]) == len(digest) == 64
    db.session.rollback()
    for lang in ("en", "ka"):
        web.page(f"{vote.world.url}/log?lang={lang}")
