"""A session of the commission: agenda, attendance, recusal, votes, decisions, second sheets, end of discussion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.policy import Actor, Role
from pb.review import commands_attendance as attending
from pb.review import commands_decision as deciding
from pb.review import (
    commands_discussion,
    commands_session,
    queries_flags,
    queries_ranking,
)
from pb.review import commands_votes as voting
from pb.review import queries_session as queries
from pb.review.models import Decision, DecisionsPublished, ScoreSheet
from pb.review.models_minutes import Reconciled, SecondSheet
from pb.review.models_session import Attendance, Question, Sitting, TurnMember, Vote
from tests.factories import make_staff
from tests.review.commission_making import LONG, REVIEW, Commission

WHY = "სხდომაზე გაირკვა, რომ ხარჯთაღრიცხვა უკვე შემოწმებულია."


def split(app: Flask, projects: int = 2, members: int = 5) -> Commission:
    """The first project divides the commission (5 and 1 on a criterion): it is flagged; the others are plain."""
    c = Commission(app, projects=projects, members=members)
    first = c.rules.rubric.criteria[0].id
    second = c.rules.rubric.criteria[1].id
    for project in c.projects:
        for n, actor in enumerate(c.members):
            wide = {first: (5, 1)[n % 2]} if project.number == 1 else {}
            c.submit(actor, project, 3, **({second: 2} | wide))
    c.unseal()
    return c


def acts(actor: Actor, now: datetime = REVIEW) -> dict[str, Any]:
    return {"actor": actor, "now": now}


def item_of(sitting_id: int, number: int | None) -> int:
    """The agenda's item of a project; None: the one that is no project."""
    items = queries.agenda(sitting_id)
    found = [i.id for i in items if (i.project.number if i.project is not None else None) == number]
    return found[0]


def take_up(c: Commission, sitting_id: int, number: int | None, now: datetime = REVIEW) -> int:
    item_id = item_of(sitting_id, number)
    return attending.take_up(sitting_id=sitting_id, item_id=item_id, **acts(c.secretary, now))


def finish(c: Commission, sitting_id: int, now: datetime = REVIEW) -> None:
    attending.finish_item(sitting_id=sitting_id, **acts(c.secretary, now))


def vote(c: Commission, question_id: int, **votes: str) -> None:
    """Votes by place in the commission: m0="against"; everybody else is for."""
    given = {c.accounts[int(name[1:])].id: choice for name, choice in votes.items()}
    voting.note_votes(question_id=question_id, votes=given, rest="for", **acts(c.secretary))


def test_agenda_is_free_before_and_only_grows_after_the_opening(app: Flask) -> None:
    c = Commission(app, projects=3, members=3)
    by = acts(c.secretary)
    sitting_id = commands_session.call_session(
        cycle_id=c.world.cycle.id, planned_at=REVIEW, place=" მერია ", **by
    )
    with pytest.raises(Invalid, match="session_place_missing"):
        commands_session.call_session(cycle_id=c.world.cycle.id, planned_at=REVIEW, place=" ", **by)
    with pytest.raises(Invalid, match="session_in_past"):
        commands_session.call_session(
            cycle_id=c.world.cycle.id, planned_at=REVIEW - timedelta(days=2), place="მერია", **by
        )
    assert commands_session.add_projects(sitting_id=sitting_id, numbers={1, 2, 3}, **by) == 3
    assert commands_session.add_projects(sitting_id=sitting_id, numbers={2}, **by) == 0
    with pytest.raises(Invalid, match="choose_project"):
        commands_session.add_projects(sitting_id=sitting_id, numbers={9}, **by)
    extra = commands_session.add_question(sitting_id=sitting_id, title="სხვა  საკითხი", **by)
    commands_session.raise_item(sitting_id=sitting_id, item_id=extra, **by)
    commands_session.remove_item(sitting_id=sitting_id, item_id=item_of(sitting_id, 1), **by)
    commands_session.remove_item(sitting_id=sitting_id, item_id=0, **by)  # gone already
    rows = [(i.position, i.project.number if i.project else i.title) for i in queries.agenda(sitting_id)]
    assert rows == [(1, 2), (2, "სხვა საკითხი"), (3, 3)]
    for account in c.accounts:
        attending.note_arrival(sitting_id=sitting_id, account_id=account.id, **by)
    commands_session.open_session(sitting_id=sitting_id, **acts(c.chair))
    for act in (commands_session.remove_item, commands_session.raise_item):
        with pytest.raises(Closed, match="session_begun"):
            act(sitting_id=sitting_id, item_id=extra, **by)
    with pytest.raises(Closed, match="session_begun"):
        commands_session.change_session(sitting_id=sitting_id, planned_at=REVIEW, place="სხვა", **by)
    commands_session.add_question(sitting_id=sitting_id, title="დამატებითი საკითხი", **by)
    assert [i.position for i in queries.agenda(sitting_id)] == [1, 2, 3, 4]


