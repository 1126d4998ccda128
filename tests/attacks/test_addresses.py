"""Addresses: ids of another town, staff of another town, numbers and signs that no address can hold."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from pb.accounts.models import RoleGrant
from pb.audit.models import Event
from pb.db import db, writing
from pb.policy import Role
from tests.attacks.conftest import Ground
from tests.attacks.making import THEN, address, attacker, values_of

# What is not looked up by the town: lots of everybody's own, or texts without ids.
OWN = {"town", "year", "place", "of"}
ODD_NUMBERS = (0, 2**31 - 1, 2**31, 2**63, 2**64, 10**30, "9" * 5000)
ODD_TEXTS = (
    "%00",
    "a%00b",
    "%E2%80%AE",
    "%FF%FE",
    "..%2F..%2Fetc%2Fpasswd",
    "'%22%3B--",
    "%25",
    "_",
    "x" * 4000,
)


def routes(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("assets."):
            yield rule


def events() -> int:
    count = db.session.scalar(select(func.count()).select_from(Event)) or 0
    db.session.rollback()
    return count


def guarded(app: Flask, rule: Rule) -> bool:
    action = app.view_functions[rule.endpoint].__access__.action  # type: ignore[attr-defined]
    return action is not None and str(action) not in (
        "vote",
        "use_account",
        "hand_in_idea",
        "challenge_member",
        "sign_up_training",
        "take_quiz",
        "ask_own_vote",
        "claim_roll",
        "talk",
        "follow",
    )  # any citizen's


def test_staff_of_another_town_reach_nothing(ground: Ground) -> None:
    """Whoever holds every role in Khoni is nobody in Terjola, on every guarded route, GET and POST."""
    client, before, tried = attacker(ground.app, ground.khoni.everything), events(), 0
    for rule in routes(ground.app):
        if not guarded(ground.app, rule) or "town" not in rule.arguments:
            continue
        url = address(rule, "terjola", values_of(rule, ground.terjola))
        if "GET" in (rule.methods or ()):
            assert client.get(url).status_code in (403, 404), url
        if "POST" in (rule.methods or ()):
            assert client.send(url).status_code in (403, 404), url
        tried += 1
    assert tried > 60
    assert events() == before


def test_ids_of_another_town_are_not_found(ground: Ground) -> None:
    """Under Terjola's address nothing of Khoni exists, for somebody with every role in both."""
    with writing() as session:
        for role in Role:
            session.add(
                RoleGrant(
                    account_id=ground.khoni.author, town_id=ground.terjola.world.town.id, role=role.value,
                    granted_at=THEN,
                )
            )  # fmt: skip
    client, before, tried = attacker(ground.app, ground.khoni.author), events(), []
    for rule in routes(ground.app):
        access = ground.app.view_functions[rule.endpoint].__access__  # type: ignore[attr-defined]
        theirs = values_of(rule, ground.khoni)
        if "town" not in rule.arguments or not set(theirs) & set(access.loaders):
            continue
        if rule.endpoint.startswith(("cycles.rulebook", "vote.", "training.lesson", "training.answer_quiz")):
            continue  # a version's number, a receipt's code or the name of a lesson is no id
        if rule.endpoint in ("messages.wording", "messages.reset_wording"):
            continue  # a kind of message is the same in every town
        url = address(rule, "terjola", theirs)
        for method in {"GET", "POST"} & set(rule.methods or ()):
            answer = client.get(url) if method == "GET" else client.send(url)
            assert answer.status_code == 404, f"{method} {url}: {answer.status_code}"
            tried.append(rule.endpoint)
    assert len(set(tried)) > 30
    assert events() == before


