"""Ideas that go on as one: every author agrees or nothing happens; supports count once and are never moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pb import clock
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Refused
from pb.db import db, writing
from pb.ideas import commands, commands_joining, commands_split, joined, records
from pb.ideas.commands_review import begin_check, mark_eligible
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.models_joining import Joining
from pb.policy import Actor, Role
from pb.projects import commands_invite
from pb.projects.models import Project
from pb.talking import queries_supports
from pb.talking.models import Support
from tests.factories import World, make_world
from tests.ideas.making import author, handed_in
from tests.ideas.test_races import at_once
from tests.pages import CheckedClient
from tests.talking.making import citizen, staff, supported


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def actor_of(idea: Idea) -> Actor:
    return Actor(min(idea.author_ids))


def proposed(world: World, lead: Idea, others: Sequence[Idea], by: Actor) -> Joining:
    return commands_joining.propose_joining(
        cycle_id=world.cycle.id, lead_id=lead.id, idea_ids=[idea.id for idea in others],
        reason="ერთი და იგივე გზაა.", actor=by, now=clock.now(),
    )  # fmt: skip


def says(joining: Joining, who: Actor, agrees: bool = True) -> None:
    commands_joining.answer_joining(joining_id=joining.id, agrees=agrees, actor=who, now=clock.now())


def join(world: World, lead: Idea, *others: Idea) -> Joining:
    joining = proposed(world, lead, others, actor_of(lead))
    for idea in others:
        says(joining, actor_of(idea))
    return joining


def fresh(idea: Idea) -> Idea:
    db.session.rollback()
    return db.session.get_one(Idea, idea.id)


def test_every_author_agrees_or_nothing_happens(world: World) -> None:
    first, second, third = (handed_in(world) for _ in range(3))
    joining = proposed(world, first, [second, third], staff(world))
    assert joining.by_officer
    says(joining, actor_of(first))
    says(joining, actor_of(second))
    assert {fresh(idea).state for idea in (first, second, third)} == {"submitted"}
    assert joined.group_of(first.id) == (first.id,)
    says(joining, actor_of(third))
    assert [fresh(idea).state for idea in (first, second, third)] == [
        "submitted",
        "merged_into",
        "merged_into",
    ]
    assert joined.group_of(third.id) == (first.id, second.id, third.id)
    assert len(fresh(first).author_ids) == 3  # the joint idea keeps all authors
    assert fresh(second).author_ids == second.author_ids
    kinds = db.session.scalars(
        select(Event.kind).where(Event.subject == "idea", Event.subject_id == second.id).order_by(Event.id)
    ).all()
    assert kinds == ["IdeaHandedIn", "JoiningProposed", "IdeaMerged"]


def test_one_no_ends_it(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    joining = proposed(world, first, [second], actor_of(first))
    says(joining, actor_of(second), agrees=False)
    says(joining, actor_of(second), agrees=True)  # too late: the proposal has ended
    assert (fresh(second).state, joining.state) == ("submitted", "ended")
    again = join(world, second, first)  # and another one may be made
    assert again.state == "joined"


def test_who_may_not(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    for stranger in (citizen(), staff(world, Role.OPERATOR), staff(world, Role.ADMINISTRATOR), Actor()):
        with pytest.raises(Refused):
            proposed(world, first, [second], stranger)
    joining = proposed(world, first, [second], actor_of(first))
    for stranger in (citizen(), staff(world), Actor()):
        with pytest.raises(Refused):
            says(joining, stranger)
        with pytest.raises(Refused):
            commands_joining.call_off_joining(joining_id=joining.id, actor=stranger, now=clock.now())
    with pytest.raises(Invalid, match="already_joining"):
        proposed(world, second, [first], actor_of(second))
    author_id = fresh(second).authors[0].id
    for stranger in (staff(world), citizen()):  # officers take down no consents
        with pytest.raises(Refused):
            commands_joining.answer_joining_for(
                joining_id=joining.id, author_id=author_id, account_id=None, slip="1", actor=stranger,
                now=clock.now(),
            )  # fmt: skip
    with pytest.raises(Refused, match="other_number"):
        commands_joining.answer_joining_for(
            joining_id=joining.id, author_id=author_id, account_id=citizen().account_id, slip="",
            actor=staff(world, Role.OPERATOR), now=clock.now(),
        )  # fmt: skip
    with pytest.raises(Invalid, match="slip_needed"):
        commands_joining.answer_joining_for(
            joining_id=joining.id, author_id=author_id, account_id=None, slip=" ",
            actor=staff(world, Role.OPERATOR), now=clock.now(),
        )  # fmt: skip


def test_an_operator_takes_down_a_yes(world: World) -> None:
    first, second, third = (handed_in(world) for _ in range(3))
    joining = proposed(world, first, [second, third], actor_of(first))
    operator = staff(world, Role.OPERATOR)
    for idea, account, slip in ((second, actor_of(second).account_id, ""), (third, None, "12, საქაღალდე")):
        commands_joining.answer_joining_for(
            joining_id=joining.id, author_id=idea.authors[0].id, account_id=account, slip=slip, actor=operator,
            now=clock.now(),
        )  # fmt: skip
    assert fresh(third).state == "merged_into"
    hows = {answer.how for answer in db.session.get_one(Joining, joining.id).answers}
    assert hows == {"page", "text_code", "signed_slip"}


def test_ideas_of_another_town_or_decided_ones_are_not_joined(world: World) -> None:
    other = make_world(world.app, "khoni")
    first, theirs = handed_in(world), handed_in(other)
    with pytest.raises(Invalid, match="unknown_idea"):
        proposed(world, first, [theirs], actor_of(first))
    gone = handed_in(world)
    commands.withdraw_idea(idea_id=gone.id, actor=actor_of(gone), now=clock.now())
    with pytest.raises(Invalid, match="not_joinable"):
        proposed(world, first, [gone], actor_of(first))
    with pytest.raises(Invalid, match="required"):
        proposed(world, first, [first], actor_of(first))


def test_a_joined_idea_is_not_counted_twice_against_its_author(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    join(world, first, second)
    assert records.counted_ideas(world.cycle.id, actor_of(second).account_id) == 1
    assert records.counted_ideas(world.cycle.id, actor_of(first).account_id) == 1


def test_withdrawing_a_joint_idea_takes_nobody_along(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    join(world, first, second)
    with pytest.raises(Closed, match="split_first"):
        commands.withdraw_idea(idea_id=first.id, actor=actor_of(first), now=clock.now())


def test_splitting_brings_back_what_was(world: World) -> None:
    first, second, third = (handed_in(world) for _ in range(3))
    begin_check(idea_id=third.id, actor=staff(world), now=clock.now())
    mark_eligible(idea_id=third.id, actor=staff(world), now=clock.now())
    before = {idea.id: (fresh(idea).author_label, fresh(idea).author_ids) for idea in (first, second, third)}
    join(world, first, second, third)
    commands_split.split_off(idea_id=second.id, actor=actor_of(second), now=clock.now())
    commands_split.split_off(idea_id=third.id, actor=actor_of(first), now=clock.now())
    assert [fresh(idea).state for idea in (first, second, third)] == ["submitted", "submitted", "eligible"]
    after = {idea.id: (fresh(idea).author_label, fresh(idea).author_ids) for idea in (first, second, third)}
    assert after == before
    with pytest.raises(Closed):
        commands_split.split_off(idea_id=second.id, actor=actor_of(second), now=clock.now())


def test_strangers_split_nothing(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    join(world, first, second)
    for stranger in (citizen(), staff(world), Actor()):
        with pytest.raises(Refused):
            commands_split.split_off(idea_id=second.id, actor=stranger, now=clock.now())


def test_the_project_keeps_all_authors_and_links_until_one_goes(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    join(world, first, second)
    begin_check(idea_id=first.id, actor=staff(world), now=clock.now())
    mark_eligible(idea_id=first.id, actor=staff(world), now=clock.now())
    commands_invite.invite_project(idea_ids=[first.id], actor=staff(world), now=clock.now())
    project = db.session.scalars(select(Project)).one()
    assert [link.idea_id for link in project.links] == [first.id, second.id]
    assert project.author_ids == first.author_ids | second.author_ids
    commands_split.split_off(idea_id=second.id, actor=actor_of(second), now=clock.now())
    db.session.rollback()
    project = db.session.scalars(select(Project)).one()
    assert [link.idea_id for link in project.links] == [first.id]
    assert project.author_ids == first.author_ids


def test_after_the_project_is_handed_in_nothing_is_split(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    join(world, first, second)
    begin_check(idea_id=first.id, actor=staff(world), now=clock.now())
    mark_eligible(idea_id=first.id, actor=staff(world), now=clock.now())
    commands_invite.invite_project(idea_ids=[first.id], actor=staff(world), now=clock.now())
    with writing() as session:
        project = session.scalars(select(Project)).one()
        project.state, project.handed_in_at = "handed_in", datetime(2026, 7, 20, tzinfo=UTC)
    with pytest.raises(Closed, match="project_handed_in"):
        commands_split.split_off(idea_id=second.id, actor=actor_of(second), now=clock.now())


def test_two_proposals_at_once_are_one(app: Flask, world: World) -> None:
    first, second, third = (handed_in(world) for _ in range(3))
    actors = [actor_of(idea) for idea in (first, second, third)]
    ids, cycle, now = [first.id, second.id, third.id], world.cycle.id, clock.now()
    db.session.rollback()

    def act(lead: int, other: int) -> object:
        return commands_joining.propose_joining(
            cycle_id=cycle,
            lead_id=ids[lead],
            idea_ids=[ids[other]],
            reason="ერთია",
            actor=actors[lead],
            now=now,
        ).id

    results = at_once(app, [lambda: act(0, 1), lambda: act(1, 0), lambda: act(2, 1)])
    assert sum(isinstance(result, int) for result in results) == 1
    assert db.session.query(Joining).count() == 1


# supports: counted once, never lost, never moved

Plan = list[tuple[str, int, int]]
PLANS = st.lists(
    st.tuples(
        st.sampled_from(["support", "take_back", "join", "split"]), st.integers(0, 3), st.integers(0, 3)
    ),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLANS)
def test_supports_are_counted_once_over_any_history(sqlite_app: Flask, plan: Plan) -> None:
    """Whatever is joined and split: a group's number is the number of different people who stand for one of its ideas,
    and neither joining nor splitting changes a single support.
    """
    world = WORLDS.get(id(sqlite_app)) or WORLDS.setdefault(id(sqlite_app), make_world(sqlite_app))
    ideas = [handed_in(world) for _ in range(4)]
    people = [citizen() for _ in range(4)]
    wanted: dict[int, set[int]] = {idea.id: set() for idea in ideas}
    for act, a, b in plan:
        idea, person = ideas[a], people[b]
        rows = everything()
        try:
            if act == "support" and supported(world, f"idea-{idea.number}", person):
                wanted[joined.lead_of(idea.id)].add(person.account_id or 0)
            elif act == "take_back":
                from pb.talking.commands import take_back_support

                group = joined.group_of(idea.id)
                take_back_support(
                    cycle_id=world.cycle.id, thing=f"idea-{idea.number}", actor=person, now=clock.now()
                )
                for member in group:
                    wanted[member].discard(person.account_id or 0)
            elif act == "join" and a != b:
                join(world, idea, ideas[b])
                assert everything() == rows
            elif act == "split":
                commands_split.split_off(idea_id=idea.id, actor=actor_of(idea), now=clock.now())
                assert everything() == rows
        except (Closed, Invalid, Refused):
            db.session.rollback()
        for one in ideas:
            group = joined.group_of(one.id)
            together = set().union(*(wanted[member] for member in group))
            assert queries_supports.supporters(group, clock.now()) == len(together)


WORLDS: dict[int, World] = {}


def everything() -> list[tuple[int, int]]:
    rows = db.session.execute(select(Support.idea_id, Support.account_id).order_by(Support.id))
    return [(row[0], row[1]) for row in rows]


def test_whoever_supported_both_is_one_person(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    both, only = citizen(), citizen()
    for thing, person in (("idea-1", both), ("idea-2", both), ("idea-2", only)):
        assert supported(world, thing, person)
    join(world, first, second)
    assert queries_supports.supporters(joined.group_of(first.id), clock.now()) == 2
    assert not supported(world, "idea-1", only)  # counted already, by the joined idea
    commands_split.split_off(idea_id=second.id, actor=actor_of(second), now=clock.now())
    assert queries_supports.supporters([second.id], clock.now()) == 2
    assert queries_supports.supporters([first.id], clock.now()) == 1


def test_not_even_the_database_moves_a_support(world: World) -> None:
    first, second = handed_in(world), handed_in(world)
    supported(world, "idea-2", citizen())
    join(world, first, second)
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text(f"UPDATE support SET idea_id = {first.id}"))


# pages


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_whole_way_on_pages(world: World, client: CheckedClient, lang: str) -> None:
    first, second = handed_in(world), handed_in(world, title="სკოლის ეზოს განათება")
    one, two = actor_of(first), actor_of(second)
    client.sign_in_as(one.account_id or 0)
    client.page(f"{world.url}/ideas/1?lang={lang}")
    client.page(f"{world.url}/ideas/1/join")
    wrong = client.send(f"{world.url}/ideas/1/join", {"others": "99", "reason": "<b>ერთი</b> ადგილია"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;ერთი&lt;/b&gt; ადგილია" in wrong.get_data(as_text=True)
    made = client.send(
        f"{world.url}/ideas/1/join", {"others": "TE-2026-0002", "reason": "<b>ერთი</b> ადგილია"}
    )
    assert made.status_code == 302
    page = made.headers["Location"]
    assert "<b>" not in client.get(page).get_data(as_text=True)
    client.sign_in_as(citizen().account_id or 0)
    assert client.get(page).status_code == 404
    client.sign_in_as(staff(world, Role.OPERATOR).account_id or 0)
    client.page(f"{world.url}/ideas/help/joining?lang={lang}")
    helped = f"{world.url}/ideas/help/joining/1/{second.authors[0].id}"
    client.page(helped)
    client.sign_in_as(two.account_id or 0)
    client.page(page)
    assert client.send(page, {"say": "yes"}).status_code == 302
    assert fresh(second).state == "merged_into"
    client.page(f"{world.url}/ideas/1?lang={lang}")
    client.page(f"{world.url}/ideas/2/split")
    assert client.send(f"{world.url}/ideas/2/split").status_code == 302
    assert fresh(second).state == "submitted"


def test_authors_of_both_ideas_are_asked_once(world: World) -> None:
    nino = author()
    first, second = handed_in(world, nino), handed_in(world, nino)
    assert proposed(world, first, [second], nino).state == "joined"
    assert len(fresh(first).authors) == 1
    assert db.session.query(IdeaAuthor).count() == 2
