"""What citizens do: comment, reply, take back, report, support, follow. One transaction each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from pb.accounts.commands import set_name
from pb.accounts.models import Account
from pb.accounts.queries import given_name
from pb.audit.log import Act, record
from pb.core.errors import Invalid, Missing, Refused
from pb.cycles.queries import Here, here_by_id
from pb.db import command, db, one_at_a_time
from pb.ideas.content import clean_line, clean_text, language_of
from pb.policy import Action, Actor, Role, allowed, authorise
from pb.talking import events, queries, queries_follows, queries_supports
from pb.talking.models import Comment, CommentReport, Follow, Support
from pb.talking.things import Thing, thing_of, thing_of_comment
from pb.talking.words import blocked_in, without_invisible

KINDS = ("for", "against", "question")
REASONS = ("insult", "personal_data", "untrue", "advertising", "other")
TEXT_LIMIT, NOTE_LIMIT = 1000, 300
# How much one person may say: (most, span).
LIMITS = ((5, timedelta(minutes=10)), (30, timedelta(days=1)))
REPORTS_A_DAY = 20
SUPPORTS_AN_HOUR = 60
SAME_FOR = timedelta(minutes=10)  # the same words again within this are the same form sent twice


def thing_here(cycle_id: int, key: str, now: datetime) -> tuple[Here, Thing]:
    """The thing and where it stands. Raises Missing."""
    here = here_by_id(cycle_id, now=now)
    thing = thing_of(here, key)
    if thing is None:
        raise Missing("no_such_page")
    return here, thing


@command
def post_comment(
    *,
    cycle_id: int,
    thing: str,
    kind: str,
    text: str,
    actor: Actor,
    now: datetime,
    parent_id: int | None = None,
    name: str = "",
    language: str = "ka",
) -> Comment:
    """Say something of a ``thing`` ("idea-42"), or reply to a comment on it. ``name``: for who has given none yet.

    Staff of the town speak as staff. The first words of an account in a town are held until staff have read them, as
    are all words of somebody whose words had to be hidden lately. The same words sent twice are one comment. Writes
    CommentPosted. Raises Invalid on ``text`` (required, too_long, blocked_word with the ``word``,
    too_many_comments), on ``kind`` and ``name``; Refused, Closed, Missing.
    """
    here, about = thing_here(cycle_id, thing, now)
    answers = is_staff_voice(actor, here)
    action = Action.ANSWER_AS_STAFF if answers else Action.TALK
    authorise(actor, action, town_id=here.town.id, status=here.status, thing=about)
    assert actor.account_id is not None
    one_at_a_time(f"talk {actor.account_id}")
    kind = _checked_kind(kind, parent_id, about, now)
    clean = clean_text(without_invisible(text))
    if not clean:
        raise Invalid("required", field="text")
    if len(clean) > TEXT_LIMIT:
        raise Invalid("too_long", field="text", limit=TEXT_LIMIT)
    account = db.session.get_one(Account, actor.account_id)
    label = _label(account, name, now, here)
    _refuse_blocked(clean, here.town.id, "text")
    same = queries.same_words(about, account.id, parent_id, clean, now - SAME_FOR)
    if same is not None:
        return same
    for most, span in LIMITS:
        if queries.count_since(account.id, now - span, now) >= most:
            raise Invalid("too_many_comments", field="text", most=most)
    held = not answers and queries.must_be_read_first(account.id, here.town.id, now)
    comment = Comment(
        cycle_id=cycle_id, kind=kind, state="held" if held else "shown", text=clean, parent_id=parent_id,
        language=language_of(clean, language), account_id=account.id, label=label, as_staff=answers,
        posted_at=now, **{about.column: about.id},
    )  # fmt: skip
    db.session.add(comment)
    db.session.flush()
    _note(events.CommentPosted(about.words, kind, held), comment.id, here, actor, now)
    return comment


def is_staff_voice(actor: Actor, here: Here) -> bool:
    """Whether somebody speaks for the municipality here: those who run the contest do, whatever they say."""
    return actor.has(here.town.id, Role.ADMINISTRATOR, Role.OFFICER)


def _checked_kind(kind: str, parent_id: int | None, thing: Thing, now: datetime) -> str:
    if parent_id is None:
        if kind not in KINDS:
            raise Invalid("required", field="kind")
        return kind
    parent = queries.comment_for_update(parent_id)
    on_it = (parent.idea_id if thing.what == "idea" else parent.project_id) == thing.id
    if not on_it or parent.parent_id is not None or parent.state != "shown" or parent.posted_at > now:
        raise Missing("no_such_page")
    return "reply"


def _label(account: Account, name: str, now: datetime, here: Here) -> str:
    """First name and initial. Raises Invalid on ``name`` where none was ever given."""
    known = given_name(account)
    if not known:
        known = clean_line(without_invisible(name))
        if len(known.split()) < 2:
            raise Invalid("whole_name", field="name")
        _refuse_blocked(known, here.town.id, "name")
        set_name(account_id=account.id, name=known, now=now)
    first, _blank, surname = known.partition(" ")
    return f"{first} {surname[:1]}." if surname else first


def _refuse_blocked(text: str, town_id: int, field: str) -> None:
    found = blocked_in(text, queries.folds_of(town_id))
    if found:
        raise Invalid("blocked_word", field=field, word=", ".join(found[:3]))


def _note(act: Act, subject_id: int, here: Here, actor: Actor, now: datetime) -> None:
    record(
        act, subject_id=subject_id, by=actor, at=now, town_id=here.town.id, cycle_id=here.the_cycle.id
    )  # fmt: skip


@command
def take_back_comment(*, comment_id: int, actor: Actor, now: datetime) -> None:
    """The author's own words go; that something stood here stays. Twice is one act. Writes CommentTakenBack."""
    comment = queries.comment_for_update(comment_id)
    here = here_by_id(comment.cycle_id, now=now)
    authorise(actor, Action.SEE_OWN, town_id=here.town.id, thing=comment)
    if comment.state == "taken_back":
        return
    comment.state, comment.text, comment.public_reason = "taken_back", "", ""
    queries.settle_reports(comment.id, now)
    _note(events.CommentTakenBack(words_of(here, comment)), comment.id, here, actor, now)


