"""The pages of talking, in both languages: what stands on them, and what must not."""

from __future__ import annotations

import brotli
import pytest
from flask import Flask
from sqlalchemy import event, select

from pb import clock
from pb.db import db
from pb.policy import Role
from pb.talking import commands, commands_staff
from pb.talking.models import BlockedWord, Comment, Support
from tests.factories import World, make_world
from tests.ideas.making import handed_in
from tests.ideas.test_commands import world_rules
from tests.pages import CheckedClient, Page
from tests.talking.making import TEXT, citizen, known, said, staff

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


@pytest.fixture
def world(app: Flask) -> World:
    found = make_world(app)
    handed_in(found)
    return found


def talk_url(world: World, rest: str = "idea-1") -> str:
    return f"{world.url}/talk/{rest}"


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_a_citizen_argues_and_reads_it(world: World, client: CheckedClient, lang: str) -> None:
    gio = known(world, "idea-1", citizen())
    assert gio.account_id is not None
    client.sign_in_as(gio.account_id)
    client.get(f"{world.url}/ideas/1?lang={lang}")
    client.page(f"{talk_url(world)}/new?kind=against&lang={lang}")
    answer = client.send(f"{talk_url(world)}/new", {"kind": "against", "text": TEXT})
    assert answer.status_code == 302
    for url in (f"{world.url}/ideas/1", talk_url(world), talk_url(world, "idea-1?kind=against")):
        assert TEXT in client.page(url).text
    assert TEXT not in client.page(talk_url(world, "idea-1?kind=for")).text
    client.sign_out()
    assert TEXT in client.page(talk_url(world)).text


def test_typed_words_stay_whatever_is_wrong(world: World, client: CheckedClient) -> None:
    admin = staff(world, Role.ADMINISTRATOR)
    commands_staff.block_words(town_id=world.town.id, typed="სულელი", actor=admin, now=clock.now())
    gio = citizen()
    client.sign_in_as(gio.account_id or 0)
    words = "ეს სულელი გეგმაა და ბევრი რამ მაქვს სათქმელი"
    refused = client.send(f"{talk_url(world)}/new", {"kind": "for", "text": words})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert words in page
    assert "სულელი. არაფერი გაგზავნილა" in page
    assert words in client.send(f"{talk_url(world)}/new", {"kind": "", "text": words}).get_data(as_text=True)
    # the session ended while the form was open
    client.sign_out()
    late = client.send(f"{talk_url(world)}/new", {"kind": "for", "text": words})
    assert late.status_code == 401
    assert words in late.get_data(as_text=True)
    assert db.session.scalar(select(Comment.id)) is None


def test_hidden_words_leave_every_page_and_feed(world: World, client: CheckedClient) -> None:
    """Every address of the site that needs no sign-in is read; the words of held and hidden comments are on none."""
    gio = known(world, "idea-1", citizen())
    secret, held = "საიდუმლოსიტყვაერთი", "საიდუმლოსიტყვაორი"
    row = said(world, "idea-1", gio, text=secret)
    top = said(world, "idea-1", gio, text="თავი")
    reply = said(world, "idea-1", gio, parent_id=top.id, text=secret + "პასუხი")
    waiting = said(world, "idea-1", citizen(), text=held)
    for hidden in (row, reply):
        commands_staff.hide_comment(
            comment_id=hidden.id, public_reason="წესი 3", actor=staff(world), now=clock.now()
        )
    known_ids = {
        "comment": (row.id, reply.id, waiting.id),
        "thing": ("idea-1",),
        "idea": (1,),
        "number": (1,),
    }
    for reader in (None, citizen("სხვა კაცი").account_id):
        if reader is not None:
            client.sign_in_as(reader)
        read = 0
        for rule in client.application.url_map.iter_rules():
            names = set(rule.arguments) - {"town", "year"}
            if (
                "GET" not in (rule.methods or ())
                or not names <= set(known_ids)
                or "town" not in rule.arguments
            ):
                continue
            for value in known_ids.get(next(iter(names), "thing"), ("",)):
                url = rule.build(
                    {"town": world.town.slug, "year": 2026, **dict.fromkeys(names, value)},
                    append_unknown=False,
                )
                answer = client.get(url[1] if url else "/")
                body = answer.get_data()
                assert secret.encode() not in body, f"{rule.rule}: {value}"
                assert held.encode() not in body, f"{rule.rule}: {value}"
                read += 1
        assert read > 30
    assert "წესი 3" in client.page(talk_url(world)).text  # the reason is public
    for url in (f"comment/{row.id}/reply", f"comment/{waiting.id}/reply", f"comment/{row.id}/report"):
        assert client.get(talk_url(world, url)).status_code == 404


