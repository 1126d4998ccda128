"""Co-authors who must say yes, guardians of the young, an idea of a former year handed in again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pb import clock
from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.core.errors import Closed, Invalid, Missing, Refused
from pb.db import db, writing
from pb.ideas import (
    again,
    commands,
    commands_again,
    commands_authors,
    commands_guardian,
    commands_help,
    guardians,
    passes,
    purging,
    queries_own,
    records,
)
from pb.ideas.models import Idea
from pb.ideas.models_authors import AuthorInvitation, GuardianConsent
from pb.messages.models import OutgoingMessage
from pb.policy import Actor, Role
from tests.factories import World, make_citizen, make_world
from tests.ideas.making import author, drafted, fields, handed_in, person
from tests.ideas.test_commands import world_rules
from tests.pages import CheckedClient
from tests.talking.making import citizen, staff

YOUNG = {"age_band": "14-15", "guardian": "მარიამ სანიმუშო", "guardian_phone": "555 99 88 77"}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def phone(actor: Actor) -> str:
    return unseal(db.session.get_one(Account, actor.account_id).phone_sealed)


def texts(kind: str) -> list[str]:
    rows = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.kind == kind))
    return [unseal(row.body_sealed) for row in rows]


def asked(world: World, idea: Idea, whom: Actor, by: Actor) -> str:
    row = commands_authors.invite_author(idea_id=idea.id, phone=phone(whom), actor=by, now=clock.now())
    return commands_authors.code_of(row)


def confirm(world: World, code: str, who: Actor, **changes: Any) -> Idea:
    values: dict[str, Any] = {"first_name": "დათო", "surname": "თანაავტორიძე", **changes}
    return commands_authors.confirm_authorship(
        cycle_id=world.cycle.id,
        code=code,
        person=person(world, **values),
        consent=True,
        actor=who,
        now=clock.now(),
    )


def fresh(idea: Idea) -> Idea:
    db.session.rollback()
    return db.session.get_one(Idea, idea.id)


# co-authors


def test_a_co_author_is_shown_after_the_yes_alone(world: World) -> None:
    nino, dato = author(), citizen()
    idea = handed_in(world, nino)
    code = asked(world, idea, dato, nino)
    assert code in texts("coauthor_asked")[0]
    assert fresh(idea).author_label == "ნინო ს."
    assert asked(world, idea, dato, nino) == code  # asked twice is one invitation
    assert len(texts("coauthor_asked")) == 1
    confirm(world, code, dato)
    assert fresh(idea).author_label == "ნინო ს.; დათო თ."
    assert fresh(idea).author_ids == {nino.account_id, dato.account_id}
    with pytest.raises(Missing):
        confirm(world, code, dato)
    with pytest.raises(Invalid, match="author_already"):
        asked(world, idea, dato, nino)


def test_only_the_invited_number_says_yes(world: World) -> None:
    nino, dato = author(), citizen()
    idea = handed_in(world, nino)
    code = asked(world, idea, dato, nino)
    with pytest.raises(Refused, match="other_number"):
        confirm(world, code, citizen())
    for wrong in (code[:-1] + "0", "a999-aaaa-aaaa-aaaa", "x", ""):
        with pytest.raises(Missing):
            confirm(world, wrong, dato)
    with pytest.raises(Invalid, match="own_number"):
        asked(world, idea, nino, nino)
    with pytest.raises(Refused):
        asked(world, idea, dato, citizen())
    other = make_world(world.app, "khoni")
    with pytest.raises(Missing):  # another cycle's address
        commands_authors.decline_authorship(cycle_id=other.cycle.id, code=code, now=clock.now())


def test_declining_calling_back_and_running_out(world: World) -> None:
    nino, dato = author(), citizen()
    idea = handed_in(world, nino)
    code = asked(world, idea, dato, nino)
    commands_authors.decline_authorship(cycle_id=world.cycle.id, code=code, now=clock.now())
    row = db.session.scalars(select(AuthorInvitation)).one()
    assert (row.answer, row.phone_sealed) == ("declined", None)  # nothing of the person is kept
    second = asked(world, idea, dato, nino)
    invitation = commands_authors.open_invitations(idea.id, clock.now())[0]
    commands_authors.call_back(idea_id=idea.id, invitation_id=invitation.id, actor=nino, now=clock.now())
    with pytest.raises(Missing):
        confirm(world, second, dato)
    third = asked(world, idea, dato, nino)
    late = clock.now() + timedelta(days=15)
    assert commands_authors.invitation_by_code(world.cycle.id, third, late) is None


def test_leaving_and_who_cannot(world: World) -> None:
    nino, dato = author(), citizen()
    idea = handed_in(world, nino)
    with pytest.raises(Closed, match="last_author"):
        commands_authors.leave_idea(idea_id=idea.id, actor=nino, now=clock.now())
    confirm(world, asked(world, idea, dato, nino), dato)
    with pytest.raises(Closed, match="leave_instead"):
        commands.withdraw_idea(idea_id=idea.id, actor=dato, now=clock.now())
    commands_authors.leave_idea(idea_id=idea.id, actor=nino, now=clock.now())
    assert (fresh(idea).author_label, fresh(idea).author_ids) == ("დათო თ.", {dato.account_id})
    assert idea.state == "submitted"


def test_a_co_authors_idea_counts_as_an_own(world: World) -> None:
    world_rules(world, max_ideas_per_author=1)
    nino, dato = author(), citizen()
    own = handed_in(world, dato)
    idea = handed_in(world, nino)
    code = asked(world, idea, dato, nino)
    with pytest.raises(Closed, match="idea_limit"):
        confirm(world, code, dato)
    commands.withdraw_idea(idea_id=own.id, actor=dato, now=clock.now())
    confirm(world, code, dato)
    with pytest.raises(Closed, match="idea_limit"):
        handed_in(world, dato)


def test_how_many_may_be_asked(world: World) -> None:
    nino = author()
    idea = handed_in(world, nino)
    for _ in range(9):
        asked(world, idea, citizen(), nino)
    with pytest.raises(Invalid, match="too_many_authors"):
        asked(world, idea, citizen(), nino)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_pages_of_a_co_author(world: World, client: CheckedClient, lang: str) -> None:
    nino, dato = author(), citizen("დათო თანაავტორიძე")
    idea = handed_in(world, nino, title="<script>alert(1)</script> განათება")
    client.sign_in_as(nino.account_id or 0)
    page = f"{world.url}/ideas/mine/{idea.id}/authors"
    client.page(f"{page}?lang={lang}")
    assert client.send(page, {"phone": "12"}).status_code == 422
    assert client.send(page, {"phone": phone(dato)}).status_code == 302
    assert phone(dato)[-9:] not in client.get(page).get_data(as_text=True)
    link = f"{world.url}/ideas/coauthor/" + commands_authors.code_of(
        db.session.scalars(select(AuthorInvitation)).one()
    )
    client.sign_out()
    assert "<script>alert" not in client.get(f"{link}?lang={lang}").get_data(as_text=True)
    client.page(link)
    client.sign_in_as(citizen().account_id or 0)
    client.page(link)
    client.sign_in_as(dato.account_id or 0)
    sent = {
        "first_name": "დათო", "surname": "თანაავტორიძე", "age_band": "30-44",
        "unit_id": str(world.town.units[0].id), "kind": "resident",
    }  # fmt: skip
    kept = client.send(link, sent)
    assert kept.status_code == 422
    assert 'value="თანაავტორიძე"' in kept.get_data(as_text=True)
    assert client.send(link, {**sent, "consent": "y"}).status_code == 302
    assert "დათო თ." in client.page(f"{world.url}/ideas/1").text
    assert client.get(link).status_code == 404
    assert client.send(f"{page}/leave").status_code == 302
    assert "დათო თ." not in client.page(f"{world.url}/ideas/1").text


# guardians


def young_draft(world: World, actor: Actor, **changes: Any) -> Idea:
    idea = commands.begin_draft(
        cycle_id=world.cycle.id, person=person(world, **{**YOUNG, **changes}), actor=actor, now=clock.now()
    )
    return commands.save_draft(
        idea_id=idea.id, changes=fields(world), actor=actor, now=clock.now(), version=idea.version
    )


def submit(idea: Idea, actor: Actor) -> Idea:
    return commands.submit_idea(idea_id=idea.id, consent=True, actor=actor, now=clock.now())


def code_of(idea: Idea) -> str:
    row = guardians.consent_of(fresh(idea).authors[0])
    assert row is not None
    return guardians.code_of(row)


def test_a_young_authors_idea_waits_for_the_guardian(world: World) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    waiting = submit(idea, ana)
    assert (waiting.number, waiting.state) == (None, "draft")
    assert waiting.waiting_since is not None
    code = code_of(idea)
    assert code in texts("guardian_asked")[0]
    done = commands_guardian.answer_as_guardian(
        cycle_id=world.cycle.id, code=code, agrees=True, now=clock.now()
    )
    assert (done.number, done.state, done.author_label) == (1, "submitted", "ნინო ს.")
    again_ = commands_guardian.answer_as_guardian(
        cycle_id=world.cycle.id, code=code, agrees=True, now=clock.now()
    )
    assert again_.number == 1
    consent = db.session.scalars(select(GuardianConsent)).one()
    assert (consent.answer, consent.how) == ("agreed", "text_code")


def test_a_guardians_no(world: World) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    submit(idea, ana)
    code = code_of(idea)
    commands_guardian.answer_as_guardian(cycle_id=world.cycle.id, code=code, agrees=False, now=clock.now())
    assert (fresh(idea).number, fresh(idea).waiting_since) == (None, None)
    for wrong in (code[:-1] + "0", "g1-aaaa-aaaa-aaaa", ""):
        with pytest.raises(Missing):
            commands_guardian.answer_as_guardian(
                cycle_id=world.cycle.id, code=wrong, agrees=True, now=clock.now()
            )


def test_another_guardian_is_asked_anew(world: World) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    submit(idea, ana)
    code = code_of(idea)
    other = person(world, **{**YOUNG, "guardian": "სხვა სანიმუშო"})
    commands.save_person(idea_id=idea.id, person=other, actor=ana, now=clock.now())
    with pytest.raises(Missing):  # the consent was asked of somebody else
        commands_guardian.answer_as_guardian(cycle_id=world.cycle.id, code=code, agrees=True, now=clock.now())
    submit(idea, ana)
    assert code_of(idea) != code
    assert len(texts("guardian_asked")) == 2


def test_signed_at_a_centre(world: World) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana, guardian_phone="")
    submit(idea, ana)
    assert texts("guardian_asked") == []
    code, operator = passes.code_of(fresh(idea)), staff(world, Role.OPERATOR)

    def sign(**changes: Any) -> Idea:
        values: dict[str, Any] = {"draft_code": code, "slip": "7, საქაღალდე", "actor": operator, **changes}
        return commands_guardian.guardian_signed(cycle_id=world.cycle.id, now=clock.now(), **values)

    for changes, kind in (
        ({"slip": " "}, Invalid), ({"draft_code": "1-aaaa-aaaa-aaaa"}, Invalid), ({"actor": ana}, Refused),
        ({"actor": staff(world)}, Refused),
    ):  # fmt: skip
        with pytest.raises(kind):
            sign(**changes)
    assert sign().number == 1
    consent = db.session.scalars(select(GuardianConsent)).one()
    assert (consent.how, consent.slip, consent.operator_id) == (
        "signed_slip",
        "7, საქაღალდე",
        operator.account_id,
    )


def test_an_operators_paper_is_signed_by_the_guardian_too(world: World) -> None:
    operator = staff(world, Role.OPERATOR)
    idea = commands_help.write_down(
        cycle_id=world.cycle.id, person=person(world, **YOUNG), fields=fields(world), channel="centre",
        centre_id=None, actor=operator, now=clock.now(),
    )  # fmt: skip
    done = commands_help.hand_in_for(
        idea_id=idea.id, account_id=None, slip="8", actor=operator, now=clock.now()
    )
    assert done.number == 1
    by_code = commands_help.write_down(
        cycle_id=world.cycle.id, person=person(world, first_name="ანა", **YOUNG),
        fields=fields(world, title="სხვა"), channel="centre", centre_id=None, actor=operator, now=clock.now(),
    )  # fmt: skip
    waits = commands_help.hand_in_for(
        idea_id=by_code.id, account_id=make_citizen("ანა").id, slip="", actor=operator, now=clock.now()
    )
    assert (waits.number, waits.waiting_since is not None) == (None, True)


def test_a_waiting_idea_is_kept_longer_and_then_goes(world: World) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    submit(idea, ana)
    assert purging.purge_drafts(now=clock.now() + timedelta(days=29)) == 0
    assert purging.purge_drafts(now=clock.now() + timedelta(days=31)) == 1
    assert db.session.scalar(select(func.count()).select_from(GuardianConsent)) == 0


def test_a_young_co_author_is_shown_when_the_guardian_agrees(world: World) -> None:
    nino, ana = author(), citizen("ანა")
    idea = handed_in(world, nino)
    confirm(world, asked(world, idea, ana, nino), ana, first_name="ანა", **YOUNG)
    assert fresh(idea).author_label == "ნინო ს."
    young = next(row for row in fresh(idea).authors if row.account_id == ana.account_id)
    consent = guardians.consent_of(young)
    assert consent is not None
    commands_guardian.answer_as_guardian(
        cycle_id=world.cycle.id, code=guardians.code_of(consent), agrees=True, now=clock.now()
    )
    assert fresh(idea).author_label == "ნინო ს.; ანა თ."


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_pages_of_waiting(world: World, client: CheckedClient, lang: str) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    client.sign_in_as(ana.account_id or 0)
    sent = client.send(f"{world.url}/ideas/mine/{idea.id}/check?lang={lang}", {"consent": "y"})
    assert sent.status_code == 302
    page = f"{world.url}/ideas/mine/{idea.id}/waiting"
    assert client.get(sent.headers["Location"]).headers["Location"].endswith("/waiting")
    client.page(f"{page}?lang={lang}")
    client.page(f"{world.url}/ideas/mine?lang={lang}")
    assert client.send(page, {"code": "g1-aaaa-aaaa-aaaa"}).status_code == 422
    assert client.send(page, {"again": "1"}).status_code == 422  # just asked
    assert client.get(f"{world.url}/ideas/mine/{idea.id}/guardian.pdf").mimetype == "application/pdf"
    link = f"{world.url}/ideas/guardian/{code_of(idea)}"
    client.sign_out()
    text = client.page(f"{link}?lang={lang}").text
    assert "ნინო ს." in text
    assert "ნინო სანიმუშო" not in text  # first name and initial, also here
    assert client.send(link).status_code == 422
    assert client.send(link, {"agrees": "y"}).status_code == 302
    assert fresh(idea).number == 1
    client.page(link)
    client.sign_in_as(staff(world, Role.OPERATOR).account_id or 0)
    client.page(f"{world.url}/ideas/help/guardian?lang={lang}")


# a former year's idea


def refused_before(world: World, actor: Actor) -> Idea:
    """An idea of the year before, refused; the world's own year goes on."""
    from tests.factories import make_cycle

    former = make_cycle(world.town, 2025)
    idea = drafted(world, actor)
    with writing() as session:
        row = session.get_one(Idea, idea.id)
        row.cycle_id, row.number, row.state = former.id, 7, "ineligible_final"
        row.public_reason, row.submitted_at = "მუნიციპალიტეტის უფლებამოსილება არ არის.", clock.now()
    return fresh(idea)