def test_the_quorum_and_who_opens(app: Flask) -> None:
    c = Commission(app, projects=1, members=5)
    vice = make_staff(c.world.town, Role.CHAIR, name="მოადგილე")  # six vote: four are needed
    by = acts(c.secretary)
    sitting_id = commands_session.call_session(
        cycle_id=c.world.cycle.id, planned_at=REVIEW, place="მერია", **by
    )
    commands_session.add_projects(sitting_id=sitting_id, numbers={1}, **by)
    for account in (c.world.staff[Role.SECRETARY], c.world.staff[Role.OBSERVER], *c.accounts[:3]):
        attending.note_arrival(sitting_id=sitting_id, account_id=account.id, **by)
    with pytest.raises(Refused, match="not_chairing"):
        commands_session.open_session(sitting_id=sitting_id, **acts(c.chair))  # has not come
    attending.note_arrival(sitting_id=sitting_id, account_id=vice.id, **by)
    attending.note_departure(sitting_id=sitting_id, account_id=c.accounts[0].id, **by)
    with pytest.raises(Closed, match="session_quorum"):  # secretary and observer do not count
        commands_session.open_session(sitting_id=sitting_id, **acts(actor(vice.id)))
    attending.note_arrival(sitting_id=sitting_id, account_id=c.accounts[0].id, **by)
    with pytest.raises(Invalid, match="no_seat_here"):
        attending.note_arrival(sitting_id=sitting_id, account_id=c.world.citizen.id, **by)
    for role in set(Role) - {Role.CHAIR}:
        with pytest.raises(Refused):
            commands_session.open_session(sitting_id=sitting_id, **acts(c.world.actor(role)))
    commands_session.open_session(sitting_id=sitting_id, **acts(actor(vice.id)))
    commands_session.open_session(sitting_id=sitting_id, **acts(actor(vice.id)))  # pressed twice
    event = db.session.scalars(select(Event).where(Event.kind == "SessionOpened")).one()
    assert (event.data["present"], event.data["needed"]) == (4, 4)
    rows = [r for r in queries.attendance(sitting_id) if r.account_id == c.accounts[0].id]
    assert [row.left_at is None for row in rows] == [False, True]
    second = commands_session.call_session(cycle_id=c.world.cycle.id, planned_at=REVIEW, place="მერია", **by)
    commands_session.add_question(sitting_id=second, title="საკითხი", **by)
    for account in (*c.accounts, vice):
        attending.note_arrival(sitting_id=second, account_id=account.id, **by)
    with pytest.raises(Closed, match="another_session"):
        commands_session.open_session(sitting_id=second, **acts(c.chair))


def actor(account_id: int) -> Actor:
    from pb.accounts.queries import actor_by_id

    return actor_by_id(account_id)


def test_only_flagged_projects_are_discussed(app: Flask) -> None:
    c = split(app)
    here = here_by_id(c.world.cycle.id, now=REVIEW)
    assert queries_flags.flagged(here) == {1}
    sitting_id = c.sit()
    with pytest.raises(Closed, match="not_flagged"):
        take_up(c, sitting_id, 2)
    turn = take_up(c, sitting_id, 1)
    assert take_up(c, sitting_id, 1) == turn  # pressed twice
    finish(c, sitting_id)
    finish(c, sitting_id)
    with pytest.raises(Closed, match="not_reconciled"):
        deciding.follow_ranking(cycle_id=c.world.cycle.id, **acts(c.chair))
    c.reconcile()
    take_up(c, sitting_id, 2)


