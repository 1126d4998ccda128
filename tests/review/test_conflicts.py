"""Hints at conflicts, challenges by citizens, conflicts discovered late; S3, S4 and what separates people."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pb.accounts.personal import seal
from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed, Invalid, Refused
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.ideas.models import IdeaAuthor
from pb.policy import Role
from pb.review import commands_conflicts as commands
from pb.review import queries_commission, queries_conflicts, queries_ranking
from pb.review.hints import Known, hints
from pb.review.models import ScoreSheet
from pb.review.panel_members import CONFLICTS, LEAVES_POOL, recused_from
from pb.review.queries_hints import hints_for
from tests.conftest import FrozenClock
from tests.factories import make_staff
from tests.pages import CheckedClient
from tests.review.commission_making import REVIEW, Commission

WORDS = "წევრის ძმას პროექტის მიმდებარე მიწის ნაკვეთი აქვს."


def challenge(c: Commission, member_id: int, project: int = 0, **values: object) -> int:
    actor = values.pop("actor", None) or actor_by_id(c.world.citizen.id)
    return commands.challenge_member(
        project_id=c.projects[project].id, member_id=member_id, words=values.pop("words", WORDS), actor=actor,
        now=REVIEW,
    )  # fmt: skip


def decide(c: Commission, challenge_id: int, upheld: bool | None = True, **values: object) -> None:
    actor = values.pop("actor", None) or c.chair
    commands.decide_challenge(
        challenge_id=challenge_id, upheld=upheld, reason=values.pop("reason", WORDS), actor=actor, now=REVIEW
    )


def kind(c: Commission, member_id: int, project: int = 0) -> str:
    found = queries_commission.panel_of(here_by_id(c.world.cycle.id, now=REVIEW))
    db.session.rollback()
    return found.kind(member_id, c.projects[project].id)


def test_an_upheld_challenge_voids_the_sheet_and_computes_anew(app: Flask) -> None:
    c = Commission(app, projects=2, members=5)
    c.score_all()
    c.open()
    before = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert before is not None
    number = before.number
    member = c.accounts[0].id
    asked = challenge(c, member)
    with pytest.raises(Invalid, match="challenged_already"):
        challenge(c, member)
    with pytest.raises(Invalid, match="choose_answer"):
        decide(c, asked, None)
    with pytest.raises(Invalid, match="reason_too_short"):
        decide(c, asked, reason="არა")
    decide(c, asked)
    assert kind(c, member) == "challenge"
    assert kind(c, member, 1) == ""  # this project alone
    after = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert after is not None
    assert after.number == number + 1
    entry = queries_ranking.entries_of(after)[1]
    assert (entry["sheets"], entry["members"]) == (4, 4)
    voided = db.session.query(ScoreSheet).filter_by(member_id=member, project_id=c.projects[0].id).one()
    assert voided.state == "void"
    db.session.rollback()
    with pytest.raises(Closed, match="challenge_decided"):
        decide(c, asked, False)


def test_a_dismissed_challenge_changes_nothing(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    c.submit(c.members[0], c.projects[0])
    decide(c, challenge(c, c.accounts[0].id), False)
    assert kind(c, c.accounts[0].id) == ""
    row = queries_conflicts.challenges(c.world.cycle.id, REVIEW)[0]
    assert row.decision is not None
    assert not row.decision.upheld


def test_nobody_decides_about_themselves(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    vice = actor_by_id(make_staff(c.world.town, Role.CHAIR).id)
    about_chair = challenge(c, c.chair.account_id or 0)
    with pytest.raises(Refused, match="not_presiding"):
        decide(c, about_chair)
    decide(c, about_chair, actor=vice)
    assert kind(c, c.chair.account_id or 0) == "challenge"
    about_member = challenge(c, c.accounts[0].id)
    with pytest.raises(Refused, match="not_presiding"):
        decide(c, about_member)  # the chair is recused from the project now
    decide(c, about_member, actor=vice)


def test_faults_of_a_challenge(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    with pytest.raises(Invalid, match="unknown_member"):
        challenge(c, c.world.staff[Role.SECRETARY].id)
    with pytest.raises(Invalid, match="own_conflict"):
        challenge(c, c.accounts[0].id, actor=c.members[0])
    with pytest.raises(Invalid, match="reason_too_short"):
        challenge(c, c.accounts[0].id, words="არ მომწონს")


def test_a_conflict_discovered_late(app: Flask) -> None:
    c = Commission(app, projects=1, members=5)
    c.score_all()
    c.open()
    member = c.accounts[1].id
    values = {"project_id": c.projects[0].id, "member_id": member, "actor": c.chair, "now": REVIEW}
    commands.record_conflict(kind="property", details="ნაკვეთი მეზობლად აქვს", **values)
    assert kind(c, member) == "property"
    with pytest.raises(Invalid, match="recused_already"):
        commands.record_conflict(kind="property", details="ნაკვეთი მეზობლად აქვს", **values)
    snapshot = queries_ranking.newest_snapshot(c.world.cycle.id)
    assert snapshot is not None
    assert snapshot.number == 2


def test_hints_ask_for_a_word(app: Flask) -> None:
    c = Commission(app, projects=1, members=4)
    member = c.members[0]
    with writing() as session:
        for row in session.query(IdeaAuthor):
            row.surname_sealed, row.account_id = seal("ნიმუშაძე"), c.world.citizen.id
    found = hints_for(member.account_id or 0, c.projects[0].id)
    db.session.rollback()
    assert found == ("surname",)
    with pytest.raises(Invalid, match="say_why_not"):
        c.declare(member, c.projects[0])
    from pb.review.commands_commission import declare_conflict

    declare_conflict(
        project_id=c.projects[0].id,
        kind="none",
        details="უბრალოდ მოგვარეა, არ ვიცნობ.",
        actor=member,
        now=REVIEW,
    )


def test_s3_no_submitted_sheet_without_a_clean_declaration(app: Flask) -> None:
    """In the database itself, whatever a command does."""
    c = Commission(app, projects=1, members=4)
    c.submit(c.members[0], c.projects[0])
    sheet = db.session.query(ScoreSheet).one()
    assert sheet.declaration_id is not None
    book = sheet.rulebook_id
    db.session.rollback()
    values = (
        f"({c.projects[0].id}, {c.accounts[1].id}, {c.projects[0].revision_id}, {book}, '', 1, '2026-09-24'"
    )
    columns = "project_id, member_id, revision_id, rulebook_id, void_reason, version, started_at, state"
    db.session.rollback()
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text(f"INSERT INTO score_sheet ({columns}) VALUES {values}, 'submitted')"))
    with writing() as session:
        session.execute(text(f"INSERT INTO score_sheet ({columns}) VALUES {values}, 'draft')"))
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text("UPDATE score_sheet SET state = 'submitted' WHERE state = 'draft'"))


def test_pages(sqlite_app: Flask, clock: FrozenClock) -> None:
    c = Commission(sqlite_app, projects=2, members=4)
    clock.set(2026, 9, 24, 8)
    client: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    base = f"{c.world.url}/commission"
    assert client.get(f"{base}/challenge").status_code in (302, 403)
    client.sign_in_as(c.world.citizen.id)
    for lang in ("en", "ka"):
        client.page(f"{base}/challenge?lang={lang}")
    data = {"member": c.accounts[0].id, "project": c.projects[0].id, "words": "მოკლე სიტყვები"}
    kept = client.send(f"{base}/challenge", data)
    assert kept.status_code == 422
    assert "მოკლე სიტყვები" in kept.text
    assert client.send(f"{base}/challenge", data | {"words": WORDS}).status_code == 302
    assert client.get(f"{base}/challenges").status_code == 403
    client.get(f"{base}/members?lang=ka")
    client.sign_in_as(c.chair.account_id or 0)
    for lang in ("en", "ka"):
        client.page(f"{base}/challenges?lang={lang}")
        client.page(f"{base}/challenges/1?lang={lang}")
        client.page(f"{base}/conflict-found?lang={lang}")
        client.page(f"{base}?lang={lang}")
    assert client.send(f"{base}/challenges/1", {"upheld": "upheld"}).status_code == 422
    assert client.send(f"{base}/challenges/1", {"upheld": "upheld", "reason": WORDS}).status_code == 302
    found = {
        "member": c.accounts[1].id,
        "project": c.projects[1].id,
        "kind": "funding",
        "details": "მიმწოდებელია იქ",
    }
    assert client.send(f"{base}/conflict-found", found | {"project": ""}).status_code == 422
    assert client.send(f"{base}/conflict-found", found).status_code == 302
    client.page(f"{base}?lang=ka")
    client.sign_out()
    public = client.page(f"{base}/members?lang=ka").html
    assert WORDS in public
    client.sign_in_as(c.accounts[0].id)
    assert client.get(f"{base}/1/sheet").status_code == 403


people = st.integers(1, 4)


@given(
    direct=st.dictionaries(st.tuples(people, st.integers(1, 6)), st.sampled_from(CONFLICTS), max_size=8),
    pools=st.dictionaries(
        st.integers(1, 6), st.tuples(st.sampled_from((None, 1, 2)), st.sampled_from("ab")), max_size=6
    ),
)
def test_s4_an_own_or_relative_s_project_takes_the_whole_pool(
    direct: dict[tuple[int, int], str], pools: dict[int, tuple[int | None, str]]
) -> None:
    found = recused_from(direct, pools)
    for member in range(1, 5):
        left = {pools[p] for (m, p), k in direct.items() if m == member and k in LEAVES_POOL and p in pools}
        for project, pool in pools.items():
            expected = (member, project) in direct or pool in left
            assert ((member, project) in found) is expected


def test_what_hints() -> None:
    author = Known("ბერიძე", frozenset({"სიმონეთი"}), "ჰაში")
    assert hints(Known("ბერიძე"), [author], {9}) == ("surname",)
    assert hints(Known("ბერიძე", frozenset({"სიმონეთი"})), [Known("ბერიძე"), author], {9}) == (
        "surname_place",
    )
    assert hints(Known("სხვა", phone="ჰაში", wrote_with=frozenset({9})), [author], {9}) == (
        "phone",
        "coauthor",
    )
    assert hints(Known(), [Known()], ()) == ()
