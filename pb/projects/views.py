"""Public pages of projects: the list, one project, one of its revisions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from pb import clock
from pb.core.errors import Missing
from pb.core.phases import Gate
from pb.core.workflow import ProjectState
from pb.cycles.gates import gate_is_passed
from pb.cycles.queries import Here
from pb.ideas.content import public_number
from pb.ideas.queries import units_of
from pb.policy import Action, allowed
from pb.projects import queries, rows
from pb.projects.models import Project, ProjectRevision
from pb.projects.page_parts import Part, last_parts_of, parts_of
from pb.projects.queries_return import return_of
from pb.projects.records import author_labels
from pb.web.guard import current_actor, public
from pb.web.wording import label, language

blueprint = Blueprint("projects", __name__, url_prefix="/<town>/<int:year>/projects")

LAST_PAGE = 100_000  # no database counts rows beyond it


def load(here: Here, number: int) -> Project | None:
    """The project of an address."""
    return queries.project_by_number(here.the_cycle.id, number)


def may_read_draft(here: Here, project: Project) -> bool:
    """Whether the reader sees texts that are not handed in: authors and officials do."""
    return allowed(current_actor(), Action.READ_PROJECT_DRAFT, town_id=here.town.id, thing=project)


def number_words(here: Here, number: int) -> str:
    """„TJ-2026-0042“."""
    return public_number(here.town.number_prefix, here.the_cycle.year, number)


@blueprint.get("")
@public()
def index(here: Here) -> ResponseReturnValue:
    """The list of projects: search and filters by GET. The number of queries does not depend on the list."""
    wanted = queries.Filter(
        **{name: request.args.get(name, "")[:100].strip() for name in ("q", "unit", "category", "state")}
    )
    page = min(max(1, request.args.get("page", 1, type=int) or 1), LAST_PAGE)
    sealed = sealed_as(here) if wanted.state else ""
    found, total = queries.list_projects(here.the_cycle.id, wanted, page, sealed_as=sealed)
    return render_template(
        "projects/index.html",
        projects=[card_of(here, row) for row in found],
        total=total,
        page=page,
        pages=-(-total // queries.PAGE_SIZE),
        wanted=wanted,
        args={name: value for name, value in asdict(wanted).items() if value},
        units=units_of(here.town.id),
        categories=here.rulebook.categories if here.rulebook else (),
        states=[(s.value, label(s.value)) for s in ProjectState if s is not ProjectState.WITHDRAWN],
    )


def sealed_as(here: Here) -> str:
    """What projects are said to be instead of what a result made of them, while it is not public: that happens
    where a rehearsal clock was turned back. "" when it is public.
    """
    if gate_is_passed(here.the_cycle.id, Gate.RESULT_PUBLISHED, clock.now()):
        return ""
    return (ProjectState.ON_BALLOT if here.rules.votes_held else ProjectState.DECIDED).value


def shown_state(here: Here, project: Project) -> str:
    """The project's state as everybody may read it now."""
    return (project.state in queries.AFTER_RESULT and sealed_as(here)) or project.state


def card_of(here: Here, project: Project) -> dict[str, Any]:
    """What a card shows of a project."""
    text = project.handed_in_revision
    what = text.fields["what"] if text else ""
    category = here.category(project.category)
    return {
        "number": project.number,
        "words": number_words(here, project.number),
        "title": project.title,
        "cost": project.cost_tetri,
        "state": shown_state(here, project),
        "unit": project.unit.name if project.unit else None,
        "category": category.name if category else None,
        "summary": what if len(what) <= 160 else what[:157].rsplit(" ", 1)[0] + "…",
        "lang": project.language,
    }


@blueprint.get("/<int:number>")
@public(number=load)
def show(here: Here, number: Project) -> ResponseReturnValue:
    """One project. Until it is handed in, its text is for its authors and officials."""
    project, draft = number, may_read_draft(here, number)
    require_public(project, draft)
    text = project.handed_in_revision or (project.revision if draft else None)
    return render_template(
        "projects/show.html",
        project=project,
        state=shown_state(here, project),
        text=text,
        is_draft=text is not None and project.handed_in_revision is None,
        newer=draft and project.handed_in_revision is not None and text is not project.revision,
        may_edit=allowed(current_actor(), Action.SEE_OWN, town_id=here.town.id, thing=project),
        number=number_words(here, project.number),
        category=here.category(project.category),
        ideas=[(link.idea.number, link.idea.title, link.idea.language) for link in project.links],
        revisions=queries.revisions(project, everything=draft),
        authors=author_labels(project),
        given_back=draft and return_of(project.id, clock.now()) is not None,
        may_return=allowed(
            current_actor(), Action.RETURN_PROJECT, town_id=here.town.id, status=here.status, thing=project
        ),
        parts=drawn(parts_of(here, project)),
        last_parts=drawn(last_parts_of(here, project)),
        **text_values(text),
    )


def require_public(project: Project, official: bool) -> None:
    """Raises Missing: a project that its author took back is for authors and officials alone."""
    if project.state == ProjectState.WITHDRAWN and not official:
        raise Missing("no_such_page")


def text_values(text: ProjectRevision | None) -> dict[str, Any]:
    """What templates show of a text: budget table, parts of the money, steps with the words of their
    months.
    """
    if text is None:
        return {"budget": [], "money_rows": [], "steps": []}
    return {
        "budget": rows.budget_table(text.budget, language()),
        "money_rows": rows.money_parts(text.budget, _("Everything else")),
        "steps": [
            {"when": rows.month_words(step["month"], language()), "title": step["step"]}
            for step in text.timeline
        ],
    }


def drawn(parts: list[Part]) -> list[Markup]:
    """The fragments that later features gave, rendered."""
    return [Markup(render_template(name, **context)) for name, context in parts]


@blueprint.get("/<int:number>/revisions/<int:n>")
@public(number=load)
def revision(here: Here, number: Project, n: int) -> ResponseReturnValue:
    """One revision as it was saved."""
    draft = may_read_draft(here, number)
    require_public(number, draft)
    shown = queries.revisions(number, everything=draft)
    text = next((row for row in shown if row.number == n), None)
    if text is None:
        raise Missing("no_such_page")
    return render_template(
        "projects/revision.html",
        project=number,
        text=text,
        number=number_words(here, number.number),
        newest=max(row.number for row in shown),
        counts=number.handed_in_revision_id == text.id,
        author=author_labels(number).get(text.by or 0, ""),
        **text_values(text),
    )
