"""The ballot box: voting twice or for others, what a copy of the database tells, who is on the roll, boundaries."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from pb import clock as clock_module
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles import commands_acts
from pb.db import db, is_sqlite
from pb.messages.commands import deliver_due
from pb.messages.models import OutgoingMessage
from pb.voting import identify, passes, queries, tokens
from pb.voting.commands_box import close_box, open_box
from pb.voting.flush import flush, flush_due
from pb.voting.identify import Challenge
from pb.voting.models import BoxBallot, InboxBallot, VotingRound, VotingSlot
from pb.voting.models_people import VoterCode
from pb.voting.people import Voter
from tests.attacks.making import Attacker, attacker
from tests.conftest import FrozenClock
from tests.factories import moment
from tests.voting.making import Vote, make_vote, number

NOBODY = "01000099999"  # on no roll


def counts(vote: Vote) -> tuple[int, int, int]:
    """(slots, ballots in the inbox, ballots in the box)."""
    db.session.rollback()
    found = tuple(
        db.session.scalar(select(func.count()).select_from(model).where(model.round_id == vote.round_id)) or 0
        for model in (VotingSlot, InboxBallot, BoxBallot)
    )
    db.session.rollback()
    return found  # type: ignore[return-value]


def with_pass(vote: Vote, voter: Voter, cycle_id: int | None = None) -> Attacker:
    """A browser that holds the pass of this voter."""
    app = vote.world.app
    client = attacker(app)
    with app.test_request_context("/"):
        response = app.make_response("")
        passes.put_pass(response, cycle_id or vote.cycle_id, "/", voter, clock_module.now())
        name, value = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
    db.session.rollback()
    client.set_cookie(name, value)
    return client


def token_for(vote: Vote, voter: Voter, choices: list[str]) -> str:
    return tokens.issue(vote.round_id, voter.slot, choices)


def at_once(app: Flask, tasks: list[Any]) -> list[Any]:
    """Run all tasks at the same moment, each in a thread and context of its own; give what came of each."""
    barrier, found = Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                found[place] = tasks[place]()
            except Exception as error:
                found[place] = error
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place,)) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# voting twice, for others, for what is not there


def test_one_person_in_eight_browsers_casts_once(app: Flask, clock: FrozenClock) -> None:
    """Different sessions, passes, tokens and choices, sent at the same moment."""
    vote = make_vote(app, clock, voters=3)
    voter, url = vote.voters()[0], f"{vote.world.url}/vote/cast"
    tries = []
    for n in range(8):
        chosen = [vote.projects[n % 4]]
        client = with_pass(vote, voter)
        data = {"choice": chosen, "token": token_for(vote, voter, chosen), "csrf_token": client.csrf_token()}

        def send(client: Attacker = client, data: dict[str, Any] = data) -> int:
            return client.post(url, data=data).status_code

        tries.append(send)
    found = at_once(app, tries)
    assert sorted(map(str, found)) == ["302"] + ["409"] * 7, found
    assert counts(vote) == (1, 1, 0)


def test_what_a_browser_may_not_send(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Tokens of others, of other choices, of nobody; choices twice, too many, of another unit, of nowhere."""
    vote = make_vote(sqlite_app, clock, voters=3)
    mine, other = vote.voters()[:2]
    client, url, p = with_pass(vote, mine), f"{vote.world.url}/vote/cast", vote.projects
    good = token_for(vote, mine, [p[0]])
    for choices, token in (
        ([p[0]], token_for(vote, other, [p[0]])),
        ([p[1]], good),
        ([p[0], p[1]], good),
        ([p[0], p[0]], token_for(vote, mine, [p[0], p[0]])),
        (p[:4] * 3, token_for(vote, mine, p[:4] * 3)),
        ([], token_for(vote, mine, [])),
        (["999999"], token_for(vote, mine, ["999999"])),
        (["' OR 1=1"], token_for(vote, mine, ["' OR 1=1"])),
        ([p[0]], ""),
        ([p[0]], "x" * 5000),
        ([p[0]], ("A" if good[0] != "A" else "B") + good[1:]),
        ([p[0]], "²" * 43),
    ):
        answer = client.send(url, {"choice": choices, "token": token})
        assert answer.status_code in (302, 403), choices
        assert "receipt" not in answer.headers.get("Location", ""), choices
    assert (
        client.send(
            url, {"choice": [p[0]], "slot": other.slot, "unit_id": "1", "channel": "paper"}
        ).status_code
        < 500
    )
    assert counts(vote) == (0, 0, 0)
    assert "receipt" in client.send(url, {"choice": [p[0]], "token": good}).headers["Location"]
    assert counts(vote) == (1, 1, 0)


