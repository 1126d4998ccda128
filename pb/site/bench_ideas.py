"""`make bench-ideas`: the list of 10,000 ideas beside one of 100, first and deep pages, and one walk through all of it.

What is compared are times of the same run and the number of queries; nothing here is held against a clock.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

FEW, MANY = 100, 10_000
PAGES = {
    "first page": "",
    "deep page": "?after={deep}",
    "cheapest first": "?order=cheap",
    "one unit": "?unit={unit}",
    "search": "?q=%E1%83%92%E1%83%90%E1%83%9C%E1%83%90%E1%83%97%E1%83%94%E1%83%91%E1%83%90",
}


def main(argv: list[str]) -> int:
    """Measure the list of ideas at two sizes and print times, ratios and queries; fail when a walk repeats or skips."""
    parser = argparse.ArgumentParser(prog="python -m pb bench-ideas", description=main.__doc__)
    parser.add_argument("--ideas", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(argv)
    os.environ["PB_MODE"] = "demonstration"
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            size: _at(size, f"sqlite:///{Path(folder) / f'ideas{size}.sqlite'}", options.rounds)
            for size in (FEW, options.ideas)
        }
    few, many = measured[FEW], measured[options.ideas]
    print(f"\n{'page':<16}{f'{FEW} ideas':>14}{f'{options.ideas} ideas':>16}{'ratio':>8}{'queries':>10}")
    for name in PAGES:
        a, b = few[name], many[name]
        print(f"{name:<16}{a[0]:>11.1f} ms{b[0]:>13.1f} ms{b[0] / a[0]:>8.1f}{f'{a[1]} / {b[1]}':>10}")
    seen, pages = many["walk"]
    print(f"a walk through all: {pages} pages, {len(seen)} ideas, {len(set(seen))} different")
    return 0 if sorted(seen) == list(range(1, options.ideas + 1)) else 1


def _at(size: int, url: str, rounds: int) -> dict[str, Any]:
    from pb.app import create_app
    from pb.config import Settings

    os.environ["PB_DATABASE_URL"] = url
    app = create_app(Settings.from_env())
    with app.app_context():
        unit = _filled(app, size)
    base = "/khoni/2027/ideas"
    client = app.test_client()
    found: dict[str, Any] = {}
    for name, query in PAGES.items():
        path = base + query.format(deep=size // 2, unit=unit)
        client.get(path)
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, path
        found[name] = (statistics.median(times), _queries(app, client, path))
    found["walk"] = _walk(client, base) if size > FEW else ([], 0)
    return found


def _queries(app: Flask, client: Any, path: str) -> int:
    from pb.db import db

    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def listen(*args: Any) -> None:
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", listen)
    client.get(path)
    event.remove(engine, "before_cursor_execute", listen)
    return len(seen)


def _walk(client: Any, base: str) -> tuple[list[int], int]:
    """All pages one after the other by the links on them."""
    seen: list[int] = []
    path, pages = base, 0
    while path:
        html = client.get(path).get_data(as_text=True)
        pages += 1
        seen += [int(n) for n in re.findall(r'pb-card-title"[^>]*><a href="[^"]*/ideas/(\d+)"', html)]
        found = re.search(r'rel="next" href="([^"]+)"', html)
        path = found[1].replace("&amp;", "&") if found else ""
    return seen, pages


def _filled(app: Flask, size: int) -> str:
    """Khoni's contest with ``size`` public ideas, straight in the tables; gives a unit's slug."""
    from pb import clock, installation
    from pb.accounts.commands_staff import create_account
    from pb.accounts.queries import actor_by_id
    from pb.cycles.queries import here_by_id
    from pb.db import db, writing
    from pb.ideas.models import Idea
    from pb.places.queries import units_of
    from pb.site import seed_towns

    db.create_all()
    installation.set_up(mode="demonstration", now=seed_towns.OPENED)
    now = seed_towns.BEGINNING
    with writing() as session:
        installer = create_account(
            email="bench@example.org", name="გაზომვა", password="not-used-anywhere", now=seed_towns.OPENED,
            installer=True,
        )  # fmt: skip
        town = seed_towns.seed_town("khoni", actor_by_id(installer))
        cycle_id = seed_towns.seed_khoni_2027(town, seed_towns.seed_staff(town, "khoni")["kh_admin1"])
        units = units_of(town)
        category = here_by_id(cycle_id, now=now).rules.categories[0].id
        rows = [
            {
                "cycle_id": cycle_id, "number": n, "state": "submitted", "title": f"გარე განათება ქუჩაზე {n}",
                "problem": "საღამოს ქუჩა ბნელია და ბავშვები ვერ დადიან. " * 4, "solution": "ბოძები და სანათები.",
                "unit_id": units[n % len(units)].id, "village": "", "place": "", "category": category,
                "beneficiaries": "", "groups": "", "cost_tetri": (n * 7919) % 5_000_000, "author_label": "ნინო ს.",
                "language": "ka", "channel": "web", "search_text": f"gare ganateba kuchaze {n}", "notes": {},
                "times_returned": 0, "public_reason": "", "version": 1, "created_at": now, "updated_at": now,
                "submitted_at": now - timedelta(seconds=size - n),
            }
            for n in range(1, size + 1)
        ]  # fmt: skip
        session.execute(insert(Idea), rows)
        slug = str(units[0].slug)
    installation.turn_clock(to=now)
    clock.forget()
    db.session.remove()
    return slug
