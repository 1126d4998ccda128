"""Addresses that are kept are the ones Flask builds."""

from __future__ import annotations

from flask import Flask, url_for


def test_kept_addresses_are_flasks_own(sqlite_app: Flask) -> None:
    asked = [
        ("ideas.show", {"town": "terjola", "year": 2026, "idea": 1}),
        ("ideas.show", {"town": "terjola", "year": 2026, "idea": 2}),
        ("ideas.show", {"town": "khoni", "year": 2026, "idea": 1}),
        ("ideas.index", {"town": "terjola", "year": 2026}),
        ("ideas.index", {"town": "terjola", "year": 2026, "q": "გზა & წყალი", "page": 2}),
        ("ideas.index", {"town": "terjola", "year": 2026, "q": "1"}),
        ("ideas.index", {"town": "terjola", "year": 2026, "q": None}),
    ]
    with sqlite_app.test_request_context("/"):
        for _ in range(2):
            for endpoint, values in asked:
                assert url_for(endpoint, **values) == Flask.url_for(sqlite_app, endpoint, **values)
        assert url_for("ideas.index", town="terjola", year=2026, _external=True).startswith("http://")
    with sqlite_app.test_request_context("/terjola/2026/ideas"):
        assert url_for(".show", town="terjola", year=2026, idea=1) == "/terjola/2026/ideas/1"
        assert url_for("ideas.index", town="terjola", year=2026, _anchor="list").endswith("/ideas#list")


def test_below_another_root_they_are_others(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/"):
        assert url_for("ideas.index", town="terjola", year=2026) == "/terjola/2026/ideas"
    with sqlite_app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/pb"}):
        assert url_for("ideas.index", town="terjola", year=2026) == "/pb/terjola/2026/ideas"
