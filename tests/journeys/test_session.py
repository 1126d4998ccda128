"""A whole session of the commission in the browser: twelve projects, seven members, one recused midway, one tie; it
ends in minutes.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pb.policy import Role
from pb.review import queries_ranking
from tests.ideas.pdfs import pdf as signed_pdf
from tests.journeys.acting import at_desk, fill, follow, go, press, send, sign_in
from tests.journeys.conftest import Site, context_of
from tests.journeys.test_whole_cycle import tab_to
from tests.review.commission_making import LONG, REVIEW, Commission

pytestmark = pytest.mark.browser
LEFT = "თქვენ დარბაზიდან გასული ხართ"
WHY = "სხდომაზე გაირკვა, რომ ხარჯთაღრიცხვა უკვე შემოწმებულია."
OPINION = "მიმაჩნია, რომ ეს პროექტი კენჭისყრაზე უნდა გასულიყო."
DETAILS = "ჩემი ოჯახის მიწის ნაკვეთი პროექტის გვერდითაა."


def test_a_session_ends_in_its_minutes(browser: Browser, site: Site, phone: Page, tmp_path: Path) -> None:
    site.turn(REVIEW)
    ids = site.run(lambda: found(site))
    base = f"{site.address}/terjola/2026"
    one = f"{base}/commission/sessions/1"
    sign_in(phone, site, ids["members"][0])
    with at_desk(browser, site, ids["secretary"]) as desk:
        calls(desk, base)
        with at_desk(browser, site, ids["chair"]) as chair:
            go(chair, one)
            press(chair, "form[action$='/open'] button")
        press_item(desk, one, 1)
        on_the_screen(browser, site, ids, one)
        steps_out(phone, base, one)
        votes_by_keyboard(desk, one, ids)
        press(desk, "form[action$='/finish'] button")
        go(phone, f"{base}/commission/sessions")
        follow(phone, "/commission/sessions/1")
        assert phone.locator("h1").inner_text() != LEFT  # called back
    second_sheet(browser, site, ids, base)
    with at_desk(browser, site, ids["chair"]) as chair:
        go(chair, one)
        press(chair, "form[action$='/close-discussion'] button")
    with at_desk(browser, site, ids["secretary"]) as desk:
        decides(desk, one, ids)
    opinion(browser, site, ids, one)
    with at_desk(browser, site, ids["chair"]) as chair:
        go(chair, one)
        press(chair, "form[action$='/close'] button")
        fill(chair, {"number": "12-7", "remarks": "ავტორებს მოუსმინეს."})
        press(chair, "main form button.is-primary")
        signed = {"name": "ოქმი.pdf", "mimeType": "application/pdf", "buffer": signed_pdf()}
        send(chair, {"document": signed})
        go(chair, f"{base}/commission/publish")
        send(chair, {"minutes": "№ 12-7"})
    reads_the_minutes(browser, site, base, ids, tmp_path)


def found(site: Site) -> dict[str, Any]:
    """The first project divides the commission, the others are alike two by two."""
    c = Commission(site.app, projects=12, members=7)
    first, second = (k.id for k in c.rules.rubric.criteria[:2])
    for project in c.projects:
        for n, member in enumerate(c.members):
            wide = {first: (5, 1)[n % 2]} if project.number == 1 else {}
            c.submit(member, project, 2 + project.number % 3, **({second: 2} | wide))
    c.unseal()
    return {
        "members": [account.id for account in c.accounts],
        "chair": c.accounts[-1].id,
        "secretary": c.world.staff[Role.SECRETARY].id,
        "cycle": c.world.cycle.id,
        "title": c.projects[0].title,
    }


def calls(page: Page, base: str) -> None:
    """The secretary calls the session, puts the agenda together and notes who has come."""
    go(page, f"{base}/commission/sessions/new")
    page.locator("input[type=date]").fill("2026-09-24")
    page.locator("input[type=time]").fill("15:00")
    send(page, {"place": "მერია, სხდომათა დარბაზი"})
    press(page, "form[action$='/agenda/projects']:has([value=all]) button")
    assert page.locator(".pb-agenda li").count() == 12
    open_details(page)
    fill(page, {"title": "რანჟირების დამტკიცება"})
    press(page, "form[action$='/agenda/question'] button")
    press(page, "form[action$='/attendance']:has([value=all]) button")


def open_details(page: Page) -> None:
    """Open whatever is folded."""
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def press_item(page: Page, one: str, place: int) -> None:
    """Take up the item at this place of the agenda."""
    go(page, one)
    press(page, page.locator(".pb-agenda li").nth(place - 1).locator("form[action$='/take-up'] button"))


def on_the_screen(browser: Browser, site: Site, ids: dict[str, Any], one: str) -> None:
    """Large type, the project and its score, nobody's name."""
    with at_desk(browser, site, ids["secretary"]) as page:
        go(page, f"{one}/screen")
        text = page.locator("body").inner_text()
        assert ids["title"] in text
        assert "წევრი 0" not in text
        assert page.locator(".pb-screen-facts").count() == 1
        size: str = page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
        assert float(size.removesuffix("px")) >= 36


