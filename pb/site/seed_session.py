"""Demonstration: the session in which the commission of Terjola decided, from its call to its minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pb.cycles.queries import here_by_id
from pb.policy import Actor
from pb.review import commands_attendance as attending
from pb.review import commands_session, queries_commission, queries_flags, queries_ranking, queries_session
from pb.review import commands_votes as voting
from pb.review.commands_discussion import close_discussion
from pb.review.commands_minutes import fix_minutes, state_opinion
from pb.site.seed_towns import at

CALLED = at(2026, 9, 28, 10)
SESSION = at(2026, 10, 2, 11)
PLACE = "თერჯოლის მერია, სხდომათა დარბაზი"
FOLLOWED = "რანჟირების დამტკიცება დანარჩენ პროექტებზე"
OPINION = (
    "მიმაჩნია, რომ პროექტი კენჭისყრაზე უნდა გასულიყო: ბოძების შეცვლის ვადა ოპერატორს ბოლო ორ წელიწადში უკვე ერთხელ "
    "გადაუწევია."
)


def hold_session(
    cycle_id: int, departures: dict[int, tuple[str, str]], staff: dict[str, Actor], members: list[Actor]
) -> None:
    """Called, opened with everybody there, flagged projects discussed, the discussion closed; then the departures
    (by project id: outcome and reason) and each project with a recusal are voted on, the rest en bloc; minutes fixed.
    """
    chair, secretary = staff["tj_chair"], staff["tj_secretary"]
    clock = _Clock(SESSION)

    def by(now: datetime, actor: Actor = secretary) -> dict[str, Any]:
        return {"actor": actor, "now": now}

    sitting_id = commands_session.call_session(
        cycle_id=cycle_id, planned_at=SESSION, place=PLACE, **by(CALLED)
    )
    here = here_by_id(cycle_id, now=SESSION)
    projects = queries_commission.scored_projects(here)
    commands_session.add_projects(
        sitting_id=sitting_id, numbers=[p.number for p in projects], **by(CALLED + timedelta(minutes=5))
    )
    commands_session.add_question(sitting_id=sitting_id, title=FOLLOWED, **by(CALLED + timedelta(minutes=6)))
    for person in (*members, secretary):
        assert person.account_id is not None
        attending.note_arrival(sitting_id=sitting_id, account_id=person.account_id, **by(clock.after(1)))
    commands_session.open_session(sitting_id=sitting_id, **by(clock.after(2), chair))
    items = {item.project_id: item.id for item in queries_session.agenda(sitting_id)}
    flagged, panel = queries_flags.flagged(here), queries_commission.panel_of(here)
    for project in projects:
        if project.number in flagged:
            attending.take_up(sitting_id=sitting_id, item_id=items[project.id], **by(clock.after(3)))
    close_discussion(cycle_id=cycle_id, **by(clock.after(6), chair))
    recusals = {p.id for p in projects if any(panel.kind(m, p.id) for m in panel.members)}
    proposals = _proposals(cycle_id)
    for project in projects:
        if project.id not in departures and project.id not in recusals:
            continue
        outcome, reason = departures.get(project.id, (proposals[project.number], ""))
        attending.take_up(sitting_id=sitting_id, item_id=items[project.id], **by(clock.after(1)))
        dissent = members[-1] if project.id in departures and project.id not in recusals else None
        _vote(sitting_id, clock.after, by, dissent, effect="decide", outcome=outcome, reason=reason)
        if dissent is not None:
            state_opinion(item_id=items[project.id], words=OPINION, **by(clock.after(1), dissent))
    attending.take_up(sitting_id=sitting_id, item_id=items[None], **by(clock.after(1)))
    _vote(sitting_id, clock.after, by, None, effect="follow")
    commands_session.close_session(sitting_id=sitting_id, **by(clock.after(5), chair))
    fix_minutes(sitting_id=sitting_id, number="3", **by(clock.after(45)))


class _Clock:
    """The hours of the session: each act a few minutes after the one before."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def after(self, minutes: int) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now


def _proposals(cycle_id: int) -> dict[int, str]:
    snapshot = queries_ranking.newest_snapshot(cycle_id)
    assert snapshot is not None
    return {number: entry["proposal"] for number, entry in queries_ranking.entries_of(snapshot).items()}


def _vote(
    sitting_id: int,
    after: Callable[[int], datetime],
    by: Callable[..., dict[str, Any]],
    dissent: Actor | None,
    **question: Any,
) -> None:
    """Everybody in the room is for it, but for one member."""
    question_id = voting.put_question(sitting_id=sitting_id, **question, **by(after(1)))
    against = {dissent.account_id: "against"} if dissent is not None and dissent.account_id else {}
    voting.note_votes(question_id=question_id, votes=against, rest="for", **by(after(1)))
    voting.count_question(question_id=question_id, **by(after(1)))