def words_of(here: Here, comment: Comment) -> str:
    """The public number of what a comment speaks of; empty when that is public no more."""
    thing = thing_of_comment(here, comment)
    return thing.words if thing else ""


@command
def report_comment(*, comment_id: int, reason: str, note: str, actor: Actor, now: datetime) -> None:
    """Ask the staff to look at a comment; once a person. Writes CommentReported. Raises Invalid, Missing, Refused."""
    comment = queries.comment_for_update(comment_id)
    here = here_by_id(comment.cycle_id, now=now)
    authorise(actor, Action.FOLLOW, town_id=here.town.id, status=here.status, thing=comment)
    assert actor.account_id is not None
    about = thing_of_comment(here, comment)
    if comment.state != "shown" or about is None:
        raise Missing("no_such_page")
    if reason not in REASONS:
        raise Invalid("required", field="reason")
    note = clean_text(without_invisible(note))
    if len(note) > NOTE_LIMIT:
        raise Invalid("too_long", field="note", limit=NOTE_LIMIT)
    one_at_a_time(f"talk {actor.account_id}")
    if queries.own_report(comment.id, actor.account_id) is not None:
        return
    if queries.reports_since(actor.account_id, now - timedelta(days=1), now) >= REPORTS_A_DAY:
        raise Invalid("too_many_reports", field="reason", most=REPORTS_A_DAY)
    db.session.add(
        CommentReport(comment_id=comment.id, account_id=actor.account_id, reason=reason, note=note, at=now)
    )
    _note(events.CommentReported(about.words), comment.id, here, actor, now)