def steps_out(phone: Page, base: str, one: str) -> None:
    """The first member sees the project, discovers a conflict and says so; from then on the page is empty."""
    go(phone, one)
    assert phone.locator("h1").inner_text() != LEFT
    go(phone, f"{base}/commission/1/declare")
    fill(phone, {"kind": "property", "details": DETAILS, "understood": True})
    phone.locator("main form button.is-primary").click()
    for address in (one, f"{one}/screen", f"{one}/minutes", f"{base}/commission/scores"):
        go(phone, address)
        assert phone.locator("body").inner_text().strip() == LEFT, address


def votes_by_keyboard(page: Page, one: str, ids: dict[str, Any]) -> None:
    """A question in words is put and counted without a mouse: Tab, arrows, blank and Enter."""
    go(page, one)
    open_details(page)
    fill(page, {"words": "მოვუსმინოთ ავტორს?"})
    press(page, "form[action$='/question'] button.is-primary")
    assert page.locator(".pb-vote").count() == 6
    go(page, page.url.split("#")[0])
    names = [
        str(page.locator(".pb-vote").nth(n).locator("input").first.get_attribute("name")) for n in range(6)
    ]
    for n, name in enumerate(names):
        tab_to(page, name)
        page.keyboard.press("Space")
        if n == 0:
            page.keyboard.press("ArrowRight")
    tab_to(page, "count")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"vote-{ids['members'][0]}" not in names  # has left the room
    text = " ".join(page.locator(".pb-voteline").first.inner_text().split())
    assert text == "მომხრე 5 · წინააღმდეგი 1 · თავი შეიკავა 0"


def second_sheet(browser: Browser, site: Site, ids: dict[str, Any], base: str) -> None:
    """On a phone, after the discussion."""
    context = context_of(browser)
    page = context.new_page()
    sign_in(page, site, ids["members"][1])
    go(page, f"{base}/commission/sessions/1")
    follow(page, "/commission/1/second")
    for field in page.locator("input[name$='.value'][value='3']").all():
        field.check()
    send(page, {"why": WHY})
    context.close()


def decides(page: Page, one: str, ids: dict[str, Any]) -> None:
    """The flagged project by a tie that the chair's vote decides; the others en bloc."""
    press_item(page, one, 1)
    fill(page, {"outcome": "not_shortlisted", "reason": LONG})
    press(page, "form[action$='/question'] button.is-primary")
    for n, account in enumerate(ids["members"][1:]):  # the last one is the chair
        page.locator(f"#vote-{account}-{'against' if n < 3 else 'for'}").check()
    press(page, "button[name=count]")
    assert "თავმჯდომარის გადამწყვეტი ხმით" in page.locator("main").inner_text()
    press_item(page, one, 13)
    press(page, "form[action$='/question'] button.is-primary")
    press(page, "button[name=rest]")
    press(page, "button[name=count]")
    assert page.locator(".pb-agenda li:has(.pb-tag.is-good), .pb-agenda li:has(.pb-tag)").count() == 13


def opinion(browser: Browser, site: Site, ids: dict[str, Any], one: str) -> None:
    with at_desk(browser, site, ids["members"][2]) as page:
        go(page, one)
        press(page, page.locator(".pb-agenda li").first.locator("a[href$='/opinion']"))
        send(page, {"words": OPINION})


def reads_the_minutes(browser: Browser, site: Site, base: str, ids: dict[str, Any], tmp_path: Path) -> None:
    """What everybody reads: the paper says what happened, and holds the fingerprint of the ranking."""
    context = context_of(browser, width=1280)
    page = context.new_page()
    go(page, f"{base}/sessions")
    answer = context.request.get(f"{base}/sessions/1/minutes.pdf")
    assert answer.status == 200
    text = text_of(answer.body(), answer.headers["content-type"], tmp_path)
    said = " ".join(text.split())
    for words in (
        "სხდომის № 1 ოქმი", "12-7", "მერია, სხდომათა დარბაზი", "7 წევრიდან 7", ids["title"],
        "ქონება ან მეზობლობა", "დარბაზიდან გავიდა", "მომხრე: 5, წინააღმდეგი: 1, თავი შეიკავა: 0",
        "მომხრე: 3, წინააღმდეგი: 3, თავი შეიკავა: 0", "თავმჯდომარის გადამწყვეტი ხმით", "განსხვავდება რანჟირებისგან",
        OPINION, WHY, "ავტორებს მოუსმინეს.",
    ):  # fmt: skip
        assert words in said, words
    assert DETAILS not in said
    fingerprint = site.run(lambda: getattr(queries_ranking.newest_snapshot(ids["cycle"]), "fingerprint", ""))
    assert fingerprint in "".join(text.split())
    assert context.request.get(f"{base}/sessions/1/signed.pdf").body() == signed_pdf()
    context.close()


def text_of(body: bytes, kind: str, tmp_path: Path) -> str:
    """The text of the PDF, or of the page that a machine without its libraries gives instead."""
    if not kind.startswith("application/pdf"):
        from tests.pages import Page as Parsed

        return Parsed(body.decode()).text
    file = tmp_path / "minutes.pdf"
    file.write_bytes(body)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here; apt-get install poppler-utils")
    done = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode()
