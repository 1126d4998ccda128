"""A rehearsal clock turned back: pages of ideas and projects show what stood at that moment, as the log tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from pb import clock as the_clock
from pb.audit.models import Event
from pb.core.errors import Closed
from pb.core.workflow import IDEA_TRANSITIONS, IdeaState, ProjectState
from pb.db import db
from pb.ideas import commands, events, queries, queries_list, queries_own, then
from pb.ideas.models import Idea
from pb.ideas.queries_list import Filters
from pb.installation import turn_clock
from pb.policy import Role
from pb.projects import commands as project_commands
from pb.projects import commands_invite
from pb.projects import events as project_events
from pb.projects import queries as project_queries
from pb.projects import then as project_then
from pb.review import queries_eligibility
from pb.review.checking import Finding
from pb.review.commands_eligibility import record_check, take_up
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.ideas.making import author, handed_in
from tests.projects.making import BUDGET, FIELDS, TIMELINE, rules_of


def day(number: int) -> datetime:
    """Noon of a day of May 2026 and on: 32 is 1 June."""
    return datetime(2026, 5, 1, 8, 0, tzinfo=UTC) + timedelta(days=number - 1)


def turn(app_clock: FrozenClock, to: datetime) -> None:
    """Turn the rehearsal clock so that the site, whose machine's clock is frozen, stands at ``to``."""
    turn_clock(to=the_clock.system_now() + (to - app_clock()))
    the_clock.forget()
    db.session.rollback()
    assert abs(the_clock.now() - to) < timedelta(seconds=2)


@pytest.fixture
def world(app: Flask, clock: FrozenClock) -> World:
    """Four ideas: admitted and invited, returned and answered, refused, withdrawn; the machine stands in August."""
    world = make_world(app)
    clock.set(2026, 8, 20)
    return world


class Ideas:
    """The ideas of a world, with what was done to each and when."""

    def __init__(self, world: World) -> None:
        self.world, self.officer = world, world.actor(Role.OFFICER)
        self.actor = author()
        self.good = handed_in(world, self.actor, now=day(10), title="გზა")
        self.back = handed_in(world, now=day(11), title="ხიდი")
        self.bad = handed_in(world, now=day(12), title="აუზი")
        self.gone = handed_in(world, self.actor, now=day(13), title="პარკი")
        take_up(idea_id=self.good.id, actor=self.officer, now=day(15))
        self.check(self.good, "eligible", day(20))
        self.check(self.back, "returned", day(21), notes={"solution": "დააზუსტეთ სიგრძე."})
        self.check(self.bad, "ineligible", day(22), reason="ეს მუნიციპალიტეტის უფლებამოსილებაში არ შედის.")
        commands.withdraw_idea(idea_id=self.gone.id, actor=self.actor, now=day(23))
        commands.answer_return(idea_id=self.back.id, actor=self.author_of(self.back), now=day(24))
        self.project_id = commands_invite.invite_project(
            idea_ids=[self.good.id], actor=self.officer, now=day(25)
        )
        written = datetime(2026, 7, 20, 8, 0, tzinfo=UTC)
        project_commands.save_revision(
            project_id=self.project_id, fields=FIELDS, timeline=TIMELINE, budget=BUDGET, actor=self.actor, now=written
        )  # fmt: skip
        project_commands.hand_in_project(
            project_id=self.project_id, actor=self.actor, now=written + timedelta(days=1)
        )

    def check(self, idea: Idea, outcome: str, at: datetime, *, notes: dict[str, str] | None = None,
              reason: str = "") -> None:  # fmt: skip
        checks = rules_of(self.world).checklist
        failing = checks[0].id if outcome == "ineligible" else ""
        record_check(
            idea_id=idea.id, outcome=outcome, notes=notes or {}, public_reason=reason, actor=self.officer, now=at,
            findings={c.id: Finding(c.id != failing) for c in checks},
        )  # fmt: skip

    def author_of(self, idea: Idea):  # type: ignore[no-untyped-def]
        from pb.accounts.queries import actor_by_id

        return actor_by_id(min(idea.author_ids))


def states_by_events(cycle_id: int, moment: datetime) -> dict[int, str]:
    """The plain reference: the log, played up to a moment, one act after the other."""
    found: dict[int, str] = {}
    for event in db.session.query(Event).filter_by(subject="idea", cycle_id=cycle_id).order_by(Event.id):
        if event.at <= moment and event.kind in then.AFTER and event.subject_id is not None:
            found[event.subject_id] = then.AFTER[event.kind]
    return found


MOMENTS = [day(9), day(11), day(14), day(16), day(20), day(21), day(23), day(24), day(26), day(100)]


