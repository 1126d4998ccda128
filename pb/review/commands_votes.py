"""Questions put to the vote in a session, the votes, and what follows from them. Each is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.core.sessions import CHOICES, Count, count
from pb.cycles.queries import Here
from pb.db import command, db
from pb.ideas.content import clean_text
from pb.policy import Action, Actor
from pb.projects.models import Project
from pb.projects.queries import project_for_update
from pb.review import deciding, queries_commission
from pb.review import queries_session as queries
from pb.review.chairing import chairing, enter_open, require_turn_quorum, voters
from pb.review.events_session import QuestionPut, VoteCounted, VotesNoted
from pb.review.models_session import Question, Sitting, Turn, Vote
from pb.review.snapshots import note
from pb.review.turning import question_open, withdraw

WORDS_MIN, WORDS_MAX = 5, 500
EFFECTS = ("none", "decide", "follow")


@command
def put_question(
    *,
    sitting_id: int,
    actor: Actor,
    now: datetime,
    effect: str = "none",
    words: str = "",
    outcome: str = "",
    reason: str = "",
) -> int:
    """Put a question on the item that is on; gives its id. ``effect``: "none" with ``words``; "decide" with the
    ``outcome`` for the project and, where it departs from the ranking, a ``reason`` of 100 characters; "follow" on an
    item that is no project: the ranking is followed on every undecided project from which nobody is recused.

    Writes QuestionPut. Raises Refused, Closed("session_not_open", "nothing_on", "question_open", "not_reconciled",
    "session_quorum", …), Invalid on "effect", "words", "outcome", "reason".
    """
    sitting, here = enter_open(sitting_id, Action.RUN_SESSION, actor, now)
    turn = queries.turn_on(sitting_id)
    if turn is None:
        raise Closed("nothing_on")
    if question_open(turn) is not None:
        raise Closed("question_open")
    assert actor.account_id is not None
    project = turn.item.project
    words = clean_text(words)
    if effect not in EFFECTS or effect == ("decide" if project is None else "follow"):
        raise Invalid("choose_effect", field="effect")
    if effect == "none" and len(words) < WORDS_MIN:
        raise Invalid("too_short", field="words", limit=WORDS_MIN)
    if len(words) > WORDS_MAX:
        raise Invalid("too_long", field="words", limit=WORDS_MAX)
    if effect == "decide":
        assert project is not None
        reason = deciding.checked(here, project, outcome, reason)[1]
    elif effect == "follow":
        deciding.ready(here)
    members = queries.turn_members([turn.id]).get(turn.id, {})
    require_turn_quorum(here, sitting, members, turn.item.project_id)
    row = Question(
        turn_id=turn.id,
        words=words,
        effect=effect,
        outcome=outcome if effect == "decide" else None,
        reason=reason if effect == "decide" else "",
        put_at=now,
        put_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    note(QuestionPut(session=sitting.number, item=turn.item.position), here, sitting.id, actor, now)
    return row.id


def _open_question(question_id: int, actor: Actor, now: datetime) -> tuple[Question, Turn, Sitting, Here]:
    found = db.session.get(Question, question_id)
    if found is None:
        raise Missing("no_such_page")
    sitting, here = enter_open(found.turn.sitting_id, Action.RUN_SESSION, actor, now)
    question = queries.question_for_update(question_id)
    if question.closed_at is not None:
        raise Closed("question_closed")
    return question, found.turn, sitting, here


@command
def note_votes(
    *, question_id: int, votes: Mapping[int, str], actor: Actor, now: datetime, rest: str = ""
) -> None:
    """Note votes by account; "" takes one back. ``rest``: the vote of everybody in the room who is not named and
    has not voted. Until the question is counted they may change. Writes VotesNoted.

    Raises Missing, Refused("recused_no_vote"), Closed("question_closed", …), Invalid on "votes" ("not_in_the_room",
    "not_a_choice").
    """
    question, turn, sitting, here = _open_question(question_id, actor, now)
    assert actor.account_id is not None
    members = queries.turn_members([turn.id]).get(turn.id, {})
    there = voters(here, sitting, members)
    stored = queries.votes([question.id]).get(question.id, {})
    wanted = dict(votes)
    if rest:
        wanted |= {m: rest for m in there if m not in stored and not wanted.get(m)}
    for account_id, choice in wanted.items():
        if account_id in members and members[account_id].recused:
            raise Refused("recused_no_vote")
        if account_id not in there:
            raise Invalid("not_in_the_room", field="votes")
        if choice and choice not in CHOICES:
            raise Invalid("not_a_choice", field="votes", value=choice)
        vote = stored.get(account_id)
        if not choice:
            if vote is not None:
                db.session.delete(vote)
        elif vote is None:
            row = Vote(question_id=question.id, account_id=account_id, turn_id=turn.id, choice=choice)
            row.noted_by, row.at = actor.account_id, now
            db.session.add(row)
        elif vote.choice != choice:
            vote.choice, vote.noted_by, vote.at = choice, actor.account_id, now
    db.session.flush()
    found = len(queries.votes([question.id]).get(question.id, {}))
    note(VotesNoted(session=sitting.number, votes=found), here, sitting.id, actor, now)


@command
def count_question(*, question_id: int, actor: Actor, now: datetime) -> Count:
    """Count the votes and do what follows: a carried decision is recorded. From then on nothing of it changes.

    Writes VoteCounted, and DecisionRecorded or RankingFollowed. Raises Missing, Refused, Closed("question_closed",
    "session_quorum", …), Invalid("votes_missing").
    """
    question, turn, sitting, here = _open_question(question_id, actor, now)
    members = queries.turn_members([turn.id]).get(turn.id, {})
    project_id = turn.item.project_id
    require_turn_quorum(here, sitting, members, project_id)
    given = queries.votes([question.id]).get(question.id, {})
    if missing := [m for m in voters(here, sitting, members) if m not in given]:
        raise Invalid("votes_missing", field="votes", n=len(missing))
    chair = chairing(here, sitting, project_id)
    found = count({m: vote.choice for m, vote in given.items()}, chair)
    for vote in given.values():
        vote.sealed = True
    question.closed_at, question.carried = now, found.carried
    question.by_casting_vote = found.by_casting_vote
    db.session.flush()
    event = VoteCounted(
        session=sitting.number,
        in_favour=found.in_favour,
        against=found.against,
        abstained=found.abstained,
        outcome="vote_carried" if found.carried else "vote_lost",
    )
    note(event, here, sitting.id, actor, now)
    if found.carried:
        _follow_up(question, turn.item.project, sitting, chair, here, actor, now)
    return found


def _follow_up(
    question: Question,
    project: Project | None,
    sitting: Sitting,
    chair: int | None,
    here: Here,
    actor: Actor,
    now: datetime,
) -> None:
    by = deciding.By(actor, chair if chair is not None else sitting.opened_by, sitting.id, question.id)
    if question.effect == "decide":
        assert project is not None
        assert question.outcome is not None
        deciding.decide(here, project_for_update(project.id), question.outcome, question.reason, by, now)
    elif question.effect == "follow":
        panel = queries_commission.panel_of(here)
        members = queries.voting_members(here.the_cycle.id)
        deciding.follow(here, by, now, lambda p: not any(panel.kind(m, p.id) for m in members))


@command
def withdraw_question(*, question_id: int, actor: Actor, now: datetime) -> None:
    """Take a question back before it is counted. Writes VotesNoted (none left). Raises Missing, Refused, Closed."""
    question, _turn, sitting, here = _open_question(question_id, actor, now)
    withdraw(question, now)
    note(VotesNoted(session=sitting.number, votes=0), here, sitting.id, actor, now)
