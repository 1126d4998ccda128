"""Phones bound at a centre, whether a vote was cast in one's name, and the roll's end: nobody is left in a dump."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from pb.accounts.personal import keyed_hash, seal, unseal
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db, writing
from pb.messages.commands import send_sms
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.voting.commands_box import close_box, open_box
from pb.voting.identify import request_code
from pb.voting.kiosk import issue_token
from pb.voting.models_people import Roll, RollEntry
from pb.voting.people import entry_of
from pb.voting.phones import bind_phone
from pb.voting.queries import turnout
from pb.voting.retention import erase_due, erase_roll
from pb.voting.rounds import the_round
from pb.voting.telling import tell_due
from tests.conftest import FrozenClock
from tests.factories import moment
from tests.pages import CheckedClient
from tests.voting.making import REVIEW, Vote, make_vote, number


def bind(vote: Vote, who: str, mobile: str, clock: FrozenClock):  # type: ignore[no-untyped-def]
    operator = vote.world.actor(Role.OPERATOR)
    return bind_phone(cycle_id=vote.cycle_id, number=who, mobile=mobile, actor=operator, now=clock())


def last_code_goes_to(vote: Vote, who: str, clock: FrozenClock) -> str:
    request_code(cycle_id=vote.cycle_id, number=who, language="ka", now=clock())
    rows = (
        select(OutgoingMessage)
        .where(OutgoingMessage.kind == "voter_code")
        .order_by(OutgoingMessage.id.desc())
    )
    row = db.session.scalars(rows).first()
    return unseal(row.address_sealed) if row and row.next_try_at else ""


def test_during_the_vote_a_new_phone_waits_a_day_and_the_old_one_is_told(
    app: Flask, clock: FrozenClock
) -> None:
    vote = make_vote(app, clock)
    from_ = bind(vote, number(3), "599 00 00 01", clock)
    assert from_ == clock() + timedelta(hours=24)
    told = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "phone_bound")).all()
    assert sorted(unseal(m.address_sealed) for m in told) == ["+995555500003", "+995599000001"]
    assert all(len(unseal(m.body_sealed)) <= 70 for m in told)
    assert last_code_goes_to(vote, number(3), clock) == "+995555500003"
    clock.moment += timedelta(hours=24)
    assert last_code_goes_to(vote, number(3), clock) == "+995599000001"
    said = db.session.scalars(select(Event).where(Event.kind == "PhoneBound")).one()
    assert (said.data, said.is_public) == ({"kind": "phone_later"}, False)


def test_binding_the_present_phone_again_takes_a_change_back(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    bind(vote, number(3), "599000001", clock)
    assert bind(vote, number(3), "555500003", clock) == clock()
    clock.moment += timedelta(hours=25)
    assert last_code_goes_to(vote, number(3), clock) == "+995555500003"


def test_before_the_vote_a_phone_is_bound_at_once(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    clock.moment = REVIEW
    assert bind(vote, number(3), "599000001", clock) == REVIEW
    entry = entry_of(vote.cycle_id, keyed_hash("person", number(3)))
    assert entry is not None
    assert (unseal(entry.phone_sealed), entry.next_phone_from) == ("+995599000001", None)


def test_who_binds_what(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    for n in range(1, 5):
        bind(vote, number(n), "599000001", clock)
    with pytest.raises(Invalid, match="phone_shared"):
        bind(vote, number(5), "599000001", clock)
    with pytest.raises(Invalid, match="not_on_roll"):
        bind(vote, "99999999999", "599000001", clock)
    with pytest.raises(Invalid) as caught:
        bind(vote, number(5), "12", clock)
    assert caught.value.field == "mobile"
    with pytest.raises(Refused):
        bind_phone(
            cycle_id=vote.cycle_id, number=number(5), mobile="599000002", actor=vote.admin, now=clock()
        )


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_whether_a_vote_was_cast_in_ones_name(sqlite_app: Flask, clock: FrozenClock, lang: str) -> None:
    vote = make_vote(sqlite_app, clock)
    url = vote.world.url
    answers = []
    for n, has_voted in ((1, False), (2, True)):
        if has_voted:
            vote.cast(vote.voters()[n - 1], vote.projects[:1])
        client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
        assert client.get(f"{url}/vote/mine?lang={lang}").status_code == 403
        client.send(f"{url}/vote", {"number": number(n), "aim": "mine"})
        page = client.get(f"{url}/vote/code").get_data(as_text=True)
        code = re.search(r"<strong translate=\"no\">(\d{8})<", page)
        assert code
        proved = client.send(f"{url}/vote/code", {"code": code[1]})
        assert proved.location.endswith("/vote/mine")
        answers.append(client.page(proved.location).text)
    assert answers[0] != answers[1]
    assert "პროექტი 1" not in answers[1]
    operator: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    operator.sign_in_as(vote.world.staff[Role.OPERATOR].id)
    operator.page(f"{url}/centre/phone?lang={lang}")
    assert (
        operator.send(f"{url}/centre/phone", {"number": number(3), "mobile": "599000001"}).status_code == 422
    )
    sent = operator.send(
        f"{url}/centre/phone", {"number": number(3), "mobile": "599000001", "card_seen": "y"}
    )
    assert sent.status_code == 302
    operator.page(f"{url}/centre/phone?lang={lang}")


def whole_dump() -> str:
    """Every value of every table, as text and bytes as hexadecimal digits."""
    parts = []
    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')):
            parts += [bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row]
    db.session.rollback()
    return "\n".join(parts)


def test_after_the_rulebooks_date_a_whole_dump_holds_nobody(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    for voter in vote.voters()[:22]:
        vote.cast(voter, vote.projects[:1])
    bind(vote, number(23), "599000001", clock)
    request_code(cycle_id=vote.cycle_id, number=number(24), language="ka", now=clock())
    issue_token(cycle_id=vote.cycle_id, number=number(25), actor=vote.world.actor(Role.OPERATOR), now=clock())
    tell_due(now=clock())
    rows = list(db.session.scalars(select(RollEntry)))
    people = [number(n) for n in range(1, 26)]
    phones = [f"+9955555{n:05d}" for n in range(1, 26)] + ["+995599000001"]
    traces = {row.person_hash for row in rows} | {row.phone_hash for row in rows if row.phone_hash}
    traces |= {bytes(row.phone_sealed).hex() for row in rows if row.phone_sealed}
    traces |= {keyed_hash("sms", phone) for phone in phones} | set(people) | set(phones)
    assert sum(trace in whole_dump() for trace in traces) > 75  # so that the test can fail
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    tell_due(now=clock())
    given = {"cycle_id": vote.cycle_id, "actor": vote.admin}
    after = moment(11, 9) + timedelta(days=30)
    with pytest.raises(Closed, match="box_not_opened"):
        erase_roll(now=after, **given)  # type: ignore[arg-type]
    finish(vote, clock)
    with pytest.raises(Closed, match="roll_kept"):
        erase_roll(now=after - timedelta(seconds=1), **given)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        erase_roll(cycle_id=vote.cycle_id, actor=vote.world.actor(Role.OFFICER), now=after)
    roll = db.session.scalars(select(Roll)).one()
    kept = (roll.size, roll.fingerprint, dict(roll.unit_sizes), str(turnout(vote.cycle_id, roll.unit_sizes)))
    assert erase_due(now=after - timedelta(seconds=1)) == 0
    assert erase_due(now=after) == 1
    assert erase_due(now=after) == 0
    dump = whole_dump()
    assert [trace for trace in traces if trace in dump] == []
    db.session.expire_all()
    roll = db.session.scalars(select(Roll)).one()
    now_kept = (
        roll.size,
        roll.fingerprint,
        dict(roll.unit_sizes),
        str(turnout(vote.cycle_id, roll.unit_sizes)),
    )
    strip = re.compile(" at 0x[0-9a-f]+")
    assert [strip.sub("", str(part)) for part in now_kept] == [strip.sub("", str(part)) for part in kept]
    assert db.session.scalars(select(Event.data).where(Event.kind == "RollErased")).one() == {"size": 25}
    assert seal("x")  # the key is still there: what is gone is not gone for want of a key


def finish(vote: Vote, clock: FrozenClock) -> None:
    """Open the box; the link key is destroyed as the opening wants it."""
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    with writing() as session:
        row = the_round(vote.cycle_id)
        if row.destroyed_at is None:
            row.destroyed_at = clock()
            session.flush()


def test_what_another_town_has_yet_to_send_is_not_erased(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock)
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    finish(vote, clock)
    after = moment(11, 9) + timedelta(days=30)
    with writing():
        for created in (after - timedelta(days=30), after - timedelta(minutes=5)):
            send_sms(kind="voter_code", address="+995555123456", body="12345678", now=created)
    assert erase_due(now=after + timedelta(minutes=1)) == 1
    waiting = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "voter_code")).all()
    assert [m.created_at for m in waiting] == [after - timedelta(minutes=5)]