@pytest.mark.parametrize("moment", MOMENTS, ids=[f"{m:%d-%b}" for m in MOMENTS])
def test_lists_pages_and_queue_agree_with_the_log_up_to_then(
    world: World, clock: FrozenClock, moment: datetime
) -> None:
    made = Ideas(world)
    moment += timedelta(hours=1)
    expected = states_by_events(world.cycle.id, moment)
    turn(clock, moment)
    public = {i: s for i, s in expected.items() if s in queries.PUBLIC_STATES}

    page = queries_list.public_page(world.cycle.id, [])
    assert {row.id: row.state for row in page.rows} == public
    assert page.total == len(public)
    assert {row.id: row.state for row in queries.all_public(world.cycle.id)} == public
    assert {row.id: row.state for row in queries.newest(world.cycle.id, 9)} == public
    for state in IdeaState:
        wanted = queries_list.conditions_of(Filters(state=state), [], "TJ", 2026)
        assert {row.id for row in queries_list.public_page(world.cycle.id, wanted).rows} == {
            i for i, s in public.items() if s == state
        }
    mine = queries_own.ideas_of(world.cycle.id, made.actor.account_id or 0)
    assert {i.id: i.state for i in mine} == {
        i: s for i, s in expected.items() if i in (made.good.id, made.gone.id)
    }
    counts = queries_eligibility.counts(world.cycle.id)
    for shelf, states in queries_eligibility.SHELVES.items():
        on_it = {i: s for i, s in expected.items() if s in states}
        rows = queries_eligibility.queue(world.cycle.id, now=the_clock.now(), shelf=shelf)
        assert {row.idea.id: row.idea.state for row in rows} == on_it
        assert counts[shelf] == len(on_it)
    db.session.rollback()
    stored = {idea.id: idea.state for idea in db.session.query(Idea)}
    assert stored == states_by_events(world.cycle.id, day(365)), "nothing was written by looking"


def test_pages_before_the_admission_show_an_idea_that_was_received(
    world: World, app: Flask, clock: FrozenClock
) -> None:
    made = Ideas(world)
    number = made.bad.number
    reason, url = made.bad.public_reason, f"{world.url}/ideas/{number}"
    browser = app.test_client()
    assert reason in browser.page(url).html  # type: ignore[attr-defined]
    turn(clock, day(12) + timedelta(hours=1))
    page = browser.page(url)  # type: ignore[attr-defined]
    assert reason not in page.html
    assert "მიღებულია" in page.html or "წარდგენილია" in page.html
    assert browser.get(f"{world.url}/ideas/{made.gone.number}").status_code == 404
    assert browser.get(f"{world.url}/projects/{made.good.number}").status_code == 404
    listed = browser.page(f"{world.url}/ideas")  # type: ignore[attr-defined]
    assert "პარკი" not in listed.html
    turn(clock, day(14))
    assert browser.get(f"{world.url}/ideas/{made.gone.number}").status_code == 200


def test_projects_show_the_state_of_the_moment(world: World, clock: FrozenClock) -> None:
    made = Ideas(world)
    number = made.good.number or 0
    for moment, state, has_text in (
        (day(24), None, False),
        (day(26), "invited", False),
        (datetime(2026, 7, 20, 9, 0, tzinfo=UTC), "developing", False),
        (datetime(2026, 7, 22, 9, 0, tzinfo=UTC), "handed_in", True),
    ):
        turn(clock, moment)
        found, total = project_queries.list_projects(world.cycle.id, project_queries.Filter())
        assert [project.state for project in found] == ([state] if state else [])
        assert total == len(found)
        assert project_queries.states_of(world.cycle.id) == ([(state, 1)] if state else [])
        one = project_queries.project_by_number(world.cycle.id, number)
        assert (one.state if one else None) == state
        assert (one is not None and one.handed_in_revision is not None) == has_text
        db.session.rollback()


def test_an_act_between_acts_that_were_done_already_is_refused(world: World, clock: FrozenClock) -> None:
    made = Ideas(world)
    turn(clock, day(14))
    with pytest.raises(Closed) as refused:
        take_up(idea_id=made.good.id, actor=made.officer, now=the_clock.now())
    assert refused.value.code == "later_acts"
    fresh = handed_in(world, now=the_clock.now(), title="ახალი")
    take_up(idea_id=fresh.id, actor=made.officer, now=the_clock.now())
    assert states_by_events(world.cycle.id, the_clock.now())[fresh.id] == "in_check"