def test_another_units_project_is_not_counted(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Where voters choose in their own unit, a choice of another one is refused before anything is written."""
    from tests.factories import make_town, rulebook

    book = rulebook(make_town("gori"))
    vote = make_vote(sqlite_app, clock, rules=replace(book, ballot=replace(book.ballot, scope="own_unit")))
    units = {p["id"]: p["unit"] for p in db.session.get_one(VotingRound, vote.round_id).projects}
    slugs = {unit.id: unit.slug for unit in vote.world.town.units}
    db.session.rollback()
    for voter in vote.voters()[:6]:
        foreign = next(p for p in vote.projects if units[p] not in ("", slugs[voter.unit_id]))
        client = with_pass(vote, voter)
        data = {"choice": [foreign], "token": token_for(vote, voter, [foreign])}
        answer = client.send(f"{vote.world.url}/vote/cast", data)
        assert "receipt" not in answer.headers.get("Location", "")
        lying = replace(voter, unit_id=next(u for u, s in slugs.items() if s == units[foreign]))
        vote.cast(voter, [next(p for p in vote.projects if units[p] == "")])
        with pytest.raises(
            Closed
        ):  # not even where a pass could lie about the unit: the slot is the person's
            vote.cast(lying, [foreign])
    assert counts(vote)[0] == 6


def spoilt(value: str) -> list[str]:
    raw = base64.urlsafe_b64decode(value)
    changed = [
        bytes([raw[0] ^ 1]) + raw[1:],
        raw[:-1] + bytes([raw[-1] ^ 1]),
        raw[: len(raw) // 2],
        raw[:5],
        b"",
    ]
    return [
        *(base64.urlsafe_b64encode(each).decode() for each in changed),
        "x",
        "é",
        "=" * 10,
        "A" * 4000,
    ]


def test_passes_are_bound_to_their_name_and_their_contest(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Altered passes, those of another contest, other cookies in their place."""
    vote = make_vote(sqlite_app, clock, voters=3)
    voter, url = vote.voters()[0], f"{vote.world.url}/vote"
    chosen = [vote.projects[0]]
    data = {"choice": chosen, "token": token_for(vote, voter, chosen)}
    strangers = [with_pass(vote, voter, cycle_id=vote.cycle_id + 1)]
    good = with_pass(vote, voter).get_cookie("pb_pass")
    assert good is not None
    for value in spoilt(good.value):
        client = attacker(sqlite_app)
        client.set_cookie("pb_pass", value)
        strangers.append(client)
    with sqlite_app.test_request_context("/"):
        for put in (
            lambda r: passes.put_challenge(r, vote.cycle_id, "/", Challenge(1, ""), clock()),
            lambda r: passes.keep_choices(r, vote.cycle_id, "/", voter.slot, chosen, clock()),
        ):
            response = sqlite_app.make_response("")
            put(response)
            client = attacker(sqlite_app)
            client.set_cookie("pb_pass", response.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])
            strangers.append(client)
    db.session.rollback()
    for client in strangers:
        for answer in (
            client.send(f"{url}/cast", data),
            client.get(f"{url}/ballot"),
            client.get(f"{url}/review"),
        ):
            assert answer.status_code == 403
    assert counts(vote) == (0, 0, 0)


def test_no_ballot_is_cast_by_reading(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock, voters=3)
    voter, chosen = vote.voters()[0], [vote.projects[0]]
    client = with_pass(vote, voter)
    query = {"choice": chosen, "token": token_for(vote, voter, chosen)}
    for method in ("get", "head", "options", "put", "delete", "patch"):
        answer = getattr(client, method)(f"{vote.world.url}/vote/cast", query_string=query)
        assert answer.status_code in (200, 302, 400, 405), method
    for data in ({}, {"csrf_token": client.csrf_token()}):
        answer = client.post(
            f"{vote.world.url}/vote/cast", query_string=query, data=data,
            headers={"X-HTTP-Method-Override": "POST"},
        )  # fmt: skip
        assert "receipt" not in answer.headers.get("Location", "")
    assert counts(vote) == (0, 0, 0)


# the boundaries


