"""Rules over all routes: guarded or public, GET never writes, POST needs its token; headers, error pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Response, redirect
from flask.testing import FlaskClient
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from pb import db as database
from pb.app import create_app
from pb.db import WriteOutsideCommand, command, db
from pb.policy import Action, Role
from pb.web import guard
from pb.web.guard import Access, check_all_routes, public
from tests.conftest import FrozenClock
from tests.factories import World, make_world
from tests.pages import CheckedClient, Page

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


@pytest.fixture
def client(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


def access(app: Flask, endpoint: str) -> Access:
    found: Access = app.view_functions[endpoint].__access__  # type: ignore[attr-defined]
    return found


def reachable(app: Flask, world: World) -> Iterator[str]:
    """The address of every GET route that needs no more than a town and a year."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= {"town", "year"}:
            yield rule.rule.replace("<town>", world.town.slug).replace("<int:year>", str(world.cycle.year))


def posts(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, an address) of every POST route."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = {name: some_value(converter) for name, converter in rule._converters.items()}
            built = rule.build({**values, "town": "terjola", "year": 2026}, append_unknown=False)
            assert built is not None
            yield rule.endpoint, built[1]


def some_value(converter: BaseConverter) -> Any:
    if isinstance(converter, IntegerConverter):
        return 1
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return "1"


# guarded or public


def test_every_route_says_who_may_reach_it(sqlite_app: Flask) -> None:
    for rule in sqlite_app.url_map.iter_rules():
        assert isinstance(access(sqlite_app, rule.endpoint), Access), rule


def test_an_application_with_a_bare_route_does_not_start(sqlite_app: Flask, clock: FrozenClock) -> None:
    bare = create_app(sqlite_app.extensions["pb_settings"], clock)
    bare.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(RuntimeError, match=r"/bare \(bare\)"):
        check_all_routes(bare)
    fine = create_app(sqlite_app.extensions["pb_settings"], clock)
    fine.add_url_rule("/fine", "fine", public()(lambda: ""))
    check_all_routes(fine)


def test_an_act_is_never_public(sqlite_app: Flask) -> None:
    """A POST open to everybody is one of the few that must be: ways in and out, and the ballot box.

    And the pages that compute a voter's file, or a ranking's: they store nothing, and the file does not fit an address.
    """
    open_posts = {e for e, _ in posts(sqlite_app) if access(sqlite_app, e).action is None}
    open_posts -= {"checkfile.check", "review.ranking_again"}
    open_posts -= {"messages.confirm_email"}  # the mailed link itself says who presses, as for a new password
    assert {
        e
        for e in open_posts
        if e.split(".")[0] not in {"accounts", "vote", "cast", "ideas", "appeals", "site"}
    } == set()
    assert {e for e in open_posts if e.startswith("accounts.")} == {
        "accounts.send_code", "accounts.code", "accounts.code_again", "accounts.sign_in_staff",
        "accounts.second_step", "accounts.sign_out", "accounts.forgotten_password", "accounts.new_password",
        "accounts.invitation",
    }  # fmt: skip


def test_ids_of_an_address_are_loaded_by_the_guard(sqlite_app: Flask) -> None:
    """An id that a view received raw could belong to another town."""
    found = []
    scoped = {
        "ideas.picture",
        "ideas.small_picture",
        "ideas.own_picture",
        "ideas.document",
        "ideas.own_document",
        "projects.revision",
        *(
            f"training.{name}"  # a line of the training's list or a paper of it; a remark on the project, a question
            for name in (
                "material",
                "remove_paper",
                "mark",
                "certificate_for",
                "help_cancel",
                "answer",
                "mark_remark",
            )
        ),
        "projects.revision_json",
        "appeals.file",  # read by the objection and the file together
        "cast.cast",  # the pass names the round; a year of another one is no pass of its
    }  # read by the thing and the number together
    for rule in sqlite_app.url_map.iter_rules():
        raw = set(rule.arguments) - {"town", "year"} - set(access(sqlite_app, rule.endpoint).loaders)
        ids = {name for name in raw if isinstance(rule._converters.get(name), IntegerConverter)}
        if ids and rule.endpoint not in scoped:
            found.append(f"{rule.rule}: {ids}")
    assert not found


