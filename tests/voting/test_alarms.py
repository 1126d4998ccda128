"""The breaker of codes, and what stands out: facts for people, never a bar for anybody; the text at the flush."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from pb.accounts.personal import unseal
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.core.rulebook import VoterRules
from pb.db import db, writing
from pb.messages.commands import deliver_due
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.voting import breaker, telling
from pb.voting.breaker import lift_pause, pause_of
from pb.voting.checking import check_box
from pb.voting.commands_box import close_box, open_box
from pb.voting.flush import flush
from pb.voting.identify import prove_code, request_code
from pb.voting.kiosk import issue_token
from pb.voting.models import BoxBallot, VotingSlot
from pb.voting.models_people import ToldSlot, VoterCode
from pb.voting.queries_alarms import facts_of
from pb.voting.rounds import the_round
from pb.voting.sightings import Seen
from pb.voting.telling import tell_due
from tests.conftest import KEYS, FrozenClock
from tests.pages import CheckedClient
from tests.voting.making import Vote, make_vote, number

RULES = VoterRules(alarm_device=3, alarm_address=4, alarm_operator=2, alarm_hour=5, alarm_very_old=2)


@pytest.fixture
def vote(sqlite_app: Flask, clock: FrozenClock) -> Vote:
    return make_vote(sqlite_app, clock)


def identified(vote: Vote, clock: FrozenClock, n: int, device: str, address: str) -> None:
    asked = request_code(cycle_id=vote.cycle_id, number=number(n), language="ka", now=clock())
    prove_code(
        cycle_id=vote.cycle_id, challenge_id=asked.id, code=asked.shown_code, now=clock(),
        seen=Seen(device, address),
    )  # fmt: skip


def wrong(vote: Vote, clock: FrozenClock, who: str) -> None:
    asked = request_code(cycle_id=vote.cycle_id, number=who, language="ka", now=clock())
    for _ in range(3):
        with pytest.raises(Invalid):
            prove_code(cycle_id=vote.cycle_id, challenge_id=asked.id, code="00000001", now=clock())


def kinds(vote: Vote) -> list[tuple[str, int]]:
    db.session.expire_all()
    return [(fact.kind, fact.number) for fact in facts_of(vote.cycle_id, RULES)]


def test_facts_tell_from_the_rulebooks_numbers_on(app: Flask, clock: FrozenClock) -> None:
    old = [f"{number(n)},ა,ბ,1930-01-01,სოფელი 1,,5556{n:05d}" for n in range(80, 83)]
    vote = make_vote(app, clock, more_rows=old)
    for n in (1, 2):
        identified(vote, clock, n, "tablet", "10.0.0.1")
    assert kinds(vote) == []
    identified(vote, clock, 2, "tablet", "10.0.0.1")  # the same person again
    assert kinds(vote) == []
    identified(vote, clock, 3, "tablet", "10.0.0.1")
    assert kinds(vote) == [("device", 3)]
    identified(vote, clock, 4, "phone", "10.0.0.1")
    assert set(kinds(vote)) == {("device", 3), ("address", 4), ("hour", 5)}
    for n in (80, 81):
        identified(vote, clock, n, "another", "10.0.0.9")
    assert ("very_old_device", 2) in kinds(vote)
    operator = vote.world.actor(Role.OPERATOR)
    for n in (10, 11):
        issue_token(cycle_id=vote.cycle_id, number=number(n), actor=operator, now=clock())
    assert ("operator", 2) in kinds(vote)
    clock.moment += timedelta(days=1)
    identified(vote, clock, 5, "tablet", "10.0.0.1")  # another day begins anew
    assert kinds(vote).count(("device", 3)) == 1
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert kinds(vote) == []


def test_more_people_on_one_phone_than_allowed_are_a_fact(sqlite_app: Flask, clock: FrozenClock) -> None:
    rows = [f"{number(n)},ა,ბ,1980-01-01,სოფელი 1,,555999999" for n in range(90, 95)]
    vote = make_vote(sqlite_app, clock, more_rows=rows)
    assert kinds(vote) == [("phone", 5)]


def test_the_breaker_stops_codes_and_staff_lift_it(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = make_vote(app, clock)
    monkeypatch.setattr(breaker, "MOST_WRONG", 9)
    wrong(vote, clock, number(1))
    wrong(vote, clock, "99999999999")
    assert pause_of(vote.cycle_id) is None
    good = request_code(cycle_id=vote.cycle_id, number=number(7), language="ka", now=clock())
    wrong(vote, clock, "99999999998")
    pause = pause_of(vote.cycle_id)
    assert pause is not None
    assert pause.wrong == 9
    for act in (
        lambda: request_code(cycle_id=vote.cycle_id, number=number(5), language="ka", now=clock()),
        lambda: prove_code(cycle_id=vote.cycle_id, challenge_id=good.id, code=good.shown_code, now=clock()),
    ):
        with pytest.raises(Closed, match="codes_paused"):
            act()
    operator = vote.world.actor(Role.OPERATOR)
    assert issue_token(
        cycle_id=vote.cycle_id, number=number(5), actor=operator, now=clock()
    )  # other ways go on
    lifting = {"cycle_id": vote.cycle_id, "now": clock()}
    with pytest.raises(Refused):
        lift_pause(reason="we looked into it", actor=operator, **lifting)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="reason_short"):
        lift_pause(reason="ok", actor=vote.admin, **lifting)  # type: ignore[arg-type]
    lift_pause(reason="we looked into it", actor=vote.admin, **lifting)  # type: ignore[arg-type]
    clock.moment += timedelta(seconds=1)
    assert prove_code(cycle_id=vote.cycle_id, challenge_id=good.id, code=good.shown_code, now=clock())
    wrong(vote, clock, number(9))  # only what fails from now on counts
    assert pause_of(vote.cycle_id) is None
    said = db.session.scalars(
        select(Event.kind).where(Event.is_public, Event.kind.like("Codes%")).order_by(Event.id)
    )
    assert list(said) == ["CodesPaused", "CodesResumed"]


def test_right_codes_outweigh_slips(vote: Vote, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "MOST_WRONG", 3)
    for n in range(1, 6):
        identified(vote, clock, n, "a", "b")
    wrong(vote, clock, number(9))
    assert pause_of(vote.cycle_id) is None


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_pages(vote: Vote, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(breaker, "MOST_WRONG", 3)
    url = vote.world.url
    for role, status in ((Role.ADMINISTRATOR, 200), (Role.OBSERVER, 200), (Role.OPERATOR, 403)):
        client: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
        client.sign_in_as(vote.world.staff[role].id)
        assert client.get(f"{url}/alarms?lang={lang}").status_code == status
    wrong(vote, clock, number(9))
    citizen: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    page = citizen.page(f"{url}/vote?lang={lang}")
    assert "/vote/letter" in "".join(page.links)
    admin: CheckedClient = vote.world.app.test_client()  # type: ignore[assignment]
    admin.sign_in_as(vote.world.staff[Role.ADMINISTRATOR].id)
    admin.page(f"{url}/alarms?lang={lang}")
    assert admin.send(f"{url}/alarms", {"reason": "no"}).status_code == 422
    assert admin.send(f"{url}/alarms", {"reason": "ოპერატორი შეცდა, ვნახეთ"}).status_code == 302
    admin.page(f"{url}/alarms?lang={lang}")
    admin.page(f"{url}/log?lang={lang}")


# the text at the flush


def told() -> list[OutgoingMessage]:
    db.session.expire_all()
    rows = select(OutgoingMessage).where(OutgoingMessage.kind == "vote_cast").order_by(OutgoingMessage.id)
    return list(db.session.scalars(rows))


def test_a_whole_batch_is_told_at_once_in_a_drawn_order(app: Flask, clock: FrozenClock) -> None:
    silent = [f"{number(90)},ა,ბ,1980-01-01,სოფელი 1,,"]
    vote = make_vote(app, clock, voters=40, more_rows=silent)
    voters = vote.voters()
    for voter in voters[:19]:
        vote.cast(voter, vote.projects[:1])
    assert tell_due(now=clock()) == 0
    for voter in (voters[19], voters[40]):  # the last has no phone
        vote.cast(voter, vote.projects[:1])
    flush(cycle_id=vote.cycle_id, now=clock())
    assert tell_due(now=clock()) == 20
    rows = told()
    phones = [unseal(row.address_sealed) for row in rows]
    assert sorted(phones) == [f"+9955555{n:05d}" for n in range(1, 21)]
    assert phones != sorted(phones)
    assert len({row.created_at for row in rows}) == 1
    assert all("თერჯოლა" in unseal(row.body_sealed) for row in rows)
    assert all(len(unseal(row.body_sealed)) <= 70 for row in rows)
    assert db.session.scalar(select(func.count()).select_from(ToldSlot)) == 21
    assert tell_due(now=clock()) == 0
    vote.cast(voters[25], vote.projects[:1])
    assert tell_due(now=clock()) == 0
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert tell_due(now=clock()) == 1
    assert db.session.scalar(select(func.count()).select_from(BoxBallot)) == 22


def test_a_paper_that_was_given_back_hides_nobodys_vote(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was told of a paper and gave it back is no reason not to tell somebody else."""
    monkeypatch.setattr(telling, "AT_LEAST", 1)
    vote = make_vote(app, clock, voters=5)
    voters = vote.voters()
    slot = (VotingSlot.round_id == vote.round_id) & (VotingSlot.value == voters[0].slot)
    with writing() as session:
        session.add(
            VotingSlot(
                round_id=vote.round_id, value=voters[0].slot, unit_id=voters[0].unit_id, channel="paper",
                state="issued",
            )
        )  # fmt: skip
    assert tell_due(now=clock()) == 1
    with writing() as session:
        session.execute(update(VotingSlot).where(slot).values(state="returned"))
    vote.cast(voters[1], vote.projects[:1])
    assert tell_due(now=clock()) == 1
    assert [unseal(row.address_sealed) for row in told()] == ["+995555500001", "+995555500002"]


