"""Two towns with one thing of every kind, addresses of every route, and clients that do not judge pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from pb.accounts.models import Account, Invitation
from pb.accounts.personal import seal
from pb.cycles.models import CycleAct
from pb.db import db, writing
from pb.delivery.models import Milestone
from pb.ideas.models import Idea, IdeaAuthor, IdeaRevision
from pb.ideas.models_attached import IdeaPicture
from pb.ideas.models_joining import Joining
from pb.places.models import Centre
from pb.policy import Role
from pb.projects.models import Project
from pb.review.models_panel import Seat
from pb.talking.models import BlockedWord, Comment
from pb.training.models import SignUp, TrainingMaterial, TrainingSession
from pb.training.models_mentors import MentorRemark, MentorRequest, Mentorship
from pb.voting.models_people import Roll
from tests.attacks.making_messages import add_messages
from tests.conftest import start
from tests.factories import World, make_citizen, make_staff, make_world
from tests.pages import CheckedClient
from tests.review.commission_making import frozen_project

THEN = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)


class Attacker(CheckedClient):
    """A client that reads any answer; what stands on pages is held against the rules by other tests."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            response = FlaskClient.open(self, *args, **kwargs)
        db.session.rollback()
        return response


def attacker(app: Flask, account: Account | int | None = None) -> Attacker:
    """A browser, signed in where an account is given."""
    client = Attacker(app, Response)
    if account is not None:
        client.sign_in_as(account if isinstance(account, int) else account.id)
    return client


@dataclass
class Estate:
    """A town with one thing of every kind. ``everything``: an account that holds every role there."""

    world: World
    everything: int
    author: int
    ids: dict[str, int]

    @property
    def url(self) -> str:
        return self.world.url