def test_a_refused_idea_is_handed_in_again_with_its_old_evaluation(
    world: World, client: CheckedClient
) -> None:
    nino = author()
    old = refused_before(world, nino)
    handed = handed_in(world, nino)  # this year's are no former ones
    rows = again.former_ideas(here(world), nino.account_id or 0)
    assert [(idea.id, end) for idea, end in rows] == [(old.id, "ineligible_final")]
    for stranger, old_id in ((citizen(), old.id), (nino, handed.id), (nino, 0)):
        with pytest.raises(Missing):
            commands_again.begin_again(
                cycle_id=world.cycle.id, old_id=old_id, actor=stranger, now=clock.now()
            )
    client.sign_in_as(nino.account_id or 0)
    page = f"{world.url}/ideas/again"
    assert "უფლებამოსილება" in client.page(page).text
    for _ in range(2):
        assert client.send(page, {"idea": str(old.id)}).status_code == 302
    draft = db.session.scalars(select(Idea).where(Idea.again_of_id == old.id)).one()
    assert (draft.title, draft.state, draft.cycle_id) == (old.title, "draft", world.cycle.id)
    commands.save_draft(
        idea_id=draft.id, changes={"solution": "რვა ბოძი და ენერგოდამზოგი სანათები."}, actor=nino,
        now=clock.now(), version=draft.version,
    )  # fmt: skip
    number = submit(draft, nino).number
    client.sign_out()
    for lang in ("ka", "en"):
        html = client.get(f"{world.url}/ideas/{number}?lang={lang}").get_data(as_text=True)
        assert "<del>ექვსი</del><ins>რვა</ins> ბოძი" in html
        assert "TE-2025-0007" in html
        assert "უფლებამოსილება" in html


def here(world: World) -> Any:
    from pb.cycles.queries import here_by_id

    return here_by_id(world.cycle.id, now=clock.now())


def test_nobody_sees_a_draft_that_waits(world: World, client: CheckedClient) -> None:
    ana = citizen("ანა")
    idea = young_draft(world, ana)
    with writing() as session:
        session.get_one(Idea, idea.id).title = "ჯერუხილავი"
    submit(idea, ana)
    assert "ჯერუხილავი" not in client.page(f"{world.url}/ideas").text
    client.sign_in_as(citizen().account_id or 0)
    for rest in ("waiting", "guardian.pdf", "authors", "check"):
        assert client.get(f"{world.url}/ideas/mine/{idea.id}/{rest}").status_code == 404
    assert queries_own.own_idea(world.cycle.id, idea.id) is not None
    assert records.counted_ideas(world.cycle.id, ana.account_id) == 0