def test_to_the_moment(app: Flask, clock: FrozenClock) -> None:
    """Taken from the first moment of the vote to the last before its end, and not a moment more."""
    vote = make_vote(app, clock, voters=9)
    voters, opens, closes = vote.voters(), moment(10, 12), moment(10, 26)

    def cast_at(at: datetime, voter: Voter) -> str:
        clock.moment = at.astimezone(UTC)
        clock_module.forget()
        try:
            vote.cast(voter, vote.projects[:1])
        except (Closed, Refused) as error:
            return error.code
        finally:
            db.session.rollback()
        return "cast"

    # The frozen clock and the database's differ by the time between two calls: a second stands for the moment.
    second = timedelta(seconds=1)
    assert cast_at(opens - second, voters[0]) == "wrong_phase"
    assert cast_at(opens + second, voters[0]) == "cast"
    assert cast_at(closes - second, voters[1]) == "cast"
    assert cast_at(closes + second, voters[2]) == "wrong_phase"
    client, chosen = with_pass(vote, voters[3]), vote.projects[:1]
    data = {"choice": chosen, "token": token_for(vote, voters[3], chosen)}
    clock.moment = (closes + second).astimezone(UTC)
    assert client.send(f"{vote.world.url}/vote/cast", data).status_code in (403, 409)
    assert client.send(f"{vote.world.url}/vote", {"number": number(4)}).status_code == 409


def test_no_ballot_while_the_contest_is_stopped(sqlite_app: Flask, clock: FrozenClock) -> None:
    vote = make_vote(sqlite_app, clock, voters=3)
    voter, chosen = vote.voters()[0], vote.projects[:1]
    client = with_pass(vote, voter)
    act = commands_acts.propose_act(
        cycle_id=vote.cycle_id, kind="pause", reason="საკმარისად გრძელი მიზეზი აქ წერია.",
        actor=vote.admin, now=clock(),
    )  # fmt: skip
    commands_acts.decide_act(act_id=act, approve=True, actor=vote.second, now=clock())
    db.session.rollback()
    clock.moment += timedelta(seconds=1)
    data = {"choice": chosen, "token": token_for(vote, voter, chosen)}
    assert client.send(f"{vote.world.url}/vote/cast", data).status_code == 409
    assert counts(vote) == (0, 0, 0)


def test_the_box_is_neither_opened_nor_counted_early(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Not during the vote by an administrator, not with the rehearsal clock turned to and fro."""
    from pb.results.commands import order_count, publish_result
    from pb.results.jobs import count_due

    vote = make_vote(sqlite_app, clock, voters=5)
    vote.cast(vote.voters()[0], vote.projects[:1])
    for act in (close_box, open_box, order_count, publish_result):
        with pytest.raises(Closed):
            act(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    client = attacker(sqlite_app, vote.admin.account_id)
    for url in ("box/close", "box/open", "count", "count/publish"):
        assert client.send(f"{vote.world.url}/{url}").status_code == 409, url
    clock.set(2026, 10, 28)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    open_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    order_count(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert count_due(now=clock()) is not None
    db.session.rollback()
    clock.set(2026, 10, 20)  # back into the vote: the closed box takes no ballot, and nothing of it is shown
    with pytest.raises(Closed):
        vote.cast(vote.voters()[1], vote.projects[:1])
    visitor = attacker(sqlite_app)
    for url in ("results", "data/ballots.pb", "data/result.json", "data/results.csv", "results/1"):
        answer = visitor.get(f"{vote.world.url}/{url}")
        assert answer.status_code == (200 if url == "results" else 404), url


# what a copy of the database tells


def as_dumped(table: str, column: str) -> list[str]:
    """A column in the order in which a dump gives the rows."""
    found = [row[0] for row in db.session.execute(text(f"SELECT {column} FROM {table}"))]
    db.session.rollback()
    return found


def cast_one_after_another(vote: Vote, voters: list[Voter]) -> dict[str, str]:
    """Everybody votes in turn; gives {slot: commitment} in that order."""
    return {v.slot: vote.cast(v, [vote.projects[n % 4]]).commitment for n, v in enumerate(voters)}


def test_the_order_of_rows_is_not_that_of_voting(app: Flask, clock: FrozenClock) -> None:
    """Codes have times and an order; slots, inbox and box have none that fits it."""
    vote = make_vote(app, clock, voters=60)
    voters = vote.voters()
    first = cast_one_after_another(vote, voters[:25])
    db.session.rollback()
    assert flush_due(now=clock()) == 25
    assert as_dumped("voting_slot", "value") != list(first)
    assert as_dumped("voting_link", "value") != list(first)
    assert as_dumped("box_ballot", "commitment") != list(first.values())
    second = cast_one_after_another(vote, voters[25:40])  # too few to be moved: they wait in the inbox
    db.session.rollback()
    assert flush_due(now=clock()) == 0
    waiting = as_dumped("inbox_ballot", "commitment")
    fresh = [slot for slot in as_dumped("voting_slot", "value") if slot in second]
    assert sorted(waiting) == sorted(second.values())
    assert waiting != list(second.values())
    assert fresh != list(second)
    linked = [slot for slot in as_dumped("voting_link", "value") if slot in second]
    assert sorted(linked) == sorted(second)
    assert linked != list(second)
    assert [second[slot] for slot in fresh] != waiting, "the n-th slot is the n-th ballot"
    third = cast_one_after_another(vote, voters[40:45])
    db.session.rollback()
    assert flush_due(now=clock()) == 20
    both = second | third
    last = [slot for slot in as_dumped("voting_slot", "value") if slot in both]
    assert last != list(both)
    assert counts(vote) == (45, 0, 45)


def test_no_transaction_number_ties_a_slot_to_a_ballot(app: Flask, clock: FrozenClock) -> None:
    """In PostgreSQL a row names the transaction that wrote it: after a flush, twenty or more share each."""
    vote = make_vote(app, clock, voters=30)
    if is_sqlite():
        pytest.skip("SQLite keeps no transaction numbers")
    cast_one_after_another(vote, vote.voters()[:24])
    db.session.rollback()
    flush(cycle_id=vote.cycle_id, now=clock())
    written = as_dumped("voting_slot", "xmin::text")
    assert len(written) == 24
    assert len(set(written)) == 1
    assert len(set(as_dumped("voting_link", "xmin::text"))) == 1
    vote.cast(vote.voters()[24], vote.projects[:1])
    vote.cast(vote.voters()[25], vote.projects[:1])
    db.session.rollback()
    flush_due(now=clock())
    assert len(set(as_dumped("inbox_ballot", "xmin::text"))) == 1
    clock.set(2026, 10, 28)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    db.session.rollback()
    assert counts(vote) == (26, 0, 26)


def test_stirring_while_people_vote_loses_nothing(app: Flask, clock: FrozenClock) -> None:
    """Casting, repeating, voting twice and the worker's rounds, all at once."""
    vote = make_vote(app, clock, voters=24)
    if is_sqlite():
        pytest.skip("nothing is stirred on SQLite")
    voters, now, tasks = vote.voters(), clock(), []
    for voter in voters:
        token = token_for(vote, voter, vote.projects[:1])
        tasks.append(lambda v=voter, t=token: vote.cast(v, vote.projects[:1], t).code)
    for voter in voters[:6]:
        tasks.append(lambda v=voter: vote.cast(v, vote.projects[1:2]).code)
    tasks += [lambda: flush_due(now=now)] * 6
    found = at_once(app, tasks)
    assert all(isinstance(code, str | int) or code.code == "already_voted" for code in found), found
    flush_due(now=now)
    slots, waiting, boxed = counts(vote)
    assert slots == 24
    assert waiting + boxed == 24
    clock.set(2026, 10, 28)
    assert close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock()) == 24


