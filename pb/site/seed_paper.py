"""Demonstration: a centre of Terjola with a batch of paper ballots, some of them issued on the second day."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from pb.core.errors import Closed
from pb.cycles.queries import here_by_id
from pb.policy import Actor
from pb.site.seed_towns import at
from pb.voting.commands_paper import issue_paper, make_batch, replace_spoilt, take_back

PRINTED = at(2026, 10, 8, 12)
SECOND_DAY = at(2026, 10, 13, 11)
ISSUED = 4


def seed_paper(cycle_id: int, admin: Actor, operator: Actor) -> None:
    """One batch of 40; four people take a ballot, one spoils it and gets another, one hands it back."""
    here = here_by_id(cycle_id, now=PRINTED)
    centre = here.town.centres[0]
    batch = make_batch(cycle_id=cycle_id, centre_id=centre.id, size=40, actor=admin, now=PRINTED)
    numbers: list[str] = []
    for n in count(7):  # of the generated voters of the roll, those who did not vote on the web
        if len(numbers) == ISSUED:
            break
        now = SECOND_DAY + timedelta(minutes=4 * n)
        try:
            issue_paper(cycle_id=cycle_id, number=f"99{n:09}", batch=batch, actor=operator, now=now)
        except Closed:
            continue
        numbers.append(f"99{n:09}")
    later = SECOND_DAY + timedelta(hours=3)
    replace_spoilt(cycle_id=cycle_id, batch=batch, actor=operator, now=later)
    take_back(cycle_id=cycle_id, number=numbers[-1], batch=batch, actor=operator, now=later)
