"""Witnesses: the public list, and the letter with each day's head."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts.personal import unseal
from pb.core.errors import Invalid, Refused
from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.voting.commands_witnesses import register_witness, remove_witness, send_heads_due
from pb.voting.models_ceremony import Witness
from pb.voting.posting import post_due
from pb.voting.queries_board import last_head
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote


def letters() -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.kind == "board_head").order_by(OutgoingMessage.id)
    )
    return [unseal(row.body_sealed) for row in rows]


def register(vote: Vote, clock: FrozenClock, **values: Any) -> int:
    given = {"name": "დამკვირვებელი", "email": "watch@example.org", "contact": "", "language": "en", **values}
    return register_witness(cycle_id=vote.cycle_id, actor=vote.admin, now=clock(), **given)


def test_each_days_head_is_sent_once_when_the_day_is_over(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock, voters=3)
    post_due(now=clock())
    register(vote, clock)
    register(vote, clock, name="ქაღალდზე", email="", contact="https://example.org")
    assert send_heads_due(now=clock()) == 1  # the head of the preparation, whose day is over
    assert send_heads_due(now=clock()) == 0
    clock.set(2026, 10, 15)
    assert send_heads_due(now=clock()) == 1
    assert send_heads_due(now=clock()) == 0
    head = last_head(vote.round_id, "terjola-2026")
    assert head is not None
    assert len(letters()) == 2
    for part in (head.head.root, head.head.signed_bytes().decode(), head.signature, f"size={head.head.size}"):
        assert part in letters()[-1]
    clock.set(2026, 10, 20)
    assert send_heads_due(now=clock()) == 0  # nothing new


def test_who_is_taken_off_gets_nothing_and_the_address_is_gone(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock, voters=3)
    number = register(vote, clock)
    remove_witness(witness_id=number, actor=vote.admin, now=clock())
    db.session.rollback()
    assert db.session.get_one(Witness, number).email_sealed is None
    assert send_heads_due(now=clock()) == 0
    for values in ({"email": "", "contact": " "}, {"email": "no address"}, {"name": " "}):
        with pytest.raises(Invalid):
            register(vote, clock, **values)
    with pytest.raises(Refused):
        register_witness(
            cycle_id=vote.cycle_id, name="x", email="", contact="y", language="ka",
            actor=vote.world.actor(Role.OPERATOR), now=clock(),
        )  # fmt: skip


def test_the_list_is_public_and_the_address_is_not(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock, voters=3)
    url = f"{vote.world.url}/vote/witnesses"
    admin: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    assert vote.admin.account_id is not None
    admin.sign_in_as(vote.admin.account_id)
    admin.page(url)
    assert admin.send(url, {"name": "დამკვირვებელთა კავშირი", "email": "x"}).status_code == 422
    sent = {"name": "დამკვირვებელთა კავშირი", "email": "watch@example.org", "contact": "+995 32 2 00 00 00"}
    assert admin.send(url, sent).status_code == 302
    visitor: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for lang in ("ka", "en"):
        page = visitor.page(f"{url}?lang={lang}")
        assert "დამკვირვებელთა კავშირი" in page.text
        assert "watch@example.org" not in page.html
    assert visitor.send(url, sent).status_code in (302, 401, 403)
    number = db.session.scalars(select(Witness.id)).one()
    assert visitor.send(f"{url}/{number}/remove").status_code in (302, 401, 403)
    assert admin.send(f"{url}/{number}/remove").status_code == 302
    assert "დამკვირვებელთა" not in visitor.page(url).text