def test_staff_pages_lead_to_sign_in(client: CheckedClient, sqlite_app: Flask, world: World) -> None:
    for rule in sqlite_app.url_map.iter_rules():
        action = access(sqlite_app, rule.endpoint).action
        if action in (None, Action.VOTE, Action.ASK_OWN_VOTE) or "GET" not in (rule.methods or ()):
            continue
        if not set(rule.arguments) <= {"town", "year"}:
            continue
        url = rule.rule.replace("<town>", world.town.slug).replace("<int:year>", str(world.cycle.year))
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer.headers["Location"].startswith("/sign-in?next=")


# a GET does not write


def test_no_get_writes(sqlite_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All GET routes that need no ids, by a visitor and by staff."""
    written: list[str] = []
    begin = database.writing

    def watched() -> Any:
        written.append("a write transaction began")
        return begin()

    monkeypatch.setattr(database, "writing", watched)
    plain = FlaskClient(sqlite_app, Response)  # other tests look at what stands on the pages
    urls = sorted(reachable(sqlite_app, world))
    assert len(urls) > 10
    people = [None, world.citizen.id, *(world.staff[role].id for role in (Role.ADMINISTRATOR, Role.CHAIR))]
    for account_id in people:
        if account_id is not None:
            with plain.session_transaction() as session:
                session["_user_id"] = f"{account_id}.0"
        for url in urls:
            assert plain.get(url).status_code < 500, url
            assert not written, url


def test_pages_keep_the_rules_in_both_languages(
    client: CheckedClient, sqlite_app: Flask, world: World
) -> None:
    """The client holds each page against the rules of all pages."""
    for account_id in (None, world.staff[Role.ADMINISTRATOR].id):
        if account_id is not None:
            client.sign_in_as(account_id)
        for url in sorted(reachable(sqlite_app, world)):
            for lang in ("ka", "en"):
                client.get(url, query_string={"lang": lang})


def test_a_write_in_a_get_is_refused(sqlite_app: Flask) -> None:
    @command
    def act() -> None:
        raise AssertionError("must not be reached")

    with sqlite_app.test_request_context("/"), pytest.raises(WriteOutsideCommand):
        act()


def test_a_flush_outside_a_command_is_refused(sqlite_app: Flask, world: World) -> None:
    world.town.hotline = "1"
    db.session.add(world.town)
    with pytest.raises(WriteOutsideCommand):
        db.session.flush()
    db.session.rollback()


# a POST needs its token


#: Casting has a token of its own, bound to the voter and the choices; tests/attacks/test_ballots.py tries it.
OWN_TOKEN = {"cast.cast"}


def test_every_post_needs_the_token(client: CheckedClient, sqlite_app: Flask, world: World) -> None:
    client.sign_in_as(world.staff[Role.ADMINISTRATOR].id)
    tried = 0
    for endpoint, url in posts(sqlite_app):
        if endpoint in OWN_TOKEN:
            continue
        answer = client.post(url, data={"phone": "555123456"})
        assert answer.status_code == 400, f"{endpoint} {url}: {answer.status_code}"
        tried += 1
    assert tried > 10


def test_an_expired_token_keeps_a_way_back(client: CheckedClient) -> None:
    for lang, words in (
        ("ka", "გვერდი ძალიან დიდხანს იყო გახსნილი"),
        ("en", "This page had been open for too long"),
    ):
        answer = client.post(
            f"/sign-in?lang={lang}", headers={"Referer": "http://localhost/sign-in?next=/account"}
        )
        page = Page(answer.get_data(as_text=True))
        assert answer.status_code == 400
        assert words in page.text
        assert "/sign-in" in page.links


# headers and cookies


def test_headers_stand_on_every_response(client: CheckedClient, sqlite_app: Flask, world: World) -> None:
    plain = FlaskClient(sqlite_app, Response)
    answers = [plain.get(url) for url in reachable(sqlite_app, world)]
    answers += [client.get("/no-such-page"), client.post("/sign-in"), client.put("/sign-in")]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, f"{answer.request.path}: {name}"
        assert "Strict-Transport-Security" not in answer.headers
    secure = client.get("/sign-in", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_are_not_stored_between(client: CheckedClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-cache, private"


def test_cookies(client: CheckedClient, sqlite_app: Flask, clock: FrozenClock, world: World) -> None:
    def cookies(app: Flask, base_url: str) -> list[str]:
        fresh = app.test_client()
        answer = fresh.get("/sign-in?lang=en", base_url=base_url)
        return answer.headers.getlist("Set-Cookie")

    for line in cookies(sqlite_app, "http://localhost"):
        assert "SameSite=Lax" in line
        assert "Domain" not in line
        if line.startswith("pb="):
            assert "HttpOnly" in line
            assert "Expires" not in line
    secure = create_app(replace(sqlite_app.extensions["pb_settings"], base_url="https://localhost"), clock)
    lines = cookies(secure, "https://localhost")
    assert {line.split("=")[0] for line in lines} == {"pb", "lang"}
    assert all("Secure" in line for line in lines)


# error pages


def errors(app: Flask) -> None:
    def too_large() -> None:
        raise RequestEntityTooLarge

    def too_many() -> None:
        raise TooManyRequests

    def broken() -> None:
        raise ZeroDivisionError

    def moved() -> Any:
        return redirect("/sign-in")

    for name, view in (("413", too_large), ("429", too_many), ("500", broken), ("302", moved)):
        app.add_url_rule(f"/try/{name}", name, public()(view))  # type: ignore[arg-type]


@pytest.fixture
def trying(sqlite_app: Flask, world: World, clock: FrozenClock) -> Flask:
    app = create_app(sqlite_app.extensions["pb_settings"], clock)
    errors(app)
    app.test_client_class = CheckedClient
    return app


@pytest.mark.parametrize("lang", ["ka", "en"])
@pytest.mark.parametrize(
    ("method", "url", "status", "words"),
    [
        ("get", "/no/such/page", 404, {"ka": "გვერდი ვერ მოიძებნა", "en": "Page not found"}),
        ("get", "/nowhere/2026/", 404, {"ka": "გვერდი ვერ მოიძებნა", "en": "Page not found"}),
        ("get", "/terjola/staff", 403, {"ka": "ამის უფლება არ გაქვთ", "en": "You cannot do this"}),
        ("put", "/sign-in", 405, {"ka": "შეუძლებელია", "en": "cannot be opened in this way"}),
        ("get", "/try/413", 413, {"ka": "ძალიან დიდია", "en": "too large"}),
        ("get", "/try/429", 429, {"ka": "ძალიან ბევრი მცდელობა იყო", "en": "too many attempts"}),
    ],
)
def test_error_pages(
    trying: Flask, world: World, method: str, url: str, status: int, words: dict[str, str], lang: str
) -> None:
    client: Any = trying.test_client()
    client.sign_in_as(world.citizen.id)
    answer = getattr(client, method)(f"{url}?lang={lang}")
    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == status
    assert page.lang == lang
    assert words[lang] in page.text
    assert any(link == "/" or link.startswith("/terjola") for link in page.links)


def test_a_crash_shows_a_page_and_nothing_of_itself(trying: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    trying.testing = False
    answer = trying.test_client().get("/try/500")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)
    assert "მოხდა შეცდომა" in answer.get_data(as_text=True)


def test_what_is_too_large_is_refused(client: CheckedClient, sqlite_app: Flask) -> None:
    sqlite_app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/sign-in", data={"phone": "5" * 2000})
    assert answer.status_code == 413


def test_the_guard_finds_the_town_of_a_page(client: CheckedClient, world: World) -> None:
    page = client.page(f"{world.url}/log")
    assert "თერჯოლა" in "".join(page.titles)
    assert guard.public()(lambda: "").__access__ == Access(None, {})  # type: ignore[attr-defined]