def test_every_act_on_ideas_and_projects_has_its_state() -> None:
    """A new event that moves something must be told to the tables that play the log."""
    kinds = {cls.__name__ for cls in events.IdeaAct.__subclasses__()}
    # What changes the text or what is attached, and what is only proposed, leads to no state.
    assert kinds - set(then.AFTER) == {
        "IdeaChanged", "IdeaPictureChanged", "IdeaDocumentsChanged", "JoiningProposed", "JoiningEnded"
    }  # fmt: skip
    assert set(then.AFTER.values()) == {move.target.value for move in IDEA_TRANSITIONS.values()}
    declared = {
        name for name, cls in vars(project_events).items()
        if isinstance(cls, type) and getattr(cls, "subject", "") == "project"
    }  # fmt: skip
    assert declared - {"ProjectCostSettled", "ProjectDraftsPurged", "ProjectNotesAnswered"} == {
        *project_then.AFTER,
        *project_then.MOVES,
    }
    assert set(project_then.AFTER.values()) <= {state.value for state in ProjectState}


def test_production_asks_nothing_more(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    settings = replace(sqlite_app.extensions["pb_settings"], mode="production")
    monkeypatch.setitem(sqlite_app.extensions, "pb_settings", settings)
    assert then.shown_state() is Idea.state
    assert queries_list.public_page(1, []).rows == []


def test_texts_are_those_of_the_moment(world: World, app: Flask, clock: FrozenClock) -> None:
    """An idea and a project that were worded anew later: lists and pages show the words and the money of then."""
    writer, officer = author(), world.actor(Role.OFFICER)
    idea = handed_in(world, writer, now=day(10), title="ძველი სათაური", cost_tetri=100_00)
    commands.edit_idea(
        idea_id=idea.id, changes={"title": "ახალი სათაური", "cost_tetri": 900_00}, actor=writer, now=day(12)
    )
    number = idea.number
    checks = rules_of(world).checklist
    take_up(idea_id=idea.id, actor=officer, now=day(13))
    record_check(
        idea_id=idea.id, outcome="eligible", notes={}, public_reason="", actor=officer, now=day(14),
        findings={c.id: Finding(True) for c in checks},
    )  # fmt: skip
    project_id = commands_invite.invite_project(idea_ids=[idea.id], actor=officer, now=day(15))
    july = datetime(2026, 7, 20, 8, 0, tzinfo=UTC)
    who = {"project_id": project_id, "actor": writer}
    parts = {"fields": {**FIELDS, "title": "პირველი პროექტი"}, "timeline": TIMELINE, "budget": BUDGET}
    project_commands.save_revision(**parts, now=july, **who)  # type: ignore[arg-type]
    project_commands.hand_in_project(now=july + timedelta(hours=1), **who)  # type: ignore[arg-type]
    later = july + timedelta(days=2)
    project_commands.save_revision(
        fields={"title": "მეორე პროექტი"},
        budget=BUDGET[:1],
        now=later,
        **who,  # type: ignore[arg-type]
    )
    project_commands.hand_in_project(now=later + timedelta(hours=1), **who)  # type: ignore[arg-type]
    browser = app.test_client()

    def seen(path: str) -> str:
        return browser.page(f"{world.url}/{path}").text  # type: ignore[attr-defined, no-any-return]

    for moment, old, new in ((day(11), True, False), (day(13), False, True), (day(100), False, True)):
        turn(clock, moment)
        for path in (f"ideas/{number}", "ideas"):
            assert (("ძველი სათაური" in seen(path)), ("ახალი სათაური" in seen(path))) == (old, new), (
                path,
                moment,
            )
        mine = queries_own.ideas_of(world.cycle.id, writer.account_id or 0)
        assert [(i.title, i.cost_tetri) for i in mine] == [
            ("ძველი სათაური", 100_00) if old else ("ახალი სათაური", 900_00)
        ]
    whole, part = "8 899,28", "5 880"
    for moment, title, cost, gone in (
        (july + timedelta(hours=2), "პირველი პროექტი", whole, "მეორე პროექტი"),
        (later + timedelta(minutes=30), "პირველი პროექტი", whole, "მეორე პროექტი"),
        (later + timedelta(hours=2), "მეორე პროექტი", part, "პირველი პროექტი"),
    ):
        turn(clock, moment)
        for path in (f"projects/{number}", "projects"):
            text = seen(path).replace("\u00a0", " ")
            assert title in text
            assert cost in text
            assert gone not in text
    turn(clock, july + timedelta(minutes=30))
    assert "პირველი პროექტი" not in seen(f"projects/{number}"), "saved, but not handed in yet"
    db.session.rollback()
    stored = db.session.get(Idea, idea.id)
    assert stored is not None
    assert stored.title == "ახალი სათაური", "nothing was written by looking"
