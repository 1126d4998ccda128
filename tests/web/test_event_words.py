"""Sentences of the log: codes are shown as words, and texts that people typed as they typed them."""

from __future__ import annotations

import pytest
from flask import Flask

from pb.web.wording import event_words

SEAT = {
    "function": "seat_chair",
    "represents": "side_municipality",
    "act": "ბ45-217",
    "act_date": "2026-08-14",
}


@pytest.mark.parametrize("language", ["ka", "en"])
@pytest.mark.parametrize(
    ("kind", "data", "kept"),
    [
        ("OpinionGiven", {"number": "TJ-1", "department": "representative", "verdict": "opinion_for"}, "TJ-1"),
        ("OpinionGiven", {"number": "TJ-1", "department": "მერია", "verdict": "opinion_against"}, "მერია"),
        ("CostAnswered", {"card": 1, "number": "TJ-1", "answer": "cost_accepted"}, "TJ-1"),
        ("SeatFilled", SEAT, "ბ45-217"),
    ],
)  # fmt: skip
def test_codes_become_words(
    sqlite_app: Flask, language: str, kind: str, data: dict[str, object], kept: str
) -> None:
    with sqlite_app.test_request_context(f"/?lang={language}"):
        said = event_words(kind, data)
    assert "_" not in said
    assert "representative" not in said or language == "en"
    assert kept in said