@command
def support_idea(*, cycle_id: int, thing: str, actor: Actor, now: datetime) -> bool:
    """Stand for an idea, or for the ideas that became a project, with a verified phone. False: did so before.

    One person counts once, also where ideas were joined. Writes IdeaSupported. Raises Refused("phone_needed"),
    Refused for authors, Closed, Missing.
    """
    here, about = thing_here(cycle_id, thing, now)
    if not about.supports:
        raise Missing("no_such_page")
    lead = _supported_idea(here, about)
    authorise(actor, Action.SUPPORT_IDEA, town_id=here.town.id, status=here.status, thing=lead)
    account = db.session.get(Account, actor.account_id)
    if account is None or account.phone_hash is None:
        raise Refused("phone_needed")
    # One act of a person at a time: the constraint (idea, person) holds whatever happens here.
    one_at_a_time(f"support {account.id}")
    if queries_supports.supports_any(about.supports, account.id):
        return False
    if queries_supports.supports_since(account.id, now - timedelta(hours=1), now) >= SUPPORTS_AN_HOUR:
        raise Refused("too_many_requests")
    db.session.add(Support(idea_id=about.lead, account_id=account.id, at=now))
    _note(events.IdeaSupported(about.words), about.lead, here, actor, now)
    return True


def _supported_idea(here: Here, about: Thing) -> Thing:
    """The policy asks for the idea's state, also where its project is looked at."""
    if about.what == "idea":
        return about
    found = queries_supports.state_of_idea(about.lead)
    return Thing(**{**about.__dict__, "state": found})


@command
def take_back_support(*, cycle_id: int, thing: str, actor: Actor, now: datetime) -> bool:
    """No longer stand for it, on whichever of the joined ideas it was said. False: did not before.

    Writes SupportTakenBack. As long as supports are given.
    """
    here, about = thing_here(cycle_id, thing, now)
    lead = _supported_idea(here, about)
    authorise(actor, Action.SUPPORT_IDEA, town_id=here.town.id, status=here.status, thing=lead)
    assert actor.account_id is not None
    one_at_a_time(f"support {actor.account_id}")
    rows = db.session.scalars(
        select(Support).where(Support.idea_id.in_(about.supports), Support.account_id == actor.account_id)
    ).all()
    for row in rows:
        db.session.delete(row)
    if rows:
        _note(events.SupportTakenBack(about.words), about.lead, here, actor, now)
    return bool(rows)


@command
def follow(*, cycle_id: int, thing: str, actor: Actor, now: datetime) -> None:
    """Be shown what is new of it. Twice is one act. Writes FollowBegun."""
    here, about = thing_here(cycle_id, thing, now)
    authorise(actor, Action.FOLLOW, town_id=here.town.id, status=here.status, thing=about)
    assert actor.account_id is not None
    one_at_a_time(f"follow {actor.account_id}")
    if queries.own_follow(about, actor.account_id) is not None:
        return
    mine: Mapping[str, int] = {about.column: about.id}
    db.session.add(Follow(account_id=actor.account_id, since=now, seen_at=now, **mine))
    _note(events.FollowBegun(about.words), about.id, here, actor, now)


@command
def unfollow(*, cycle_id: int, thing: str, actor: Actor, now: datetime) -> None:
    """Be shown it no more. Writes FollowEnded."""
    here, about = thing_here(cycle_id, thing, now)
    authorise(actor, Action.FOLLOW, town_id=here.town.id, status=here.status, thing=about)
    assert actor.account_id is not None
    row = queries.own_follow(about, actor.account_id)
    if row is not None:
        db.session.delete(row)
        _note(events.FollowEnded(about.words), about.id, here, actor, now)


@command
def mark_read(*, cycle_id: int, actor: Actor, now: datetime) -> None:
    """What is new of all that the reader follows in this cycle counts as read. Writes FollowedRead."""
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.FOLLOW, town_id=here.town.id, status=here.status)
    assert actor.account_id is not None
    for row in queries_follows.follows_for_update(cycle_id, actor.account_id):
        row.seen_at = max(row.seen_at, now)
    record(events.FollowedRead(), subject_id=None, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)


def may_support(actor: Actor, here: Here, thing: Thing) -> bool:
    """Whether the page offers the button (the command asks again)."""
    if not thing.supports:
        return False
    lead = _supported_idea(here, thing)
    return allowed(actor, Action.SUPPORT_IDEA, town_id=here.town.id, status=here.status, thing=lead)
