"""Pages of mentors and authors in both languages; who gets in; what the commission never sees."""

from __future__ import annotations

import pytest
from flask import Flask

from pb.accounts.queries import actor_by_id
from pb.core.errors import Refused
from pb.cycles.queries import here_by_id
from pb.policy import Role
from pb.review import commands_commission, queries_commission
from pb.review.queries_hints import hints_for
from pb.training import commands_mentors as commands
from pb.training import queries_mentors as queries
from tests.conftest import FrozenClock
from tests.factories import World, make_staff, make_world
from tests.ideas.making import author
from tests.pages import CheckedClient
from tests.projects.making import DEVELOPMENT, delivered, the
from tests.training.making import becomes_mentor, mentored


@pytest.fixture
def world(sqlite_app: Flask, clock: FrozenClock) -> World:
    clock.moment = DEVELOPMENT
    return make_world(sqlite_app)


@pytest.fixture
def web(sqlite_app: Flask) -> CheckedClient:
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    return client


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_from_the_mentor_to_the_author_and_back(world: World, web: CheckedClient, lang: str) -> None:
    nino = author()
    project = mentored(world, nino)
    base = f"{world.url}/trainings"
    web.sign_in_as(world.staff[Role.SECRETARY].id)
    web.page(f"{base}/mentors/{project.number}?lang={lang}")
    web.sign_in_as(world.staff[Role.MENTOR].id)
    address = f"{base}/mentor/{project.number}"
    assert address in web.page(f"{base}/mentors?lang={lang}").links
    assert web.page(f"{world.url}/projects/{project.number}?lang={lang}").links.count(address) == 1
    assert "14 სანათი" in web.page(f"{address}?lang={lang}").text
    assert web.send(f"{address}?lang={lang}", {}).status_code == 422
    web.send(
        address, {"remark_what": "რომელი ბოძები?", "remark_budget": "სად ნახეთ ფასი?", "remark_": "კარგია."}
    )

    web.sign_in_as(nino.account_id or 0)
    edit = f"{world.url}/projects/{project.number}/edit"
    tasks = web.page(f"{edit}?lang={lang}")
    remarks = f"{base}/remarks/{project.number}"
    assert remarks in tasks.links
    assert "რომელი ბოძები?" in web.page(f"{edit}/text?lang={lang}").text
    assert "სად ნახეთ ფასი?" not in web.page(f"{edit}/text").text
    assert "სად ნახეთ ფასი?" in web.page(f"{edit}/budget?lang={lang}").text
    page = web.page(f"{remarks}?lang={lang}")
    assert all(words in page.text for words in ("რომელი ბოძები?", "სად ნახეთ ფასი?", "კარგია."))
    first = queries.remarks_of(project.id)[0].id
    web.send(f"{remarks}/mark/{first}", {"done": "1"})
    assert queries.remarks_of(project.id)[0].done_at == DEVELOPMENT
    web.page(f"{edit}/text?lang={lang}")
    assert web.send(f"{remarks}?lang={lang}", {"question": ""}).status_code == 422
    web.send(remarks, {"field": "land_words", "question": "ვისგან ავიღო თანხმობა?"})
    (asked,) = [row for row in queries.requests_of(project.id) if row.kind == "question"]
    number = asked.id
    web.sign_in_as(world.staff[Role.MENTOR].id)
    assert "ვისგან ავიღო თანხმობა?" in web.page(f"{address}?lang={lang}").text
    assert web.send(f"{address}/answer/{number}?lang={lang}", {"answer-answer": ""}).status_code == 422
    web.send(f"{address}/answer/{number}", {"answer-answer": "მერიისგან."})
    web.sign_in_as(nino.account_id or 0)
    assert "მერიისგან." in web.page(f"{remarks}?lang={lang}").text


