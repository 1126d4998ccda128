"""A commission with frozen projects, for the tests of the commission."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from pb.accounts.models import Account
from pb.accounts.personal import seal
from pb.accounts.queries import actor_by_id
from pb.core.errors import Closed
from pb.core.georgian import search_fold
from pb.core.rulebook import Rulebook
from pb.cycles.queries import here_by_id
from pb.db import db, writing
from pb.ideas.models import Idea, IdeaAuthor, IdeaRevision
from pb.policy import Actor, Role
from pb.projects import text
from pb.projects.models import Project, ProjectIdea, ProjectRevision
from pb.review import (
    commands_attendance,
    commands_discussion,
    commands_minutes,
    commands_session,
    queries_commission,
    queries_seats,
    queries_session,
)
from pb.review import commands_commission as commands
from pb.review import commands_decision as deciding
from pb.review import commands_final as finishing
from pb.review.models import EligibilityCheck
from tests.factories import World, make_citizen, make_staff, make_world

REVIEW = datetime(2026, 9, 24, 8, 0, tzinfo=UTC)
CONFIRMED = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)  # the term of five working days ended on 1 October
REASON = "საფუძველი აღწერილია განაცხადის მესამე ნაწილში."
LONG = (
    "კომისიამ იმსჯელა სხდომაზე და მიიჩნია, რომ ეს პროექტი სოფლისთვის სხვაგვარად უნდა გადაწყდეს, "
    "ვიდრე რანჟირება გვთავაზობს."
)
WORDS = ("სკვერი", "გზა", "წყალი", "განათება", "მოედანი", "ხიდი", "მოსაცდელი", "ბიბლიოთეკა")


def frozen_project(
    world: World,
    number: int,
    *,
    unit: int | None = 0,
    category: str = "",
    author: Account | None = None,
    checker: Account | None = None,
    cost_tetri: int = 1_000_000,
    state: str = "frozen",
) -> Project:
    """A project with one idea, one author and a text of its own, as it stands in the review."""
    here = here_by_id(world.cycle.id, now=REVIEW)
    title = f"{WORDS[number % len(WORDS)]} {number}"
    category = category or here.rules.categories[number % len(here.rules.categories)].id
    unit_id = world.town.units[unit].id if unit is not None else None
    author = author or make_citizen()
    budget = [{"what": "სამუშაო", "unit": "", "quantity_milli": 1000, "price_tetri": cost_tetri}]
    budget[0]["sum_tetri"] = cost_tetri
    fields = {
        "title": title, "problem": "პრობლემა.", "what": "რა გაკეთდება.", "beneficiaries": "ას კაცს.",
        "upkeep": "მერია.",
    }  # fmt: skip
    timeline = [{"month": "2027-03", "step": "დაწყება"}]
    with writing() as session:
        idea = Idea(
            cycle_id=world.cycle.id, number=number, state="invited", unit_id=unit_id, category=category,
            title=title, problem="პრობლემა.", solution="გზა.", author_label="ნ. ს.", created_at=REVIEW,
            updated_at=REVIEW, submitted_at=REVIEW, notes={},
        )  # fmt: skip
        session.add(idea)
        session.flush()
        session.add(IdeaAuthor(idea_id=idea.id, account_id=author.id, name_sealed=seal("ნ ს")))
        revision = IdeaRevision(idea_id=idea.id, number=1, fields={}, at=REVIEW)
        session.add(revision)
        project = Project(
            cycle_id=world.cycle.id, number=number, state=state, unit_id=unit_id, category=category,
            title=title, cost_tetri=cost_tetri, author_label="ნ. ს.", search_text=search_fold(title),
            created_at=REVIEW, handed_in_at=REVIEW, frozen_at=REVIEW if state == "frozen" else None,
        )  # fmt: skip
        session.add(project)
        session.flush()
        session.add(ProjectIdea(project_id=project.id, idea_id=idea.id))
        row = ProjectRevision(
            project_id=project.id, number=1, fields=fields, timeline=timeline, budget=budget,
            cost_tetri=cost_tetri, fingerprint=text.fingerprint(fields, timeline, budget), at=REVIEW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        project.revision_id = project.handed_in_revision_id = row.id
        if checker is not None:
            session.add(
                EligibilityCheck(
                    idea_id=idea.id,
                    revision_id=revision.id,
                    rulebook_id=world.cycle.rulebook_id,
                    officer_id=checker.id,
                    outcome="eligible",
                    lines=[],
                    notes={},
                    at=REVIEW,
                )
            )
    return project


class Commission:
    """A world in the review with frozen projects and a commission of ``members``, the chair among them."""

    def __init__(self, app: Flask, projects: int = 3, members: int = 4, **cycle_values: Any) -> None:
        self.world = make_world(app, **cycle_values)
        extra = [make_staff(self.world.town, Role.MEMBER, name=f"წევრი {n}") for n in range(members - 2)]
        self.accounts = [self.world.staff[Role.MEMBER], *extra, self.world.staff[Role.CHAIR]]
        db.session.rollback()
        self.projects = [frozen_project(self.world, n + 1, unit=n % 3) for n in range(projects)]
        db.session.rollback()

    @property
    def rules(self) -> Rulebook:
        return here_by_id(self.world.cycle.id, now=REVIEW).rules

    @property
    def members(self) -> list[Actor]:
        """Every member, the chair last."""
        return [actor_by_id(account.id) for account in self.accounts]

    @property
    def chair(self) -> Actor:
        return self.world.actor(Role.CHAIR)

    def lines(self, value: int = 3, **values: int) -> dict[str, dict[str, Any]]:
        """A complete sheet: ``value`` on every criterion, or as given."""
        return {
            c.id: {"value": values.get(c.id, value), "reason": REASON, "note": ""}
            for c in self.rules.rubric.criteria
        }

    def declare(self, actor: Actor, project: Project, kind: str = "none", now: datetime = REVIEW) -> int:
        details = "" if kind == "none" else "ჩემი და პროექტის ავტორია."
        return commands.declare_conflict(
            project_id=project.id, kind=kind, details=details, actor=actor, now=now
        )

    def submit(self, actor: Actor, project: Project, value: int = 3, **values: int) -> int:
        """Declare that nothing stands in the way, and submit after ten minutes of work."""
        self.declare(actor, project, now=REVIEW - timedelta(minutes=10))
        return commands.submit_sheet(
            project_id=project.id, lines=self.lines(value, **values), actor=actor, now=REVIEW
        )

    def score_all(self, values: dict[int, int] | None = None) -> None:
        """Every member scores every project: ``values`` by number, else 3."""
        for project in self.projects:
            for actor in self.members:
                self.submit(actor, project, (values or {}).get(project.number, 3))

    @property
    def secretary(self) -> Actor:
        return self.world.actor(Role.SECRETARY)

    def unseal(self, now: datetime = REVIEW) -> int:
        """Open the scores, nothing else."""
        return deciding.open_scores(cycle_id=self.world.cycle.id, actor=self.chair, now=now)

    def sit(self, now: datetime = REVIEW, *, absent: tuple[int, ...] = ()) -> int:
        """Call and open a session with every project on its agenda and everybody there but ``absent``; its id. The one
        that is open already is taken.
        """
        cycle_id = self.world.cycle.id
        if (there := queries_session.open_sitting(cycle_id)) is not None:
            return there.id
        by: dict[str, Any] = {"actor": self.secretary, "now": now}
        sitting_id = commands_session.call_session(
            cycle_id=cycle_id, planned_at=now, place="მერიის სხდომათა დარბაზი", **by
        )
        numbers = [p.number for p in queries_commission.scored_projects(here_by_id(cycle_id, now=now))]
        if numbers:
            commands_session.add_projects(sitting_id=sitting_id, numbers=numbers, **by)
        commands_session.add_question(sitting_id=sitting_id, title="რანჟირების დამტკიცება", **by)
        for seat in queries_seats.seats(cycle_id):
            if seat.account_id not in absent and seat.function != "observer":
                commands_attendance.note_arrival(sitting_id=sitting_id, account_id=seat.account_id, **by)
        commands_session.open_session(sitting_id=sitting_id, actor=self.chair, now=now)
        return sitting_id

    def reconcile(self, now: datetime = REVIEW) -> int:
        """The chair closes the discussion, in a session."""
        self.sit(now)
        return commands_discussion.close_discussion(cycle_id=self.world.cycle.id, actor=self.chair, now=now)

    def open(self, now: datetime = REVIEW) -> int:
        """Open the scores and close the discussion, so that decisions can be taken; the snapshot's id."""
        snapshot = self.unseal(now)
        self.reconcile(now)
        return snapshot

    def adjourn(self, now: datetime = REVIEW) -> None:
        """Close the open session, and fix the minutes of every closed one."""
        cycle_id = self.world.cycle.id
        there = queries_session.open_sitting(cycle_id)
        if there is not None:
            commands_session.close_session(sitting_id=there.id, actor=self.chair, now=now)
        fixed = queries_session.minutes_of(cycle_id)
        for row in queries_session.sittings(cycle_id):
            if row.closed_at is not None and row.id not in fixed:
                commands_minutes.fix_minutes(sitting_id=row.id, number="4", actor=self.secretary, now=now)

    def publish(self) -> dict[str, int]:
        """Publish the decisions; where nothing is lacking but the minutes, the session is closed first."""
        try:
            return self._publish()
        except Closed as closed:
            if closed.code != "minutes_lacking":
                raise
        self.adjourn()
        return self._publish()

    def _publish(self) -> dict[str, int]:
        return deciding.publish_decisions(
            cycle_id=self.world.cycle.id, minutes="№ 4, 24.09.2026", actor=self.chair, now=REVIEW
        )

    def confirm(self, now: datetime = CONFIRMED) -> dict[str, int]:
        """The list becomes final, after the term for objections."""
        return finishing.confirm_list(
            cycle_id=self.world.cycle.id, minutes="№ 5, 02.10.2026", actor=self.chair, now=now
        )
