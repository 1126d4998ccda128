"""What an author answered, line by line with the ways back, and what is still missing."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from pb.cycles.queries import Here
from pb.ideas import content, records
from pb.ideas.forms import KINDS, band_words, group_words
from pb.ideas.models import Idea, IdeaAuthor
from pb.ideas.offers import unit_choices
from pb.ideas.steps import STEP_OF
from pb.ideas.views import url_of, written_in
from pb.web.filters import money_words, words
from pb.web.guard import current_actor

Row = dict[str, Any]


def labels() -> dict[str, str]:
    """How the fields are called on the summary."""
    return {
        "title": _("Title of the idea"),
        "problem": _("Problem"),
        "solution": _("Proposal"),
        "unit_id": _("Administrative unit"),
        "village": _("Village or settlement"),
        "place": _("Exact place"),
        "beneficiaries": _("Who will benefit"),
        "groups": _("Helped more than others"),
        "pin_x": _("Pin on the plan"),
        "category": _("Category"),
        "cost_tetri": _("Estimated cost"),
    }


def content_rows(here: Here, idea: Idea) -> list[Row]:
    """The idea itself."""
    category = here.category(idea.category)
    units = dict(unit_choices(here))
    shown: dict[str, str] = {
        "unit_id": units.get(idea.unit_id or 0, ""),
        "category": words(category.name) if category else "",
        "groups": ", ".join(group_words(idea.groups)),
        "pin_x": _("Put") if idea.pin_x is not None else "",
        "cost_tetri": money_words(idea.cost_tetri) or (_("Not known") if idea.category else ""),
    }
    return [
        {
            "name": name,
            "label": label,
            "value": shown.get(name, getattr(idea, name)),
            "lang": written_in(getattr(idea, name)) if name in content.LIMITS else "",
            "url": url_of(here, "step", idea=idea.id, step=STEP_OF[name], to="check") + f"#{name}",
        }
        for name, label in labels().items()
    ]


def person_rows(here: Here, idea: Idea) -> list[Row]:
    """Who hands it in, as the author alone sees it."""
    actor = current_actor()
    return rows_of_person(
        here, idea, next(author for author in idea.authors if author.account_id == actor.account_id)
    )


def rows_of_person(here: Here, idea: Idea, row: IdeaAuthor) -> list[Row]:
    """The same of one author's row, for whoever may read it."""
    person = records.person_of(row)
    url = url_of(here, "person", idea=idea.id)
    units = dict(unit_choices(here))
    rows = [
        (_("First name and surname"), person.full_name, written_in(person.full_name)),
        (_("Shown in public as"), idea.author_label, written_in(idea.author_label)),
        (_("Age"), band_words(person.age_band) if person.age_band else "", ""),
        (_("Where you live"), units.get(person.unit_id or 0, ""), ""),
        (_("Village or settlement"), person.village, written_in(person.village)),
    ]
    if person.kind != "resident":
        rows.append((str(KINDS[person.kind]), person.organisation, written_in(person.organisation)))
    if person.guardian:
        rows.append((_("Parent or guardian"), person.guardian, written_in(person.guardian)))
    return [{"label": label, "value": value, "lang": lang, "url": url} for label, value, lang in rows]


def gaps(here: Here, idea: Idea) -> list[tuple[str, str]]:
    """(address, label) of what is required and still empty."""
    names = labels()
    return [
        (url_of(here, "step", idea=idea.id, step=STEP_OF[name], to="check") + f"#{name}", names[name])
        for name in content.REQUIRED
        if not getattr(idea, name)
    ]
