"""A session laid out for its page and for the screen in the room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pb import clock
from pb.core.flags import CODES, Flag
from pb.core.sessions import session_quorum
from pb.cycles.queries import Here
from pb.projects.models import Project
from pb.projects.records import number_of
from pb.review import queries_flags, queries_ranking, queries_seats
from pb.review import queries_session as queries
from pb.review.chairing import chairing
from pb.review.hiding import hidden_from
from pb.review.models import Decision
from pb.review.models_session import AgendaItem, Question, Sitting, Turn, TurnMember, Vote
from pb.review.queries_commission import name_of, panel_of


@dataclass(frozen=True)
class Item:
    """A line of the agenda. ``may_come_up``: it can be taken up now; ``done``: it was dealt with."""

    row: AgendaItem
    number: str
    done: bool
    on: bool
    may_come_up: bool
    flagged: bool
    decision: Decision | None

    @property
    def title(self) -> str:
        return self.row.project.title if self.row.project is not None else self.row.title

    @property
    def language(self) -> str:
        return self.row.project.language if self.row.project is not None else "ka"


@dataclass(frozen=True)
class Seated:
    """Somebody with a seat. ``state``: "there", "gone", "" (has not come); ``out``: recused from what is on."""

    account_id: int
    name: str
    function: str
    voting: bool
    state: str
    since: Any
    out: bool


@dataclass(frozen=True)
class Asked:
    """A question with its votes; ``names``: who may vote, by account, in the order of the seats."""

    row: Question
    votes: Mapping[int, Vote]

    def of(self, choice: str) -> int:
        """How many votes say so."""
        return sum(vote.choice == choice for vote in self.votes.values())


@dataclass(frozen=True)
class Standing:
    """The scores of the project that is on, as the newest ranking has them."""

    entry: Mapping[str, Any]
    of: int
    flags: list[tuple[str, str | None, int]]


def items_of(here: Here, sitting: Sitting, on: Turn | None) -> list[Item]:
    """The agenda with the state of each item."""
    cycle_id = here.the_cycle.id
    done = {turn.item_id for turn in queries.turns(sitting.id) if turn.ended_at is not None}
    opened, closed = queries_ranking.is_open(cycle_id), queries.reconciliation(cycle_id) is not None
    flagged = queries_flags.flagged(here)
    decided = queries_ranking.decisions(cycle_id, redone=False)
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    found = []
    for row in queries.agenda(sitting.id):
        project = row.project
        decision = decided.get(project.id) if project is not None else None
        if decision is not None and (snapshot is None or decision.snapshot_id != snapshot.id):
            decision = None
        is_flagged = project is not None and project.number in flagged
        found.append(
            Item(
                row,
                number_of(project) if project is not None else "",
                row.id in done,
                on is not None and on.item_id == row.id,
                sitting.is_open and (project is None or (opened and (closed or is_flagged))),
                is_flagged,
                decision,
            )
        )
    return found


def seated(here: Here, sitting: Sitting, members: Mapping[int, TurnMember]) -> list[Seated]:
    """Everybody with a seat in force, and whoever came and has none any more, in the order of the seats."""
    last = {row.account_id: row for row in queries.attendance(sitting.id)}
    voting = queries.voting_members(here.the_cycle.id)
    people = {s.account_id: (s.account, s.function) for s in queries_seats.seats(here.the_cycle.id)}
    for row in last.values():
        people.setdefault(row.account_id, (row.account, row.function))
    found = []
    for account_id, (account, function) in people.items():
        came = last.get(account_id)
        state = "" if came is None else ("there" if came.left_at is None else "gone")
        member = members.get(account_id)
        out = member is not None and member.recused and member.returned_at is None
        since = came.left_at or came.came_at if came is not None else None
        found.append(Seated(account_id, name_of(account), function, account_id in voting, state, since, out))
    return found


def asked_in(turn: Turn | None) -> list[Asked]:
    """The questions of a turn with their votes, withdrawn ones left out."""
    if turn is None:
        return []
    rows = [row for row in queries.questions([turn.id]) if not row.withdrawn]
    votes = queries.votes([row.id for row in rows])
    return [Asked(row, votes.get(row.id, {})) for row in rows]


def standing_of(here: Here, project: Project | None, reader: int | None) -> Standing | None:
    """What the opened scores say of the project; None while they are sealed, and for whoever is recused."""
    snapshot = queries_ranking.newest_snapshot(here.the_cycle.id)
    if project is None or snapshot is None or project.number in hidden_from(here, reader):
        return None
    entries = queries_ranking.entries_of(snapshot)
    entry = entries.get(project.number)
    raised = queries_flags.flags_of(here).get(project.number, [])
    return Standing(entry, len(entries), counted_flags(raised)) if entry is not None else None


def counted_flags(raised: list[Flag]) -> list[tuple[str, str | None, int]]:
    """(code, criterion, how often), in the order of the codes; never about whom."""
    found: dict[tuple[str, str | None], int] = {}
    for flag in raised:
        key = (flag.code, flag.criterion_id)
        found[key] = found.get(key, 0) + 1
    ordered = sorted(found.items(), key=lambda pair: (CODES.index(pair[0][0]), pair[0][1] or ""))
    return [(code, criterion, count) for (code, criterion), count in ordered]


def page_values(here: Here, sitting: Sitting, reader: int | None) -> dict[str, Any]:
    """Everything that the page of a session shows."""
    cycle_id = here.the_cycle.id
    turn = queries.turn_on(sitting.id)
    members = queries.turn_members([turn.id]).get(turn.id, {}) if turn is not None else {}
    people, asked = seated(here, sitting, members), asked_in(turn)
    project = turn.item.project if turn is not None else None
    there = [s for s in people if s.voting and s.state == "there"]
    panel = panel_of(here)
    base = [m for m in queries.voting_members(cycle_id) if project is None or not panel.kind(m, project.id)]
    items = items_of(here, sitting, turn)
    return {
        "sitting": sitting,
        "items": items,
        "people": people,
        "present": len(there),
        "needed": queries.quorum_of(cycle_id),
        "turn": turn,
        "project": project,
        "in_room": [s for s in there if s.account_id in members and not members[s.account_id].recused],
        "out": [s for s in people if s.out],
        "kinds": {member: row.kind for member, row in members.items()},
        "turn_needed": session_quorum(len(base)),
        "asked": asked,
        "open_question": next((one for one in asked if one.row.closed_at is None), None),
        "standing": standing_of(here, project, reader),
        "opened": queries_ranking.is_open(cycle_id),
        "reconciled": queries.reconciliation(cycle_id),
        "undiscussed": [item for item in items if item.flagged and not item.done and not item.on],
        "chairs": chairing(here, sitting) == reader and reader is not None,
        "fixed": queries.minutes_of(cycle_id).get(sitting.id),
        "published": queries_ranking.is_published(cycle_id, clock.now()),
    }
