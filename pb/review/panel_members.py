"""Who may score what: members, projects and recusals of one cycle, as plain data. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pb.core.scoring import SMALLEST_QUORUM, quorum

# What a member may declare, in the order of the form; "none" lets the member score.
CLEAN = "none"
CONFLICTS = ("author", "family", "employment", "funding", "property", "campaigner", "other")
KINDS = (CLEAN, *CONFLICTS)
# Recusals that nobody declares: a conflict with a competitor, a check of the idea before, having been its mentor.
POOL, CHECKER, MENTOR = "pool", "checker", "mentor"
# An own or a relative's project, or one that the member mentored, takes the member out of everything it competes with.
LEAVES_POOL = frozenset({"author", "family", MENTOR})
CHALLENGE = "challenge"  # upheld by who presides

# The parts of a project's text to which a level can be pinned as where it is shown.
EVIDENCE = ("problem", "what", "beneficiaries", "budget", "steps", "upkeep")

DETAILS_MIN = 10
DETAILS_MAX = 1000

Pool = tuple[int | None, str]  # unit (None: the whole town) and category: the projects that compete


def recused_from(
    direct: Mapping[tuple[int, int], str], pools: Mapping[int, Pool]
) -> dict[tuple[int, int], str]:
    """Every (member, project) that may not be scored, with the reason's kind.

    ``direct``: the conflicts as declared or known of; ``pools``: each project's pool. A direct reason stands
    before that of the pool.
    """
    found = dict(direct)
    for (member, project), kind in direct.items():
        if kind in LEAVES_POOL and project in pools:
            for other, pool in pools.items():
                if pool == pools[project]:
                    found.setdefault((member, other), POOL)
    return found


@dataclass(frozen=True)
class Panel:
    """The members of a commission (account ids) and from which projects (ids) each is recused.

    ``assigned``: who was drawn for each project, None where everybody scores everything. ``substitutes`` wait, in
    their order. ``sheets``: whose submitted sheets count on a project; somebody who left the commission since stays
    in its base.
    """

    members: tuple[int, ...]
    recusals: Mapping[tuple[int, int], str]
    substitutes: tuple[int, ...] = ()
    sheets: Mapping[int, Collection[int]] = field(default_factory=dict)
    assigned: Mapping[int, Collection[int]] | None = None

    @cached_property
    def everybody(self) -> tuple[int, ...]:
        """Members and substitutes, then whoever left a sheet behind."""
        left = sorted(member for ids in self.sheets.values() for member in ids)
        return tuple(dict.fromkeys((*self.members, *self.substitutes, *left)))

    def active(self, project_id: int) -> tuple[int, ...]:
        """Who may score the project. Where recusals leave fewer members than the smallest quorum, substitutes step
        in, as many as are lacking.
        """
        sheets = self.sheets.get(project_id, ())
        drawn = self.members if self.assigned is None else self.assigned.get(project_id, ())
        free = [m for m in self.members if m in drawn and (m, project_id) not in self.recusals]
        free += [m for m in sorted(sheets) if m not in free and (m, project_id) not in self.recusals]
        for substitute in self.substitutes:
            if len(free) >= SMALLEST_QUORUM:
                break
            if substitute not in free and (substitute, project_id) not in self.recusals:
                free.append(substitute)
        return tuple(free)

    def quorum(self, project_id: int) -> int:
        """How many submitted sheets the project needs."""
        return quorum(len(self.active(project_id)))

    def kind(self, member_id: int, project_id: int) -> str:
        """Why the member is recused from the project; empty when not."""
        return self.recusals.get((member_id, project_id), "")


@dataclass(frozen=True)
class Shortfall:
    """A project that has fewer submitted sheets than its quorum."""

    project_id: int
    number: str
    sheets: int
    needed: int


def shortfalls(
    panel: Panel, projects: Iterable[tuple[int, str]], submitted: Mapping[int, Collection[int]]
) -> list[Shortfall]:
    """Which of ``projects`` (id, public number) lack their quorum; ``submitted``: members by project id."""
    return [
        Shortfall(project, number, len(submitted.get(project, ())), panel.quorum(project))
        for project, number in projects
        if len(submitted.get(project, ())) < panel.quorum(project)
    ]