def test_a_picture_of_another_idea(ground: Ground) -> None:
    """A picture is found under its own idea alone; that of a draft or a withdrawn idea by its author alone."""
    client, own = attacker(ground.app), ground.terjola
    shown, base = own.ids["idea_number"], f"{own.url}/ideas"
    assert client.get(f"{base}/{shown}/picture/{own.ids['idea_picture']}.webp").status_code == 200
    for other in ("draft_picture", "withdrawn_picture", "returned_picture"):
        assert client.get(f"{base}/{shown}/picture/{own.ids[other]}.webp").status_code == 404
        assert client.get(f"{base}/{shown}/picture/{own.ids[other]}-small.webp").status_code == 404
    assert client.get(f"{base}/{shown}/picture/{ground.khoni.ids['idea_picture']}.webp").status_code == 404
    gone = f"{base}/{own.ids['withdrawn_number']}"
    assert client.get(gone).status_code == 404
    assert client.get(f"{gone}/picture/{own.ids['withdrawn_picture']}.webp").status_code == 404
    theirs = attacker(ground.app, own.world.citizen)
    mine = f"{base}/mine/{own.ids['draft']}"
    for url in (
        f"{mine}/picture/{own.ids['draft_picture']}.webp",
        f"{mine}/check",
        f"{mine}/who",
        mine + "/idea",
    ):
        assert theirs.get(url).status_code == 404, url
        assert client.get(url).status_code in (302, 404), url
    staff = attacker(ground.app, own.everything)
    assert staff.get(f"{mine}/check").status_code == 404


def test_numbers_that_no_database_holds(ground: Ground) -> None:
    """Numbers beyond 31, 63 and 64 bits in addresses are not found; they never break a page."""
    client = attacker(ground.app, ground.terjola.everything)
    for odd in ODD_NUMBERS[1:]:
        for url in (f"/terjola/{odd}/", f"/terjola/{odd}/ideas", f"/terjola/admin/{odd}/"):
            assert client.get(url).status_code in (302, 404), url[:60]
        assert client.send(f"/terjola/{odd}/vote/cast").status_code in (404, 405)
    for rule in routes(ground.app):
        good = values_of(rule, ground.terjola)
        for name in sorted(set(good) - {"verdict", "way", "code", "token", "name"}):
            for odd in (2**31, 2**64):
                url = address(rule, "terjola", {**good, name: odd})
                for method in {"GET", "POST"} & set(rule.methods or ()):
                    answer = client.get(url) if method == "GET" else client.send(url)
                    assert answer.status_code < 500, f"{method} {url[:80]}"
                    assert answer.status_code >= 300, f"{method} {url[:80]}"


def test_signs_that_no_address_holds(ground: Ground) -> None:
    """NUL, marks that turn the line around, broken UTF-8 and very long words in addresses."""
    client = attacker(ground.app, ground.terjola.everything)
    for odd in ODD_TEXTS:
        for url in (
            f"/{odd}/",
            f"/{odd}/2026/",
            f"/{odd}/centres",
            f"/{odd}/2026/vote",
            f"/{odd}/2026/ideas",
        ):
            assert client.get(url).status_code == 404, url[:60]
        assert client.send(f"/{odd}/2026/vote/cast").status_code == 404
        for rule in routes(ground.app):
            good = values_of(rule, ground.terjola)
            for name in sorted(set(good) & {"code", "token", "name", "check", "criterion", "roll"}):
                url = address(rule, "terjola", {**good, name: odd})
                for method in {"GET", "POST"} & set(rule.methods or ()):
                    answer = client.get(url) if method == "GET" else client.send(url)
                    assert answer.status_code in (302, 404, 405), f"{method} {url[:80]} {answer.status_code}"


QUERIES = ("q", "unit", "category", "state", "page", "sep", "lang", "shelf", "rows", "to", "code", "next",
           "municipality")  # fmt: skip
ODD_VALUES = (
    "\x00", "a\x00", "\u202e", "%", "_", "\\", "'", '"><script>', "²", "٣", "1e9", "-1", "0",
              "9" * 30, "9" * 5000, "x" * 9000, "\ud7ff", "(((", "[", "%(name)s", "{0}", "${7*7}", "{{7*7}}",
)  # fmt: skip


def test_odd_queries(ground: Ground) -> None:
    """Every page that reads its query, with values that it cannot have meant."""
    visitor, staff, base = (
        attacker(ground.app),
        attacker(ground.app, ground.terjola.everything),
        "/terjola/2026",
    )
    for client, url in (
        (visitor, f"{base}/ideas"), (visitor, f"{base}/ideas.csv"), (visitor, f"{base}/projects"),
        (visitor, f"{base}/log"), (visitor, f"{base}/receipt"), (visitor, "/sign-in"), (visitor, "/"),
        (staff, f"{base}/queue"), (staff, "/admin/towns/new"), (staff, "/sign-in"),
    ):  # fmt: skip
        for odd in ODD_VALUES:
            answer = client.get(url, query_string=dict.fromkeys(QUERIES, odd))
            assert answer.status_code < 500, f"{url} {odd[:20]!r}"
