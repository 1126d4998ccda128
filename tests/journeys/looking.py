"""What is looked for on a page: findings of axe, sideways scrolling, and what it weighs over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

from tests.pages import Page as Parsed

WIDE, PHONE, NARROW = 1280, 360, 320
HEIGHT = 740
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
WCAG = {**EVERYTHING, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def axe_findings(page: Page, options: dict[str, Any]) -> list[str]:
    """Serious and critical findings of axe, each with the first elements it means."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{v['id']} ({v['impact']}): " + "; ".join(str(node["target"]) for node in v["nodes"][:3])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the page that is open, at 1280, 360 and 320 px. Needs a browser with scripts on."""
    found = []
    try:
        Parsed(page.content()).check()
    except AssertionError as error:
        found.append(str(error))
    # All rules of axe on the phone; where only the layout differs, those of the standard.
    for width, options in ((WIDE, WCAG), (PHONE, EVERYTHING)):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width} px: {finding}" for finding in axe_findings(page, options)]
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    if scrolls_sideways(page):
        found.append(f"scrolls sideways at {NARROW} px")
    return [f"{page.url}: {fault}" for fault in found]


@dataclass
class Wire:
    """What came over the wire in one browser: how many answers, and their bytes as sent, headers included."""

    requests: int = 0
    size: int = 0

    def start_anew(self) -> None:
        self.requests = self.size = 0


def wire_of(context: BrowserContext, page: Page) -> Wire:
    """Listen to the network of ``page``; what comes from the cache does not count."""
    wire, cached = Wire(), set()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] not in cached:
            wire.requests += 1
            wire.size += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    return wire
