"""Reading comments, supports, follows and the list of words. What is not shown is never read for the public."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select, update

from pb.core.errors import Missing
from pb.cycles.models import Cycle
from pb.db import db
from pb.talking.models import BlockedWord, Comment, CommentReport, Follow
from pb.talking.things import Thing

PER_PAGE = 20
REPLIES_IN_SHORT = 3
HIDDEN_LATELY = timedelta(days=30)


def comment_for_update(comment_id: int) -> Comment:
    """A comment, locked and read again (inside a command). Raises Missing."""
    row = db.session.execute(
        select(Comment)
        .where(Comment.id == comment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise Missing("no_such_page")
    return row


def comment_of(cycle_id: int, comment_id: int) -> Comment | None:
    """A comment of this cycle, in whatever state; who may see it, the caller asks."""
    return db.session.scalar(select(Comment).where(Comment.id == comment_id, Comment.cycle_id == cycle_id))


def _about(thing: Thing) -> ColumnElement[bool]:
    return (Comment.idea_id if thing.what == "idea" else Comment.project_id) == thing.id


def _readable(account_id: int | None, now: datetime) -> ColumnElement[bool]:
    """What stands on the page for this reader: held comments only for whoever wrote them."""
    shown = Comment.state.in_(("shown", "hidden", "taken_back"))
    own = and_(Comment.state == "held", Comment.account_id == account_id) if account_id is not None else None
    return and_(Comment.posted_at <= now, shown if own is None else or_(shown, own))


def _columns(account_id: int | None) -> tuple[Any, ...]:
    """The words of what is hidden leave the database for its author alone."""
    open_to: list[ColumnElement[bool]] = [Comment.state.in_(("shown", "taken_back"))]
    if account_id is not None:
        open_to.append(Comment.account_id == account_id)
    text = case((or_(*open_to), Comment.text), else_="").label("text")
    mine = Comment.account_id == (account_id if account_id is not None else -1)
    return (
        Comment.id, Comment.parent_id, Comment.kind, Comment.state, text, Comment.language, Comment.label,
        Comment.as_staff, Comment.public_reason, Comment.posted_at, mine.label("mine"),
    )  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """A page of comments. ``replies``: by the id of what they reply to; ``more``: how many replies are not among
    them; ``after``: the mark of the next page, 0 for none.
    """

    rows: Sequence[Row[Any]]
    replies: dict[int, list[Row[Any]]]
    more: dict[int, int]
    after: int


def talk_of(
    thing: Thing,
    *,
    account_id: int | None,
    now: datetime,
    kind: str = "",
    after: int = 0,
    limit: int = PER_PAGE,
    replies: int | None = None,
) -> Talk:
    """The newest comments on a thing with their replies, from a mark on; two queries whatever their number.

    ``replies``: at most so many to each, the first ones; None for all.
    """
    query = (
        select(*_columns(account_id))
        .where(_about(thing), Comment.parent_id.is_(None), _readable(account_id, now))
        .order_by(Comment.id.desc())
        .limit(limit + 1)
    )
    if kind:
        query = query.where(Comment.kind == kind)
    if after:
        query = query.where(Comment.id < after)
    rows = db.session.execute(query).all()
    page = rows[:limit]
    found, more = _replies([row.id for row in page], account_id, now, replies)
    return Talk(page, found, more, page[-1].id if len(rows) > limit else 0)


def _replies(
    ids: Collection[int], account_id: int | None, now: datetime, most: int | None
) -> tuple[dict[int, list[Row[Any]]], dict[int, int]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    more: dict[int, int] = {}
    if not ids:
        return found, more
    place = func.row_number().over(partition_by=Comment.parent_id, order_by=Comment.id).label("place")
    total = func.count().over(partition_by=Comment.parent_id).label("total")
    inner = (
        select(*_columns(account_id), place, total)
        .where(Comment.parent_id.in_(ids), _readable(account_id, now))
        .subquery()
    )
    query = select(inner).order_by(inner.c.id)
    if most is not None:
        query = query.where(inner.c.place <= most)
    for row in db.session.execute(query):
        found[row.parent_id].append(row)
        more[row.parent_id] = row.total - len(found[row.parent_id])
    return found, more


def counts_of(thing: Thing, now: datetime) -> dict[str, int]:
    """How many shown comments there are of each kind ("for", "against", "question", "reply")."""
    query = (
        select(Comment.kind, func.count())
        .where(_about(thing), Comment.state == "shown", Comment.posted_at <= now)
        .group_by(Comment.kind)
    )
    return {kind: count for kind, count in db.session.execute(query)}  # noqa: C416


def same_words(
    thing: Thing, account_id: int, parent_id: int | None, text: str, since: datetime
) -> Comment | None:
    """The comment that a form sent twice has made already."""
    parent = Comment.parent_id.is_(None) if parent_id is None else Comment.parent_id == parent_id
    query = select(Comment).where(
        _about(thing), parent, Comment.account_id == account_id, Comment.text == text,
        Comment.posted_at > since,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Comment.id.desc()).limit(1))


def count_since(account_id: int, since: datetime, now: datetime) -> int:
    """How much an account has said, taken back or not."""
    query = select(func.count()).where(
        Comment.account_id == account_id, Comment.posted_at > since, Comment.posted_at <= now
    )
    return db.session.execute(query).scalar_one()


def must_be_read_first(account_id: int, town_id: int, now: datetime) -> bool:
    """Whether staff read an account's words before others do: until they let some through here, and for a while after
    they had to hide some.
    """
    mine = (
        select(Comment.state, Comment.decided_at)
        .join(Cycle, Cycle.id == Comment.cycle_id)
        .where(Comment.account_id == account_id, Cycle.town_id == town_id, ~Comment.as_staff)
    ).subquery()
    known, hidden = db.session.execute(
        select(
            func.count(case((mine.c.state == "shown", 1))),
            func.count(case((and_(mine.c.state == "hidden", mine.c.decided_at > now - HIDDEN_LATELY), 1))),
        )
    ).one()
    return not known or bool(hidden)


def folds_of(town_id: int) -> list[str]:
    """The blocked words of a town, as they are compared."""
    query = select(BlockedWord.fold).where(BlockedWord.town_id == town_id).order_by(BlockedWord.fold)
    return list(db.session.scalars(query))


def words_of_town(town_id: int) -> list[BlockedWord]:
    """The same for whoever keeps the list."""
    query = select(BlockedWord).where(BlockedWord.town_id == town_id)
    return list(db.session.scalars(query.order_by(BlockedWord.fold)))


def own_report(comment_id: int, account_id: int) -> CommentReport | None:
    """The reader's own report of a comment."""
    return db.session.scalar(
        select(CommentReport).where(
            CommentReport.comment_id == comment_id, CommentReport.account_id == account_id
        )
    )


