"""Acts of feasibility: opinions, answers to notes, the cost card and its answer. Each is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from pb.audit.log import Act, record
from pb.core.errors import Closed, Invalid, Missing, Problem, Problems
from pb.core.workdays import TBILISI, add_working_days
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db
from pb.ideas import content, records
from pb.policy import Action, Actor, authorise
from pb.projects.commands import settle_cost
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.projects.records import number_of, tell_authors
from pb.review import queries_eligibility, queries_ranking
from pb.review import queries_feasibility as queries
from pb.review.events_feasibility import (
    CostAnswered,
    CostCardMade,
    NotesAnswered,
    OpinionAsked,
    OpinionGiven,
)
from pb.review.models_feasibility import CostAnswer, CostCard, NoteAnswer, Opinion, OpinionRequest
from pb.review.snapshots import lock_commission, note

OPINION_DAYS = 5  # working days for an opinion
ANSWER_DAYS = 5  # working days for the author's answer on cost; silence accepts
VERDICTS = ("for", "conditions", "against")
CHANNELS = ("phone", "meeting", "letter", "site")
WORDS_MIN, WORDS_MAX = 20, 2000


def _words(text: str, field: str, least: int = WORDS_MIN) -> str:
    words = content.clean_text(text)
    if len(words) < least:
        raise Invalid("reason_too_short", field=field, limit=least)
    if len(words) > WORDS_MAX:
        raise Invalid("too_long", field=field, limit=WORDS_MAX)
    return words


def _note(act: Act, here: Here, subject_id: int, actor: Actor | None, now: datetime) -> None:
    record(act, subject_id=subject_id, by=actor, at=now, town_id=here.town.id, cycle_id=here.the_cycle.id)


@command
def ask_opinion(*, idea_id: int, department: str, actor: Actor, now: datetime, question: str = "") -> int:
    """Ask a department or the mayor's representative; gives the request's id. Asking twice is one act.

    The answer is due in OPINION_DAYS working days. Writes OpinionAsked. Raises Missing, Refused, Closed, Invalid on
    "department" and "question".
    """
    idea, here = records.open_idea(idea_id, Action.GIVE_OPINION, actor, now)
    assert actor.account_id is not None
    if department not in queries.departments(here.rules):
        raise Invalid("unknown_department", field="department")
    question = _words(question, "question", 0)
    before = next((a for a in queries.opinions_on(idea.id, now) if a.request.department == department), None)
    if before is not None:
        return before.request.id
    request = OpinionRequest(
        idea_id=idea.id,
        department=department,
        question=question,
        due=add_working_days(now.astimezone(TBILISI).date(), OPINION_DAYS),
        asked_by=actor.account_id,
        at=now,
    )
    db.session.add(request)
    db.session.flush()
    _note(
        OpinionAsked(number=records.number_of(here, idea), department=department), here, idea.id, actor, now
    )
    return request.id


@command
def give_opinion(
    *, request_id: int, verdict: str, words: str, actor: Actor, now: datetime, document: str = ""
) -> None:
    """Record the answer to a request; it is kept as it is given. Twice: Closed("opinion_given").

    Writes OpinionGiven. Raises Missing, Refused, Closed, Invalid on "verdict", "words", "document".
    """
    request = db.session.get(OpinionRequest, request_id)
    if request is None:
        raise Missing("no_such_page")
    idea, here = records.open_idea(request.idea_id, Action.GIVE_OPINION, actor, now)
    assert actor.account_id is not None
    if queries.opinion_of(request_id) is not None:
        raise Closed("opinion_given")
    if verdict not in VERDICTS:
        raise Invalid("choose_verdict", field="verdict")
    document = content.clean_line(document)
    if len(document) > 120:
        raise Invalid("too_long", field="document", limit=120)
    db.session.add(
        Opinion(
            request_id=request_id, verdict=verdict, words=_words(words, "words"), document=document,
            given_by=actor.account_id, at=now,
        )
    )  # fmt: skip
    db.session.flush()
    said = OpinionGiven(
        number=records.number_of(here, idea), department=request.department, verdict=f"opinion_{verdict}"
    )
    _note(said, here, idea.id, actor, now)


@command
def answer_notes(*, idea_id: int, answers: Mapping[str, str], actor: Actor, now: datetime) -> int:
    """The author's answers to the notes of the last check, one by one; gives how many are new.

    They can be given while the idea is returned. Writes NotesAnswered. Raises Missing, Refused, Closed,
    Problems("too_long" on "answer_<note>").
    """
    idea, here = records.open_idea(idea_id, Action.ANSWER_RETURN, actor, now)
    assert actor.account_id is not None
    check = queries_eligibility.last_check(idea.id, now)
    if check is None or check.outcome != "returned":
        raise Missing("no_such_page")
    notes, before = queries.notes_of(check), queries.answers_to([check.id], now)
    given = {name: content.clean_text(text) for name, text in answers.items() if name in notes}
    if found := [
        Problem("too_long", f"answer_{name}", {"limit": WORDS_MAX})
        for name, words in given.items()
        if len(words) > WORDS_MAX
    ]:
        raise Problems(found)
    new = 0
    for name, words in given.items():
        old = before.get((check.id, name))
        if words and (old is None or old.words != words):
            db.session.add(NoteAnswer(check_id=check.id, note=name, words=words, by=actor.account_id, at=now))
            new += 1
    if new:
        _note(NotesAnswered(number=records.number_of(here, idea), answers=new), here, idea.id, actor, now)
    return new


def _enter(project_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Project, Here]:
    cycle_id = db.session.scalar(select(Project.cycle_id).where(Project.id == project_id))
    if cycle_id is None:
        raise Missing("no_such_project")
    lock_commission(cycle_id)
    project, here = project_for_update(project_id), here_by_id(cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=project)
    if queries_ranking.is_open(cycle_id):
        raise Closed("cost_settled")
    return project, here


@command
def make_cost_card(
    *,
    project_id: int,
    estimate_tetri: int | None,
    running_tetri: int | None,
    ground: str,
    actor: Actor,
    now: datetime,
    changes: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Put the office's estimate beside the author's figure; gives the card's id. A newer card replaces an older one.

    ``changes``: what was agreed with the author, {"words", "on": date, "channel"}. The author has ANSWER_DAYS working
    days; silence accepts. Tells the authors. Writes CostCardMade. Raises Missing, Refused, Closed("cost_settled", …),
    Problems on "estimate", "running", "ground", "change_<n>_words", "change_<n>_on", "change_<n>_channel".
    """
    project, here = _enter(project_id, Action.MAKE_COST_CARD, actor, now)
    assert actor.account_id is not None
    text = project.handed_in_revision
    if text is None:
        raise Closed("wrong_state", state=project.state)
    ground = content.clean_text(ground)
    found: list[Problem] = []
    if estimate_tetri is None or estimate_tetri <= 0:
        found.append(Problem("required", "estimate"))
    elif estimate_tetri > here.rules.cost_cap_tetri:
        found.append(Problem("estimate_above_cap", "estimate", {"cap_tetri": here.rules.cost_cap_tetri}))
    if running_tetri is None or running_tetri < 0:
        found.append(Problem("required", "running"))
    if len(ground) < WORDS_MIN:
        found.append(Problem("reason_too_short", "ground", {"limit": WORDS_MIN}))
    elif len(ground) > WORDS_MAX:
        found.append(Problem("too_long", "ground", {"limit": WORDS_MAX}))
    agreed = []
    for n, change in enumerate(changes):
        words, day = content.clean_text(change.get("words")), change.get("on")
        if not words:
            found.append(Problem("required", f"change_{n}_words"))
        if not isinstance(day, date) or day > now.astimezone(TBILISI).date():
            found.append(Problem("agreed_day", f"change_{n}_on"))
        if change.get("channel") not in CHANNELS:
            found.append(Problem("required", f"change_{n}_channel"))
        agreed.append({"words": words, "on": str(day), "channel": change.get("channel")})
    if found:
        raise Problems(found)
    assert estimate_tetri is not None
    assert running_tetri is not None
    before = queries.cards_of(project.id, now)
    card = CostCard(
        project_id=project.id,
        number=before[0].card.number + 1 if before else 1,
        estimate_tetri=estimate_tetri,
        author_tetri=text.cost_tetri,
        running_tetri=running_tetri,
        ground=ground,
        changes=agreed,
        due=add_working_days(now.astimezone(TBILISI).date(), ANSWER_DAYS),
        made_by=actor.account_id,
        at=now,
    )
    db.session.add(card)
    db.session.flush()
    said = CostCardMade(
        number=number_of(project),
        card=card.number,
        estimate_tetri=estimate_tetri,
        author_tetri=text.cost_tetri,
    )
    note(said, here, project.id, actor, now)
    tell_authors(project, "project_cost_card", here=here, now=now, day=f"{card.due:%d.%m.%Y}")
    return card.id