def test_after_the_close_nothing_says_who_asked_for_a_code(app: Flask, clock: FrozenClock) -> None:
    """Neither the codes nor the messages that carried them, whose hash names a phone and whose time the day."""
    vote = make_vote(app, clock, voters=5)
    identify.request_code(cycle_id=vote.cycle_id, number=number(1), language="ka", now=clock())
    deliver_due(now=clock())
    clock.set(2026, 10, 28)
    close_box(cycle_id=vote.cycle_id, actor=vote.admin, now=clock())
    assert db.session.scalars(select(VoterCode)).all() == []
    assert db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == "voter_code")).all() == []
    db.session.rollback()


def test_no_value_joins_a_person_to_a_ballot(app: Flask, clock: FrozenClock) -> None:
    """Every text of every table: none of a slot or ballot stands in a table of people, nor the other way."""
    vote = make_vote(app, clock, voters=30)
    for n in range(1, 25):
        challenge = identify.request_code(
            cycle_id=vote.cycle_id, number=number(n), language="ka", now=clock()
        )
        voter = identify.prove_code(
            cycle_id=vote.cycle_id, challenge_id=challenge.id, code=challenge.shown_code, now=clock()
        )
        vote.cast(voter, vote.projects[:1])
    db.session.rollback()
    flush(cycle_id=vote.cycle_id, now=clock())
    vote.cast(vote.voters()[28], vote.projects[:1])
    deliver_due(now=clock())
    values: dict[str, set[str]] = {}
    for name in inspect(db.engine).get_table_names():
        found: set[str] = set()
        for row in db.session.execute(text(f"SELECT * FROM {name}")):
            for value in row:
                plain = bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
                found |= set(re.findall(r"[0-9a-f]{32,}|[A-Za-z0-9+/]{40,}={0,2}", plain))
        values[name] = found
    db.session.rollback()
    # The board publishes what is in the box, beside fingerprints of the whole roll and the whole round.
    board = {"board_entry", "board_head"}
    ballots = ("voting_slot", "voting_link", "inbox_ballot", "box_ballot")
    for table in ballots:
        assert values[table]
        for other in set(values) - set(ballots) - board:
            assert not values[table] & values[other], (table, other)
    for table in ("inbox_ballot", "box_ballot", "board_entry", "board_head"):
        assert not (values["voting_slot"] | values["voting_link"]) & values[table], table