def make_estate(app: Flask, slug: str, first: int) -> Estate:
    """``first``: the number of its first idea and project, so that two towns share no number."""
    world = make_world(app, slug)
    town, cycle = world.town, world.cycle
    account, author = make_staff(town, *Role), make_citizen()
    admin = world.staff[Role.ADMINISTRATOR]
    ids: dict[str, int] = {}
    with writing() as session:
        for name, state, number in (
            ("idea", "submitted", first), ("draft", "draft", None), ("withdrawn", "withdrawn", first + 1),
            ("returned", "returned", first + 2),
        ):  # fmt: skip
            idea = Idea(
                cycle_id=cycle.id, number=number, state=state, unit_id=town.units[0].id, category="roads",
                title=f"SECRET{slug}{name}", problem=f"SECRET{slug}{name}", solution="გზა.",
                author_label="ნ. ს.", created_at=THEN, updated_at=THEN, notes={"title": f"NOTE{slug}"},
                submitted_at=THEN if number else None, search_text=f"secret{slug}{name}",
            )  # fmt: skip
            session.add(idea)
            session.flush()
            ids[name] = idea.id
            session.add(
                IdeaAuthor(
                    idea_id=idea.id, account_id=author.id, name_sealed=seal("ფარული სახელი"),
                    surname_sealed=seal("სახელი"), age_band="30-44", unit_id=town.units[0].id,
                )
            )  # fmt: skip
            session.add(IdeaRevision(idea_id=idea.id, number=1, fields={}, at=THEN))
            picture = IdeaPicture(idea_id=idea.id, small=b"s", large=b"l", width=1, height=1, added_at=THEN)
            session.add(picture)
            session.flush()
            ids[f"{name}_picture"] = picture.id
        cycle.last_idea_number = first + 4
        roll = Roll(
            cycle_id=cycle.id, imported_by=admin.id, imported_at=THEN, fingerprint="f", size=1,
            unit_sizes={}, report={"rows": 1, "accepted": 1, "with_phone": 0, "refused": {}, "warned": {},
                                   "listed": []},
        )  # fmt: skip
        act = CycleAct(
            cycle_id=cycle.id, kind="pause", payload={}, reason="საკმარისად გრძელი მიზეზი აქ წერია.",
            proposed_by=admin.id, proposed_at=THEN,
        )  # fmt: skip
        words = {"ka": "ცენტრი", "en": "Centre"}
        centre = Centre(town_id=town.id, name=words, address=words, hours=words)
        invitation = Invitation(
            town_id=town.id, email=f"{slug}@example.org", role="officer", token_hash=f"hash {slug}",
            created_at=THEN, expires_at=THEN + timedelta(days=7),
        )  # fmt: skip
        session.add_all([roll, act, centre, invitation])
        session.flush()
        ids |= add_messages(session, cycle, author.id, admin.id)
        comment = Comment(
            cycle_id=cycle.id, idea_id=ids["idea"], kind="for", state="shown", text="კარგი აზრია.",
            account_id=author.id, label="ნ. ს.", posted_at=THEN,
        )  # fmt: skip
        word = BlockedWord(town_id=town.id, typed="სულელი", fold="suleli", added_at=THEN)
        session.add_all([comment, word])
        session.flush()
        part = Idea(
            cycle_id=cycle.id, number=first + 4, state="merged_into", unit_id=town.units[0].id, title="მეორე",
            problem="გზა.", solution="გზა.", same_as_id=ids["idea"], created_at=THEN, updated_at=THEN, notes={},
            submitted_at=THEN,
        )  # fmt: skip
        session.add(part)
        joining = Joining(
            cycle_id=cycle.id, lead_id=ids["idea"], state="open", reason="ერთია.", proposed_by=author.id,
            by_officer=False, proposed_at=THEN,
        )  # fmt: skip
        session.add(joining)
        session.flush()
        ids |= {"joining": joining.id, "merged_number": first + 4}
        ids |= {"comment": comment.id, "word": word.id}
        ids |= {"roll": roll.id, "act": act.id, "centre": centre.id, "invitation": invitation.id}
        ids["grant"] = next(grant.id for grant in admin.grants)
    db.session.rollback()
    project = frozen_project(world, first + 3, author=author, state="selected")
    with writing() as session:
        step = Milestone(project_id=project.id, title="ნაბიჯი", due=date(2027, 3, 1), updated_at=THEN)
        session.add(step)
        session.flush()
        ids["milestone"] = step.id
        ids["project"] = session.get_one(Project, project.id).number
        ids |= training(session, world, project.id, slug)
    ids["idea_number"], ids["withdrawn_number"] = first, first + 1
    ids["seat"] = (
        db.session.scalars(select(Seat.id).where(Seat.cycle_id == cycle.id).order_by(Seat.id)).first() or 0
    )
    db.session.rollback()
    return Estate(world, account.id, author.id, ids)


def training(session: Session, world: World, project_id: int, slug: str) -> dict[str, int]:
    """A training with somebody on its list and a paper; a mentor's remark and a question on the project."""
    words = {"ka": f"SECRET{slug}training", "en": ""}
    held = TrainingSession(
        cycle_id=world.cycle.id, topic=words, agenda=words, place=words, seats=5, created_at=THEN,
        begins_at=THEN + timedelta(days=9), ends_at=THEN + timedelta(days=9, hours=2),
    )  # fmt: skip
    session.add(held)
    session.flush()
    line = SignUp(
        session_id=held.id, person_hash=f"hash {slug}", first_name_sealed=seal("ფარული"),
        surname_sealed=seal("სახელი"), seat=1, queued_at=THEN,
    )  # fmt: skip
    paper = TrainingMaterial(
        session_id=held.id, name="x.pdf", data=b"%PDF", size=4, fingerprint="f", added_at=THEN
    )
    mentor = world.staff[Role.MENTOR].id
    given = Mentorship(project_id=project_id, mentor_id=mentor, assigned_at=THEN)
    asked = MentorRequest(
        project_id=project_id, kind="question", question="?", asked_at=THEN, due_on=THEN.date()
    )
    remark = MentorRemark(
        project_id=project_id, mentor_id=mentor, field="what", text=f"NOTE{slug}", revision=1, at=THEN
    )
    session.add_all([line, paper, given, asked, remark])
    session.flush()
    return {
        "session": held.id,
        "line": line.id,
        "paper": paper.id,
        "asked_mentor": asked.id,
        "remark": remark.id,
    }