def test_projects_wait_for_the_opening_of_the_scores(app: Flask) -> None:
    c = Commission(app, projects=1, members=3)
    c.score_all()
    sitting_id = c.sit()
    with pytest.raises(Closed, match="scores_sealed"):
        take_up(c, sitting_id, 1)
    with pytest.raises(Closed, match="scores_sealed"):
        c.reconcile()
    take_up(c, sitting_id, None)  # another question can be dealt with


def second(
    c: Commission, n: int, number: int, reason: str = WHY, values: dict[str, int] | None = None
) -> int:
    return commands_discussion.hand_in_second_sheet(
        project_id=c.projects[number - 1].id,
        lines=c.lines(3, **(values or {})),
        reason=reason,
        **acts(c.members[n]),
    )


def test_a_second_sheet_counts_and_the_first_one_stays(app: Flask) -> None:
    c = split(app)
    cycle_id, project = c.world.cycle.id, c.projects[0]
    with pytest.raises(Closed, match="not_discussed"):
        second(c, 1, 1)
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    with pytest.raises(Closed, match="not_discussed"):  # it goes on
        second(c, 1, 1)
    finish(c, sitting_id)
    with pytest.raises(Closed, match="not_flagged"):
        second(c, 1, 2)
    with pytest.raises(Invalid, match="reason_too_short"):
        second(c, 1, 1, "ასე.")
    first, other = (k.id for k in c.rules.rubric.criteria[:2])
    with pytest.raises(Invalid, match="nothing_changed"):
        second(c, 1, 1, values={first: 1, other: 2})
    with pytest.raises(Problems):
        commands_discussion.hand_in_second_sheet(
            project_id=project.id, lines={first: {"value": 3}}, reason=WHY, **acts(c.members[1])
        )
    before = queries_ranking.newest_snapshot(cycle_id)
    sheet_id = second(c, 1, 1)
    with pytest.raises(Closed, match="second_sheet_in"):
        second(c, 1, 1, values={first: 4})
    sheets = {s.member_id: s for s in queries_ranking.counted_sheets(cycle_id)[project.id]}
    mine = sheets[c.accounts[1].id]
    assert (mine.values[first], mine.why_second) == (3, WHY)
    kept = {s.member_id: s for s in queries_ranking.counted_sheets(cycle_id, first=True)[project.id]}
    assert kept[c.accounts[1].id].values[first] == 1
    after = queries_ranking.newest_snapshot(cycle_id)
    assert before is not None
    assert after is not None
    assert after.number == before.number + 1
    assert queries_flags.flagged(here_by_id(cycle_id, now=REVIEW)) == {1}  # a second sheet takes no flag away
    for statement in (
        update(SecondSheet).values(reason="სხვა " * 20),
        delete(SecondSheet),
        update(ScoreSheet).where(ScoreSheet.id == sheet_id).values(version=9),
        delete(ScoreSheet),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)
    c.reconcile()
    with pytest.raises(Closed, match="discussion_closed"):
        second(c, 3, 1)
    event = db.session.scalars(select(Event).where(Event.kind == "DiscussionClosed")).one()
    assert event.is_public
    assert (event.data["second_sheets"], event.data["fingerprint"]) == (1, after.fingerprint)


def test_nobody_without_a_sheet_of_their_own_hands_a_second_in(app: Flask) -> None:
    c = Commission(app, projects=1, members=5)
    first = c.rules.rubric.criteria[0].id
    for n, member in enumerate(c.members[1:]):
        c.submit(member, c.projects[0], 3, **{first: (5, 1)[n % 2]})
    c.unseal()
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    finish(c, sitting_id)
    with pytest.raises(Refused, match="no_first_sheet"):
        second(c, 0, 1)
    c.declare(c.members[1], c.projects[0], "property")
    with pytest.raises(Refused, match="recused"):
        second(c, 1, 1)
    with pytest.raises(Refused):
        commands_discussion.hand_in_second_sheet(
            project_id=c.projects[0].id, lines=c.lines(3), reason=WHY, **acts(c.secretary)
        )


