"""What would block for ever has a way back that two people take in public: a link that nobody can open, a protocol
that was signed with a wrong count; and a paper that comes back is of the batch from which it was issued.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pb import clock as the_clock
from pb.core.errors import Closed, DomainError, Invalid, Refused
from pb.db import db, writing
from pb.voting import boxfiles, paper
from pb.voting import commands_keying as keying
from pb.voting import commands_paper as papers
from pb.voting.checking import check_box
from pb.voting.commands_box import open_box
from pb.voting.commands_steps import decide_step, propose_step
from pb.voting.commands_void import decide_case, import_links, open_case
from pb.voting.flush import flush_due
from pb.voting.models_ceremony import BoxAct, VoidCase
from pb.voting.models_paper import PaperFormerProtocol, PaperKeying, PaperOut
from pb.voting.queries_board import acts
from pb.voting.trial import name_of
from tests.conftest import FrozenClock
from tests.pages import CheckedClient
from tests.voting.ceremony import Ceremony, make_open_vote
from tests.voting.test_paper import Paper, make_paper, refused

WHY = "ხმა მისცა სხვა პირმა; დადგენილია განცხადებით."
CANNOT = "სამივე წყვილმა სცადა და კავშირი ვერ გახსნა."


def approved_case(table: Ceremony, slot: str, now: Any) -> int:
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": now}
    case = open_case(slot=slot, reason=WHY, actor=table.admin, **given)
    act = db.session.scalar(select(BoxAct.id).where(BoxAct.kind == "void", BoxAct.subject == str(case)))
    assert act is not None
    decide_case(act_id=act, outcome="approved", actor=table.second, **given)
    return case


def failed(table: Ceremony, pair: tuple[int, int]) -> io.BytesIO:
    """What a pair brings that could not open a single link."""
    opened = [json.loads(line) for line in table.open_away("links", pair).splitlines()]
    out = io.BytesIO()
    boxfiles.write(out, opened[0], [{"id": line["id"], "fault": "cannot_open"} for line in opened[1:-1]])
    assert opened[0]["pair"] == [n + 1 for n in pair]
    out.seek(0)
    return out


def test_a_case_whose_link_nobody_can_open(app: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    table, vote = make_open_vote(app, clock, tmp_path)
    voters = vote.voters()
    for voter in voters[:22]:
        vote.cast(voter, vote.projects[:1])
    flush_due(now=clock())
    clock.set(2026, 10, 26)
    the_clock.forget()
    table.by_two("close", clock())
    case = approved_case(table, voters[3].slot, clock())
    given: dict[str, Any] = {"cycle_id": table.cycle_id, "now": clock()}
    for pair in ((0, 1), (0, 2), (1, 2)):
        refused(
            Invalid, "links_unopened", import_links, source=failed(table, pair), actor=table.admin, **given
        )
        assert name_of(pair)
    refused(Closed, "cases_open", propose_step, kind="destroy", actor=table.admin, **given)
    step = {"kind": "keep", "subject": str(case), **given}
    refused(Invalid, "reason_too_short", propose_step, reason="ვერა", actor=table.admin, **step)
    refused(
        Invalid,
        "reason_names_somebody",
        propose_step,
        reason=f"{CANNOT} 01001234567",
        actor=table.admin,
        **step,
    )
    refused(
        Closed, "no_such_case", propose_step, reason=CANNOT, actor=table.admin, **{**step, "subject": "99"}
    )
    act = propose_step(reason=CANNOT, actor=table.admin, **step)
    refused(Refused, "own_step", decide_step, act_id=act, outcome="approved", actor=table.admin, **given)
    refused(Closed, "cases_open", propose_step, kind="destroy", actor=table.admin, **given)
    decide_step(act_id=act, outcome="approved", actor=table.second, **given)
    assert db.session.get_one(VoidCase, case).state == "dropped"
    last = acts(vote.round_id)[-1].fields
    assert (last["kind"], last["reason"]) == ("case_given_up", CANNOT)
    refused(Closed, "no_such_case", propose_step, reason=CANNOT, actor=table.admin, **step)  # once
    table.by_two("destroy", clock())
    assert table.open_by_two(table.open_away("ballots"), clock()) == (22, 0)  # its ballot counts
    assert [finding for finding in check_box(vote.cycle_id) if not finding.holds] == []


def test_the_pages_of_a_case_that_is_given_up(sqlite_app: Flask, clock: FrozenClock, tmp_path: Path) -> None:
    table, vote = make_open_vote(sqlite_app, clock, tmp_path)
    voters = vote.voters()
    vote.cast(voters[3], vote.projects[:1])
    clock.set(2026, 10, 26)
    the_clock.forget()
    table.by_two("close", clock())
    case = approved_case(table, voters[3].slot, clock())
    db.session.rollback()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    url = f"{vote.world.url}/box"
    web.sign_in_as(table.admin.account_id or 0)
    for lang in ("en", "ka"):
        assert f"/cases/{case}/keep" in web.page(f"{url}/opening?lang={lang}").html
    assert web.send(f"{url}/cases/{case}/keep", {"keep-reason": "ვერა"}).status_code == 422
    assert web.send(f"{url}/cases/99/keep", {"keep-reason": CANNOT}).status_code == 404
    assert web.send(f"{url}/cases/{case}/keep", {"keep-reason": CANNOT}).status_code == 302
    assert f"/cases/{case}/keep" not in web.page(f"{url}/opening").html  # it waits for a second person
    act = db.session.scalar(select(func.max(BoxAct.id)))
    db.session.rollback()
    assert web.send(f"{url}/acts/{act}/approve").status_code == 403
    web.sign_in_as(table.second.account_id or 0)
    web.page(f"{url}/opening")
    assert web.send(f"{url}/acts/{act}/approve").status_code == 302
    web.page(f"{url}/opening")
    for lang, said in (("en", "given up by two administrators"), ("ka", "შეწყვიტა")):
        assert said in web.page(f"{vote.world.url}/vote/board?lang={lang}").text
        web.page(f"{url}/opening?lang={lang}")


@pytest.fixture
def made(app: Flask, clock: FrozenClock) -> Paper:
    return make_paper(app, clock)


def anew(made: Paper, reason: str = "შეცდომით ჩაიწერა ერთით მეტი ფურცელი.") -> None:
    given: dict[str, Any] = {"cycle_id": made.vote.cycle_id, "now": the_clock.now()}
    act = propose_step(kind="reopen", subject=str(made.centre), reason=reason, actor=made.vote.admin, **given)
    refused(Refused, "own_step", decide_step, act_id=act, outcome="approved", actor=made.vote.admin, **given)
    decide_step(act_id=act, outcome="approved", actor=made.vote.second, **given)


def test_a_signed_protocol_with_a_wrong_count(made: Paper, clock: FrozenClock) -> None:
    """Three papers are out; one was taken home, and three were signed for: sheet 3 does not exist."""
    for voter in (1, 2, 3):
        made.issue(voter)
    given: dict[str, Any] = {"cycle_id": made.vote.cycle_id, "actor": made.vote.admin, "now": the_clock.now()}
    step = {"kind": "reopen", "subject": str(made.centre), "reason": "მიზეზი, რომელიც საკმარისად გრძელია."}
    refused(DomainError, "wrong_phase", propose_step, **step, **given)
    made.close(clock)
    given["now"] = the_clock.now()
    refused(Closed, "protocol_not_signed", propose_step, **step, **given)
    made.count(3)
    made.sign(3)
    for who in (made.operator, made.others[0]):
        made.key(who, 1, [1])
        made.key(who, 2, [2])
    made.key(made.operator, 3, [], "blank")  # typed by one, of a sheet that nobody has in hand
    anew(made)
    refused(Closed, "not_signed", made.key, made.others[0], 3, [1])
    refused(Closed, "paper_not_counted", open_box, **given)
    refused(Invalid, "sheets_keyed", made.count, 1, 2, "ორი კაცი წავიდა ბიულეტენით")
    made.count(2, 1, "ერთი კაცი წავიდა ბიულეტენით")
    refused(Refused, "same_person_paper", made.sign, 2, made.operator)
    made.sign(2)
    assert db.session.scalars(select(PaperKeying.sheet).where(PaperKeying.sheet > 2)).all() == []
    former = db.session.scalars(select(PaperFormerProtocol)).one()
    assert (former.in_box, former.missing, former.counted_by) == (3, 0, made.operator.account_id)
    db.session.rollback()
    for change in ("UPDATE paper_former_protocol SET in_box = 2", "DELETE FROM paper_former_protocol"):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(change))
    assert made.box() == (2, 0)
    refused(Closed, "protocol_not_signed", propose_step, **step, **given)  # what is in the box stays there
    kinds = [(act.kind, act.fields.get("in_box")) for act in acts(made.vote.round_id)]
    assert kinds[-2:] == [("protocol_reopened", 3), ("paper_protocol", 2)]
    open_box(**given)
    assert [finding for finding in check_box(made.vote.cycle_id) if not finding.holds] == []


def test_the_page_of_a_protocol_that_is_counted_anew(sqlite_app: Flask, clock: FrozenClock) -> None:
    made = make_paper(sqlite_app, clock)
    made.issue(1)
    made.close(clock)
    made.count(1)
    made.sign(1)
    db.session.rollback()
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    url = f"{made.vote.world.url}/paper/centre/{made.centre}"
    web.sign_in_as(made.operator.account_id or 0)
    assert f"{url}/anew" not in web.page(url).html  # an administrator's act
    assert web.send(f"{url}/anew", {"anew-reason": WHY}).status_code == 403
    web.sign_in_as(made.vote.admin.account_id or 0)
    for lang in ("en", "ka"):
        assert f"{url}/anew" in web.page(f"{url}?lang={lang}").html
    assert web.send(f"{url}/anew", {"anew-reason": "ცუდი"}).status_code == 422
    assert web.send(f"{url}/anew", {"anew-reason": WHY}).status_code == 302
    act = db.session.scalar(select(func.max(BoxAct.id)))
    db.session.rollback()
    web.sign_in_as(made.vote.second.account_id or 0)
    assert web.send(f"{made.vote.world.url}/box/acts/{act}/approve").status_code == 302
    web.page(url)
    for lang, said in (("en", "What was signed before"), ("ka", "რა იყო ხელმოწერილი მანამდე")):
        assert said in web.page(f"{url}?lang={lang}").text
        board = web.page(f"{made.vote.world.url}/vote/board?lang={lang}").text
        assert WHY.rstrip(".") in board


def test_a_paper_comes_back_to_its_batch(made: Paper) -> None:
    given: dict[str, Any] = {"cycle_id": made.vote.cycle_id, "now": the_clock.now()}
    papers.make_batch(centre_id=made.centre, size=5, actor=made.vote.admin, **given)
    made.issue(1)
    made.issue(2, batch=2)
    back = {**given, "actor": made.operator}
    refused(Invalid, "paper_other_batch", papers.take_back, number="01000000001", batch=2, **back)
    assert paper.out_of(made.vote.round_id, 1) == 1  # nothing was noted of the slip
    papers.take_back(number="01000000001", batch=1, **back)
    refused(Closed, "nothing_issued", papers.replace_spoilt, batch=1, **back)
    papers.replace_spoilt(batch=2, **back)
    papers.take_back(number="01000000002", batch=2, **back)
    assert (paper.out_of(made.vote.round_id, 1), paper.out_of(made.vote.round_id, 2)) == (0, 0)
    made.issue(1, batch=2)
    papers.take_back(number="01000000001", batch=2, **back)
    assert db.session.scalar(select(func.count()).select_from(PaperOut)) == 0


def test_which_batch_a_paper_was_of_is_forgotten_at_the_close(made: Paper, clock: FrozenClock) -> None:
    made.issue(1)
    assert len(db.session.scalars(select(PaperOut)).all()) == 1
    made.close(clock)
    assert db.session.scalars(select(PaperOut)).all() == []
    assert keying.STORED  # keying goes on without it
