"""Point 8, third part. Keys and papers: what one administrator appoints or draws up takes effect by others alone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pb.core.errors import DomainError
from pb.core.rulebook import BallotRules
from pb.db import db, writing
from pb.places.models import Centre
from pb.policy import Role
from pb.voting import commands_paper as papers
from pb.voting import keyfiles, paper
from pb.voting.commands_custodians import appoint_custodian, confirm_key, hand_in_key
from pb.voting.commands_round import import_trial, prepare_round
from pb.voting.custodians import custodian_of
from pb.voting.queries_board import acts
from tests.conftest import FrozenClock
from tests.results import making as results
from tests.trust.reporting import Reached
from tests.voting.ceremony import PEOPLE, Ceremony, hand_in, make_ceremony
from tests.voting.making import REVIEW, make_ballot, make_vote, number


def appoint(table: Ceremony, seat: int, name: str) -> None:
    appoint_custodian(
        cycle_id=table.cycle_id, number=seat, name=name, office="შიდა აუდიტი", act="ბრძანება 46", actor=table.admin,
        now=REVIEW,
    )  # fmt: skip


def refused(tried: Any, /, *args: Any, **given: Any) -> int:
    """1 where it is refused; nothing of it stays."""
    try:
        tried(*args, **given)
    except (DomainError, DBAPIError):
        db.session.rollback()
        return 1
    return 0


def test_one_administrator_cannot_be_the_custodians(
    app: Flask, clock: FrozenClock, tmp_path: Path, reached: Reached
) -> None:
    """One person appoints; without three different people and keys, each read back, nothing is prepared, and without
    each pair's own opening nothing is voted. A key that was exchanged behind somebody's back opens nothing.
    """
    table = make_ceremony(app, tmp_path)
    clock.moment = REVIEW
    make_ballot(table.world)
    db.session.rollback()
    tried = stopped = 0
    prepare: dict[str, Any] = {"cycle_id": table.cycle_id, "actor": table.admin, "now": REVIEW}
    key = table.keys[0]
    old = custodian_of(table.cycle_id, 1)
    assert old is not None
    link: dict[str, Any] = {
        "cycle_id": table.cycle_id, "number": 1, "appointed_at": old.appointed_at, "by": None, "now": REVIEW,
    }  # fmt: skip
    hand_in(table.cycle_id, 1, key, REVIEW)
    said = keyfiles.fingerprint(keyfiles.public_of(key))
    # somebody is two custodians, by name or by key; two keys of three are no three
    for act, given in (
        (lambda: appoint(table, 2, PEOPLE[0][0]), {}),
        (lambda: hand_in(table.cycle_id, 2, key, REVIEW), {}),
        (prepare_round, prepare),
    ):
        tried, stopped = tried + 1, stopped + refused(act, **given)
    for seat in (2, 3):
        hand_in(table.cycle_id, seat, table.keys[seat - 1], REVIEW)
    # the key is exchanged after it was read back: the reading back is gone with it
    hand_in_key(text=keyfiles.public_text(keyfiles.public_of(keyfiles.new_key())), **link)
    tried, stopped = tried + 1, stopped + refused(prepare_round, **prepare)
    tried, stopped = tried + 1, stopped + refused(confirm_key, typed=said, **link)  # with the old fingerprint
    # the person is exchanged: the former link is over, the former key too
    clock.moment = later = REVIEW.replace(hour=9)
    appoint_custodian(
        cycle_id=table.cycle_id, number=1, name="სხვა ადამიანი", office="სამსახური", act="ბრძანება 47",
        actor=table.admin, now=later,
    )  # fmt: skip
    for act in (hand_in_key, confirm_key):
        more = (
            {"text": keyfiles.public_text(keyfiles.public_of(key))} if act is hand_in_key else {"typed": said}
        )
        tried, stopped = tried + 1, stopped + refused(act, **{**link, **more})
    tried, stopped = tried + 1, stopped + refused(prepare_round, **prepare)
    # back in place, prepared; then exchanged again before the third pair has opened
    appoint(table, 1, PEOPLE[0][0])
    hand_in(table.cycle_id, 1, key, REVIEW)
    prepare_round(**prepare)
    export = table.export("trial")
    opened = {pair: table.open_away("trial", pair, export) for pair in ((0, 1), (0, 2), (1, 2))}
    given = {"cycle_id": table.cycle_id, "actor": table.admin, "now": REVIEW}
    for pair in ((0, 1), (0, 2)):
        import_trial(source=io.BytesIO(opened[pair]), **given)
    own = keyfiles.new_key()
    clock.moment = REVIEW.replace(hour=10)
    appoint_custodian(
        cycle_id=table.cycle_id, number=3, name="მესამე სხვა", office="სამსახური", act="ბრძანება 48",
        actor=table.admin, now=clock.moment,
    )  # fmt: skip
    hand_in(table.cycle_id, 3, own, clock.moment)
    tried, stopped = tried + 1, stopped + refused(import_trial, source=io.BytesIO(opened[1, 2]), **given)
    # the same file of one pair handed in for another, and once more
    appoint(table, 3, PEOPLE[2][0])
    hand_in(table.cycle_id, 3, table.keys[2], clock.moment)
    prepare_round(**prepare)
    tried, stopped = (
        tried + 1,
        stopped + refused(import_trial, source=io.BytesIO(opened[0, 1]), **given),
    )  # replayed
    export = table.export("trial")
    for pair in ((0, 1), (0, 2), (1, 2)):
        import_trial(source=io.BytesIO(table.open_away("trial", pair, export)), **given)
    # after the trial opening nothing of it changes, for anybody
    for act in (
        lambda: appoint(table, 1, "სხვა ადამიანი"),
        lambda: hand_in(table.cycle_id, 1, own, REVIEW),
        lambda: execute("UPDATE voting_round SET custodians = '[]'"),
    ):
        tried, stopped = tried + 1, stopped + refused(act)
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            tried, stopped = tried + 1, stopped + refused(
                appoint_custodian, cycle_id=table.cycle_id, number=1, name="ვინმე", office="ო", act="ა",
                actor=table.world.actor(role), now=REVIEW,
            )  # fmt: skip
    reached("ways of one administrator around the custodians", got=tried)
    reached("of them stopped", must=tried, got=stopped)


def execute(statement: str) -> None:
    with writing() as session:
        session.execute(text(statement))


def test_a_batch_of_papers_stands_as_it_was_drawn(app: Flask, clock: FrozenClock, reached: Reached) -> None:
    """One person draws it up; its order and size stand on the board before a paper is issued, and never change."""
    book = results.rules(
        ballot=BallotRules(max_choices=2, on_paper=True), identification=("sms_code", "in_person")
    )
    vote = make_vote(app, clock, rules=book)
    with writing() as session:
        words = {"ka": "ცენტრი", "en": "Centre"}
        centre = Centre(town_id=vote.world.town.id, name=words, address=words, hours=words)
        session.add(centre)
        session.flush()
        centre_id = centre.id
    given: dict[str, Any] = {"cycle_id": vote.cycle_id, "now": clock()}
    first = papers.make_batch(centre_id=centre_id, size=2, actor=vote.admin, **given)
    posted = acts(vote.round_id)[-1].fields
    again = papers.make_batch(centre_id=centre_id, size=2, actor=vote.admin, **given)
    operator = vote.world.actor(Role.OPERATOR)
    tried = stopped = 0
    for change in (
        "UPDATE paper_batch SET size = 99", "UPDATE paper_batch SET centre_id = centre_id", "DELETE FROM paper_batch",
        "UPDATE paper_deed SET batch = 1", "DELETE FROM paper_deed",
    ):  # fmt: skip
        papers.issue_paper(number=number(20), batch=first, actor=operator, **given) if not tried else None
        tried, stopped = tried + 1, stopped + refused(execute, change)
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            tried, stopped = (
                tried + 1,
                stopped
                + refused(
                    papers.make_batch, centre_id=centre_id, size=2, actor=vote.world.actor(role), **given
                ),
            )
    papers.issue_paper(number=number(21), batch=first, actor=operator, **given)
    tried, stopped = (
        tried + 1,
        stopped + refused(papers.issue_paper, number=number(22), batch=first, actor=operator, **given),
    )  # more than were printed
    reached("ways of one person around a batch", got=tried)
    reached("of them stopped", must=tried, got=stopped)
    batch = paper.batch_at(vote.round_id, first)
    assert batch is not None
    assert (posted["order"], posted["size"], again) == (batch.order, 2, first + 1)