def test_a_void_sheet_takes_its_second_with_it(app: Flask) -> None:
    c = split(app)
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    finish(c, sitting_id)
    second(c, 1, 1)
    c.declare(c.members[1], c.projects[0], "funding")
    sheets = queries_ranking.counted_sheets(c.world.cycle.id)[c.projects[0].id]
    assert c.accounts[1].id not in {sheet.member_id for sheet in sheets}
    assert db.session.scalar(select(SecondSheet.reason)) == WHY  # kept


def test_votes_and_the_decision_that_follows(app: Flask) -> None:
    c = split(app)
    sitting_id = c.sit()
    take_up(c, sitting_id, None)
    put = {"sitting_id": sitting_id, **acts(c.secretary)}
    with pytest.raises(Invalid, match="too_short"):
        voting.put_question(effect="none", words="?", **put)
    with pytest.raises(Closed, match="not_reconciled"):
        voting.put_question(effect="follow", **put)
    question_id = voting.put_question(effect="none", words="დავიწყოთ საათით გვიან?", **put)
    with pytest.raises(Closed, match="question_open"):
        voting.put_question(effect="none", words="სხვა საკითხი", **put)
    with pytest.raises(Invalid, match="votes_missing"):
        voting.count_question(question_id=question_id, **acts(c.secretary))
    vote(c, question_id, m0="against", m1="against", m2="against")
    found = voting.count_question(question_id=question_id, **acts(c.secretary))
    assert (found.in_favour, found.against, found.carried) == (2, 3, False)
    with pytest.raises(Closed, match="question_closed"):
        vote(c, question_id, m0="for")
    c.reconcile()
    take_up(c, sitting_id, 1)
    with pytest.raises(Invalid, match="departure_needs_reason"):
        voting.put_question(effect="decide", outcome="not_shortlisted", reason="ასე.", **put)
    question_id = voting.put_question(effect="decide", outcome="not_shortlisted", reason=LONG, **put)
    vote(c, question_id, m0="abstained", m1="against")
    assert voting.count_question(question_id=question_id, **acts(c.secretary)).carried
    row = queries_ranking.decisions(c.world.cycle.id)[c.projects[0].id]
    assert (row.outcome, row.departs, row.reason) == ("not_shortlisted", True, LONG)
    assert (row.sitting_id, row.question_id, row.decided_by) == (sitting_id, question_id, c.chair.account_id)
    take_up(c, sitting_id, None)
    question_id = voting.put_question(effect="follow", **put)
    vote(c, question_id)
    voting.count_question(question_id=question_id, **acts(c.secretary))
    done = queries_ranking.decisions(c.world.cycle.id)
    assert done[c.projects[1].id].question_id == question_id
    assert done[c.projects[0].id].outcome == "not_shortlisted"


def test_equal_votes_and_a_question_taken_back(app: Flask) -> None:
    c = split(app, projects=1, members=4)
    c.reconcile()
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    put = {"sitting_id": sitting_id, **acts(c.secretary)}
    question_id = voting.put_question(effect="decide", outcome="on_ballot", **put)
    vote(c, question_id, m0="against")
    voting.withdraw_question(question_id=question_id, **acts(c.secretary))
    assert db.session.scalars(select(Vote)).all() == []
    assert queries_ranking.decisions(c.world.cycle.id) == {}
    question_id = voting.put_question(effect="decide", outcome="on_ballot", **put)
    vote(c, question_id, m0="against", m1="against")  # two and two; the chair is for
    found = voting.count_question(question_id=question_id, **acts(c.secretary))
    assert (found.carried, found.by_casting_vote) == (True, True)
    assert db.session.get_one(Question, question_id).by_casting_vote


def test_a_recused_member_leaves_the_room_and_has_no_vote(app: Flask) -> None:
    c = split(app)
    c.declare(c.members[0], c.projects[0], "employment")
    c.reconcile()
    sitting_id = c.sit()
    later = REVIEW + timedelta(minutes=10)
    turn_id = take_up(c, sitting_id, 1)
    row = queries.turn_members([turn_id])[turn_id][c.accounts[0].id]
    assert (row.recused, row.kind, row.left_at) == (True, "employment", REVIEW)
    question_id = voting.put_question(
        sitting_id=sitting_id, effect="decide", outcome="on_ballot", **acts(c.secretary)
    )
    with pytest.raises(Refused, match="recused_no_vote"):
        vote(c, question_id, m0="for")
    me, by = c.accounts[0].id, c.chair.account_id
    for recused in (False, True):  # the database refuses it by itself, whatever the row says
        with pytest.raises(DBAPIError), writing() as session:
            session.add(
                Vote(
                    question_id=question_id, account_id=me, turn_id=turn_id, recused=recused, choice="for",
                    noted_by=by, at=REVIEW,
                )
            )  # fmt: skip
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(update(TurnMember).where(TurnMember.account_id == me).values(recused=False, kind=""))
    vote(c, question_id)
    assert voting.count_question(question_id=question_id, **acts(c.secretary)).in_favour == 4
    attending.finish_item(sitting_id=sitting_id, **acts(c.secretary, later))
    row = queries.turn_members([turn_id])[turn_id][me]
    assert (row.left_at, row.returned_at) == (REVIEW, later)


