"""After the discussion of a flagged project: a member's second sheet; and the end of all discussion, which is the
chair's act. Each is one transaction.
"""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, Invalid, Refused
from pb.core.rubrics import Line, check_complete
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.policy import Action, Actor, authorise
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission, queries_flags, queries_ranking
from pb.review import queries_session as queries
from pb.review.chairing import deciding_session
from pb.review.commands_commission import Lines, checked_lines
from pb.review.events_session import DiscussionClosed, SecondSheetHandedIn
from pb.review.models_minutes import Reconciled, SecondSheet
from pb.review.presiding import require_presiding
from pb.review.snapshots import lock_commission, note, recompute
from pb.review.turning import end_turn

REASON_MIN, REASON_MAX = 30, 2000


@command
def hand_in_second_sheet(*, project_id: int, lines: Lines, reason: str, actor: Actor, now: datetime) -> int:
    """A second sheet on a flagged project that was discussed, with the reason why it differs, which everybody reads;
    gives the id of the sheet. Both sheets are kept, the second counts. There is no third.

    ``lines`` as in ``save_sheet``, every criterion. Writes SecondSheetHandedIn, RankingRecomputed. Raises Missing,
    Refused("recused", "no_first_sheet"), Closed("scores_sealed", "discussion_closed", "not_flagged",
    "not_discussed", "second_sheet_in"), Invalid("reason_too_short", "nothing_changed"), Problems as
    ``submit_sheet``.
    """
    cycle_id = queries_commission.cycle_of_project(project_id)
    lock_commission(cycle_id)
    project, here = project_for_update(project_id), here_by_id(cycle_id, now=now)
    authorise(actor, Action.HAND_IN_SECOND_SHEET, town_id=here.town.id, status=here.status, thing=project)
    assert actor.account_id is not None
    if queries_commission.panel_of(here).kind(actor.account_id, project.id):
        raise Refused("recused")
    if not queries_ranking.is_open(cycle_id):
        raise Closed("scores_sealed")
    if queries.reconciliation(cycle_id) is not None:
        raise Closed("discussion_closed")
    if project.number not in queries_flags.flagged(here):
        raise Closed("not_flagged")
    turn_id = queries.discussed(cycle_id).get(project.id)
    if turn_id is None:
        raise Closed("not_discussed")
    sheet = queries_commission.own_sheet(project.id, actor.account_id, lock=True)
    if sheet is None or sheet.state != "submitted":
        raise Refused("no_first_sheet")
    if db.session.get(SecondSheet, sheet.id) is not None:
        raise Closed("second_sheet_in")
    reason = clean_text(reason)
    if len(reason) < REASON_MIN:
        raise Invalid("reason_too_short", field="why", limit=REASON_MIN)
    if len(reason) > REASON_MAX:
        raise Invalid("too_long", field="why", limit=REASON_MAX)
    plain = checked_lines(lines, here.rules.rubric)
    given = {
        key: (value, said)
        for key, (value, _cannot, said, _note, _evidence) in plain.items()
        if value is not None
    }
    check_complete([Line(key, value, said) for key, (value, said) in given.items()], here.rules.rubric)
    if {key: value for key, (value, _said) in given.items()} == {
        line.criterion: line.value for line in sheet.lines
    }:
        raise Invalid("nothing_changed", field="why")
    db.session.add(
        SecondSheet(
            sheet_id=sheet.id,
            turn_id=turn_id,
            reason=reason,
            levels={key: value for key, (value, _said) in given.items()},
            reasons={key: said for key, (_value, said) in given.items() if said},
            at=now,
        )
    )
    db.session.flush()
    note(SecondSheetHandedIn(number=number_of(project)), here, project.id, actor, now)
    recompute(here, actor, now)
    return sheet.id


@command
def close_discussion(*, cycle_id: int, actor: Actor, now: datetime) -> int:
    """The chair closes the discussion in the open session: from now on the ranking that stands is the one that
    decisions follow; gives the id of its snapshot. Twice is one act.

    A project that is on ends. A conflict that is discovered later computes the ranking anew, and the discussion is
    closed anew. Writes DiscussionClosed. Raises Refused("not_presiding"), Closed("scores_sealed",
    "decisions_published", "no_open_session", "session_quorum", "question_open").
    """
    lock_commission(cycle_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.PRESIDE_SESSION, town_id=here.town.id, status=here.status)
    require_presiding(here, actor)
    assert actor.account_id is not None
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    if snapshot is None:
        raise Closed("scores_sealed")
    if queries_ranking.publication(cycle_id) is not None:
        raise Closed("decisions_published")
    if queries.reconciliation(cycle_id) is not None:
        return snapshot.id
    sitting = deciding_session(here)
    end_turn(here, sitting, actor, now)
    db.session.add(
        Reconciled(
            snapshot_id=snapshot.id, cycle_id=cycle_id, sitting_id=sitting.id, at=now, by=actor.account_id
        )
    )
    db.session.flush()
    event = DiscussionClosed(
        snapshot=snapshot.number,
        second_sheets=len(queries_ranking.second_sheets(cycle_id)),
        fingerprint=snapshot.fingerprint,
    )
    note(event, here, cycle_id, actor, now)
    return snapshot.id
