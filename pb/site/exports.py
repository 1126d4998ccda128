"""The office's tables: ideas, projects, scores once they are open, costs of messages. None names a person.

The one with people's names and numbers is ``people``, which the log knows of before anybody has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from pb.accounts.models import Account
from pb.accounts.personal import unseal
from pb.audit.log import Act, record
from pb.core.errors import Invalid
from pb.core.workdays import TBILISI
from pb.cycles.queries import Here
from pb.db import command, db
from pb.ideas.content import clean_line, public_number
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.records import person_of
from pb.ideas.then import as_they_stood
from pb.messages.costs import costs_of
from pb.policy import Action, Actor, allowed, authorise
from pb.projects.models import Project
from pb.review import queries_ranking
from pb.review.hiding import hidden_from
from pb.site.sheets import Cell, Table, lari
from pb.web.wording import label, language

REASON_MIN, REASON_MAX = 10, 300


@dataclass(frozen=True)
class PeopleExported(Act):
    """A table with the names and numbers of authors was taken away."""

    subject: ClassVar[str] = "cycle"
    reason: str
    people: int


def _words(words: dict[str, str] | None) -> str:
    return (words.get(language()) or words["ka"]) if words else ""


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(TBILISI).date() if moment else None


def _number(here: Here, number: int | None) -> str:
    return public_number(here.town.number_prefix, here.the_cycle.year, number or 0)


def _category(here: Here, code: str) -> str:
    found = here.category(code)
    return _words(dict(found.name)) if found else code


def _ideas_of(here: Here) -> list[Idea]:
    rows = db.session.scalars(
        select(Idea)
        .where(Idea.cycle_id == here.the_cycle.id, Idea.number.is_not(None))
        .options(joinedload(Idea.unit), selectinload(Idea.authors))
        .order_by(Idea.number)
    ).all()
    return [idea for idea in as_they_stood(rows) if idea.number is not None]


def ideas(here: Here, actor: Actor) -> Table:
    """Every idea that was handed in: what is public of it."""
    rows: list[list[Cell]] = [
        [
            _number(here, idea.number), idea.title, label(idea.state),
            _words(idea.unit.name) if idea.unit else "", idea.village, idea.place, _category(here, idea.category),
            lari(idea.cost_tetri), idea.author_label, label(f"channel_of_{idea.channel}"), _day(idea.submitted_at),
            idea.problem, idea.solution, idea.beneficiaries, idea.public_reason,
        ]
        for idea in _ideas_of(here)
    ]  # fmt: skip
    headings = [
        _("Number"), _("Title"), _("State"), _("Administrative unit"), _("Village"), _("Place"), _("Category"),
        _("Estimated cost, lari"), _("Author, as published"), _("How it came"), _("Handed in on"), _("Problem"),
        _("Solution"), _("Who gains"), _("Why not admitted"),
    ]  # fmt: skip
    return Table(_("Ideas"), headings, rows)


def projects(here: Here, actor: Actor) -> Table:
    """Every project with the text that counts."""
    found = db.session.scalars(
        select(Project)
        .where(Project.cycle_id == here.the_cycle.id)
        .options(joinedload(Project.unit))
        .order_by(Project.number)
    )
    rows: list[list[Cell]] = [
        [
            _number(here, project.number), project.title, label(project.state),
            _words(project.unit.name) if project.unit else _("Whole municipality"),
            _category(here, project.category), lari(project.cost_tetri), project.author_label,
        ]
        for project in found
    ]  # fmt: skip
    headings = [
        _("Number"), _("Title"), _("State"), _("Administrative unit"), _("Category"), _("Cost, lari"),
        _("Author, as published"),
    ]  # fmt: skip
    return Table(_("Projects"), headings, rows)


def may_see_scores(here: Here, actor: Actor, now: datetime) -> bool:
    """The commission once the scores are open; the office and everybody of the staff once they are published."""
    if queries_ranking.is_published(here.the_cycle.id, now):
        return allowed(actor, Action.EXPORT_TABLES, town_id=here.town.id) or allowed(
            actor, Action.SEE_RANKING, town_id=here.town.id
        )
    return queries_ranking.is_open(here.the_cycle.id) and allowed(
        actor, Action.SEE_RANKING, town_id=here.town.id
    )


def scores(here: Here, actor: Actor) -> Table:
    """The newest ranking: means by criterion, score, rank, and what was decided. No sheet, no member.

    What a member is recused from stays hidden from that member, as on the pages.
    """
    hidden = hidden_from(here, actor.account_id)
    snapshot = queries_ranking.newest_snapshot(here.the_cycle.id)
    entries = queries_ranking.entries_of(snapshot) if snapshot else {}
    document = queries_ranking.document_of(snapshot) if snapshot else {"criteria": []}
    decided = queries_ranking.decisions(here.the_cycle.id)
    ids = {
        row.number: row.id
        for row in db.session.execute(
            select(Project.number, Project.id)
            .where(Project.cycle_id == here.the_cycle.id)
            .order_by(Project.number)
        )
    }
    rows: list[list[Cell]] = []
    for number, entry in entries.items():
        if number in hidden:
            continue
        decision = decided.get(ids.get(number, 0))
        means = [Decimal(entry["means_hundredths"][c["id"]]) / 100 for c in document["criteria"]]
        rows.append(
            [
                entry["rank"], _number(here, number), entry["title"], Decimal(entry["score_hundredths"]) / 100,
                *means, entry["sheets"], lari(entry["cost_tetri"]), label(decision.outcome) if decision else "",
            ]
        )  # fmt: skip
    headings = [
        _("Rank"), _("Number"), _("Title"), _("Score"), *(_words(c["name"]) for c in document["criteria"]),
        _("Sheets counted"), _("Cost, lari"), _("Decision"),
    ]  # fmt: skip
    return Table(_("Scores"), headings, rows)


def messages(here: Here, actor: Actor) -> Table:
    """What text messages have cost, by kind."""
    rows: list[list[Cell]] = [
        [
            label(f"message_{cost.kind}"),
            cost.messages,
            cost.parts,
            Decimal(cost.hundredths) / 10_000,
            cost.unpriced,
        ]
        for cost in costs_of(here.the_cycle.id)
    ]
    headings = [_("Message"), _("Sent"), _("Parts"), _("Cost, lari"), _("Parts without a price")]
    return Table(_("Text messages"), headings, rows)


TABLES: dict[str, Callable[[Here, Actor], Table]] = {
    "ideas": ideas,
    "projects": projects,
    "scores": scores,
    "messages": messages,
}


@command
def people(*, here: Here, reason: str, actor: Actor, now: datetime) -> Table:
    """The authors of all ideas with names, numbers and e-mails. The reading is on the log before anything is given.

    Writes PeopleExported. Raises Refused, Invalid("reason_too_short", field="reason").
    """
    authorise(actor, Action.EXPORT_PEOPLE, town_id=here.town.id)
    reason = clean_line(reason)
    if len(reason) < REASON_MIN:
        raise Invalid("reason_too_short", field="reason", limit=REASON_MIN)
    found = db.session.execute(
        select(Idea, IdeaAuthor, Account)
        .join(IdeaAuthor, IdeaAuthor.idea_id == Idea.id)
        .outerjoin(Account, Account.id == IdeaAuthor.account_id)
        .where(Idea.cycle_id == here.the_cycle.id, Idea.number.is_not(None))
        .order_by(Idea.number, IdeaAuthor.id)
    ).all()
    act = PeopleExported(reason[:REASON_MAX], len(found))
    cycle_id = here.the_cycle.id
    record(act, subject_id=cycle_id, by=actor, at=now, town_id=here.town.id, cycle_id=cycle_id)
    rows: list[list[Cell]] = []
    for idea, author, account in found:
        person = person_of(author)
        rows.append(
            [
                _number(here, idea.number), idea.title, person.first_name, person.surname, person.age_band,
                person.village, person.organisation, person.guardian,
                unseal(account.phone_sealed) if account else "", (account.email or "") if account else "",
            ]
        )  # fmt: skip
    headings = [
        _("Number"), _("Title"), _("First name"), _("Surname"), _("Age"), _("Village"), _("Organisation"),
        _("Parent or guardian"), _("Mobile number"), _("E-mail"),
    ]  # fmt: skip
    return Table(_("Authors"), headings, rows)
