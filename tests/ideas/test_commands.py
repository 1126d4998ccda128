"""Authors' commands, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb import clock
from pb.accounts.queries import actor_by_id
from pb.audit.models import Event
from pb.core.errors import Closed, Invalid, Missing, Problems, Refused
from pb.db import db
from pb.ideas import commands, commands_review, purging, records
from pb.ideas.models import Idea, IdeaAuthor, IdeaRevision
from pb.ideas.models_attached import IdeaPicture
from pb.policy import NOBODY, Role
from tests.conftest import FrozenClock
from tests.factories import make_citizen, make_town, make_world, rulebook
from tests.ideas.making import author, drafted, fields, handed_in, person


def kinds(idea_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(Event.kind).where(Event.subject == "idea", Event.subject_id == idea_id).order_by(Event.id)
        )
    )


def codes(caught: pytest.ExceptionInfo[Problems]) -> set[tuple[str, str | None]]:
    return {(p.code, p.field) for p in caught.value.problems}


def test_from_draft_to_number(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    idea = drafted(world, nino, title="  Gare ganateba   skolastan ")
    assert (idea.state, idea.number, idea.title) == ("draft", None, "Gare ganateba skolastan")
    with pytest.raises(Invalid, match="consent_needed"):
        commands.submit_idea(idea_id=idea.id, consent=False, actor=nino, now=clock.now())
    done = commands.submit_idea(idea_id=idea.id, consent=True, actor=nino, now=clock.now())
    assert (done.state, done.number, done.author_label) == ("submitted", 1, "ნინო ს.")
    assert done.authors[0].consent_at == clock.now()
    again = commands.submit_idea(idea_id=idea.id, consent=True, actor=nino, now=clock.now())
    assert again.number == 1
    assert kinds(idea.id) == ["IdeaHandedIn"]
    assert db.session.scalar(select(func.count()).select_from(IdeaRevision)) == 1
    assert handed_in(world).number == 2
    assert "ganateba" in db.session.get_one(Idea, idea.id).search_text


def test_personal_data_stand_sealed_and_apart(app: Flask) -> None:
    world = make_world(app)
    idea = handed_in(world, first_name="ქეთევანი", surname="ბალავაძე")
    row = idea.authors[0]
    for stored in (row.name_sealed, row.surname_sealed, row.village_sealed):
        assert stored
        assert "ბალავაძე".encode() not in stored
        assert "სიმონეთი".encode() not in stored
    assert records.person_of(row).full_name == "ქეთევანი ბალავაძე"
    public = " ".join(str(getattr(idea, c.name)) for c in Idea.__table__.columns)
    assert "ბალავაძე" not in public
    events = db.session.scalars(select(Event)).all()
    assert not any("ბალავაძე" in str(e.data) or "ქეთევან" in str(e.data) for e in events)


def test_what_is_missing_is_told_at_once(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    idea = commands.begin_draft(cycle_id=world.cycle.id, person=person(world), actor=nino, now=clock.now())
    with pytest.raises(Problems) as caught:
        commands.submit_idea(idea_id=idea.id, consent=True, actor=nino, now=clock.now())
    assert codes(caught) == {("required", f) for f in ("title", "problem", "solution", "category")}
    with pytest.raises(Problems) as caught:
        commands.save_draft(
            idea_id=idea.id,
            changes={"title": "ა" * 81, "unit_id": 9999, "category": "moon", "cost_tetri": -1},
            actor=nino,
            now=clock.now(),
        )
    assert codes(caught) == {
        ("too_long", "title"),
        ("unknown_unit", "unit_id"),
        ("unknown_category", "category"),
        ("not_money", "cost_tetri"),
    }
    commands.save_draft(idea_id=idea.id, changes={"title": ""}, actor=nino, now=clock.now(), partial=True)


def test_units_of_another_town_are_unknown(app: Flask) -> None:
    world = make_world(app)
    other = make_town("khoni").units[0].id
    with pytest.raises(Problems) as caught:
        handed_in(world, unit_id=other)
    assert codes(caught) == {("unknown_unit", "unit_id")}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"age_band": "0-13"}, ("too_young", "age_band")),
        ({"age_band": "14-15"}, ("guardian_needed", "guardian")),
        ({"age_band": "9-99"}, ("required", "age_band")),
        ({"kind": "organisation"}, ("organisation_needed", "organisation")),
        ({"kind": "company"}, ("kind_not_admitted", "kind")),
        ({"first_name": " "}, ("required", "first_name")),
    ],
)
def test_who_may_hand_in(app: Flask, changes: dict[str, str], problem: tuple[str, str]) -> None:
    town_rules = {"min_age_idea": 14, "who_may_hand_in": ("resident", "organisation")}
    world = make_world(app)
    world_rules(world, **town_rules)
    with pytest.raises(Problems) as caught:
        commands.begin_draft(
            cycle_id=world.cycle.id, person=person(world, **changes), actor=author(), now=clock.now()
        )
    assert codes(caught) == {problem}


def world_rules(world, **changes) -> None:  # type: ignore[no-untyped-def]
    """Put another rulebook in force."""
    from pb.core.rulebook import canonical_json
    from pb.cycles.models import Cycle, RulebookVersion
    from pb.db import writing

    rules = rulebook(world.town, **changes)
    with writing() as session:
        cycle = session.get_one(Cycle, world.cycle.id)
        book = RulebookVersion(
            cycle_id=cycle.id, version=2, document=canonical_json(rules.to_json()).decode(),
            fingerprint=rules.fingerprint(), created_at=clock.now(),
        )  # fmt: skip
        session.add(book)
        session.flush()
        cycle.rulebook_id = book.id
    db.session.expire_all()


def test_a_minor_with_a_guardian(app: Flask) -> None:
    world = make_world(app)
    world_rules(world, min_age_idea=14)
    idea = handed_in(world, age_band="14-15", guardian="მარიამ სანიმუშო")
    assert records.person_of(idea.authors[0]).guardian == "მარიამ სანიმუშო"


def test_the_limit_counts_ideas_handed_in(app: Flask) -> None:
    world = make_world(app)
    world_rules(world, max_ideas_per_author=2)
    nino = author()
    first = handed_in(world, nino)
    handed_in(world, nino)
    with pytest.raises(Closed, match="idea_limit"):
        handed_in(world, nino)
    commands.withdraw_idea(idea_id=first.id, actor=nino, now=clock.now())
    assert handed_in(world, nino).number == 3  # numbers are never given twice


def test_the_form_sent_twice_leaves_one_draft(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    one = commands.begin_draft(cycle_id=world.cycle.id, person=person(world), actor=nino, now=clock.now())
    two = commands.begin_draft(
        cycle_id=world.cycle.id, person=person(world, first_name="ნინა"), actor=nino, now=clock.now()
    )
    assert one.id == two.id
    assert two.author_label == "ნინა ს."


def test_two_tabs(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    idea = drafted(world, nino)
    version = idea.version
    commands.save_draft(
        idea_id=idea.id, changes={"title": "ერთი"}, actor=nino, now=clock.now(), version=version
    )
    # the same form again is no conflict, another text is
    commands.save_draft(
        idea_id=idea.id, changes={"title": "ერთი"}, actor=nino, now=clock.now(), version=version
    )
    with pytest.raises(Invalid, match="changed_meanwhile"):
        commands.save_draft(
            idea_id=idea.id, changes={"title": "ორი"}, actor=nino, now=clock.now(), version=version
        )
    assert db.session.get_one(Idea, idea.id).title == "ერთი"


def test_only_the_author_and_only_in_the_phase(app: Flask, clock: FrozenClock) -> None:
    world = make_world(app)
    nino, other = author(), author("სხვა კაცი")
    idea = drafted(world, nino)
    for stranger in (other, NOBODY, world.actor(Role.OFFICER), world.actor(Role.ADMINISTRATOR)):
        with pytest.raises(Refused):
            commands.save_draft(idea_id=idea.id, changes={"title": "x"}, actor=stranger, now=clock())
        with pytest.raises(Refused):
            commands.submit_idea(idea_id=idea.id, consent=True, actor=stranger, now=clock())
        with pytest.raises(Refused):
            commands.withdraw_idea(idea_id=idea.id, actor=stranger, now=clock())
    with pytest.raises(Missing):
        commands.submit_idea(idea_id=idea.id + 100, consent=True, actor=nino, now=clock())
    clock.set(2026, 7, 2)
    for late in (commands.save_draft, commands.submit_idea):
        arguments = {"changes": {"title": "x"}} if late is commands.save_draft else {"consent": True}
        with pytest.raises(Closed, match="wrong_phase"):
            late(idea_id=idea.id, actor=nino, now=clock(), **arguments)  # type: ignore[operator]
    with pytest.raises(Closed, match="wrong_phase"):
        commands.begin_draft(cycle_id=world.cycle.id, person=person(world), actor=nino, now=clock())


def test_operators_write_for_others(app: Flask) -> None:
    world = make_world(app)
    citizen = make_citizen()
    arguments = {
        "cycle_id": world.cycle.id,
        "person": person(world),
        "fields": fields(world),
        "now": clock.now(),
    }
    idea = commands.hand_in(
        **arguments, actor=world.actor(Role.OPERATOR), account_id=citizen.id, channel="centre"
    )
    assert idea.author_ids == {citizen.id}
    assert idea.channel == "centre"
    with pytest.raises(Refused):
        commands.hand_in(**arguments, actor=world.actor(Role.OFFICER), account_id=citizen.id)
    with pytest.raises(Refused):
        commands.hand_in(**arguments, actor=NOBODY)


def test_edit_keeps_revisions_until_it_is_taken_up(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    idea = handed_in(world, nino)
    commands.edit_idea(
        idea_id=idea.id, changes={"title": "ახალი"}, actor=nino, now=clock.now(), version=idea.version
    )
    commands.edit_idea(idea_id=idea.id, changes={"title": "ახალი"}, actor=nino, now=clock.now())
    texts = db.session.scalars(
        select(IdeaRevision.fields).where(IdeaRevision.idea_id == idea.id).order_by(IdeaRevision.number)
    ).all()
    assert [t["title"] for t in texts] == ["გარე განათება სკოლასთან", "ახალი"]
    with pytest.raises(Problems):
        commands.edit_idea(idea_id=idea.id, changes={"title": " "}, actor=nino, now=clock.now())
    commands_review.begin_check(idea_id=idea.id, actor=world.actor(Role.OFFICER), now=clock.now())
    with pytest.raises(Closed, match="wrong_state"):
        commands.edit_idea(idea_id=idea.id, changes={"title": "x"}, actor=nino, now=clock.now())
    assert kinds(idea.id) == ["IdeaHandedIn", "IdeaChanged", "IdeaTakenUp"]


def test_returned_and_answered(app: Flask, clock: FrozenClock) -> None:
    world = make_world(app)
    nino, officer = author(), world.actor(Role.OFFICER)
    idea = handed_in(world, nino)
    for times in (1, 2):
        commands_review.begin_check(idea_id=idea.id, actor=officer, now=clock())
        with pytest.raises(Invalid, match="notes_needed"):
            commands_review.return_idea(idea_id=idea.id, notes={"place": " "}, actor=officer, now=clock())
        back = commands_review.return_idea(
            idea_id=idea.id, notes={"place": "მიუთითეთ ქუჩა."}, actor=officer, now=clock()
        )
        assert (back.state, back.times_returned, back.notes) == (
            "returned",
            times,
            {"place": "მიუთითეთ ქუჩა."},
        )
        clock.set(2026, 7, times)  # an answer is possible after the ideas phase closed
        commands.edit_idea(idea_id=idea.id, changes={"place": f"{times} ქუჩა"}, actor=nino, now=clock())
        commands.answer_return(idea_id=idea.id, actor=nino, now=clock())
        again = commands.answer_return(idea_id=idea.id, actor=nino, now=clock())
        assert (again.state, again.notes) == ("submitted", {})
    commands_review.begin_check(idea_id=idea.id, actor=officer, now=clock())
    with pytest.raises(Closed, match="returned_too_often"):
        commands_review.return_idea(idea_id=idea.id, notes={"": "კიდევ"}, actor=officer, now=clock())
    commands_review.mark_eligible(idea_id=idea.id, actor=officer, now=clock())
    commands_review.mark_invited(idea_id=idea.id, actor=officer, now=clock())
    assert kinds(idea.id)[-4:] == ["IdeaAnswered", "IdeaTakenUp", "IdeaAdmitted", "IdeaInvited"]


def test_officials_moves(app: Flask) -> None:
    world = make_world(app)
    officer = world.actor(Role.OFFICER)
    one, two, three = handed_in(world), handed_in(world), handed_in(world, officer)
    with pytest.raises(Refused):
        commands_review.begin_check(idea_id=one.id, actor=author(), now=clock.now())
    with pytest.raises(Refused):  # nobody checks an idea of one's own
        commands_review.begin_check(idea_id=three.id, actor=officer, now=clock.now())
    with pytest.raises(Closed, match="not_from_this_state"):
        commands_review.mark_eligible(idea_id=one.id, actor=officer, now=clock.now())
    commands_review.begin_check(idea_id=one.id, actor=officer, now=clock.now())
    with pytest.raises(Invalid, match="required"):
        commands_review.mark_ineligible(idea_id=one.id, public_reason=" ", actor=officer, now=clock.now())
    refused = commands_review.mark_ineligible(
        idea_id=one.id, public_reason="კერძო მიწაა.", actor=officer, now=clock.now()
    )
    assert (refused.state, refused.public_reason) == ("ineligible", "კერძო მიწაა.")
    commands_review.begin_check(idea_id=two.id, actor=officer, now=clock.now())
    same = commands_review.mark_duplicate(
        idea_id=two.id, other_id=three.id, public_reason="იგივეა.", actor=officer, now=clock.now()
    )
    assert (same.state, same.same_as_id) == ("duplicate_of", three.id)
    admitted = commands_review.move(idea_id=one.id, act="admit_on_objection", actor=officer, now=clock.now())
    assert (admitted.state, admitted.public_reason) == ("eligible", "")


def test_withdrawing(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    draft, idea = drafted(world, nino), handed_in(world, nino)
    draft_id = draft.id
    commands.withdraw_idea(idea_id=draft.id, actor=nino, now=clock.now())
    assert db.session.get(Idea, draft_id) is None
    assert not db.session.scalars(select(IdeaAuthor).where(IdeaAuthor.idea_id == draft_id)).all()
    commands.withdraw_idea(idea_id=idea.id, actor=nino, now=clock.now())
    assert db.session.get_one(Idea, idea.id).state == "withdrawn"
    with pytest.raises(Closed):
        commands.withdraw_idea(idea_id=idea.id, actor=nino, now=clock.now())


def test_drafts_live_fourteen_days(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    draft, idea = drafted(world, nino), handed_in(world, nino)
    with_picture(draft)
    assert purging.purge_drafts(now=clock.now() + timedelta(days=13, hours=23)) == 0
    assert purging.purge_drafts(now=clock.now() + timedelta(days=14, seconds=1)) == 1
    assert db.session.scalars(select(Idea.id)).all() == [idea.id]
    assert not db.session.scalars(select(IdeaPicture)).all()


def with_picture(idea: Idea) -> None:
    from pb.db import writing

    with writing() as session:
        session.add(
            IdeaPicture(idea_id=idea.id, small=b"s", large=b"l", width=1, height=1, added_at=clock.now())
        )


def test_person_is_corrected(app: Flask) -> None:
    world = make_world(app)
    nino = author()
    idea = handed_in(world, nino)
    changed = commands.save_person(
        idea_id=idea.id, person=person(world, surname="მაგალითაძე"), actor=nino, now=clock.now()
    )
    assert changed.author_label == "ნინო მ."
    with pytest.raises(Problems):
        commands.save_person(
            idea_id=idea.id, person=replace(person(world), surname=""), actor=nino, now=clock.now()
        )
    assert actor_by_id(nino.account_id or 0).account_id in idea.author_ids
