"""A member's acts: declare a conflict or none, save a sheet, submit it. Each is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.core.errors import Closed, Invalid, Problem, Problems, Refused
from pb.core.rubrics import Line, Rubric, check_complete
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.policy import Action, Actor, authorise
from pb.projects.commands import freeze_projects
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.review import queries_commission as queries
from pb.review import queries_ranking
from pb.review.events_commission import SheetSubmitted
from pb.review.models import ConflictDeclaration, ScoreLine, ScoreSheet
from pb.review.panel_members import CLEAN, DETAILS_MAX, DETAILS_MIN, EVIDENCE, KINDS
from pb.review.queries_hints import hints_for
from pb.review.recusing import put_down
from pb.review.snapshots import lock_commission, note, recompute, share_commission

REASON_MAX = 2000
NOTE_MAX = 2000

# criterion → {"value": int | None, "cannot_judge": bool, "reason": text, "note": text, "evidence": one of EVIDENCE
# or ""}
Lines = Mapping[str, Mapping[str, Any]]
Plain = tuple[int | None, bool, str, str, str]
NOTHING: Plain = (None, False, "", "", "")


def _enter(project_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Project, Here]:
    """The locked project and where it stands, once every other act of this commission is over."""
    cycle_id = queries.cycle_of_project(project_id)
    lock_commission(cycle_id)
    freeze_projects(cycle_id=cycle_id, now=now)
    project = project_for_update(project_id)
    here = here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=project)
    return project, here


def _enter_sheet(project_id: int, actor: Actor, now: datetime) -> tuple[Project, Here]:
    """The same for a sheet, which no other member's sheet has to wait for: neither the commission nor the project is
    held alone, but for what must be done once the scores are open or the text is still to be frozen.
    """
    assert actor.account_id is not None
    cycle_id = queries.cycle_of_project(project_id)
    share_commission(cycle_id)
    project, here = queries.project_as_it_is(project_id), here_by_id(cycle_id, now=now)
    if project.frozen_at is None or queries_ranking.is_open(cycle_id):
        return _enter(project_id, Action.SCORE_PROJECT, actor, now)
    authorise(actor, Action.SCORE_PROJECT, town_id=here.town.id, status=here.status, thing=project)
    one_at_a_time(f"sheet of {actor.account_id} on {project_id}")
    return project, here


@command
def declare_conflict(
    *, project_id: int, actor: Actor, now: datetime, kind: str = CLEAN, details: str = ""
) -> int:
    """A member's word on a project: "none", or a typed conflict with details; gives the declaration's id.

    Where something hints at a conflict (pb.review.hints), "none" needs details too: why there is none.
    A conflict recuses for good: from this project, or (author, family) from everything it competes with. The
    member's sheets there become void, whatever was on them, and count no more; when the scores are open
    already, the ranking is computed anew. The same word twice is one act. Writes ConflictDeclared,
    SheetVoided, RankingRecomputed. Raises Missing, Refused("recused"), Closed, Invalid.
    """
    project, here = _enter(project_id, Action.DECLARE_CONFLICT, actor, now)
    assert actor.account_id is not None
    details = details.replace("\r\n", "\n").strip()
    if kind not in KINDS:
        raise Invalid("unknown_conflict", field="kind")
    if kind != CLEAN and len(details) < DETAILS_MIN:
        raise Invalid("too_short", field="details", limit=DETAILS_MIN)
    if len(details) > DETAILS_MAX:
        raise Invalid("too_long", field="details", limit=DETAILS_MAX)
    if project.frozen_at is None:
        raise Closed("wrong_state", state=project.state)
    if queries_ranking.publication(here.the_cycle.id) is not None:
        raise Closed("decisions_published")
    last = queries.last_declaration(project.id, actor.account_id)
    if last is not None and last.kind == kind:
        return last.id
    panel = queries.panel_of(here)
    if actor.account_id not in panel.everybody:
        raise Refused("no_seat")
    if kind == CLEAN and panel.kind(actor.account_id, project.id):
        raise Refused("recused")
    hints = hints_for(actor.account_id, project.id)
    if kind == CLEAN and hints and len(details) < DETAILS_MIN:
        raise Invalid("say_why_not", field="details", limit=DETAILS_MIN)
    return put_down(here, project, actor.account_id, kind, details, actor, now, hints).id


@command
def save_sheet(
    *, project_id: int, lines: Lines, actor: Actor, now: datetime, version: int | None = None
) -> int:
    """Keep a draft of the member's sheet, with gaps if need be; gives the sheet's new version.

    ``lines`` by criterion; criteria not given stay. ``version``: the one the member saw (0: no sheet yet);
    when another window changed the sheet since, Invalid("changed_meanwhile") and nothing is written. Nothing
    new: nothing is written. Raises Missing, Refused("recused"), Closed("declare_first", "scoring_not_open",
    "scores_opened", "sheet_submitted"), Problems with fields "<criterion>.value", ".reason", ".note".
    """
    project, here = _enter_sheet(project_id, actor, now)
    declaration = _may_score(project, here, actor, now)
    assert actor.account_id is not None
    given = checked_lines(lines, here.rules.rubric)
    sheet = queries.own_sheet(project.id, actor.account_id, lock=True)
    stored = (
        {
            line.criterion: (line.value, line.cannot_judge, line.reason, line.private_note, line.evidence)
            for line in sheet.lines
        }
        if sheet
        else {}
    )
    news = {key: value for key, value in given.items() if stored.get(key, NOTHING) != value}
    if sheet is not None and not news:
        return sheet.version
    if sheet is not None and sheet.state != "draft":
        raise Closed("sheet_submitted")
    if version is not None and version != (sheet.version if sheet else 0):
        raise Invalid("changed_meanwhile")
    if sheet is None:
        sheet = _new_sheet(project, here, actor.account_id, declaration)
    else:
        sheet.version += 1
    rows = {line.criterion: line for line in sheet.lines}
    for key, (value, cannot_judge, reason, private_note, evidence) in news.items():
        line = rows.get(key)
        if line is None:
            line = ScoreLine(criterion=key)
            sheet.lines.append(line)
        line.value, line.cannot_judge, line.reason = value, cannot_judge, reason
        line.private_note, line.evidence = private_note, evidence
    db.session.flush()
    return sheet.version


def _new_sheet(project: Project, here: Here, member_id: int, declaration: ConflictDeclaration) -> ScoreSheet:
    """An empty sheet. It counts as begun with the declaration, which opens it: reading a page writes nothing,
    so nobody knows better, and no flag for haste is raised wrongly.
    """
    assert project.revision_id is not None
    assert here.the_cycle.rulebook_id is not None
    sheet = ScoreSheet(
        project_id=project.id,
        member_id=member_id,
        revision_id=project.revision_id,
        rulebook_id=here.the_cycle.rulebook_id,
        state="draft",
        declaration_id=declaration.id,
        started_at=declaration.at,
        version=1,
    )
    db.session.add(sheet)
    return sheet


def _may_score(project: Project, here: Here, actor: Actor, now: datetime) -> ConflictDeclaration:
    """Refuse unless the actor may write a sheet on the project; gives the clean declaration."""
    assert actor.account_id is not None
    assert here.calendar is not None
    panel = queries.panel_of(here)
    if panel.kind(actor.account_id, project.id):
        raise Refused("recused")
    if actor.account_id not in panel.active(project.id):
        raise Refused("no_seat")
    declaration = queries.clean_declaration(project.id, actor.account_id)
    if declaration is None:
        raise Closed("declare_first")
    window = here.calendar.window("scoring")
    if now < window.opens:
        raise Closed("scoring_not_open", opens_at=window.opens)
    # After the opening only what brings a project over its quorum, when a late conflict took a sheet away.
    opened = queries_ranking.is_open(here.the_cycle.id)
    if opened and project.number not in queries_ranking.below_quorum(here):
        raise Closed("scores_opened")
    return declaration


def checked_lines(lines: Lines, rubric: Rubric) -> dict[str, Plain]:
    """The given lines in plain form. Values must lie in their scale; gaps are allowed."""
    found: list[Problem] = []
    plain: dict[str, Plain] = {}
    for key, line in lines.items():
        criterion = rubric.criterion(key)
        value = line.get("value")
        reason, private_note = (
            str(line.get(name) or "").replace("\r\n", "\n").strip() for name in ("reason", "note")
        )
        if value is not None and not (type(value) is int and criterion.low <= value <= criterion.high):
            params = {"low": criterion.low, "high": criterion.high}
            found.append(Problem("out_of_scale", f"{key}.value", params))
        for name, words, limit in (("reason", reason, REASON_MAX), ("note", private_note, NOTE_MAX)):
            if len(words) > limit:
                found.append(Problem("too_long", f"{key}.{name}", {"limit": limit}))
        evidence = str(line.get("evidence") or "")
        if evidence and evidence not in EVIDENCE:
            found.append(Problem("not_a_choice", f"{key}.evidence", {"value": evidence}))
        plain[key] = (value, value is None and bool(line.get("cannot_judge")), reason, private_note, evidence)
    if found:
        raise Problems(found)
    return plain


def check_sheet(sheet: ScoreSheet | None, rubric: Rubric) -> None:
    """Refuse a sheet that has gaps, but for those that say "cannot judge" with a reason. Raises Problems with fields
    "<criterion>.value", "<criterion>.reason".
    """
    rows = {line.criterion: line for line in sheet.lines} if sheet else {}
    lines = [
        Line(c.id, rows[c.id].value, rows[c.id].reason)
        for c in rubric.criteria
        if c.id in rows and (rows[c.id].value is not None or rows[c.id].cannot_judge)
    ]
    check_complete(lines, rubric, allow_cannot_judge=True)


@command
def submit_sheet(
    *,
    project_id: int,
    actor: Actor,
    now: datetime,
    lines: Lines | None = None,
    version: int | None = None,
) -> int:
    """Seal the member's sheet, which nobody can change afterwards; gives its id.

    A sheet that leaves criteria out ("cannot judge") counts only once who presides accepts that (commands_scoring).
    ``lines`` are saved first when given. ``version`` as in ``save_sheet``. Submitting twice is one act.
    Writes SheetSubmitted (and RankingRecomputed for a sheet that fills a quorum after the opening). Raises as
    ``save_sheet``, and Problems("missing_line", "reason_needed") for an incomplete sheet.
    """
    if lines is not None:
        version = save_sheet(project_id=project_id, lines=lines, actor=actor, now=now, version=version)
    project, here = _enter_sheet(project_id, actor, now)
    assert actor.account_id is not None
    sheet = queries.own_sheet(project.id, actor.account_id, lock=True)
    if sheet is not None and sheet.state == "submitted":
        return sheet.id
    declaration = _may_score(project, here, actor, now)
    check_sheet(sheet, here.rules.rubric)
    assert sheet is not None
    if version is not None and version != sheet.version:
        raise Invalid("changed_meanwhile")
    sheet.state, sheet.submitted_at, sheet.declaration_id = "submitted", now, declaration.id
    for line in sheet.lines:
        line.sealed = True
    note(SheetSubmitted(number=number_of(project)), here, project.id, actor, now)
    db.session.flush()
    recompute(here, actor, now)
    return sheet.id
