"""What the proofs by test must reach and reached, printed at the end of every run that holds some of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

#: The long form (``make trust``); the everyday run takes the short one.
FULL = os.environ.get("PB_TRUST", "short") == "full"

Reached = Callable[..., None]
_PROPERTY = "trust"


def sized(short: int, full: int) -> int:
    """A number of the form that runs."""
    return full if FULL else short


@pytest.fixture
def reached(
    record_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> Iterator[Reached]:
    """``reached("envelopes", must=200, got=n)`` notes both for the end of the run and demands that they are equal.

    ``must`` may be a text that says what is demanded ("at most 41"): then ``holds`` says whether it is kept.
    Without ``must`` a figure is only stated.
    """
    began = time.monotonic()
    point = request.node.path.stem.split("_")[1].lstrip("0")

    def note(what: str, *, got: Any, must: Any = None, holds: bool | None = None) -> None:
        demand = "stated" if must is None else f"must {must}"
        record_property(_PROPERTY, f"{point:>2}  {what}: {demand}, reached {got}")
        if must is not None:
            assert got == must if holds is None else holds, f"{what}: must be {must}, is {got}"

    yield note
    record_property(_PROPERTY, f"{point:>2}  ({request.node.name}: {time.monotonic() - began:.0f} s)")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what the proofs reached; tests/conftest.py hands this to pytest."""
    lines = [
        value
        for category in ("", "error")
        for report in terminalreporter.stats.get(category, [])
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties
        if name == _PROPERTY
    ]
    if lines:
        form = "the long form" if FULL else "the short form; `make trust` runs the long one"
        terminalreporter.section(f"proofs: {form}")
        for line in lines:
            terminalreporter.write_line(line)
