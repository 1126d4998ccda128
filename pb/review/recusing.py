"""Taking a member off a project: the word that recuses, the sheets that become void, the ranking anew. Called inside
commands that hold the commission's lock.
"""

from __future__ import annotations

from datetime import datetime

from pb.cycles.queries import Here
from pb.db import db
from pb.policy import Actor
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission as queries
from pb.review import queries_ranking
from pb.review.assigning import refill
from pb.review.events_commission import ConflictDeclared, SheetVoided
from pb.review.models import ConflictDeclaration
from pb.review.panel_members import CLEAN
from pb.review.snapshots import note, recompute
from pb.review.turning import step_out


def put_down(
    here: Here,
    project: Project,
    member_id: int,
    kind: str,
    details: str,
    actor: Actor,
    now: datetime,
    hints: tuple[str, ...] = (),
) -> ConflictDeclaration:
    """Write the word on a project, of the member or (another ``actor``) of who presides.

    A conflict voids the member's sheets on everything it recuses from, has others drawn in the member's place where
    members were drawn, and computes an open ranking anew; in a session that deals with such a project the member
    leaves the room. Writes ConflictDeclared, SheetVoided, MembersDrawn, RankingRecomputed, MemberSteppedOut.
    """
    row = ConflictDeclaration(
        project_id=project.id,
        member_id=member_id,
        kind=kind,
        details=details,
        hints=list(hints),
        recorded_by=actor.account_id if actor.account_id != member_id else None,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    note(ConflictDeclared(number=number_of(project), kind=f"conflict_{kind}"), here, project.id, actor, now)
    if kind != CLEAN:
        counted = _void_sheets(here, member_id, actor, now)
        if not queries_ranking.is_open(here.the_cycle.id):
            refill(here, actor, now)
        if counted:
            recompute(here, actor, now)
        step_out(here, member_id, actor, now)
    return row


def _void_sheets(here: Here, member_id: int, actor: Actor, now: datetime) -> bool:
    """Void the member's sheets on everything the member is recused from; whether a submitted one was among
    them.
    """
    panel = queries.panel_of(here)
    counted = False
    for project_id, sheet in queries.own_sheets(here.the_cycle.id, member_id, lock=True).items():
        kind = panel.kind(member_id, project_id)
        if not kind or sheet.state == "void":
            continue
        counted = counted or sheet.state == "submitted"
        sheet.state, sheet.void_reason = "void", kind
        project = project_for_update(project_id)
        note(SheetVoided(number=number_of(project), kind=f"conflict_{kind}"), here, project_id, actor, now)
    db.session.flush()
    return counted