# who is on the roll


def test_in_production_probing_is_the_same_to_the_byte(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Status, headers, lengths of cookies and pages: on the roll, not on it, without a phone, having voted."""
    silent = f"{number(90)},ა,ბ,1980-01-01,სოფელი 1,,"
    vote = make_vote(sqlite_app, clock, voters=5, more_rows=[silent])
    voted = identify.request_code(cycle_id=vote.cycle_id, number=number(1), language="ka", now=clock())
    voter = identify.prove_code(
        cycle_id=vote.cycle_id, challenge_id=voted.id, code=voted.shown_code, now=clock()
    )
    vote.cast(voter, vote.projects[:1])
    db.session.rollback()
    clock.moment += timedelta(hours=2)
    sqlite_app.extensions["pb_settings"] = replace(sqlite_app.extensions["pb_settings"], mode="production")
    seen = []
    for who in (number(2), NOBODY, number(90), number(1)):
        client = attacker(sqlite_app)
        client.get(f"{vote.world.url}/vote")
        answers = [client.send(f"{vote.world.url}/vote", {"number": who})]
        answers.append(client.get(f"{vote.world.url}/vote/code"))
        answers += [client.send(f"{vote.world.url}/vote/code", {"code": "00000001"}) for _ in range(4)]
        answers += [client.get(f"{vote.world.url}/vote/ballot"), client.get(f"{vote.world.url}/vote/review")]
        seen.append(
            [
                (
                    a.status_code,
                    sorted(name for name, _ in a.headers),
                    a.headers.get("Location"),
                    [
                        (line.split("=")[0], len(line))
                        for line in a.headers.getlist("Set-Cookie")
                        if "pb_" in line
                    ],
                    re.sub(r'value="[^"]{60,}"', "", a.get_data(as_text=True)),
                )
                for a in answers
            ]
        )
    for other in seen[1:]:
        assert other == seen[0]


def test_codes_are_limited_however_many_ask_at_once(app: Flask, clock: FrozenClock) -> None:
    """Three an hour for a number, on the roll or not; three tries, however many are sent at the same moment."""
    vote = make_vote(app, clock, voters=5)
    now = clock()
    for who in (number(1), NOBODY):

        def ask(who: str = who) -> int:
            return identify.request_code(cycle_id=vote.cycle_id, number=who, language="ka", now=now).id

        found = at_once(app, [ask] * 8)
        assert sum(isinstance(each, int) for each in found) == 3
        challenge = max(each for each in found if isinstance(each, int))

        def guess(challenge: int = challenge) -> Any:
            return identify.prove_code(
                cycle_id=vote.cycle_id, challenge_id=challenge, code="00000001", now=now
            )

        guesses = at_once(app, [guess] * 8)
        assert all(isinstance(each, Invalid) for each in guesses)
        assert sorted(g.params.get("left", 0) for g in guesses) == [0] * 6 + [1, 2]


def test_a_tracking_code_is_not_guessed(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Wildcards, beginnings, neighbours: only the very code finds a receipt, and it tells no choice."""
    vote = make_vote(sqlite_app, clock, voters=5)
    receipt = vote.cast(vote.voters()[0], vote.projects[:1])
    db.session.rollback()
    client, code = attacker(sqlite_app), receipt.code
    assert client.get(f"{vote.world.url}/vote/receipt/{code}").status_code == 200
    last = "0" if code[0] != "0" else "1"
    for wrong in (
        code[:-1],
        code[:10],
        last + code[1:],
        "%",
        "_" * 22,
        "*",
        code + "0",
        "0000-0000-0000-0000-00",
    ):
        assert client.get(f"{vote.world.url}/vote/receipt/{wrong}").status_code == 404, wrong
        page = client.get(f"{vote.world.url}/receipt", query_string={"code": wrong})
        assert page.status_code in (200, 422)
        assert receipt.commitment not in page.get_data(as_text=True)
    page = client.get(f"{vote.world.url}/vote/receipt/{code}").get_data(as_text=True)
    assert "პროექტი 1" not in page
    assert queries.find_receipt(vote.cycle_id, code) is not None
    db.session.rollback()
