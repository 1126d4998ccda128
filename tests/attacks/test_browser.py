"""The browser: tokens, sessions, redirects, referrers, hosts, headers, the rehearsal clock, the demonstration."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from pb.accounts import commands_staff
from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.app import create_app
from pb.config import Settings
from pb.core.errors import Refused
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.policy import Role
from pb.voting import passes
from pb.voting.commands_round import prepare_round
from pb.voting.identify import Challenge
from pb.voting.models import VotingRound
from tests.attacks.conftest import Ground
from tests.attacks.making import address, attacker, values_of
from tests.conftest import FrozenClock, start
from tests.factories import World, make_world
from tests.voting.making import REVIEW, lock_ballot, make_ballot

SQLITE = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)  # what does not depend on the database
PASSWORD = "ძალიან-გრძელი-პაროლი-2026"
ELSEWHERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
    "/\t/evil.example", "javascript:alert(1)", " //evil.example", "/\n/evil.example", "http:evil.example",
)  # fmt: skip


def member_of_staff(app: Flask, world: World) -> str:
    commands_staff.create_account(
        email="clerk@example.org", name="მოხელე", password=PASSWORD, now=app.extensions["pb_clock"]()
    )
    db.session.rollback()
    return "clerk@example.org"


def links_of(answer) -> list[str]:  # type: ignore[no-untyped-def]
    html = answer.get_data(as_text=True)
    return [m.replace("&amp;", "&") for m in re.findall(r'(?:href|action|src)="([^"]*)"', html)]


def leads_elsewhere(link: str) -> bool:
    return re.match(r"\s*(//|/\\|\\|[a-z]+:)", link, re.IGNORECASE) is not None and not link.startswith(
        ("data:", "mailto:", "tel:", "http://localhost")
    )


# cross-site requests


@SQLITE
def test_no_post_passes_without_its_token(ground: Ground) -> None:
    """Signed in with every role, from another site: no POST route does anything."""
    client, tried = attacker(ground.app, ground.terjola.everything), 0
    for rule in ground.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        if rule.endpoint == "cast.cast":
            continue  # it has a token of its own; tests/attacks/test_ballots.py sends what a browser may not
        url = address(rule, "terjola", values_of(rule, ground.terjola))
        for data in ({}, {"csrf_token": "x"}):
            answer = client.post(url, data=data, headers={"Referer": "https://evil.example/"})
            assert answer.status_code == 400, url
        tried += 1
    assert tried > 60


@SQLITE
def test_a_token_is_of_its_session(ground: Ground) -> None:
    """The token of one session is none in another."""
    mine, other = attacker(ground.app), attacker(ground.app, ground.terjola.everything)
    token = mine.csrf_token()
    assert other.post("/terjola/2026/acts", data={"csrf_token": token}).status_code == 400


@SQLITE
def test_reading_never_acts(ground: Ground) -> None:
    """The addresses of acts, opened by a link: nothing, or a page that asks."""
    client = attacker(ground.app, ground.terjola.everything)
    for rule in ground.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and "GET" not in (rule.methods or ()):
            url = address(rule, "terjola", values_of(rule, ground.terjola))
            assert client.get(url).status_code in (200, 302, 308, 404, 405), url
            assert client.head(url).status_code in (200, 302, 308, 404, 405), url


# sessions


def test_a_planted_session_does_not_survive_signing_in(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    email, client = member_of_staff(sqlite_app, world), attacker(sqlite_app)
    with client.session_transaction() as session:
        session["planted"], session["csrf_token"] = "x", "a" * 40
    answer = client.send("/sign-in/staff", {"staff-email": email, "staff-password": PASSWORD})
    assert answer.status_code == 302
    with client.session_transaction() as session:
        assert "_user_id" in session
        assert "planted" not in session
        assert session.get("csrf_token") != "a" * 40


def test_an_old_cookie_is_none_after_signing_out_everywhere(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    client = attacker(sqlite_app, world.staff[Role.ADMINISTRATOR])
    stolen = attacker(sqlite_app, world.staff[Role.ADMINISTRATOR])
    assert stolen.get("/account").status_code == 200
    client.send("/account/sign-out-everywhere")
    assert stolen.get("/account").status_code == 302


def test_a_revoked_role_ends_at_once(sqlite_app: Flask) -> None:
    world = make_world(sqlite_app)
    officer = world.staff[Role.OFFICER]
    client = attacker(sqlite_app, officer)
    assert client.get(f"{world.url}/queue").status_code == 200
    commands_staff.revoke_role(
        grant_id=officer.grants[0].id,
        actor=world.actor(Role.ADMINISTRATOR),
        now=sqlite_app.extensions["pb_clock"](),
    )
    db.session.rollback()
    assert client.get(f"{world.url}/queue").status_code == 403


@SQLITE
def test_a_forged_cookie_is_nobody(ground: Ground) -> None:
    """Cookies that this installation did not sign, and accounts that do not exist."""
    client = attacker(ground.app)
    for value in ("eyJfdXNlcl9pZCI6IjEuMCJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb", "x", "", "." * 500):
        client.set_cookie("pb", value)
        assert client.get("/account").status_code == 302
    for user in ("999999.0", "1.99", "²", "x", "-1.0", "1", ""):
        with client.session_transaction() as session:
            session["_user_id"] = user
        assert client.get("/account").status_code == 302, user


# redirects and links


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(sqlite_app: Flask, where: str) -> None:
    world = make_world(sqlite_app)
    email, client = member_of_staff(sqlite_app, world), attacker(sqlite_app)
    page = client.get("/sign-in", query_string={"next": where})
    assert not any(map(leads_elsewhere, links_of(page)))
    answer = client.send(
        "/sign-in/staff", {"staff-email": email, "staff-password": PASSWORD, "staff-next": where}
    )
    assert answer.status_code == 302
    assert not leads_elsewhere(answer.headers["Location"])
    again = client.get("/sign-in", query_string={"next": where})
    assert again.status_code == 302
    assert not leads_elsewhere(again.headers["Location"])


@pytest.mark.parametrize(
    "referrer",
    [
        "http://evil.example//evil.example/x", "http://localhost//evil.example/", "http://[", "http://[::1",
        "javascript:alert(1)", "//evil.example", "http://localhost/\\evil.example", "x" * 5000, "http://a:99999999/",
        "https://evil.example/staff",
    ],
)  # fmt: skip
@SQLITE
def test_the_way_back_from_an_error_stays_here(ground: Ground, referrer: str) -> None:
    """The page that an error leads back to comes from a header that another site can write."""
    for client in (attacker(ground.app), attacker(ground.app, ground.khoni.everything)):
        for url in ("/sign-in", "/terjola/2026/acts", "/nowhere"):
            answer = client.post(url, headers={"Referer": referrer})
            assert answer.status_code in (400, 404, 405), answer.status_code
            assert not any(map(leads_elsewhere, links_of(answer))), links_of(answer)
            answer = client.send(url, headers={"Referer": referrer})
            assert answer.status_code < 500
            assert not any(map(leads_elsewhere, links_of(answer))), links_of(answer)
    stranger = attacker(ground.app)
    answer = stranger.send("/terjola/2026/acts", headers={"Referer": referrer})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


@SQLITE
def test_odd_paths_do_not_become_links(ground: Ground) -> None:
    """The switch of language repeats the path: one that begins with two slashes names another host."""
    client = attacker(ground.app)
    for path in ("//evil.example/", "//evil.example", "/%5Cevil.example/", "///evil.example/terjola/"):
        answer = client.get(path, base_url="http://localhost")
        assert not any(map(leads_elsewhere, links_of(answer))), (path, links_of(answer))


@SQLITE
def test_the_host_of_a_request_is_written_nowhere(ground: Ground) -> None:
    client, host = attacker(ground.app, ground.terjola.everything), {"Host": "evil.example"}
    for url in ("/", "/sign-in", "/forgotten-password", "/terjola/2026/", "/terjola/2026/calendar.ics",
                "/terjola/2026/vote", "/terjola/2026/data", "/terjola/staff", "/nowhere/"):  # fmt: skip
        answer = client.get(url, headers={**host, "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.get_data(as_text=True), url
        assert "evil" not in answer.headers.get("Location", ""), url
    answer = client.send("/forgotten-password", {"email": "staff1@example.org"}, headers=host)
    assert answer.status_code in (302, 400)

    bodies = [unseal(row.body_sealed) for row in db.session.scalars(select(OutgoingMessage))]
    db.session.rollback()
    assert not any("evil" in body for body in bodies)


@SQLITE
def test_no_answer_splits_its_headers(ground: Ground) -> None:
    """Line ends in what stands in headers: addresses, names of files, languages."""
    client = attacker(ground.app)
    for url in (
        "/terjola/2026/ideas.csv?sep=%0d%0aSet-Cookie:x=1", "/?lang=en%0d%0aSet-Cookie:x=1",
        "/terjola%0d%0aSet-Cookie:x=1/2026/", "/sign-in?next=/%0d%0aSet-Cookie:x=1",
        "/terjola/2026/data/x%0d%0aSet-Cookie:x=1", "/terjola/2026/vote/receipt/x%0d%0aSet-Cookie:x=1.txt",
        "/terjola/2026?x=%0d%0aSet-Cookie:x=1",
    ):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code < 500
        assert all(
            part.strip() != "x=1" for line in answer.headers.getlist("Set-Cookie") for part in line.split(";")
        )


# the demonstration and production


CLOCKS = ("9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "2026", "x",
          "1900-01-01T00:00:00+00:00", "2026-05-20T00:00:00+99:00", "\u202e", "3026-01-01T00:00:00+00:00")  # fmt: skip


def test_the_rehearsal_clock_cannot_be_broken(sqlite_app: Flask) -> None:
    """Whoever turns it to where no calendar reaches does not take the site away from everybody."""
    make_world(sqlite_app)
    client = attacker(sqlite_app)
    for moment in CLOCKS:
        assert client.send("/demo/clock", {"to": moment}).status_code in (302, 400, 422), moment
        for url in ("/", "/demo", "/terjola/", "/sign-in"):
            assert client.get(url).status_code == 200, (moment, url)
    for day in ("0001-01-01", "9999-12-31", "2026-13-45"):
        assert client.send("/demo/clock", {"day": day, "time": "00:00"}).status_code in (302, 422), day
        assert client.get("/demo").status_code == 200, day


@pytest.fixture
def production(tmp_path, clock: FrozenClock):  # type: ignore[no-untyped-def]
    app = start(f"sqlite:///{tmp_path / 'production.sqlite'}", clock, mode="production")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_production_has_no_demonstration(production: Flask, clock: FrozenClock) -> None:
    world = make_world(production)
    staff = world.staff[Role.ADMINISTRATOR]
    for client in (attacker(production), attacker(production, staff)):
        assert client.get("/demo").status_code == 404
        for url in ("/demo/clock", f"/demo/sign-in/{staff.id}", "/demo/sign-in/999"):
            assert client.send(url, {"to": "2026-10-14T12:00:00+04:00"}).status_code == 404, url
    assert attacker(production).get("/account").status_code == 302
    page = attacker(production).get("/terjola/2026/").get_data(as_text=True)
    assert "/demo" not in page


def test_production_shows_no_code(production: Flask, clock: FrozenClock) -> None:
    """Neither for signing in nor for handing in an idea nor for the vote."""
    make_world(production)
    client = attacker(production)
    assert client.send("/sign-in", {"phone": "555123456"}).status_code == 302
    page = client.get("/sign-in/code").get_data(as_text=True)
    assert not re.search(r"\b\d{4} ?\d{4}\b", re.sub(r"<[^>]+>", " ", page))


def test_production_prepares_no_vote(production: Flask, clock: FrozenClock) -> None:
    """Production makes no custodians' keys of its own: without three that are handed in it refuses."""

    world = make_world(production)
    make_ballot(world)
    lock_ballot(world)
    with pytest.raises(Refused) as refused:
        prepare_round(cycle_id=world.cycle.id, actor=world.actor(Role.ADMINISTRATOR), now=REVIEW)
    assert refused.value.code == "custodians_few"
    assert db.session.scalars(select(VotingRound)).all() == []
    db.session.rollback()
    clock.set(2026, 10, 9)
    with writing() as session:  # who has no second factor does not even come so far
        session.get_one(Account, world.staff[Role.ADMINISTRATOR].id).totp_confirmed_at = REVIEW
    client = attacker(production, world.staff[Role.ADMINISTRATOR])
    assert client.send(f"{world.url}/box/prepare").status_code == 403
    assert client.send(f"{world.url}/box/trial").status_code in (403, 404)