def reports_since(account_id: int, since: datetime, now: datetime) -> int:
    """How many comments an account has reported."""
    query = select(func.count()).where(
        CommentReport.account_id == account_id, CommentReport.at > since, CommentReport.at <= now
    )
    return db.session.execute(query).scalar_one()


def settle_reports(comment_id: int, now: datetime) -> int:
    """Staff have looked (inside a command); gives how many reports were open."""
    done: Any = db.session.execute(
        update(CommentReport)
        .where(CommentReport.comment_id == comment_id, CommentReport.settled_at.is_(None))
        .values(settled_at=now)
    )
    return int(done.rowcount)


def reports_of(comment_id: int) -> list[CommentReport]:
    """All reports of a comment, newest first."""
    query = select(CommentReport).where(CommentReport.comment_id == comment_id)
    return list(db.session.scalars(query.order_by(CommentReport.id.desc())))


_OPEN_REPORT = exists().where(CommentReport.comment_id == Comment.id, CommentReport.settled_at.is_(None))


def waiting(cycle_id: int, now: datetime, limit: int = 100) -> list[Row[Any]]:
    """For staff: what is held or reported, the longest waiting first, with the number of open reports."""
    reports = (
        select(func.count())
        .where(CommentReport.comment_id == Comment.id, CommentReport.settled_at.is_(None))
        .correlate(Comment)
        .scalar_subquery()
        .label("reports")
    )
    wanted = or_(Comment.state == "held", and_(Comment.state == "shown", _OPEN_REPORT))
    query = (
        select(Comment, reports)
        .where(Comment.cycle_id == cycle_id, wanted, Comment.posted_at <= now)
        .order_by(Comment.id)
        .limit(limit)
    )
    return list(db.session.execute(query))


def waiting_count(cycle_id: int, now: datetime) -> int:
    """How many there are."""
    wanted = or_(Comment.state == "held", and_(Comment.state == "shown", _OPEN_REPORT))
    query = select(func.count()).where(Comment.cycle_id == cycle_id, wanted, Comment.posted_at <= now)
    return db.session.execute(query).scalar_one()


def hidden_lately(cycle_id: int, limit: int = 20) -> list[Comment]:
    """For staff: what was hidden, the latest first, to be shown again where that was wrong."""
    query = select(Comment).where(Comment.cycle_id == cycle_id, Comment.state == "hidden")
    return list(db.session.scalars(query.order_by(Comment.decided_at.desc(), Comment.id.desc()).limit(limit)))


def own_follow(thing: Thing, account_id: int | None) -> Follow | None:
    """Whether, and since when, somebody follows a thing."""
    if account_id is None:
        return None
    column = Follow.idea_id if thing.what == "idea" else Follow.project_id
    return db.session.scalar(select(Follow).where(Follow.account_id == account_id, column == thing.id))