def test_a_lost_key_of_one_town_silences_no_other(
    vote: Vote, caplog: pytest.LogCaptureFixture, clock: FrozenClock
) -> None:
    """The step of the worker goes on to the next contest, and the log says where nobody is told."""
    for voter in vote.voters()[:20]:
        vote.cast(voter, vote.projects[:1])
    file = KEYS / f"{the_round(vote.cycle_id).link_key_name}.link-key"
    kept = file.read_bytes()
    file.unlink()
    assert tell_due(now=clock()) == 0
    assert "link_key_missing" in caplog.text
    file.write_bytes(kept)
    assert tell_due(now=clock()) == 20


def test_who_was_told_is_erased_with_the_slots(app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(app, clock)
    voters = vote.voters()
    for voter in voters[:21]:
        vote.cast(voter, vote.projects[:1])
    assert tell_due(now=clock()) == 21
    deliver_due(now=clock())
    clock.set(2026, 10, 26)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert len(told()) == db.session.scalar(select(func.count()).select_from(ToldSlot)) == 21
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert db.session.scalar(select(func.count()).select_from(ToldSlot)) == 0
    assert told() == []
    assert telling._tell(cycle_id=vote.cycle_id, now=clock()) == 0
    assert db.session.scalar(select(func.count()).select_from(ToldSlot)) == 0
    with writing() as session:
        session.add(ToldSlot(round_id=vote.round_id, value=voters[0].slot))
    assert [found.name for found in check_box(vote.cycle_id) if not found.holds] == ["B9"]


def test_a_text_says_nothing_of_a_ballot(vote: Vote, clock: FrozenClock) -> None:
    for voter in vote.voters()[:20]:
        vote.cast(voter, vote.projects[:1])
    tell_due(now=clock())
    assert len({unseal(row.body_sealed) for row in told()}) == 1
    assert {column.name for column in ToldSlot.__table__.columns} == {"round_id", "value"}


# probing


def test_a_number_of_nobody_costs_the_same_statements(app: Flask, clock: FrozenClock) -> None:
    """On the roll, not on it, without a phone, on a phone of too many, having voted: the same statements in order."""
    more = [f"{number(90)},ა,ბ,1980-01-01,სოფელი 1,,"]
    more += [f"{number(n)},ა,ბ,1980-01-01,სოფელი 1,,555999999" for n in range(91, 97)]
    vote = make_vote(app, clock, voters=5, more_rows=more)
    vote.cast(vote.voters()[0], vote.projects[:1])
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    worlds = []
    try:
        for who in (number(2), "99999999999", number(90), number(92), number(1)):
            seen.clear()
            asked = request_code(cycle_id=vote.cycle_id, number=who, language="ka", now=clock())
            with pytest.raises(Invalid):
                prove_code(cycle_id=vote.cycle_id, challenge_id=asked.id, code="00000001", now=clock())
            worlds.append(list(seen))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(worlds[0]) > 8
    assert all(world == worlds[0] for world in worlds[1:])
    waiting = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.next_try_at.is_not(None)))
    sent = [unseal(message.address_sealed) for message in waiting]
    assert sorted(sent) == ["+995555500001", "+995555500002"]
    assert db.session.scalar(select(func.count()).select_from(VoterCode)) == 5
