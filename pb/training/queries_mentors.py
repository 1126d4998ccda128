"""Reading mentors of projects: who they are, what they owe an answer to, what they remarked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from pb.accounts.models import Account
from pb.accounts.queries import given_name
from pb.core.errors import Missing
from pb.core.workdays import TBILISI, working_days_between
from pb.db import db
from pb.ideas.models import Idea, IdeaAuthor
from pb.projects.models import Project, ProjectIdea
from pb.training.models_mentors import LessonResult, MentorRemark, MentorRequest, Mentorship, SelfAssessment


@dataclass(frozen=True)
class Mentored:
    """A project as the policy sees it for mentors."""

    project: Project
    mentor_ids: frozenset[int]

    @property
    def author_ids(self) -> frozenset[int]:
        """The project's authors, who are no mentors of it."""
        return self.project.author_ids

    @property
    def state(self) -> str:
        """The project's state."""
        return self.project.state


def today_of(now: datetime) -> date:
    """The day in Tbilisi."""
    return now.astimezone(TBILISI).date()


def mentors_of(project_id: int) -> list[Mentorship]:
    """Who mentors the project now, in the order of their appointment."""
    return list(
        db.session.scalars(
            select(Mentorship)
            .where(Mentorship.project_id == project_id, Mentorship.ended_at.is_(None))
            .options(joinedload(Mentorship.mentor))
            .order_by(Mentorship.id)
        )
    )


def mentored(project: Project) -> Mentored:
    """The project with its mentors."""
    return Mentored(project, frozenset(row.mentor_id for row in mentors_of(project.id)))


def mentorship(project_id: int, mentor_id: int) -> Mentorship | None:
    """The row of this mentor on this project, ended or not."""
    return db.session.execute(
        select(Mentorship).where(Mentorship.project_id == project_id, Mentorship.mentor_id == mentor_id)
    ).scalar_one_or_none()


def mentors_in(cycle_id: int, accounts: Collection[int]) -> list[tuple[int, int]]:
    """(mentor, project) of everybody among ``accounts`` who is or was a mentor in the cycle: what bars from scoring."""
    rows = db.session.execute(
        select(Mentorship.mentor_id, Mentorship.project_id)
        .join(Project, Project.id == Mentorship.project_id)
        .where(Project.cycle_id == cycle_id, Mentorship.mentor_id.in_(accounts))
        .order_by(Mentorship.id)
    )
    return [(mentor, project) for mentor, project in rows]


def mentored_an_author(account_id: int, project_id: int) -> bool:
    """Whether the account ever was a mentor of an author of this project, on whatever project or year."""
    theirs, mine = aliased(IdeaAuthor), aliased(IdeaAuthor)
    query = (
        select(Mentorship.id)
        .join(ProjectIdea, ProjectIdea.project_id == Mentorship.project_id)
        .join(theirs, theirs.idea_id == ProjectIdea.idea_id)
        .where(
            Mentorship.mentor_id == account_id,
            theirs.account_id.in_(
                select(mine.account_id)
                .join(ProjectIdea, ProjectIdea.idea_id == mine.idea_id)
                .where(ProjectIdea.project_id == project_id, mine.account_id.is_not(None))
            ),
        )
    )
    return db.session.scalars(query.limit(1)).first() is not None


@dataclass(frozen=True)
class Line:
    """A project in the list of staff or of a mentor: who mentors it, what is open, how much of it is late."""

    project: Project
    mentors: list[Account]
    open: int
    late: int
    remarks: int
    done: int


def lines(cycle_id: int, now: datetime, *, mentor_id: int | None = None) -> list[Line]:
    """All projects that are worked on or have had a mentor, what is late first; those of one mentor if asked.

    Five queries, whatever their number.
    """
    query = (
        select(Project)
        .where(Project.cycle_id == cycle_id, Project.state != "withdrawn")
        .options(selectinload(Project.links).joinedload(ProjectIdea.idea).selectinload(Idea.authors))
        .order_by(Project.number)
    )
    if mentor_id is not None:
        query = query.where(
            Project.id.in_(
                select(Mentorship.project_id).where(
                    Mentorship.mentor_id == mentor_id, Mentorship.ended_at.is_(None)
                )
            )
        )
    projects = db.session.scalars(query).all()
    ids = [project.id for project in projects]
    mentors: dict[int, list[Account]] = {}
    for row in db.session.scalars(
        select(Mentorship)
        .where(Mentorship.project_id.in_(ids), Mentorship.ended_at.is_(None), Mentorship.assigned_at <= now)
        .options(joinedload(Mentorship.mentor))
        .order_by(Mentorship.id)
    ):
        mentors.setdefault(row.project_id, []).append(row.mentor)
    asked: dict[int, list[date]] = {}
    for project_id, due in db.session.execute(
        select(MentorRequest.project_id, MentorRequest.due_on)
        .where(MentorRequest.project_id.in_(ids), MentorRequest.answered_at.is_(None))
        .order_by(MentorRequest.id)
    ):
        asked.setdefault(project_id, []).append(due)
    counted = {
        project_id: (total, done)
        for project_id, total, done in db.session.execute(
            select(MentorRemark.project_id, func.count(), func.count(MentorRemark.done_at))
            .where(MentorRemark.project_id.in_(ids))
            .group_by(MentorRemark.project_id)
        )
    }
    today = today_of(now)
    found = [
        Line(
            project,
            mentors.get(project.id, []),
            len(asked.get(project.id, ())),
            sum(due < today for due in asked.get(project.id, ())),
            *counted.get(project.id, (0, 0)),
        )
        for project in projects
    ]
    return sorted(found, key=lambda line: (-line.late, -line.open, line.project.number))