@command
def answer_cost(
    *, project_id: int, accepts: bool | None, actor: Actor, now: datetime, words: str = ""
) -> None:
    """The author's answer to the newest card: accept, or refuse with a reason. It is given once.

    What is accepted is what the project costs from then on. Writes CostAnswered (and ProjectCostSettled). Raises
    Missing, Refused, Closed("cost_answered", "cost_settled"), Invalid on "accepts" and "words".
    """
    project, here = _enter(project_id, Action.ANSWER_COST, actor, now)
    assert actor.account_id is not None
    cards = queries.cards_of(project.id, now)
    if not cards:
        raise Missing("no_such_page")
    if cards[0].answer is not None:
        raise Closed("cost_answered")
    if accepts is None:
        raise Invalid("choose_answer", field="accepts")
    said = content.clean_text(words) if accepts else _words(words, "words")
    if len(said) > WORDS_MAX:
        raise Invalid("too_long", field="words", limit=WORDS_MAX)
    _answer(cards[0].card, accepts, said, project, here, actor, now)


def _answer(
    card: CostCard,
    accepts: bool,
    words: str,
    project: Project,
    here: Here,
    actor: Actor | None,
    now: datetime,
) -> None:
    by = actor.account_id if actor else None
    db.session.add(CostAnswer(card_id=card.id, accepts=accepts, words=words, by=by, at=now))
    db.session.flush()
    code = "cost_refused" if not accepts else "cost_accepted" if actor else "cost_silence"
    said = CostAnswered(number=number_of(project), card=card.number, answer=code)
    _note(said, here, project.id, actor, now)
    if accepts:
        settle_cost(project_id=project.id, cost_tetri=card.estimate_tetri, actor=actor, now=now)


@command
def accept_by_silence(*, card_id: int, now: datetime) -> bool:
    """Accept a card whose term is over without an answer; whether it did. Not once the scores are open."""
    card = db.session.get(CostCard, card_id)
    if card is None or queries_ranking.is_open(card.project.cycle_id):
        return False
    lock_commission(card.project.cycle_id)
    project, here = project_for_update(card.project_id), here_by_id(card.project.cycle_id, now=now)
    if here.status is None or here.status.paused or here.status.halted:
        return False
    if queries.cards_of(project.id, now)[0].answer is not None:
        return False
    _answer(card, True, "", project, here, None, now)
    return True


def silence_due(*, now: datetime) -> int:
    """The same for every card; for the worker. Gives their number."""
    ids = queries.unanswered_past(now.astimezone(TBILISI).date())
    return sum(accept_by_silence(card_id=card_id, now=now) for card_id in ids)
