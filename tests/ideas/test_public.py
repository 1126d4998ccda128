"""What everybody sees: the list, its search, one idea, the table; and what nobody may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from pb import clock
from pb.db import db, writing
from pb.ideas import commands, commands_review, page_parts
from pb.ideas.models import Idea
from pb.ideas.table import cell
from pb.policy import Role
from tests.factories import World, make_cycle, make_world
from tests.ideas.making import author, drafted, handed_in
from tests.pages import CheckedClient

SCRIPT = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def world(sqlite_app: Flask) -> World:
    return make_world(sqlite_app)


@pytest.fixture
def browser(sqlite_app: Flask) -> CheckedClient:
    return sqlite_app.test_client()  # type: ignore[return-value]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def many(world: World, count: int, **changes: object) -> None:
    """Public ideas straight in the table: their number is what matters."""
    with writing() as session:
        start = session.query(Idea).count()
        for n in range(start + 1, start + count + 1):
            session.add(
                Idea(
                    cycle_id=world.cycle.id, number=n, state="submitted", title=f"იდეა {n}",
                    problem="პრობლემა " * 20, solution="გზა", unit_id=world.town.units[n % 3].id,
                    search_text=f"idea {n} problema", category="roads", language="ka", notes={},
                    author_label="ნინო ს.", created_at=clock.now(), updated_at=clock.now(),
                    submitted_at=clock.now() + timedelta(seconds=n), **changes,
                )
            )  # fmt: skip


@pytest.mark.parametrize("count", [20, 200])
def test_the_list_costs_six_queries_whatever_its_length(
    world: World, browser: CheckedClient, count: int
) -> None:
    many(world, count)
    url = f"{world.url}/ideas"
    browser.page(url)  # a process reads the rulebook and the calendar in force once and keeps them
    db.session.remove()
    with counted() as statements:
        page = browser.page(url)
    assert len([s for s in statements if s.lstrip().upper().startswith("SELECT")]) <= 6, "\n".join(statements)
    assert page.html.count('class="pb-card"') == 20


def test_pages_are_whole_and_do_not_overlap(world: World, browser: CheckedClient) -> None:
    many(world, 45)
    found: list[str] = []
    urls = [f"{world.url}/ideas"]
    while urls and len(found) <= 45:
        page = browser.page(urls[0])
        found += [
            link for link in page.links if link.startswith(f"{world.url}/ideas/") and link[-1].isdigit()
        ]
        # the address of the page in the other language bears the mark of this page
        urls = [link for link in page.links if "after=" in link and "lang=" not in link]
    assert found == [f"{world.url}/ideas/{n}" for n in range(45, 0, -1)]
    for nonsense in ("after=-3", "after=many", "before=x.1", "order=cheap&after=5", "order=none", "after=0"):
        assert browser.get(f"{world.url}/ideas?{nonsense}").status_code == 200


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_empty_states(world: World, browser: CheckedClient, lang: str) -> None:
    browser.set_cookie("lang", lang)
    assert "/ideas/new" in browser.page(f"{world.url}/ideas").html
    assert browser.page(f"{world.url}/ideas?q=abrakadabra")


SEARCHES = (
    "წყალი", "wyali", "tsqali", "Tsqali", "WYALI", "სიმონეთში წყალი", "TE-2026-0001", "1", "წყ", "simonet",
)  # fmt: skip
SIGNS = ("%", "_", "\\", "%%%", "a'b", "ა" * 500, "'; DROP TABLE idea; --")


def test_search_finds_georgian_in_any_letters(app: Flask) -> None:
    world = make_world(app)
    handed_in(world, title="წყალი სიმონეთში")
    other = {"problem": "ბნელა", "solution": "ბოძი", "village": "", "place": "", "beneficiaries": ""}
    handed_in(world, title="განათება", **other)
    browser: CheckedClient = app.test_client()  # type: ignore[assignment]
    for q in SEARCHES:
        page = browser.page(f"{world.url}/ideas", query_string={"q": q})
        assert f'href="{world.url}/ideas/1"' in page.html, q
        assert f'href="{world.url}/ideas/2"' not in page.html, q


def test_signs_in_the_search_mean_themselves(app: Flask) -> None:
    world = make_world(app)
    handed_in(world)
    browser: CheckedClient = app.test_client()  # type: ignore[assignment]
    for q in SIGNS:
        page = browser.page(f"{world.url}/ideas", query_string={"q": q})
        assert f'href="{world.url}/ideas/1"' not in page.html, q
    assert browser.get(f"{world.url}/ideas", query_string={"q": "\x00"}).status_code == 400


def test_filters(world: World, browser: CheckedClient) -> None:
    first, second = world.town.units[0], world.town.units[1]
    handed_in(world, unit_id=first.id)
    idea = handed_in(world, unit_id=second.id)
    commands_review.begin_check(idea_id=idea.id, actor=world.actor(Role.OFFICER), now=clock.now())
    for query in (f"unit={second.slug}", "state=in_check", f"unit={second.slug}&state=in_check"):
        page = browser.page(f"{world.url}/ideas?{query}")
        assert f'href="{world.url}/ideas/2"' in page.html, query
        assert f'href="{world.url}/ideas/1"' not in page.html, query
    for query in ("unit=nowhere", "state=draft", "state=withdrawn", "category=none", "state=%27"):
        page = browser.page(f"{world.url}/ideas?{query}")
        assert f'href="{world.url}/ideas/1"' not in page.html, query


def test_drafts_withdrawn_and_persons_are_nowhere(world: World, browser: CheckedClient) -> None:
    nino = author("საიდუმლოძე თამარი")
    drafted(world, nino, title="საიდუმლომონახაზი")
    gone = handed_in(world, author(), title="საიდუმლოგამოთხოვილი")
    commands.withdraw_idea(idea_id=gone.id, actor=gone_author(gone), now=clock.now())
    shown = handed_in(
        world, title="საჯარო", first_name="თამარი", surname="საიდუმლოძე", village="საჯაროსოფელი"
    )
    later = make_cycle(world.town, 2027)
    base = world.url
    addresses = [
        *(f"{base}/ideas{rest}" for rest in ("", "?q=საიდუმლო", "?state=draft", "?state=withdrawn", "/new")),
        *(
            f"{base}{rest}"
            for rest in ("/", "/ideas.csv", "/ideas.csv?sep=semicolon", f"/ideas/{shown.number}")
        ),
    ]
    for url in addresses:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        text = answer.get_data(as_text=True).replace('value="საიდუმლო"', "").replace("%E1", "")
        assert "საიდუმლო" not in text, url
    assert "თამარი ს." in browser.page(f"{base}/ideas/{shown.number}").text
    assert browser.get(f"{base}/ideas/{gone.number}").status_code == 404
    assert browser.get(f"{base}/ideas/99").status_code == 404
    assert browser.get(f"/{world.town.slug}/{later.year}/ideas/{shown.number}").status_code == 404


def gone_author(idea: Idea):  # type: ignore[no-untyped-def]
    from pb.accounts.queries import actor_by_id

    return actor_by_id(next(iter(idea.author_ids)))


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_page_tells_what_happened(world: World, browser: CheckedClient, lang: str) -> None:
    browser.set_cookie("lang", lang)
    officer = world.actor(Role.OFFICER)
    first, second = handed_in(world), handed_in(world)
    for idea in (first, second):
        commands_review.begin_check(idea_id=idea.id, actor=officer, now=clock.now())
    commands_review.mark_ineligible(
        idea_id=first.id, public_reason="მიწა კერძოა.", actor=officer, now=clock.now()
    )
    commands_review.mark_duplicate(
        idea_id=second.id, other_id=first.id, public_reason="იგივეა.", actor=officer, now=clock.now()
    )
    page = browser.page(f"{world.url}/ideas/1")
    assert "მიწა კერძოა." in page.text
    assert page.html.count('<li class="is-') >= 3
    page = browser.page(f"{world.url}/ideas/2")
    assert f'href="{world.url}/ideas/1"' in page.html
    assert "14 500 ლარი" in page.text or "14,500 lari" in page.text


def test_other_features_add_parts(
    world: World, browser: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(world)
    seen = []

    def part(here, idea):  # type: ignore[no-untyped-def]
        seen.append((here.town.slug, idea.number, idea.state, idea.id))
        return None

    monkeypatch.setattr(page_parts, "PARTS", [part])
    browser.page(f"{world.url}/ideas/1")
    assert len(seen) == 1
    assert seen[0][1:3] == (1, "submitted")


def test_scripts_are_text(world: World, browser: CheckedClient) -> None:
    nino = author()
    idea = handed_in(
        world, nino, title=SCRIPT, problem=SCRIPT, solution=SCRIPT, village=SCRIPT[:60], place=SCRIPT,
        beneficiaries=SCRIPT, first_name=SCRIPT[:50], surname=SCRIPT[:50],
    )  # fmt: skip
    officer = world.actor(Role.OFFICER)
    commands_review.begin_check(idea_id=idea.id, actor=officer, now=clock.now())
    notes = {"": SCRIPT, "title": SCRIPT}
    commands_review.return_idea(idea_id=idea.id, notes=notes, actor=officer, now=clock.now())
    browser.sign_in_as(nino.account_id or 0)
    own = f"{world.url}/ideas/mine/{idea.id}"
    pages = [
        f"{world.url}/ideas", f"{world.url}/ideas/1", f"{world.url}/", f"{world.url}/ideas/mine",
        *(f"{own}/{step}" for step in ("idea", "place", "cost", "check", "who", "done", "withdraw")),
    ]  # fmt: skip
    for url in pages:
        html = browser.page(url).html
        assert "<script>alert" not in html, url
        assert "<img src=x" not in html, url
    page = browser.page(f"{world.url}/ideas", query_string={"q": SCRIPT})
    assert "<script>alert" not in page.html


def test_text_keeps_its_language(world: World, browser: CheckedClient) -> None:
    handed_in(world, title="Gare ganateba", problem="Bnela", solution="Bodzi")
    page = browser.page(f"{world.url}/ideas/1")
    assert '<h1 lang="ka-Latn">' in page.html


def test_the_table(world: World, browser: CheckedClient) -> None:
    handed_in(world, title="=HYPERLINK(1)", problem="+1", solution='ორი, "სამი"; ოთხი\nხუთი', place="@x")
    for sep, url in ((",", f"{world.url}/ideas.csv"), (";", f"{world.url}/ideas.csv?sep=semicolon")):
        answer = browser.get(url)
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=sep))
        assert len(rows) == 1
        row = rows[0]
        assert (row["number"], row["cost_lari"], row["author"]) == ("TE-2026-0001", "14500", "ნინო ს.")
        assert row["title"] == "'=HYPERLINK(1)"
        assert row["problem"] == "'+1"
        assert row["place"] == "'@x"
        assert row["solution"] == 'ორი, "სამი"; ოთხი\nხუთი'


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "|x", "%x"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert cell(value).startswith("'")
    assert cell("გზა = კარგი") == "გზა = კარგი"