def test_a_conflict_found_while_the_project_is_on(app: Flask) -> None:
    c = split(app)
    c.reconcile()
    sitting_id = c.sit()
    turn_id = take_up(c, sitting_id, 1)
    put = {"sitting_id": sitting_id, "words": "პირველი საკითხი", **acts(c.secretary)}
    question_id = voting.put_question(effect="none", **put)
    vote(c, question_id)
    c.declare(c.members[0], c.projects[0], "property")  # the vote was not counted: it goes
    assert c.accounts[0].id not in queries.votes([question_id])[question_id]
    assert queries.turn_members([turn_id])[turn_id][c.accounts[0].id].recused
    assert voting.count_question(question_id=question_id, **acts(c.secretary)).in_favour == 4
    other = voting.put_question(effect="none", **put)
    c.declare(c.members[1], c.projects[0], "property")  # one vote was counted: the project comes up anew
    again = queries.turn_on(sitting_id)
    assert again is not None
    assert again.id != turn_id
    assert db.session.get_one(Question, other).withdrawn
    members = queries.turn_members([again.id])[again.id]
    assert [members[a.id].recused for a in c.accounts] == [True, True, False, False, False]
    counted = queries.votes([question_id])[question_id]
    assert c.accounts[1].id in counted  # what was counted stays as it was
    kinds = db.session.scalars(select(Event.kind)).all()
    assert kinds.count("MemberSteppedOut") == 2


def test_who_comes_late_and_who_leaves(app: Flask) -> None:
    c = split(app, projects=1)
    c.declare(c.members[1], c.projects[0], "other")
    c.reconcile()
    sitting_id = c.sit()
    by = acts(c.secretary)
    for n in (0, 1):
        attending.note_departure(sitting_id=sitting_id, account_id=c.accounts[n].id, **by)
    turn_id = take_up(c, sitting_id, 1)
    assert len(queries.turn_members([turn_id])[turn_id]) == 3
    question_id = voting.put_question(
        sitting_id=sitting_id, effect="decide", outcome="on_ballot", **by
    )  # three of the four who are not recused
    with pytest.raises(Invalid, match="not_in_the_room"):
        vote(c, question_id, m0="for")
    for n in (0, 1):
        attending.note_arrival(sitting_id=sitting_id, account_id=c.accounts[n].id, **by)
    members = queries.turn_members([turn_id])[turn_id]
    assert [members[c.accounts[n].id].recused for n in (0, 1)] == [False, True]
    vote(c, question_id)
    attending.note_departure(sitting_id=sitting_id, account_id=c.accounts[0].id, **by)  # the vote given stays
    attending.note_departure(sitting_id=sitting_id, account_id=c.accounts[2].id, **by)
    with pytest.raises(Closed, match="session_quorum"):
        voting.count_question(question_id=question_id, **by)
    attending.note_arrival(sitting_id=sitting_id, account_id=c.accounts[0].id, **by)
    assert voting.count_question(question_id=question_id, **by).in_favour == 4


def test_what_is_voted_en_bloc_leaves_out_recusals(app: Flask) -> None:
    c = split(app, projects=3)
    c.declare(c.members[0], c.projects[1], "other")
    c.reconcile()
    sitting_id = c.sit()
    take_up(c, sitting_id, None)
    question_id = voting.put_question(sitting_id=sitting_id, effect="follow", **acts(c.secretary))
    vote(c, question_id)
    voting.count_question(question_id=question_id, **acts(c.secretary))
    assert set(queries_ranking.decisions(c.world.cycle.id)) == {c.projects[0].id, c.projects[2].id}


