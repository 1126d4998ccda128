"""What the pages of ideas and projects show of talking: supporters, the latest comments, the ways to take part."""

from __future__ import annotations

from typing import Any

from flask import request

from pb import clock
from pb.cycles.queries import Here
from pb.ideas.page_parts import Part
from pb.policy import RULES, Action
from pb.projects.models import Project
from pb.talking import commands, queries, queries_supports
from pb.talking.things import Thing, of_idea, of_project
from pb.web.guard import current_actor

IN_SHORT = 5


def talk_of_idea(here: Here, idea: Any) -> Part | None:
    """On the page of an idea."""
    asked = current_actor().account_id is not None
    thing = of_idea(here, idea.id, idea.number, idea.title, idea.language, idea.state, asked=asked)
    return _part(here, thing)


def talk_of_project(here: Here, project: Project) -> Part | None:
    """On the page of a project; one that was taken back is not talked about."""
    return None if project.state == "withdrawn" else _part(here, of_project(here, project))


def _part(here: Here, thing: Thing) -> Part:
    actor, now = current_actor(), clock.now()
    needed = here.rulebook.supporters_needed if here.rulebook else 0
    return "talking/_of_thing.html", {
        "thing": thing,
        "page": queries.talk_of(
            thing, account_id=actor.account_id, now=now, limit=IN_SHORT, replies=queries.REPLIES_IN_SHORT
        ),
        "counts": queries.counts_of(thing, now),
        "people": queries_supports.supporters(thing.supports, now) if thing.supports else None,
        "needed": needed,
        "supported": queries_supports.supports_any(thing.supports, actor.account_id),
        "may_support": commands.may_support(actor, here, thing),
        "supports_open": RULES[Action.SUPPORT_IDEA].fits(here.status),
        "may_talk": RULES[Action.TALK].fits(here.status),
        "follows": queries.own_follow(thing, actor.account_id) is not None,
        "path": request.path,
    }
