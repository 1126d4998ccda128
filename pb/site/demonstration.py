"""Makes the demonstration: migrates its database and, when empty, plays a year through the commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pb import clock, installation
from pb.accounts.commands_staff import create_account
from pb.accounts.queries import actor_by_id
from pb.db import db, writing
from pb.messages.commands import untold
from pb.places.queries import towns
from pb.site import (
    seed_ideas,
    seed_khoni,
    seed_messages,
    seed_panel,
    seed_paper,
    seed_past,
    seed_review,
    seed_talking,
    seed_towns,
    seed_training,
    seed_vote,
)
from pb.site.demo_people import PASSWORD
from pb.site.migrating import upgrade


def prepare(app: Flask) -> None:
    """Migrate and, when there is no town yet, seed. Safe to run again: a seeded database is left alone."""
    with app.app_context():
        upgrade()
        installation.require_mode(app.extensions["pb_settings"])
        if towns():
            return
        with _progress() as say, untold():
            seed(say)
        db.session.remove()


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True, width=None if os.isatty(2) else 100)
    with Progress(*columns, console=console) as progress:
        yield progress


def seed(progress: Progress) -> None:
    """Two towns, six contests, and the clock at the moment when Terjola votes and Khoni takes ideas."""

    def step(words: str) -> None:
        for task in progress.tasks:
            progress.update(task.id, completed=1)
            progress.stop_task(task.id)
        progress.add_task(words, total=1)

    step("Opening Terjola and Khoni")
    with writing():
        installer_id = create_account(
            email="installer@example.org", name="დემო ადმინისტრატორი", password=PASSWORD,
            now=seed_towns.OPENED, installer=True,
        )  # fmt: skip
        installer = actor_by_id(installer_id)
        terjola = seed_towns.seed_town("terjola", installer)
        khoni = seed_towns.seed_town("khoni", installer)
        staff = {**seed_towns.seed_staff(terjola, "terjola"), **seed_towns.seed_staff(khoni, "khoni")}
        seed_towns.seed_centres(terjola, "terjola", staff["tj_admin1"])
    step("Former years: results and delivery")
    seed_past.seed_past(terjola, staff["tj_admin1"])
    seed_khoni.seed_khoni_past(khoni, staff["kh_admin1"])
    step("Terjola 2026: rules, dates, 60 ideas and their checks")
    with writing():
        cycle = seed_towns.seed_terjola_2026(terjola, staff["tj_admin1"])
        ids = seed_ideas.seed_ideas(
            cycle, "ideas_terjola", seed_towns.at(2026, 5, 4, 10), timedelta(hours=21)
        )
        seed_talking.seed_talking(terjola, cycle, ids, staff["tj_officer"], staff["tj_admin1"])
        seed_ideas.seed_checks(
            cycle, "ideas_terjola", ids, staff["tj_officer"], seed_towns.at(2026, 6, 29, 10)
        )
    step("24 projects, a training and a mentor")
    with writing():
        seed_training.seed_past(cycle, staff)
        mentored = seed_training.meanwhile(cycle, staff)
        projects = seed_ideas.seed_projects(cycle, ids, staff["tj_officer"], mentored)
    step("The commission: seats, cost cards, calibration round")
    with writing():
        seed_panel.seed_seats(cycle, staff)
        authors = seed_panel.authors_of(projects)
        seed_panel.seed_costs(projects, staff["tj_officer"], authors)
        seed_panel.seed_calibration(cycle, staff)
        seed_panel.seed_challenge(projects, staff, next(iter(authors.values())))
    step("The commission: declarations, sheets, ranking, decisions")
    with writing():
        seed_review.seed_review(cycle, projects, staff)
    step("The roll and the ballot box: voters, codes, ballots")
    seed_vote.seed_vote(
        cycle, staff["tj_admin1"], staff["tj_admin2"], staff["tj_officer"], staff["tj_operator"]
    )
    seed_paper.seed_paper(cycle, staff["tj_admin1"], staff["tj_operator"])
    with writing():
        seed_messages.seed_messages(
            cycle, staff["tj_admin1"], staff["tj_admin2"], seed_towns.at(2026, 10, 12, 10)
        )
    step("Khoni 2027: its own rules, its first ideas")
    with writing():
        other = seed_towns.seed_khoni_2027(khoni, staff["kh_admin1"])
        others = seed_ideas.seed_ideas(
            other, "ideas_khoni", seed_towns.at(2026, 10, 2, 10), timedelta(hours=23)
        )
        seed_talking.seed_khoni(other, others, staff["kh_officer"], seed_towns.at(2026, 10, 14, 10))
        seed_panel.seed_opinions(other, others, staff["kh_officer"])
        seed_training.seed_to_come(other, staff)
    step("Turning the clock to the vote")
    installation.turn_clock(to=seed_towns.BEGINNING)
    clock.forget()
    step("Done")
