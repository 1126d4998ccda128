"""What staff do: let through what was held, hide with a public reason, show again, keep the list of words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from pb.audit.log import record
from pb.core.errors import Closed, Invalid, Missing
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, is_sqlite
from pb.ideas.content import clean_line, clean_text
from pb.policy import Action, Actor, authorise
from pb.talking import events, queries
from pb.talking.commands import words_of
from pb.talking.models import BlockedWord, Comment
from pb.talking.words import fold_of

REASON_LIMIT = 300
MOST_WORDS = 500


def _open(comment_id: int, actor: Actor, now: datetime) -> tuple[Comment, Here]:
    comment = queries.comment_for_update(comment_id)
    here = here_by_id(comment.cycle_id, now=now)
    authorise(actor, Action.MODERATE, town_id=here.town.id, status=here.status, thing=comment)
    return comment, here


@command
def show_comment(*, comment_id: int, actor: Actor, now: datetime) -> None:
    """Let a held comment through, show a hidden one again, or leave a reported one as it is; reports are settled.

    Writes CommentLetThrough, CommentRestored or ReportsSettled. Raises Refused, Closed("not_from_this_state").
    """
    comment, here = _open(comment_id, actor, now)
    number, was = words_of(here, comment), comment.state
    if was == "taken_back":
        raise Closed("not_from_this_state", state=was, act="show")
    settled = queries.settle_reports(comment.id, now)
    done: events.CommentAct
    if was == "shown":
        if not settled:
            return
        done = events.ReportsSettled(number)
    else:
        done = events.CommentLetThrough(number) if was == "held" else events.CommentRestored(number)
        comment.state, comment.public_reason = "shown", ""
    comment.decided_at = now
    record(done, subject_id=comment.id, by=actor, at=now, town_id=here.town.id, cycle_id=comment.cycle_id)


@command
def hide_comment(*, comment_id: int, public_reason: str, actor: Actor, now: datetime) -> None:
    """Hide a comment, held or shown; the reason stands in its place, its words are kept and shown to its author.

    Writes CommentHidden. Raises Invalid on ``public_reason``, Refused, Closed("not_from_this_state").
    """
    comment, here = _open(comment_id, actor, now)
    reason = clean_text(public_reason)
    if not reason:
        raise Invalid("required", field="public_reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid("too_long", field="public_reason", limit=REASON_LIMIT)
    if comment.state == "taken_back":
        raise Closed("not_from_this_state", state=comment.state, act="hide")
    if comment.state == "hidden" and comment.public_reason == reason:
        return
    comment.state, comment.public_reason, comment.decided_at = "hidden", reason, now
    queries.settle_reports(comment.id, now)
    done = events.CommentHidden(words_of(here, comment))
    record(done, subject_id=comment.id, by=actor, at=now, town_id=here.town.id, cycle_id=comment.cycle_id)


@command
def block_words(*, town_id: int, typed: str, actor: Actor, now: datetime) -> int:
    """Add words, one a line, to those that comments may not hold. Gives how many were new.

    A star at the end stands for any ending. Writes WordsBlocked. Raises Invalid on ``words``: required, not_a_word,
    too_many_words.
    """
    authorise(actor, Action.MANAGE_WORDS, town_id=town_id)
    lines = [line for line in (clean_line(part) for part in typed.splitlines()) if line]
    if not lines:
        raise Invalid("required", field="words")
    folds: dict[str, str] = {}
    for line in lines:
        fold = fold_of(line)
        if not fold:
            raise Invalid("not_a_word", field="words", word=line[:60])
        folds.setdefault(fold, line)
    known = set(queries.folds_of(town_id))
    fresh = {fold: line for fold, line in folds.items() if fold not in known}
    if len(known) + len(fresh) > MOST_WORDS:
        raise Invalid("too_many_words", field="words", most=MOST_WORDS)
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    for fold, line in fresh.items():  # two administrators may add the same word at the same moment
        row = {"town_id": town_id, "typed": line, "fold": fold, "added_at": now}
        db.session.execute(insert(BlockedWord).values(row).on_conflict_do_nothing())
    if fresh:
        record(events.WordsBlocked(len(fresh)), subject_id=town_id, by=actor, at=now, town_id=town_id)
    return len(fresh)


@command
def unblock_word(*, town_id: int, word_id: int, actor: Actor, now: datetime) -> None:
    """Take a word off the list. Writes WordUnblocked. Raises Missing."""
    authorise(actor, Action.MANAGE_WORDS, town_id=town_id)
    row = db.session.scalar(
        select(BlockedWord).where(BlockedWord.id == word_id, BlockedWord.town_id == town_id)
    )
    if row is None:
        raise Missing("no_such_page")
    db.session.delete(row)
    record(events.WordUnblocked(1), subject_id=town_id, by=actor, at=now, town_id=town_id)
