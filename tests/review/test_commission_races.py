"""Two people, or one person twice, at the same moment."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from pb.core.errors import DomainError
from pb.db import db
from pb.review import commands_commission as commands
from pb.review import commands_decision as deciding
from pb.review import queries_ranking
from pb.review.models import DecisionsPublished, RankingSnapshot, ScoreSheet
from tests.ideas.test_races import at_once
from tests.review.commission_making import REVIEW, Commission


def test_a_double_tap_submits_once(app: Flask) -> None:
    c = Commission(app, projects=1)
    member, project, lines = c.members[0], c.projects[0], c.lines()
    c.declare(member, project)
    project_id = project.id
    db.session.rollback()
    found = at_once(
        app,
        [
            lambda: commands.submit_sheet(
                project_id=project_id, lines=lines, version=0, actor=member, now=REVIEW
            )
            for _ in range(4)
        ],
    )
    assert len(set(found)) == 1, found
    assert db.session.scalar(select(func.count()).select_from(ScoreSheet)) == 1


def test_opening_while_somebody_submits(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    for actor in c.members[1:]:
        c.submit(actor, c.projects[0], 3)
    c.declare(c.members[0], c.projects[0])
    late, chair, lines, project_id, cycle_id = (
        c.members[0], c.chair, c.lines(5), c.projects[0].id, c.world.cycle.id,
    )  # fmt: skip
    db.session.rollback()
    opened, sent = at_once(
        app,
        [
            lambda: deciding.open_scores(cycle_id=cycle_id, actor=chair, now=REVIEW),
            lambda: commands.submit_sheet(project_id=project_id, lines=lines, actor=late, now=REVIEW),
        ],
    )
    assert isinstance(opened, int), opened
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    assert snapshot is not None
    counted = queries_ranking.entries_of(snapshot)[1]["sheets"]
    if isinstance(sent, DomainError):
        assert (sent.code, counted) == ("scores_opened", 3)
    else:
        assert counted == 4


def test_publishing_twice_at_once(app: Flask) -> None:
    c = Commission(app, projects=2)
    c.score_all()
    c.open()
    chair, cycle_id = c.chair, c.world.cycle.id
    deciding.follow_ranking(cycle_id=cycle_id, actor=chair, now=REVIEW)
    c.adjourn()
    db.session.rollback()
    found = at_once(
        app,
        [
            lambda: deciding.publish_decisions(cycle_id=cycle_id, minutes="№ 4", actor=chair, now=REVIEW)
            for _ in range(3)
        ],
    )
    assert all(isinstance(counts, dict) for counts in found), found
    assert db.session.scalar(select(func.count()).select_from(DecisionsPublished)) == 1
    assert db.session.scalar(select(func.count()).select_from(RankingSnapshot)) == 1