def test_scripts_are_inert_in_every_field(world: World, client: CheckedClient) -> None:
    admin = staff(world, Role.ADMINISTRATOR)
    gio = known(world, "idea-1", citizen())
    row = said(world, "idea-1", gio, text=HOSTILE)
    said(world, "idea-1", gio, parent_id=row.id, text=HOSTILE)
    nino = citizen("ნინო სანიმუშო")
    commands.report_comment(comment_id=row.id, reason="other", note=HOSTILE, actor=nino, now=clock.now())
    other = said(world, "idea-1", gio, kind="question", text="დამალული")
    commands_staff.hide_comment(comment_id=other.id, public_reason=HOSTILE, actor=admin, now=clock.now())
    client.sign_in_as(admin.account_id or 0)
    for lang in ("ka", "en"):
        for url in (
            f"{world.url}/ideas/1", talk_url(world), talk_url(world, "queue"),
            talk_url(world, f"comment/{row.id}/moderate"), talk_url(world, f"comment/{other.id}/moderate"),
        ):  # fmt: skip
            html = client.get(f"{url}?lang={lang}").get_data(as_text=True)
            assert "<script>alert" not in html, url
            assert "<img src=x" not in html, url
            assert "49" not in Page(html).text.replace(clock.now().isoformat(), "") or "{{7*7}}" in html


def test_staff_read_what_waits_and_decide(world: World, client: CheckedClient) -> None:
    row = said(world, "idea-1", citizen())
    officer = staff(world)
    client.sign_in_as(officer.account_id or 0)
    assert TEXT in client.page(talk_url(world, "queue")).text
    page = talk_url(world, f"comment/{row.id}/moderate")
    assert client.send(page, {"public_reason": ""}).status_code == 422
    assert client.send(page, {"show": "1"}).status_code == 302
    assert TEXT in client.page(f"{world.url}/ideas/1").text
    assert client.send(page, {"public_reason": "ტელეფონის ნომერია."}).status_code == 302
    client.sign_out()
    text = client.page(f"{world.url}/ideas/1").text
    assert TEXT not in text
    assert "ტელეფონის ნომერია." in text


def test_the_list_of_words(world: World, client: CheckedClient) -> None:
    client.sign_in_as(staff(world, Role.ADMINISTRATOR).account_id or 0)
    url = talk_url(world, "words")
    refused = client.send(url, {"words": "ორი სიტყვა"})
    assert refused.status_code == 422
    assert "ორი სიტყვა" in refused.get_data(as_text=True)
    assert client.send(url, {"words": "სულელი"}).status_code == 302
    assert "სულელი" in client.page(url).text
    word = db.session.scalar(select(BlockedWord.id))
    assert client.send(talk_url(world, f"words/{word}/remove")).status_code == 302
    assert "სულელი" not in client.page(url).text


def test_supporting_with_progress(world: World, client: CheckedClient) -> None:
    world_rules(world, supporters_needed=2)
    assert "აკლია 2" in client.page(f"{world.url}/ideas/1").text
    for n, name in enumerate(("პირველი კაცი", "მეორე კაცი")):
        client.sign_in_as(citizen(name).account_id or 0)
        for _ in range(2):
            assert client.send(f"{talk_url(world)}/support").status_code == 302
        assert db.session.query(Support).count() == n + 1
    assert "შეგროვილია" in client.page(f"{world.url}/ideas/1").text


