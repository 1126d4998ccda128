"""What helps an author beside each field: what belongs there, an example, and what earns points by the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from pb.core.rulebook import Criterion, Rulebook
from pb.projects.text import PAGES

HINTS: Mapping[str, LazyString] = {
    "title": _l("What and where, in a few words."),
    "problem": _l("Who has the problem, where, how often, and how do you know?"),
    "what": _l("What is built, bought or organised, where exactly, and who does it. What is not part of it?"),
    "beneficiaries": _l(
        "How many people, from which streets or villages; can people with disabilities use it too?"
    ),
    "land_code": _l(
        "Of each plot that the project touches, with commas between. You find it on the extract from the public"
        " registry or at the administrative unit; leave it empty when you do not know it."
    ),
    "land_words": _l(
        "For example with whom you spoke, which permit is asked for and from whom. No names of private owners."
    ),
    "team": _l("Who orders, builds, watches over it. This is public: name only people who agreed to it."),
    "upkeep": _l("Who repairs and cleans it. If you agreed it with somebody, say with whom."),
    "upkeep_tetri": _l("About how much. Enter 0 when it costs nothing."),
    "upkeep_from": _l("Whose budget or contribution pays it."),
}

EXAMPLES: Mapping[str, LazyString] = {
    "title": _l("“Lighting from the school to the bus station”"),
    "problem": _l(
        "“In winter it is dark at half past five. About 400 pupils walk from the school to the bus station on the"
        " side of the road; 11 of the 14 lamps do not work. In 2025 there were two accidents.”"
    ),
    "what": _l(
        "“14 energy-saving lamps are put on the posts that stand there, and the damaged cable is replaced over 850"
        " metres. New posts are not part of it.”"
    ),
    "beneficiaries": _l(
        "“400 pupils and about 150 households of three streets. The pavement stays free, so that wheelchairs and"
        " prams pass.”"
    ),
    "land_code": _l("“33.00.12.345, 33.00.12.346”"),
    "land_words": _l("“The street is the municipality's. The electricity company agreed by letter in July.”"),
    "team": _l(
        "“The municipality's works service buys and puts up; two members of our initiative group, one of them an"
        " electrician, look at the work each week.”"
    ),
    "budget": _l(
        "“Energy-saving lamp, 60 W: 14 pieces at 420 lari; price from three shops in Kutaisi, July 2026.”"
    ),
    "timeline": _l(
        "“March 2027: purchase; April 2027: lamps are put up; May 2027: taken over and switched on.”"
    ),
    "upkeep": _l("“The municipality's works service: lamps have a guarantee of five years.”"),
    "upkeep_from": _l("“The municipality's budget, outdoor lighting.”"),
}

# To which parts of the text the criteria of the starter rubric look; others are shown beside what will be done.
LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "need": ("problem",),
    "benefit": ("beneficiaries",),
    "feasibility": ("what", "budget", "timeline", "land_permit", "team"),
    "inclusion": ("beneficiaries",),
    "sustainability": ("upkeep",),
}
ANYTHING_ELSE = "what"


@dataclass(frozen=True)
class Points:
    """What earns points: the words of a criterion's levels, the best first, without the one that earns none."""

    criterion: Criterion
    levels: tuple[tuple[int, Any], ...]


def points_beside(rules: Rulebook) -> dict[str, list[Points]]:
    """By the part of the text: the criteria of the cycle's rubric that look at it."""
    found: dict[str, list[Points]] = {}
    for criterion in rules.rubric.scored:
        levels = [(value, criterion.level(value)) for value in range(criterion.high, criterion.low, -1)]
        for name in LOOKS_AT.get(criterion.id, (ANYTHING_ELSE,)):
            found.setdefault(name, []).append(Points(criterion, tuple(levels)))
    return found


def fields_of(page: str) -> tuple[str, ...]:
    """The fields of a page, in order."""
    return PAGES[page]
