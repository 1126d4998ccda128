"""README and handbooks name only commands, variables, pages and files that exist, and all variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import RequestRedirect

from pb.commandline import COMMANDS
from pb.config import ROOT

TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
HANDBOOKS = [ROOT / "docs" / name for name in ("administrator.md", "operator.md", "threat-model.md")]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    named = set(re.findall(r"python -m pb ([a-z][a-z-]*)", path.read_text(encoding="utf-8")))
    assert named <= set(COMMANDS)


def test_all_variables_are_explained_and_none_is_invented() -> None:
    known = set(re.findall(r'"(PB_[A-Z_]+)"', (ROOT / "pb/config.py").read_text(encoding="utf-8")))
    handbook = (ROOT / "docs/administrator.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(PB_[A-Z_]+)`", handbook, re.MULTILINE)) == known
    for path in TEXTS:
        assert set(re.findall(r"PB_[A-Z]+(?:_[A-Z]+)*", path.read_text(encoding="utf-8"))) <= known, path


@pytest.mark.parametrize("path", HANDBOOKS, ids=lambda path: path.name)
def test_pages_exist(path: Path, sqlite_app: Flask) -> None:
    pages = re.findall(r"`(/(?:TOWN|admin|account|sign-in)[\w/-]*)`", path.read_text(encoding="utf-8"))
    assert pages
    site = sqlite_app.url_map.bind("localhost")
    for page in pages:
        address = page.replace("TOWN", "terjola").replace("YEAR", "2026").replace("NUMBER", "1")
        try:
            site.match(address)
        except (MethodNotAllowed, RequestRedirect) as error:
            pytest.fail(f"{page}: {type(error).__name__}")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("/"):  # pages of the demonstration
            assert (path.parent / target).exists(), target
