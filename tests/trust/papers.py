"""What a course of a vote has beside ballots of the web: papers at a centre, and votes that are declared void."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pb.accounts.queries import actor_by_id
from pb.core.errors import DomainError
from pb.core.rulebook import BallotRules
from pb.db import db, writing
from pb.places.models import Centre
from pb.policy import Role
from pb.voting import commands_keying as keying
from pb.voting import commands_paper as papers
from pb.voting import opening, paper
from pb.voting.commands_void import decide_case, import_links, open_case
from pb.voting.custodians import keys_by_ourselves
from pb.voting.exports import write_export
from pb.voting.models_ceremony import BoxAct
from pb.voting.rounds import the_round
from tests.conftest import FrozenClock
from tests.results import making as results
from tests.voting.making import Vote, make_vote, number

WHY = "ხმა მისცა სხვა პირმა; დადგენილია განცხადებით."
PRINTED = 60


@dataclass
class PaperVote(Vote):
    """A vote with a centre; its people by their accounts, which are good in any copy of the database."""

    operator_id: int = 0
    officer_id: int = 0


def make_vote_with_paper(app: Any, clock: FrozenClock, voters: int) -> PaperVote:
    """A vote on the web and on paper, with one centre and one batch of PRINTED ballots."""
    book = results.rules(
        ballot=BallotRules(max_choices=3, on_paper=True), identification=("sms_code", "in_person")
    )
    vote = make_vote(app, clock, voters=voters, rules=book)
    with writing() as session:
        words = {"ka": "სათემო ცენტრი", "en": "Community centre"}
        centre = Centre(town_id=vote.world.town.id, name=words, address=words, hours=words)
        session.add(centre)
        session.flush()
        centre_id = centre.id
    papers.make_batch(
        cycle_id=vote.cycle_id, centre_id=centre_id, size=PRINTED, actor=vote.admin, now=clock()
    )
    staff = vote.world.staff
    made = PaperVote(
        vote.world, vote.cycle_id, vote.round_id, vote.projects, vote.admin, vote.second,
        staff[Role.OPERATOR].id, staff[Role.OFFICER].id,
    )  # fmt: skip
    db.session.rollback()
    return made


class Desk:
    """The centre of such a vote."""

    def __init__(self, vote: PaperVote, clock: FrozenClock) -> None:
        self.vote, self.clock = vote, clock
        self.centre = next(iter(paper.deeds_of(vote.round_id)))
        self.operator, self.officer = actor_by_id(vote.operator_id), actor_by_id(vote.officer_id)
        self.order = paper.batches(vote.round_id)[0].order
        db.session.rollback()

    @property
    def given(self) -> dict[str, Any]:
        return {"cycle_id": self.vote.cycle_id, "now": self.clock()}

    def issue(self, who: int) -> None:
        papers.issue_paper(number=number(who + 1), batch=1, actor=self.operator, **self.given)

    def take_back(self, who: int) -> None:
        papers.take_back(number=number(who + 1), batch=1, actor=self.operator, **self.given)

    def replace_spoilt(self) -> None:
        papers.replace_spoilt(batch=1, actor=self.operator, **self.given)

    def settle(self, in_box: int, first: int = 0) -> tuple[int, int]:
        """Counted and signed by two, every sheet keyed by two, all of them put into the box."""
        at: dict[str, Any] = {"centre_id": self.centre, **self.given}
        keying.count_papers(in_box=in_box, missing=0, note="", actor=self.operator, **at)
        keying.sign_protocol(in_box=in_box, actor=self.officer, **at)
        for sheet in range(1, in_box + 1):
            for who in (self.operator, self.officer):
                keying.key_sheet(
                    sheet=sheet, batch=1, numbers=[(sheet + first) % 4 + 1], reason="", actor=who, **at
                )
        return keying.box_papers(actor=self.vote.admin, **self.given)


def void(vote: Vote, slot: str, now: Any) -> None:
    """Two administrators and two custodians declare the ballot of a slot void."""
    given: dict[str, Any] = {"cycle_id": vote.cycle_id, "now": now}
    case = open_case(slot=slot, reason=WHY, actor=vote.admin, **given)
    act = db.session.scalar(select(BoxAct.id).where(BoxAct.kind == "void", BoxAct.subject == str(case)))
    assert act is not None
    decide_case(act_id=act, outcome="approved", actor=vote.second, **given)
    row = the_round(vote.cycle_id)
    keys = keys_by_ourselves(vote.world.app.extensions["pb_settings"], row.label, row.custodians)
    with tempfile.TemporaryDirectory() as folder:
        sealed, opened = Path(folder) / "links", Path(folder) / "opened"
        with sealed.open("wb") as out:
            write_export(row, "links", out)
        opening.open_together(sealed, (keys[0], keys[2]), opened)
        source = io.BytesIO(opened.read_bytes())
    assert import_links(source=source, actor=vote.admin, **given) == 1


def refused(act: Callable[..., Any], *args: Any) -> bool:
    """Whether the act is refused; nothing of it stays."""
    try:
        act(*args)
    except DomainError:
        db.session.rollback()
        return True
    return False