OF_IDEA_ID = (
    "ideas.step",
    "ideas.check",
    "ideas.done",
    "ideas.own_picture",
    "ideas.person",
    "ideas.withdraw",
    "ideas.authors",
    "ideas.authors_press",
    "ideas.waiting",
    "ideas.guardian_paper",
)
OF_IDEA_NUMBER = ("review.check", "review.contact", "review.invite", "review.take_up")


def values_of(rule: Rule, estate: Estate) -> dict[str, Any]:
    """Good values for every variable part of an address, but town and year."""
    ids, endpoint, found = estate.ids, rule.endpoint, {}
    for name in rule.arguments - {"town", "year", "place", "of"} - set(rule.defaults or ()):
        if name == "idea":
            found[name] = ids["idea"] if endpoint in OF_IDEA_ID else ids["idea_number"]
            if endpoint == "ideas.split":
                found[name] = ids["merged_number"]
        elif name == "number":
            found[name] = ids["idea_number"] if endpoint in OF_IDEA_NUMBER else ids["project"]
        elif name == "step":
            found[name] = ids["milestone"] if endpoint == "delivery.step" else "idea"
        elif name in (
            "seat", "act", "grant", "invitation", "roll", "centre", "comment", "word", "joining", "session", "line",
            "paper", "remark", "bulk", "table", "message",
        ):  # fmt: skip
            found[name] = ids[name]
        elif name == "lesson":
            found[name] = "budget"
        elif name == "asked" and endpoint == "training.answer":
            found[name] = ids["asked_mentor"]
        elif endpoint == "site.table":
            found[name] = {"name": "ideas", "kind": "xlsx"}[name]
        elif name == "kind" and endpoint.startswith("messages."):
            found[name] = "idea_admitted"
        elif name == "picture":
            found[name] = ids["idea_picture"]
        else:
            found[name] = {
                "version": 1,
                "session": 1,
                "item": 1,
                "asked": 1,
                "challenge": 1,
                "objection": 1,
                "lot": 1,
                "sheet": 1,
                "document": 1,
                "file": 1,
                "n": 1,
                "verdict": "approve",
                "way": "up",
                "thing": f"idea-{ids['idea_number']}",
                "press": "leave" if endpoint == "ideas.authors_press" else "follow",
                "author": estate.author,
                "account": estate.everything,
            }.get(name, "x")
    return found


def address(rule: Rule, town: str, values: dict[str, Any], year: Any = 2026) -> str:
    """The address of a route; values are put in as they are, however odd."""
    parts = []
    for is_dynamic, part in rule._trace:
        if not is_dynamic:
            parts.append(part)
        elif part == "place" and rule.endpoint == "review.calibrate":
            parts.append("1")
        elif part in ("town", "place"):
            parts.append(town)
        elif part in ("year", "of"):
            parts.append(str(year))
        else:
            parts.append(str(values[part]))
    return "".join(parts).replace("|", "")


@contextmanager
def fresh_app(kind: str, directory: Path, clock: Any, postgres: str) -> Iterator[Flask]:
    """An application for a whole file of tests, on SQLite or PostgreSQL."""
    if kind == "sqlite":
        yield from _running(f"sqlite:///{directory / 'attacks.sqlite'}", clock)
        return
    name = f"pb_attacks_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
        )
    yield from _running(postgres.rsplit("/", 1)[0] + "/" + name, clock)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _running(url: str, clock: Any) -> Iterator[Flask]:
    app = start(url, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
