"""What feasibility shows on other features' pages: opinions on an idea, notes to answer, the cost of a project."""

from __future__ import annotations

from typing import Any

from pb import clock
from pb.cycles.queries import Here
from pb.ideas import page_parts as idea_parts
from pb.ideas.page_parts import Part
from pb.ideas.queries_own import is_author
from pb.policy import Action, allowed
from pb.projects import page_parts as project_parts
from pb.projects.models import Project
from pb.review import queries_eligibility
from pb.review import queries_feasibility as queries
from pb.review.showing_feasibility import answers_shown, department_words
from pb.web.guard import current_actor


def join() -> None:
    """Register with the pages of ideas and of projects; once, however many applications there are."""
    for part, parts in ((of_idea, idea_parts.PARTS), (cost_of_project, project_parts.PARTS)):
        if part not in parts:
            parts.append(part)


def of_idea(here: Here, idea: Any) -> Part | None:
    """The opinions that were given; for its author, the way to answer the notes of the check."""
    now = clock.now()
    given = [
        asked for asked in queries.opinions_on(idea.id, now) if asked.opinion and asked.opinion.at <= now
    ]
    may_answer = idea.state == "returned" and is_author(idea.id, current_actor().account_id)
    check = queries_eligibility.last_check(idea.id, now) if may_answer else None
    notes = answers_shown(here, check, now) if check else []
    if not given and not notes:
        return None
    return "review/feasibility_part.html", {
        "idea": idea, "given": given, "notes": notes, "department_words": department_words,
    }  # fmt: skip


def cost_of_project(here: Here, project: Project) -> Part | None:
    """The office's estimates beside the author's figure, what was agreed, and the author's answers."""
    cards = queries.cards_of(project.id, clock.now())
    if not cards:
        return None
    may_answer = cards[0].answer is None and allowed(
        current_actor(), Action.ANSWER_COST, town_id=here.town.id, status=here.status, thing=project
    )
    return "review/cost_part.html", {"cards": cards, "project": project, "may_answer": may_answer}