def test_the_mode_of_a_database_cannot_be_changed(production: Flask) -> None:

    for statement in (
        "UPDATE installation SET mode = 'demonstration'",
        "UPDATE installation SET rehearsal_offset = 1",
        "DELETE FROM installation",
        "INSERT INTO installation (id, mode, created_at, rehearsal_offset) VALUES (2, 'demonstration', '2026-01-01', 0)",  # noqa: E501
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement))


def test_cookies_are_secure_behind_https(sqlite_app: Flask, clock: FrozenClock) -> None:
    """Also those of the vote, whatever the proxy says of the scheme."""
    settings: Settings = replace(sqlite_app.extensions["pb_settings"], base_url="https://vote.example")
    app = create_app(settings, clock)
    with app.test_request_context("/"):
        response = app.make_response("")
        passes.put_challenge(response, 1, "/terjola/2026/vote", Challenge(1, ""), clock())
    assert "Secure" in response.headers["Set-Cookie"]
    assert "HttpOnly" in response.headers["Set-Cookie"]


# invitations


def test_an_invitation_is_good_once_and_for_its_address(sqlite_app: Flask) -> None:

    world = make_world(sqlite_app)
    now = sqlite_app.extensions["pb_clock"]()
    commands_staff.invite(
        town_id=world.town.id, email="new@example.org", role=Role.CHAIR, base_url="http://localhost", language="en",
        actor=world.actor(Role.ADMINISTRATOR), now=now,
    )  # fmt: skip
    body = unseal(db.session.scalars(select(OutgoingMessage)).one().body_sealed)
    db.session.rollback()
    link = re.search(r"/invitation/\S+", body)
    assert link is not None
    typed = {"name": "ახალი", "password": PASSWORD, "again": PASSWORD, "repeat": PASSWORD}
    first, second = attacker(sqlite_app), attacker(sqlite_app)
    page = first.get(link[0])
    assert page.status_code == 200
    fields = set(re.findall(r'name="([^"]+)"', page.get_data(as_text=True)))
    answer = first.send(
        link[0], {name: typed.get(name, PASSWORD) for name in fields - {"csrf_token"}} | {"name": "ახალი"}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    assert second.get(link[0]).status_code == 404
    assert second.send(link[0], typed).status_code == 404
    # an invitation of somebody who has an account is not for whoever finds the letter
    commands_staff.invite(
        town_id=world.town.id, email="new@example.org", role=Role.SECRETARY, base_url="http://localhost",
        language="en", actor=world.actor(Role.ADMINISTRATOR), now=now,
    )  # fmt: skip
    body = unseal(
        db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first().body_sealed  # type: ignore[union-attr]
    )
    db.session.rollback()
    link = re.search(r"/invitation/\S+", body)
    assert link is not None
    for thief in (
        attacker(sqlite_app),
        attacker(sqlite_app, world.citizen),
        attacker(sqlite_app, world.staff[Role.MEMBER]),
    ):
        assert thief.send(link[0], typed).status_code == 403


@SQLITE
def test_staff_cannot_be_made_by_other_means(ground: Ground) -> None:
    """A town's administrator appoints nobody in another town, and nobody becomes an installer by a form."""
    khoni = attacker(ground.app, ground.khoni.world.staff[Role.ADMINISTRATOR])
    sent = {"email": "thief@example.org", "role": "administrator"}
    assert khoni.send("/terjola/staff", sent).status_code == 403
    assert khoni.send("/admin/towns/new", {"slug": "gori"}).status_code == 403
    khoni.send("/account/name", {"name": "x", "is_installer": "y", "email": "thief@example.org"})
    row = db.session.get(Account, ground.khoni.world.staff[Role.ADMINISTRATOR].id)
    assert row is not None
    assert not row.is_installer
    db.session.rollback()