def test_remarks_are_for_author_and_mentor(world: World, web: CheckedClient) -> None:
    nino = author()
    project = mentored(world, nino)
    commands.write_remarks(
        project_id=project.id,
        remarks={"what": "რომელი ბოძები?"},
        actor=world.actor(Role.MENTOR),
        now=DEVELOPMENT,
    )
    other = make_staff(world.town, Role.MENTOR)
    people = [None, world.citizen.id, other.id, *(world.staff[r].id for r in Role if r is not Role.MENTOR)]
    for who in people:
        web.sign_out()
        if who is not None:
            web.sign_in_as(who)
        for page in (f"trainings/mentor/{project.number}", f"trainings/remarks/{project.number}",
                     f"trainings/own-score/{project.number}", f"projects/{project.number}"):  # fmt: skip
            answer = web.get(f"{world.url}/{page}")
            assert "რომელი ბოძები?" not in answer.get_data(as_text=True)
            assert answer.status_code != 200 or page.startswith("projects/")
    remark = queries.remarks_of(project.id)[0].id
    web.sign_in_as(world.citizen.id)
    assert (
        web.send(f"{world.url}/trainings/remarks/{project.number}/mark/{remark}", {"done": "1"}).status_code
        == 403
    )


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_own_score_shows_the_difference_and_the_next_level(
    world: World, web: CheckedClient, lang: str
) -> None:
    nino = author()
    project = mentored(world, nino)
    rubric = here_by_id(world.cycle.id, now=DEVELOPMENT).rules.rubric
    address = f"{world.url}/trainings/own-score/{project.number}?lang={lang}"
    web.sign_in_as(nino.account_id or 0)
    web.page(address)
    assert web.send(address, {"need": "2"}).status_code == 422
    web.send(address, {c.id: "2" for c in rubric.scored})
    assert rubric.criterion("need").levels[3][lang] in web.page(address).text
    web.send(address, {c.id: "5" if c.id == "need" else "3" for c in rubric.scored})
    page = web.page(address)
    assert "+3" in page.text
    assert "+1" in page.text
    assert rubric.criterion("benefit").levels[4][lang] in page.text
    web.page(f"{address}&again=1")


def test_a_mentor_never_scores_the_pool_and_hints_know(world: World) -> None:
    member = world.actor(Role.MEMBER)
    member_id = member.account_id or 0
    becomes_mentor(world, member_id)
    member = actor_by_id(member_id)
    nino = author()
    categories = here_by_id(world.cycle.id, now=DEVELOPMENT).rules.categories
    project = mentored(world, nino, mentor=member)
    rival = delivered(world)
    apart = delivered(world, category=categories[1].id)
    own = delivered(world, nino, category=categories[1].id)
    commands.release_mentor(
        project_id=project.id, mentor_id=member_id, actor=world.actor(Role.ADMINISTRATOR), now=DEVELOPMENT
    )
    panel = queries_commission.panel_of(here_by_id(world.cycle.id, now=DEVELOPMENT))
    assert panel.kind(member_id, project.id) == "mentor"
    assert panel.kind(member_id, rival.id) == "pool"
    assert panel.kind(member_id, apart.id) == ""
    assert hints_for(member_id, own.id) == ("mentor",), "another project of an author whom the member advised"
    assert hints_for(member_id, apart.id) == ()
    from tests.review.commission_making import REVIEW

    for barred in (rival,):
        with pytest.raises(Refused, match="recused"):
            commands_commission.declare_conflict(project_id=barred.id, actor=member, now=REVIEW)
    assert the(rival.id).state == "handed_in", "nothing was written"
    commands_commission.declare_conflict(project_id=apart.id, actor=member, now=REVIEW)
    lines = {
        c.id: {"value": 3, "reason": "", "note": ""} for c in here_by_id(world.cycle.id).rules.rubric.criteria
    }
    with pytest.raises(Refused, match="recused"):
        commands_commission.submit_sheet(project_id=rival.id, actor=member, now=REVIEW, lines=lines)