def test_following_shows_what_is_new(world: World, client: CheckedClient) -> None:
    reader = citizen("მკითხველი კაცი")
    client.sign_in_as(reader.account_id or 0)
    assert client.send(f"{talk_url(world)}/follow").status_code == 302
    client.application.extensions["pb_clock"].set(2026, 5, 21)
    clock.forget()
    known(world, "idea-1", citizen())
    page = client.page(f"{world.url}/followed")
    assert "1 ახალი კომენტარი" in page.text
    assert client.send(f"{world.url}/followed").status_code == 302
    assert "ახალი კომენტარი" not in client.page(f"{world.url}/followed").text


@pytest.mark.parametrize("path", ["ideas/1", "talk/idea-1"])
def test_queries_do_not_grow_with_comments(world: World, client: CheckedClient, path: str) -> None:
    gio = known(world, "idea-1", citizen())

    def queries() -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            client.page(f"{world.url}/{path}")
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    officer = staff(world)
    said(world, "idea-1", gio, parent_id=said(world, "idea-1", officer, text="თავი").id, text="პასუხი")
    queries()
    few = queries()
    for n in range(3):
        top = said(world, "idea-1", officer, text=f"თავი {n}", kind="question")
        said(world, "idea-1", gio, parent_id=top.id, text=f"პასუხი {n}")
    assert queries() == few


def test_all_comments_page_by_page(world: World, client: CheckedClient) -> None:
    from datetime import timedelta

    officer = staff(world)
    for n in range(45):
        said(world, "idea-1", officer, text=f"სიტყვა №{n:02d}", now=clock.now() - timedelta(hours=45 - n))
    seen, url = [], talk_url(world)
    for _ in range(3):
        page = client.page(url)
        seen += [part.strip() for _lang, part in page.text_parts if "№" in part]
        nexts = [link for link in page.links if "after=" in link and "lang" not in link]
        url = nexts[0] if nexts else ""
    assert url == ""
    assert seen == [f"სიტყვა №{n:02d}" for n in range(44, -1, -1)]


def test_weight_of_the_first_view(world: World, client: CheckedClient) -> None:
    """With the longest comments that fit: the page as it goes over the wire, with its style sheet, stays light."""
    from datetime import timedelta

    officer, admin = staff(world), staff(world, Role.ADMINISTRATOR)
    for n in range(7):
        top = said(
            world,
            "idea-1",
            officer,
            text=f"{n} " + "გრძელისიტყვა " * 75,
            now=clock.now() - timedelta(hours=9 - n),
        )
        for m in range(4):
            said(world, "idea-1", admin, parent_id=top.id, text=f"{n} {m} " + "პასუხისიტყვა " * 75,
                 now=clock.now() - timedelta(hours=9 - n, minutes=-m - 1))  # fmt: skip
    for path in ("ideas/1", "talk/idea-1"):
        html = client.get(f"{world.url}/{path}").get_data()
        assert len(brotli.compress(html, quality=4)) < 16_000, path


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_forms_of_one_comment(world: World, client: CheckedClient, lang: str) -> None:
    gio = known(world, "idea-1", citizen())
    row = said(world, "idea-1", gio)
    client.sign_in_as(gio.account_id or 0)
    page = talk_url(world, f"comment/{row.id}")
    client.page(f"{page}/take-back?lang={lang}")
    client.sign_in_as(citizen("ნინო სანიმუშო").account_id or 0)
    client.page(f"{page}/reply?lang={lang}")
    client.page(f"{page}/report?lang={lang}")
    assert client.get(f"{page}/take-back").status_code == 404
    assert client.send(f"{page}/report", {"reason": ""}).status_code == 422
    assert client.send(f"{page}/report", {"reason": "untrue", "note": "ასე არ არის"}).status_code == 302
    client.sign_in_as(staff(world).account_id or 0)
    assert "ასე არ არის" in client.page(f"{page}/moderate?lang={lang}").text
