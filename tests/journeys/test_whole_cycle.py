"""One cycle of one town, from an idea on a phone to a recounted result, through the browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pb import clock
from pb.config import ROOT
from pb.results.jobs import count_due
from tests.journeys import town as making
from tests.journeys.acting import PASSWORD, at_desk, fill, follow, go, number_on, press, send
from tests.journeys.conftest import Site, context_of
from tests.journeys.looking import faults
from tests.journeys.town import Town, ballots_cast
from tests.voting.making import number as personal_number

pytestmark = pytest.mark.browser
TITLE = "გარე განათება სკოლიდან ავტოსადგურამდე"
CODE = r"\b\d{8}\b"
RECEIPT = r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{2,4}){4}\b"


def test_one_whole_cycle(browser: Browser, site: Site, phone: Page, tmp_path: Path) -> None:
    site.turn(making.IDEAS)
    town = making.found_town(site)
    hands_in_idea(phone, town)
    officer_admits(browser, town)
    making.others_hand_in(town)
    site.turn(making.DEVELOPMENT)
    works_out_project(phone, town)
    site.turn(making.REVIEW)
    making.others_score(town, watched=1)
    member_scores(browser, town)
    chair_decides(browser, town)
    site.turn(making.DECIDED)
    list_becomes_final(browser, town)
    administrators_prepare(browser, town)
    site.turn(making.VOTING)
    receipt = votes_by_phone(browser, town)
    votes_with_scripts(browser, town)
    making.others_vote(town)
    site.turn(making.OVER)
    administrator_counts(browser, town)
    reader_checks(browser, town, receipt, tmp_path)


def hands_in_idea(page: Page, town: Town) -> None:
    """At 360 px without scripts; at most 8 screens with the code and the confirmation."""
    screens: list[str] = []
    page.on("load", lambda loaded: screens.append(loaded.url))
    go(page, f"{town.url}/ideas/new")
    follow(page, "/ideas/new/who")
    page.locator("#unit_id").select_option(index=1)
    who = {"first_name": "ნინო", "surname": "სანიმუშო", "phone": "555 12 34 56", "age_band": "30-44"}
    send(page, {"kind": "resident", "village": "სიმონეთი", **who})
    send(page, {"code": number_on(page, CODE)})
    send(page, {"title": TITLE, "problem": "ზამთარში ბავშვები სიბნელეში დადიან.", "solution": "14 სანათი."})
    send(page, {"place": "სკოლის წინ", "beneficiaries": "180 მოსწავლე"})
    page.locator("[name=category]").first.check()
    send(page, {"cost_tetri": "5 000"})
    send(page, {"consent": True})
    assert number_on(page, r"TE-2026-\d{4}") == "TE-2026-0001"
    assert len(screens) <= 8, screens


def officer_admits(browser: Browser, town: Town) -> None:
    """Signs in with mail and password, finds the idea in the queue, checks it, invites its author."""
    context = context_of(browser, width=1280)
    page = context.new_page()
    go(page, f"{town.site.address}/sign-in")
    fill(page, {"staff-email": making.OFFICER_MAIL, "staff-password": PASSWORD})
    press(page, page.locator("main form", has=page.locator("[type=password]")).locator("button"))
    go(page, f"{town.url}/queue")
    follow(page, "/queue/1")
    press(page, page.locator("form[action$='/take-up'] button"))
    for met in page.locator("input[type=radio][value=met]").all():
        met.check()
    send(page, {"outcome": "eligible"}, "form:has([name=outcome]) button.is-primary")
    go(page, f"{town.url}/queue/1")
    press(page, "form[action$='/invite'] button")
    go(page, f"{town.url}/ideas/1")
    assert page.locator("a[href$='/projects/1']").count()
    context.close()


def works_out_project(page: Page, town: Town) -> None:
    """The author, still signed in on the phone: five tasks, then the project is handed in."""
    go(page, f"{town.url}/ideas/mine")
    follow(page, "/projects/1/edit")
    follow(page, "/projects/1/edit/text")
    text = {
        "problem": "ზამთარში ბავშვები სიბნელეში დადიან.",
        "what": "არსებულ ბოძებზე დამონტაჟდება 14 სანათი.",
    }
    send(page, {"title": TITLE, "beneficiaries": "სკოლის 400 მოსწავლე", **text})
    follow(page, "/edit/budget")
    lines = [("სანათი", "14", "ცალი", "250"), ("სადენი", "850,5", "მეტრი", "1,20")]
    for n, line in enumerate(lines):
        fill(
            page,
            dict(zip((f"lines-{n}-{x}" for x in ("what", "quantity", "unit", "price")), line, strict=True)),
        )
    press(page, "main form button.is-primary")
    assert "4 520,60" in page.locator("main").inner_text().replace("\u00a0", " ")
    follow(page, "/edit/timeline")
    page.locator("[name='steps-0-month']").select_option(index=2)
    send(page, {"steps-0-step": "შესყიდვა და დამონტაჟება"})
    follow(page, "/edit/upkeep")
    after = {"upkeep_tetri": "600", "upkeep_from": "მერიის ბიუჯეტი"}
    send(page, {"upkeep": "მერიის კეთილმოწყობის სამსახური.", **after})
    follow(page, "/edit/land")
    send(page, {"land_owner": "municipality", "land_permit": "not_needed", "land_code": "33.00.01.101"})
    follow(page, "/edit/hand-in")
    send(page, {"sure": True})
    assert page.url.endswith("/edit/handed-in")


def member_scores(browser: Browser, town: Town) -> None:
    """Declares and scores by keyboard alone: Tab, arrows, blank and Enter."""
    with at_desk(browser, town.site, town.members[0], javascript=True) as page:
        go(page, f"{town.url}/commission/1/declare")
        tab_to(page, "kind")
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/commission/1/sheet")
        names = [
            field.get_attribute("name") or "" for field in page.locator("[name$='.value'][value='0']").all()
        ]
        for name in names:
            tab_to(page, name)
            page.keyboard.press("Space")
            for _ in range(5):
                page.keyboard.press("ArrowRight")
            tab_to(page, name.replace(".value", ".reason"))
            page.keyboard.type(making.REASON)
        assert page.locator("[name$='.value'][value='5']:checked").count() == len(names)
        tab_to(page, "check")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/sheet/check")
        press(page, "main form button.is-primary")
        go(page, f"{town.url}/commission/1/sheet")
        assert page.locator("main form textarea").count() == 0  # sealed


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field or button ``name`` has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('name')") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def chair_decides(browser: Browser, town: Town) -> None:
    """Opens the scores, holds a session with the members, follows the ranking, fixes the minutes, publishes."""
    with at_desk(browser, town.site, town.chair) as page:
        go(page, f"{town.url}/commission")
        follow(page, "/commission/open")
        press(page, "main form button.is-primary")
        go(page, f"{town.url}/commission/sessions/new")
        page.locator("input[type=date]").fill("2026-09-24")
        page.locator("input[type=time]").fill("15:00")
        send(page, {"place": "მერია, სხდომათა დარბაზი"})
        press(page, "form[action$='/agenda/projects']:has([value=all]) button")
        press(page, "form[action$='/attendance']:has([value=all]) button")
        press(page, "form[action$='/open'] button")
        press(page, "form[action$='/close-discussion'] button")
        go(page, f"{town.url}/commission/decisions")
        press(page, "form[action$='/follow'] button")
        go(page, f"{town.url}/commission/sessions/1")
        press(page, "form[action$='/close'] button")
        send(page, {"number": "4"})
        go(page, f"{town.url}/commission/publish")
        send(page, {"minutes": "№ 4, 24.09.2026"})
        assert page.url.endswith("/ranking")


def list_becomes_final(browser: Browser, town: Town) -> None:
    """After the term for objections the chair confirms the list."""
    with at_desk(browser, town.site, town.chair) as page:
        go(page, f"{town.url}/commission/decisions")
        follow(page, "/commission/final")
        send(page, {"minutes": "№ 5, 10.10.2026"})
        assert page.url.endswith("/ranking")


def administrators_prepare(browser: Browser, town: Town) -> None:
    """One imports the roll, the other approves it; the ballot is prepared and a trial ballot opened."""
    with at_desk(browser, town.site, town.admin) as page:
        go(page, f"{town.url}/roll")
        send(page, {"file": making.ROLL}, "[name=check]")
        go(page, f"{town.url}/roll")
        send(page, {"file": making.ROLL}, "[name=store]")
        roll = page.url
        assert page.locator("form[action$='/approve']").count() == 0
    with at_desk(browser, town.site, town.second) as page:
        go(page, roll)
        press(page, "form[action$='/approve'] button")
        go(page, f"{town.url}/box")
        press(page, "form[action$='/box/prepare'] button")
        press(page, "form[action$='/box/trial'] button")


def to_the_ballot(page: Page, town: Town, number: str) -> None:
    """From the front page to the ballot."""
    go(page, f"{town.url}/")
    follow(page, "/vote")
    send(page, {"number": number})
    send(page, {"code": number_on(page, CODE)})
    assert page.url.endswith("/vote/ballot")


def votes_by_phone(browser: Browser, town: Town) -> str:
    """Five screens without scripts; a double tap, reloading and going back leave exactly one ballot."""
    context = context_of(browser)
    page = context.new_page()
    before = ballots_cast(town)
    to_the_ballot(page, town, personal_number(1))
    for n in (0, 1):
        page.locator("input[name=choice]").nth(n).check()
    press(page, "main form button.is-primary")
    page.reload()
    assert ballots_cast(town) == before
    page.locator("main form button.is-primary").dblclick()
    page.wait_for_url("**/vote/receipt/**")
    code = number_on(page, RECEIPT)
    page.reload()
    assert number_on(page, RECEIPT) == code
    page.go_back()
    again = page.locator("form:has([name=token]) button.is-primary")
    if again.count():
        again.click()
        page.wait_for_load_state()
    assert ballots_cast(town) == before + 1
    response = page.goto(f"{town.url}/vote/ballot")
    assert response is not None
    assert page.locator("input[name=choice]").count() == 0
    context.close()
    return code


def votes_with_scripts(browser: Browser, town: Town) -> None:
    """The running total says how many are chosen, and when there are too many."""
    context = context_of(browser, javascript=True)
    page = context.new_page()
    before = ballots_cast(town)
    to_the_ballot(page, town, personal_number(2))
    live = page.locator("[data-live]")
    assert "0" in live.inner_text()
    for n in (0, 1, 2):
        page.locator("input[name=choice]").nth(n).check()
    assert page.locator("[data-ballot-bar].is-over").count() == 1
    page.locator("input[name=choice]").nth(2).uncheck()
    assert page.locator("[data-ballot-bar].is-over").count() == 0
    assert "2" in live.inner_text()
    press(page, "main form button.is-primary")
    page.locator("main form button.is-primary").dblclick()
    page.wait_for_url("**/vote/receipt/**")
    assert ballots_cast(town) == before + 1
    context.close()


def administrator_counts(browser: Browser, town: Town) -> None:
    """Closes the box; two destroy the link key; then it is opened, counted and published."""
    with at_desk(browser, town.site, town.admin) as page:
        go(page, f"{town.url}/box/opening")
        press(page, "form[action$='/box/close'] button")
        go(page, f"{town.url}/box/opening")
        assert page.locator("form[action$='/box/open']").count() == 0
        press(page, "form[action$='/propose/destroy'] button")
    with at_desk(browser, town.site, town.second) as page:
        go(page, f"{town.url}/box/opening")
        press(page, "form[action$='/approve'] button")
    with at_desk(browser, town.site, town.admin, javascript=True) as page:
        go(page, f"{town.url}/box/opening")
        press(page, "form[action$='/box/open'] button")
        go(page, f"{town.url}/count")
        press(page, "form[action$='/count'] button")
        wrong = faults(page)
        town.site.run(lambda: count_due(now=clock.now()))
        follow(page, "/terjola/2026/count")
        follow(page, "/count/publish")
        wrong += faults(page)
        send(page, {"confirm": True})
        assert not wrong, "\n".join(wrong)


def reader_checks(browser: Browser, town: Town, receipt: str, tmp_path: Path) -> None:
    """Results within two clicks; the receipt is in the box; the downloaded ballots give the same winners."""
    context = context_of(browser)
    page = context.new_page()
    go(page, town.url.rsplit("/", 1)[0] + "/")
    follow(page, "/terjola/2026/")
    follow(page, "/terjola/2026/results")
    winners = set(
        re.findall(r"TE-2026-\d{4}", page.locator("section", has=page.locator("#winners")).inner_text())
    )
    assert winners
    go(page, f"{town.url}/receipt")
    send(page, {"code": receipt})
    assert page.locator(".pb-notice.is-success").count() == 1
    go(page, f"{town.url}/data")
    with page.expect_download() as waiting:
        page.locator("a[href$='.pb']").first.click()
    file = tmp_path / "ballots.pb"
    waiting.value.save_as(file)
    command = (page.locator("main pre code").first.text_content() or "").split()
    arguments = ["count", str(file), *command[command.index("count") + 2 :], "--json"]
    counted = subprocess.run(
        [sys.executable, "-m", "pb", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(json.loads(counted.stdout)["winners"]) == winners
    context.close()
