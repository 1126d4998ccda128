"""What the forms of this feature offer to choose from, in the reader's language."""

from __future__ import annotations

from pb.cycles.queries import Here
from pb.ideas.queries import units_of
from pb.web.filters import words


def unit_choices(here: Here) -> list[tuple[int, str]]:
    """(id, name) of the town's units."""
    return [(unit.id, words(unit.name)) for unit in units_of(here.town.id)]


def village_names(here: Here) -> list[str]:
    """Suggestions for the village; the lists of villages may be incomplete, so any other may be typed."""
    names = {words(village): None for unit in units_of(here.town.id) for village in unit.villages or []}
    return sorted(name for name in names if name)


def category_choices(here: Here) -> list[tuple[str, str]]:
    """(id, name) of the rulebook's categories."""
    return [(category.id, words(category.name)) for category in here.rules.categories]