def waiting(cycle_id: int, now: datetime, *, mentor_id: int | None = None) -> list[tuple[str, bool]]:
    """(the mentor's name or "", whether it is late) of each open request of the cycle, or of one mentor's projects."""
    query = (
        select(MentorRequest.due_on, Account)
        .join(Project, Project.id == MentorRequest.project_id)
        .outerjoin(
            Mentorship,
            (Mentorship.project_id == Project.id) & Mentorship.ended_at.is_(None),
        )
        .outerjoin(Account, Account.id == Mentorship.mentor_id)
        .where(
            Project.cycle_id == cycle_id, MentorRequest.answered_at.is_(None), MentorRequest.asked_at <= now
        )
        .order_by(MentorRequest.id, Mentorship.id)
    )
    if mentor_id is not None:
        query = query.where(Mentorship.mentor_id == mentor_id)
    today = today_of(now)
    return [
        (given_name(account) if account else "", due < today) for due, account in db.session.execute(query)
    ]


def requests_of(project_id: int) -> list[MentorRequest]:
    """What the project's mentors were asked, open ones first, then the newest."""
    return list(
        db.session.scalars(
            select(MentorRequest)
            .where(MentorRequest.project_id == project_id)
            .order_by(MentorRequest.answered_at.is_not(None), MentorRequest.id.desc())
        )
    )


def request_for_update(request_id: int) -> MentorRequest:
    """A request, locked until the command ends. Raises Missing."""
    row = db.session.execute(
        select(MentorRequest)
        .where(MentorRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def remarks_of(project_id: int) -> list[MentorRemark]:
    """The remarks on the project in their order, with their mentors."""
    return list(
        db.session.scalars(
            select(MentorRemark)
            .where(MentorRemark.project_id == project_id)
            .options(joinedload(MentorRemark.mentor))
            .order_by(MentorRemark.id)
        )
    )


def remark_for_update(remark_id: int) -> MentorRemark:
    """A remark, locked until the command ends. Raises Missing."""
    row = db.session.execute(
        select(MentorRemark)
        .where(MentorRemark.id == remark_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def late_requests(today: date) -> list[int]:
    """Ids of the requests whose term is over, unanswered, of which the mentor was not reminded yet."""
    return list(
        db.session.scalars(
            select(MentorRequest.id)
            .where(
                MentorRequest.answered_at.is_(None),
                MentorRequest.due_on < today,
                MentorRequest.reminded_on.is_(None),
            )
            .order_by(MentorRequest.id)
        )
    )


def days_late(due: date, day: date) -> int:
    """Working days by which an answer on ``day`` is beyond the term; 0 in time."""
    return max(0, working_days_between(due, day) - 1) if day > due else 0


def assessments_of(project_id: int, account_id: int | None) -> dict[str, SelfAssessment]:
    """An author's own assessments of the project, by stage."""
    rows = db.session.scalars(
        select(SelfAssessment)
        .where(SelfAssessment.project_id == project_id, SelfAssessment.account_id == account_id)
        .order_by(SelfAssessment.id)
    )
    return {row.stage: row for row in rows}


def results_of(account_id: int | None) -> dict[str, LessonResult]:
    """How an account answered the lessons' quizzes last, by lesson."""
    rows = db.session.scalars(
        select(LessonResult).where(LessonResult.account_id == account_id).order_by(LessonResult.id)
    )
    return {row.lesson: row for row in rows}


def lessons_passed(account_ids: Collection[int]) -> dict[int, set[str]]:
    """The lessons that each of the accounts has passed."""
    found: dict[int, set[str]] = {}
    rows = db.session.execute(
        select(LessonResult.account_id, LessonResult.lesson)
        .where(LessonResult.account_id.in_(account_ids), LessonResult.passed_at.is_not(None))
        .order_by(LessonResult.id)
    )
    for account, lesson in rows:
        found.setdefault(account, set()).add(lesson)
    return found