def test_decisions_need_an_open_session_and_publication_needs_minutes(app: Flask) -> None:
    c = split(app, projects=1)
    snapshot = c.reconcile()
    sitting_id = c.sit()
    decide = {"project_id": c.projects[0].id, "outcome": "on_ballot", **acts(c.chair)}
    deciding.record_decision(**decide)
    commands_session.close_session(sitting_id=sitting_id, **acts(c.chair))
    commands_session.close_session(sitting_id=sitting_id, **acts(c.chair))  # pressed twice
    with pytest.raises(Closed, match="no_open_session"):
        deciding.record_decision(**decide)
    with pytest.raises(Closed, match="minutes_lacking"):
        deciding.publish_decisions(cycle_id=c.world.cycle.id, minutes="№ 4", **acts(c.chair))
    row = {"project_id": c.projects[0].id, "snapshot_id": snapshot, "outcome": "on_ballot", "departs": False}
    with pytest.raises(DBAPIError), writing() as session:  # S7, by the database
        session.add(Decision(**row, decided_by=c.chair.account_id, at=REVIEW))
    with pytest.raises(DBAPIError), writing() as session:
        session.add(
            DecisionsPublished(cycle_id=c.world.cycle.id, at=REVIEW, by=c.chair.account_id, minutes="№ 4")
        )
    short: dict[str, Any] = {**row, "departs": True, "reason": "ა" * 99, "sitting_id": sitting_id}
    with pytest.raises(DBAPIError), writing() as session:  # an override needs its 100 characters
        session.add(Decision(**short, decided_by=c.chair.account_id, at=REVIEW))
    c.publish()
    found = db.session.scalars(select(DecisionsPublished)).one()
    assert found.sitting_id == sitting_id


def test_a_late_conflict_opens_the_discussion_again(app: Flask) -> None:
    c = split(app, projects=2, members=6)
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    finish(c, sitting_id)
    first = c.reconcile()
    assert c.reconcile() == first
    c.declare(c.members[0], c.projects[1], "funding")
    assert queries.reconciliation(c.world.cycle.id) is None
    second(c, 1, 1)
    assert c.reconcile() != first
    assert len(db.session.scalars(select(Reconciled)).all()) == 2


def test_who_may_do_what_in_a_session(app: Flask) -> None:
    c = split(app, projects=1)
    sitting_id = c.sit()
    item_id = item_of(sitting_id, 1)
    for role in set(Role) - {Role.CHAIR, Role.SECRETARY}:
        by = acts(c.world.actor(role))
        for act in (
            lambda by=by: commands_session.add_question(sitting_id=sitting_id, title="საკითხი", **by),
            lambda by=by: attending.take_up(sitting_id=sitting_id, item_id=item_id, **by),
            lambda by=by: attending.note_departure(sitting_id=sitting_id, account_id=c.accounts[0].id, **by),
            lambda by=by: voting.put_question(sitting_id=sitting_id, words="საკითხი", **by),
        ):
            with pytest.raises(Refused):
                act()
    for role in set(Role) - {Role.CHAIR}:
        by = acts(c.world.actor(role))
        with pytest.raises(Refused):
            commands_session.close_session(sitting_id=sitting_id, **by)
        with pytest.raises(Refused):
            commands_discussion.close_discussion(cycle_id=c.world.cycle.id, **by)


def test_what_is_over_never_changes(app: Flask) -> None:
    c = split(app, projects=1)
    c.reconcile()
    sitting_id = c.sit()
    take_up(c, sitting_id, 1)
    question_id = voting.put_question(
        sitting_id=sitting_id, effect="decide", outcome="on_ballot", **acts(c.secretary)
    )
    vote(c, question_id)
    voting.count_question(question_id=question_id, **acts(c.secretary))
    c.adjourn()
    for statement in (
        update(Sitting).values(place="სხვაგან"),
        delete(Sitting),
        update(Attendance).values(function="observer"),
        delete(Attendance),
        update(Question).values(carried=False),
        delete(Question),
        update(Vote).values(choice="against"),
        delete(Vote),
        delete(TurnMember),
        delete(Reconciled),
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(statement)
