"""Comments, reports, hiding, supports and follows, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pb import clock
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import db, writing
from pb.policy import NOBODY, Role
from pb.talking import commands, commands_staff, queries, queries_supports
from pb.talking.models import Comment, CommentReport, Follow, Support
from pb.talking.things import thing_of
from tests.factories import World, make_world
from tests.ideas.making import author, handed_in
from tests.ideas.test_races import at_once
from tests.talking.making import TEXT, citizen, known, said, staff, supported

IDEA = "idea-1"


@pytest.fixture
def world(app: Flask) -> World:
    found = make_world(app)
    handed_in(found)
    return found


def state_of(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id).state


def test_the_first_words_are_held_until_staff_let_them_through(world: World) -> None:
    gio = citizen()
    first = said(world, IDEA, gio)
    assert (first.state, first.kind, first.label, first.language) == ("held", "for", "გიორგი ს.", "ka")
    assert said(world, IDEA, gio, text="მეორე").state == "held"
    commands_staff.show_comment(comment_id=first.id, actor=staff(world), now=clock.now())
    assert state_of(first) == "shown"
    assert said(world, IDEA, gio, text="მესამე").state == "shown"
    kinds = db.session.scalars(select(Event.kind).where(Event.subject == "comment").order_by(Event.id)).all()
    assert kinds == ["CommentPosted", "CommentPosted", "CommentLetThrough", "CommentPosted"]
    data = str([row.data for row in db.session.scalars(select(Event).where(Event.subject == "comment"))])
    assert TEXT not in data
    assert "გიორგი" not in data


def test_after_words_were_hidden_the_next_are_held_again(world: World) -> None:
    gio = known(world, IDEA, citizen())
    bad = said(world, IDEA, gio, text="ცუდი")
    assert bad.state == "shown"
    commands_staff.hide_comment(
        comment_id=bad.id, public_reason="შეურაცხყოფაა.", actor=staff(world), now=clock.now()
    )
    assert said(world, IDEA, gio, text="კიდევ").state == "held"


def test_who_may_not(world: World) -> None:
    with pytest.raises(Refused, match="sign_in_first"):
        said(world, IDEA, NOBODY)
    for thing in ("idea-2", "project-1", "idea-0", "x", "idea-1x"):
        with pytest.raises(Missing):
            said(world, thing, citizen())
    gio = citizen()
    row = said(world, IDEA, gio)
    for actor in (gio, staff(world, Role.MEMBER), staff(world, Role.OPERATOR)):
        with pytest.raises(Refused):
            commands_staff.show_comment(comment_id=row.id, actor=actor, now=clock.now())
    with pytest.raises(Refused):
        commands.take_back_comment(comment_id=row.id, actor=citizen(), now=clock.now())
    other = make_world(db_app(), "khoni")
    with pytest.raises(Refused):
        commands_staff.show_comment(comment_id=row.id, actor=staff(other), now=clock.now())


def db_app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"text": " \u200b "}, "required", "text"),
        ({"text": "ა" * 1001}, "too_long", "text"),
        ({"kind": "reply"}, "required", "kind"),
        ({"kind": ""}, "required", "kind"),
        ({"text": "shen SULELI khar"}, "blocked_word", "text"),
    ],
)
def test_what_is_refused(world: World, changes: dict[str, str], code: str, field: str) -> None:
    admin = staff(world, Role.ADMINISTRATOR)
    commands_staff.block_words(town_id=world.town.id, typed="სულელი", actor=admin, now=clock.now())
    with pytest.raises(Invalid) as refused:
        said(world, IDEA, citizen(), **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    if code == "blocked_word":
        assert refused.value.params["word"] == "SULELI"
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0


def test_blocked_words_are_a_towns_own(world: World) -> None:
    admin = staff(world, Role.ADMINISTRATOR)
    added = commands_staff.block_words(
        town_id=world.town.id, typed="სულელი\nsuleli\n\nბრიყვ*", actor=admin, now=clock.now()
    )
    assert added == 2
    assert (
        commands_staff.block_words(town_id=world.town.id, typed="სულელი", actor=admin, now=clock.now()) == 0
    )
    khoni = make_world(db_app(), "khoni")
    handed_in(khoni)
    assert said(khoni, IDEA, citizen(), text="სულელი").text == "სულელი"
    with pytest.raises(Refused):
        commands_staff.block_words(town_id=khoni.town.id, typed="სხვა", actor=admin, now=clock.now())
    word = queries.words_of_town(world.town.id)[0]
    with pytest.raises(Missing):
        commands_staff.unblock_word(
            town_id=khoni.town.id, word_id=word.id, actor=staff(khoni, Role.ADMINISTRATOR), now=clock.now()
        )
    with pytest.raises(Invalid, match="not_a_word"):
        commands_staff.block_words(town_id=world.town.id, typed="ორი სიტყვა", actor=admin, now=clock.now())


def test_how_much_one_may_say(world: World) -> None:
    gio = citizen()
    for n in range(5):
        said(world, IDEA, gio, text=f"სიტყვა {n}")
    with pytest.raises(Invalid, match="too_many_comments"):
        said(world, IDEA, gio, text="მეექვსე")
    assert said(world, IDEA, gio, text="სიტყვა 4").id  # the same form again is no sixth
    later = clock.now() + timedelta(minutes=11)
    assert said(world, IDEA, gio, text="მეექვსე", now=later).id
    assert said(world, IDEA, citizen(), text="სხვა").id


def test_replies_stand_one_level_deep(world: World) -> None:
    gio = known(world, IDEA, citizen())
    top = said(world, IDEA, gio, kind="question", text="როდის?")
    answer = said(world, IDEA, staff(world), kind="", parent_id=top.id, text="გაისად.")
    assert (answer.kind, answer.as_staff, answer.state) == ("reply", True, "shown")
    with pytest.raises(Missing):
        said(world, IDEA, gio, parent_id=answer.id, text="მადლობა")
    handed_in(world)
    with pytest.raises(Missing):
        said(world, "idea-2", gio, parent_id=top.id, text="სხვაგან")
    held = said(world, IDEA, citizen(), text="ჯერ არ ჩანს")
    with pytest.raises(Missing):
        said(world, IDEA, gio, parent_id=held.id, text="პასუხი")


def test_a_name_is_asked_once(world: World) -> None:
    nameless = citizen("")
    with writing() as session:
        from pb.accounts.models import Account

        session.get_one(Account, nameless.account_id).name_sealed = None
    for name in ("", "ნინო"):
        with pytest.raises(Invalid) as refused:
            said(world, IDEA, nameless, name=name)
        assert refused.value.field == "name"
    assert said(world, IDEA, nameless, name=" ნინო  სანიმუშო ").label == "ნინო ს."
    assert said(world, IDEA, nameless, text="მეორე").label == "ნინო ს."


def test_hiding_and_showing_again(world: World) -> None:
    gio, officer = known(world, IDEA, citizen()), staff(world)
    row = said(world, IDEA, gio)
    with pytest.raises(Invalid) as refused:
        commands_staff.hide_comment(comment_id=row.id, public_reason=" ", actor=officer, now=clock.now())
    assert refused.value.field == "public_reason"
    commands_staff.hide_comment(
        comment_id=row.id, public_reason="პირადი მონაცემებია.", actor=officer, now=clock.now()
    )
    thing = thing_of(here(world), IDEA)
    assert thing is not None
    shown = {
        who: next(r for r in queries.talk_of(thing, account_id=who, now=clock.now()).rows if r.id == row.id)
        for who in (None, gio.account_id)
    }
    assert (shown[None].text, shown[None].public_reason) == ("", "პირადი მონაცემებია.")
    assert shown[gio.account_id].text == TEXT  # never lost to whoever wrote it
    commands_staff.show_comment(comment_id=row.id, actor=officer, now=clock.now())
    assert state_of(row) == "shown"


def here(world: World):  # type: ignore[no-untyped-def]
    from pb.cycles.queries import here_by_id

    return here_by_id(world.cycle.id, now=clock.now())


def test_taking_back(world: World) -> None:
    gio = known(world, IDEA, citizen())
    row = said(world, IDEA, gio)
    commands.take_back_comment(comment_id=row.id, actor=gio, now=clock.now())
    commands.take_back_comment(comment_id=row.id, actor=gio, now=clock.now())
    db.session.rollback()
    kept = db.session.get_one(Comment, row.id)
    assert (kept.state, kept.text) == ("taken_back", "")
    with pytest.raises(Closed):
        commands_staff.show_comment(comment_id=row.id, actor=staff(world), now=clock.now())


def test_reports(world: World) -> None:
    row = said(world, IDEA, known(world, IDEA, citizen()))
    nino = citizen("ნინო სანიმუშო")
    for _ in range(2):
        commands.report_comment(comment_id=row.id, reason="insult", note="", actor=nino, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(CommentReport)) == 1
    assert [(c.id, n) for c, n in queries.waiting(world.cycle.id, clock.now())] == [(row.id, 1)]
    commands_staff.show_comment(comment_id=row.id, actor=staff(world), now=clock.now())
    assert queries.waiting(world.cycle.id, clock.now()) == []
    with pytest.raises(Invalid):
        commands.report_comment(comment_id=row.id, reason="x", note="", actor=citizen(), now=clock.now())


def test_nobody_moderates_the_own_words(world: World) -> None:
    officer = staff(world)
    row = said(world, IDEA, officer)
    with pytest.raises(Refused):
        commands_staff.hide_comment(comment_id=row.id, public_reason="რადგან", actor=officer, now=clock.now())


# supports and follows


def test_a_support_counts_once_and_can_be_taken_back(world: World) -> None:
    gio = citizen()
    assert supported(world, IDEA, gio)
    assert not supported(world, IDEA, gio)
    idea = queries_support(world)
    assert queries_supports.supporters([idea], clock.now()) == 1
    assert commands.take_back_support(cycle_id=world.cycle.id, thing=IDEA, actor=gio, now=clock.now())
    assert queries_supports.supporters([idea], clock.now()) == 0
    assert supported(world, IDEA, gio)


def queries_support(world: World) -> int:
    thing = thing_of(here(world), IDEA)
    assert thing is not None
    return thing.id


def test_who_cannot_support(world: World) -> None:
    nino = author()
    handed_in(world, nino)
    with pytest.raises(Refused):
        supported(world, "idea-2", nino)
    with pytest.raises(Refused, match="phone_needed"):  # staff sign in by e-mail
        supported(world, IDEA, staff(world))
    with pytest.raises(Refused, match="sign_in_first"):
        supported(world, IDEA, NOBODY)


def test_one_person_is_one_support_in_a_race(app: Flask, world: World) -> None:
    gio, cycle, now = citizen(), world.cycle.id, clock.now()
    db.session.rollback()
    act = lambda: commands.support_idea(cycle_id=cycle, thing=IDEA, actor=gio, now=now)  # noqa: E731
    assert sorted(map(str, at_once(app, [act] * 6))) == ["False"] * 5 + ["True"]
    assert db.session.scalar(select(func.count()).select_from(Support)) == 1


def test_the_database_itself_holds_it(world: World) -> None:
    gio = citizen()
    supported(world, IDEA, gio)
    second = handed_in(world).id
    row = said(world, IDEA, gio)
    for statement in (
        "INSERT INTO support (idea_id, account_id, at) SELECT idea_id, account_id, at FROM support",
        f"UPDATE support SET idea_id = {second}",
        f"UPDATE comment SET text = 'სხვა სიტყვები' WHERE id = {row.id}",
        f"DELETE FROM comment WHERE id = {row.id}",
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement))


def test_following(world: World) -> None:
    gio = citizen()
    for _ in range(2):
        commands.follow(cycle_id=world.cycle.id, thing=IDEA, actor=gio, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Follow)) == 1
    commands.unfollow(cycle_id=world.cycle.id, thing=IDEA, actor=gio, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(Follow)) == 0
