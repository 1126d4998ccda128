"""Acts on mentors: give one to a project, ask, remark, answer, mark a remark. None of them touches the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pb.accounts.queries import holds
from pb.audit.log import Act, record
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.core.workdays import add_working_days
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.ideas.telling import tell
from pb.policy import Action, Actor, Role, authorise
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of
from pb.training import events
from pb.training import queries_mentors as queries
from pb.training.models_mentors import MentorRemark, MentorRequest, Mentorship, SelfAssessment
from pb.training.queries_mentors import Mentored, today_of

# Parts of the text on which a mentor remarks, by a field of projects.text.FIELD_PAGES beside which the remark stands;
# "land_words" is all that is said of the land; "" is the whole project.
FIELDS = (
    "title", "problem", "what", "beneficiaries", "land_words", "team", "budget", "timeline", "upkeep", "",
)  # fmt: skip
TERM_WORKING_DAYS = 5
WORDS_LIMIT = 2000
MOST_OPEN = 5  # questions of one project that wait for an answer


def _enter(project_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Project, Here]:
    project = project_for_update(project_id)
    here = here_by_id(project.cycle_id, now=now)
    thing: Mentored = queries.mentored(project)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=thing)
    return project, here


@command
def assign_mentor(*, project_id: int, mentor_id: int, actor: Actor, now: datetime) -> None:
    """Give a project a mentor, who is asked for a first reading within the term. The same one twice is one act.

    From now on the mentor never scores the project's pool, even when released. Writes MentorAssigned; a letter goes
    to the mentor. Raises Refused, Closed, Invalid("not_a_mentor" | "mentor_is_author", field="mentor_id").
    """
    project, here = _enter(project_id, Action.ASSIGN_MENTOR, actor, now)
    if not holds(mentor_id, here.town.id, Role.MENTOR):
        raise Invalid("not_a_mentor", field="mentor_id")
    if mentor_id in project.author_ids:
        raise Invalid("mentor_is_author", field="mentor_id")
    row = queries.mentorship(project.id, mentor_id)
    if row is not None and row.ended_at is None:
        return
    if row is None:
        row = Mentorship(project_id=project.id, mentor_id=mentor_id)
        db.session.add(row)
    row.assigned_at, row.assigned_by, row.ended_at = now, actor.account_id, None
    due = add_working_days(today_of(now), TERM_WORKING_DAYS)
    db.session.add(MentorRequest(project_id=project.id, kind="first", asked_at=now, due_on=due))
    db.session.flush()
    tell_mentors([mentor_id], "mentor_assigned", project, here, now, due)
    _note(events.MentorAssigned(number_of(project)), project, actor, now)


@command
def release_mentor(*, project_id: int, mentor_id: int, actor: Actor, now: datetime) -> None:
    """A mentor no longer works with the project; what was written stays, and so does the bar. Writes MentorReleased.

    Without another mentor, what is still open is closed unanswered. Raises Refused, Closed, Missing.
    """
    project, _here = _enter(project_id, Action.ASSIGN_MENTOR, actor, now)
    row = queries.mentorship(project.id, mentor_id)
    if row is None:
        raise Missing("no_such_page")
    if row.ended_at is not None:
        return
    row.ended_at = now
    db.session.flush()
    if not queries.mentors_of(project.id):
        for request in queries.requests_of(project.id):
            if request.answered_at is None:
                request.answered_at = now
    _note(events.MentorReleased(number_of(project)), project, actor, now)


@command
def ask_mentor(*, project_id: int, field: str, question: str, actor: Actor, now: datetime) -> int:
    """An author asks; the mentors owe an answer within the term. Gives the request's id. Writes MentorAsked.

    The same open question twice is one act. Raises Refused, Closed("no_mentor"), Invalid("too_many_questions" …).
    """
    project, here = _enter(project_id, Action.ASK_MENTOR, actor, now)
    mentors = queries.mentors_of(project.id)
    if not mentors:
        raise Closed("no_mentor")
    field, question = _field(field), _words(question, "question")
    waiting = [row for row in queries.requests_of(project.id) if row.answered_at is None]
    same = next((row for row in waiting if (row.field, row.question) == (field, question)), None)
    if same is not None:
        return same.id
    if len(waiting) >= MOST_OPEN:
        raise Invalid("too_many_questions", field="question", limit=MOST_OPEN)
    due = add_working_days(today_of(now), TERM_WORKING_DAYS)
    row = MentorRequest(
        project_id=project.id, kind="question", field=field, question=question, asked_at=now,
        asked_by=actor.account_id, due_on=due,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    tell_mentors([one.mentor_id for one in mentors], "mentor_asked", project, here, now, due)
    _note(events.MentorAsked(number_of(project), due.isoformat()), project, actor, now)
    return row.id


@command
def write_remarks(*, project_id: int, remarks: Mapping[str, str], actor: Actor, now: datetime) -> int:
    """A mentor remarks on parts of the newest text (empty ones are left out); gives how many were new.

    A first reading that is open is answered by it. The authors get one message. Writes RemarkWritten for each, and
    MentorAnswered. Raises Refused, Closed, Problems(field "remark_<part>"), Invalid("nothing_written").
    """
    project, here = _enter(project_id, Action.MENTOR_PROJECT, actor, now)
    assert actor.account_id is not None
    assert project.revision is not None
    given = {name: clean_text(remarks.get(name, "")) for name in FIELDS}
    long = [
        Problem("too_long", f"remark_{name}", {"limit": WORDS_LIMIT})
        for name, text in given.items()
        if len(text) > WORDS_LIMIT
    ]
    if long:
        raise Problems(long)
    if not any(given.values()):
        raise Invalid("nothing_written")
    number, there = number_of(project), {(row.field, row.text) for row in queries.remarks_of(project.id)}
    new = {name: text for name, text in given.items() if text and (name, text) not in there}
    for name, text in new.items():
        db.session.add(
            MentorRemark(
                project_id=project.id, mentor_id=actor.account_id, field=name, text=text,
                revision=project.revision.number, at=now,
            )
        )  # fmt: skip
        _note(events.RemarkWritten(number, name, project.revision.number), project, actor, now)
    for row in queries.requests_of(project.id):
        if row.kind == "first" and row.answered_at is None:
            row.answered_at, row.answered_by = now, actor.account_id
            late = queries.days_late(row.due_on, today_of(now))
            _note(events.MentorAnswered(number, late), project, actor, now)
    if new:
        _tell_authors(project, "mentor_remarks", here, now)
    return len(new)


@command
def answer_request(*, request_id: int, answer: str, actor: Actor, now: datetime) -> None:
    """A mentor answers what an author asked; the authors get a message. Once answered, answered.

    Writes MentorAnswered. Raises Missing, Refused, Closed, Invalid on "answer" ("answered_already").
    """
    row = queries.request_for_update(request_id)
    project, here = _enter(row.project_id, Action.MENTOR_PROJECT, actor, now)
    if row.answered_at is not None:
        if row.answer == clean_text(answer):
            return
        raise Invalid("answered_already", field="answer")
    row.answer = _words(answer, "answer")
    row.answered_at, row.answered_by = now, actor.account_id
    _tell_authors(project, "mentor_answer", here, now)
    late = queries.days_late(row.due_on, today_of(now))
    _note(events.MentorAnswered(number_of(project), late), project, actor, now)


@command
def mark_remark(*, remark_id: int, done: bool, actor: Actor, now: datetime) -> None:
    """An author marks a remark as done, or as still to do. Writes RemarkMarked. Raises Missing, Refused, Closed."""
    row = queries.remark_for_update(remark_id)
    project, _here = _enter(row.project_id, Action.ASK_MENTOR, actor, now)
    if (row.done_at is not None) == done:
        return
    row.done_at, row.done_by = (now, actor.account_id) if done else (None, None)
    _note(events.RemarkMarked(number_of(project), row.id, done), project, actor, now)


@command
def assess(
    *, project_id: int, stage: str, levels: Mapping[str, int | None], actor: Actor, now: datetime
) -> None:
    """An author looks at the own project as the commission will: a level for each scored criterion of the rubric.

    ``stage``: "before" (until there is an "after") or "after". For this author's eyes alone. The same again is one
    act. Writes OwnProjectAssessed, without levels. Raises Refused, Closed("assessed_after"), Problems(field
    "<criterion>").
    """
    if stage not in ("before", "after"):
        raise ValueError(f"no stage is called {stage!r}")
    project, here = _enter(project_id, Action.ASSESS_OWN, actor, now)
    assert project.revision is not None
    assert actor.account_id is not None
    own = queries.assessments_of(project.id, actor.account_id)
    if stage == "before" and "after" in own:
        raise Closed("assessed_after")
    if stage == "after" and "before" not in own:
        raise Closed("assess_before_first")
    found: list[Problem] = []
    chosen: dict[str, int] = {}
    for criterion in here.rules.rubric.scored:
        level = levels.get(criterion.id)
        if level is None:
            found.append(Problem("choose_level", criterion.id))
        elif not criterion.low <= level <= criterion.high:
            params = {"low": criterion.low, "high": criterion.high}
            found.append(Problem("out_of_scale", criterion.id, params))
        else:
            chosen[criterion.id] = level
    if found:
        raise Problems(found)
    row = own.get(stage)
    if row is not None and row.levels == chosen and row.revision == project.revision.number:
        return
    if row is None:
        row = SelfAssessment(project_id=project.id, account_id=actor.account_id, stage=stage)
        db.session.add(row)
    row.levels, row.revision, row.at = chosen, project.revision.number, now
    db.session.flush()
    _note(events.OwnProjectAssessed(number_of(project), stage), project, actor, now)


def _field(name: str) -> str:
    if name not in FIELDS:
        raise Invalid("not_a_choice", field="field", value=name)
    return name


def _words(text: str, field: str) -> str:
    words = clean_text(text)
    if not words:
        raise Invalid("required", field=field)
    if len(words) > WORDS_LIMIT:
        raise Invalid("too_long", field=field, limit=WORDS_LIMIT)
    return words


def tell_mentors(
    mentors: Iterable[int], kind: str, project: Project, here: Here, now: datetime, day: date
) -> None:
    """Tell mentors (account ids) of a project that waits for them, with the address of its page for mentors."""
    tell(
        mentors,
        kind,
        here=here,
        number=project.number,
        page=f"trainings/mentor/{project.number}",
        now=now,
        day=day,
    )


def _tell_authors(project: Project, kind: str, here: Here, now: datetime) -> None:
    page = f"trainings/remarks/{project.number}"
    tell(project.author_ids, kind, here=here, number=project.number, page=page, now=now)


def _note(act: Act, project: Project, actor: Actor, now: datetime) -> None:
    town_id = project.cycle.town_id
    record(act, subject_id=project.id, by=actor, at=now, town_id=town_id, cycle_id=project.cycle_id)
