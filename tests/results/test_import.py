"""Finished elections from files: stored whole, once, and counted as their towns published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from pb import clock as the_clock
from pb.commandline import main
from pb.core.ballots import commitment, parse_ballot
from pb.core.counting.pabulib import read
from pb.core.errors import Closed, Invalid, Refused
from pb.core.phases import Phase
from pb.cycles.queries import cycle_of, here_of
from pb.db import db, is_sqlite
from pb.policy import Role
from pb.projects.models import Project, ProjectRevision
from pb.results import cli, queries
from pb.results.commands_import import FinishedProject, Imported, import_finished
from pb.voting import cli as voting_cli
from pb.voting.models import OpenedBallot, VotingRound
from tests.conftest import FrozenClock, unavailable
from tests.core.counting.test_elections import FOLDER, HOW
from tests.factories import World, make_world
from tests.pages import CheckedClient

REAL = (
    "Poland_Krakow_2022_Mistrzejowice.pb",  # rankings
    "Poland_Lodz_2022_Katedralna.pb",  # approvals with a minimum
    "Poland_Gdynia_2025_Karwiny__small.pb",  # stops at the first that does not fit
    "Poland_Warszawa_2017_Grochow_Centrum.pb",  # spend the budget, amounts with grosz
    "Poland_Swiecie_2023.pb",  # equal shares, raised by a zloty at a time
)

FILE = """META
key;value
description;Small election
unit;Terjola
instance;2023
num_projects;4
num_votes;6
budget;1000.50
vote_type;approval
rule;greedy-threshold
min_project_score_threshold;2
date_begin;02.10.2023
date_end;15.10.2023
max_length;2
language;en
PROJECTS
project_id;cost;votes;name;category;unit;selected
a;600.50;4;Road;roads;unit-1;1
b;500;3;Square;;unit-2;0
c;400;3;Lights;;;1
d;10;1;Bench;;;0
VOTES
voter_id;vote
x1;a,b
x2;a,c
x3;a,b
x4;a,c
x5;c,b
x6;d
"""


@pytest.fixture
def world(app: Flask, clock: FrozenClock) -> World:
    return make_world(app)


def bring(world: World, **values: object) -> Imported:
    given = {
        "town_id": world.town.id, "pabulib_text": FILE, "actor": world.actor(Role.ADMINISTRATOR),
        "now": the_clock.now(), **values,
    }  # fmt: skip
    return import_finished(**given)  # type: ignore[arg-type]


def test_a_file_becomes_a_finished_cycle(world: World) -> None:
    done = bring(
        world,
        projects=[FinishedProject("b", title="სკვერი", category="culture", fields={"what": "ახალი სკვერი"})],
    )
    now = the_clock.now()
    cycle = cycle_of(world.town.id, 2023)
    assert cycle is not None
    assert (done.new, done.cycle_id, done.ballots_kept) == (True, cycle.id, 6)
    here = here_of(cycle, now)
    assert here.status is not None
    assert not here.status.waiting_for
    assert here.rules.pot_tetri == 100_050
    assert here.rules.counting.minimum_votes == 2
    assert here.calendar is not None
    assert f"{here.calendar.opens(Phase.VOTING):%d.%m.%Y %H}" == "01.10.2023 20"  # midnight in Tbilisi, UTC
    found = queries.published(cycle.id, now)
    assert found is not None
    assert found.outcome is not None
    assert found.outcome.winners == ("a", "c")  # 400 are left after a: too little for b, enough for c
    states = {p.foreign_id: (p.state, p.cost_tetri, p.title) for p in queries.projects_of(cycle.id)}
    assert states["a"] == ("selected", 60_050, "Road")
    assert states["b"] == ("not_selected", 50_000, "სკვერი")
    assert db.session.scalar(select(func.count()).select_from(ProjectRevision)) == 1
    units = {p.foreign_id: p.unit.slug if p.unit else None for p in queries.projects_of(cycle.id)}
    assert units == {"a": "unit-1", "b": "unit-2", "c": None, "d": None}
    stored, _ = queries.texts_of(done.result_id)
    assert stored == FILE


def test_the_ballots_are_opened_ballots_of_a_closed_round(world: World) -> None:
    done = bring(world)
    row = db.session.execute(select(VotingRound).where(VotingRound.cycle_id == done.cycle_id)).scalar_one()
    assert row.closed_at is not None
    assert row.opened_at is not None
    ballots = db.session.scalars(
        select(OpenedBallot).where(OpenedBallot.round_id == row.id).order_by(OpenedBallot.position)
    ).all()
    assert [ballot.choices for ballot in ballots][:2] == [["a", "b"], ["a", "c"]]
    for ballot in ballots:
        assert commitment(ballot.ballot).hex() == ballot.commitment
        assert list(parse_ballot(ballot.ballot).choices) == ballot.choices
        assert parse_ballot(ballot.ballot).round_id == row.label == "terjola-2023"


def test_the_same_file_again_changes_nothing(world: World) -> None:
    first = bring(world)
    again = bring(world)
    assert (again.new, again.cycle_id, again.result_id) == (False, first.cycle_id, first.result_id)
    assert db.session.scalar(select(func.count()).select_from(Project)) == 4
    with pytest.raises(Invalid, match="year_taken"):
        bring(world, pabulib_text=FILE.replace("x6;d", "x6;c"))


def test_what_cannot_be_brought_in_is_refused(world: World, clock: FrozenClock) -> None:
    changes: list[tuple[Callable[[str], str], str]] = [
        (lambda s: s.replace("greedy-threshold", "dictatorship"), "file_rule_not_countable"),
        (
            lambda s: s.replace("greedy-threshold", "equalshares/add1\nadd1_step;0.001"),
            "fraction_of_tetri",
        ),
        (lambda s: s.replace("instance;2023", "instance;spring"), "no_year"),
        (lambda s: s.replace("a;600.50", "a;600.505"), "fraction_of_tetri"),
        (lambda s: s.replace("threshold;2", "threshold;1.5"), "bad_minimum"),
        (lambda s: s.replace("date_end;15.10.2023", "date_end;15.09.2023"), "bad_dates"),
        (lambda s: s.replace("x6;d", "x6;nothing"), "unknown_project"),
    ]
    for change, code in changes:
        with pytest.raises(Invalid, match=code):
            bring(world, pabulib_text=change(FILE))
    with pytest.raises(Closed, match="election_not_over"):
        bring(world, pabulib_text=FILE.replace(".10.2023", ".10.2026"), year=2024)
    with pytest.raises(Refused):
        bring(world, actor=world.actor(Role.OFFICER))
    assert db.session.scalar(select(func.count()).select_from(Project)) == 0
    assert bring(world, pabulib_text=FILE.replace("greedy-threshold", "equalshares"), rule="greedy").new


def command_line(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(cli, "application", lambda: world.app)
    return main(list(arguments))


@pytest.mark.parametrize("name", REAL)
def test_real_elections_have_the_winners_that_their_towns_published(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], name: str,
) -> None:  # fmt: skip
    path = FOLDER / name
    if not path.is_file():
        unavailable(f"the real election {name}", HOW)
    world = make_world(sqlite_app)
    arguments = ("import-election", str(path), "--town", "terjola", "--year", "2021", "--name", "Warszawa")
    assert command_line(world, monkeypatch, *arguments) == 0
    assert "The winners are those that the file names." in capsys.readouterr().out
    profile = read(path.read_bytes()).profile
    official = {project.id for project in profile.projects if project.extra["selected"] == "1"}
    cycle = cycle_of(world.town.id, 2021)
    assert cycle is not None
    selected = {p.foreign_id for p in queries.projects_of(cycle.id) if p.state == "selected"}
    assert selected == official
    assert command_line(world, monkeypatch, *arguments) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert command_line(world, monkeypatch, "recount", "terjola", "2021") == 0
    assert capsys.readouterr().out.startswith("SAME: ")
    web: CheckedClient = sqlite_app.test_client()  # type: ignore[assignment]
    for path_ in ("/results", "/data", "/results/1", "/", "/delivery"):
        for language in ("en", "ka"):
            web.page(f"/terjola/2021{path_}?lang={language}")


def test_the_command_line_says_what_is_wrong(
    sqlite_app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tmp_path: Path,
) -> None:  # fmt: skip
    world = make_world(sqlite_app)
    path = tmp_path / "election.pb"
    path.write_text(FILE.replace("greedy-threshold", "dictatorship"), encoding="utf-8")
    assert command_line(world, monkeypatch, "import-election", str(path), "--town", "nowhere") == 1
    assert "open-town" in capsys.readouterr().err
    assert command_line(world, monkeypatch, "import-election", str(path), "--town", "terjola") == 1
    assert "--rule" in capsys.readouterr().err
    assert command_line(world, monkeypatch, "import-election", str(path / "x"), "--town", "terjola") == 1
    assert command_line(world, monkeypatch, "recount", "terjola", "2023") == 1
    path.write_text(FILE, encoding="utf-8")
    assert command_line(world, monkeypatch, "import-election", str(path), "--town", "terjola") == 0


def test_recount_notices_a_changed_result(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(world)
    assert command_line(world, monkeypatch, "recount", "terjola", "2023") == 0
    with db.engine.begin() as connection:
        if is_sqlite():
            connection.execute(text("DROP TRIGGER forbid_update_count_result"))
        else:
            connection.execute(text("ALTER TABLE count_result DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE count_result SET profile = replace(profile, 'x6;d', 'x6;b')"))
    db.session.rollback()
    db.session.expire_all()
    capsys.readouterr()
    assert command_line(world, monkeypatch, "recount", "terjola", "2023") == 1
    assert "DIFFERENT: the ballots' fingerprint" in capsys.readouterr().out


def test_an_imported_election_has_no_box_to_check(
    sqlite_app: Flask,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock.set(2026, 5, 20)
    bring(make_world(sqlite_app))
    monkeypatch.setattr(voting_cli, "application", lambda: sqlite_app)
    assert voting_cli.box_check(["terjola", "2023"]) == 0
    assert "recount" in capsys.readouterr().out
