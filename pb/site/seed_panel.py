"""Demonstration: who sits on Terjola's commission and by which act, and its calibration round."""

from __future__ import annotations

import random
from datetime import date, timedelta

from pb.cycles.queries import here_by_id
from pb.policy import Actor
from pb.review.commands_calibration import arrange, hand_in
from pb.review.commands_seats import appoint
from pb.review.queries_calibration import former_projects
from pb.site.seed_towns import at

MAYOR = ("ბ45-217", date(2026, 8, 14))  # the mayor's order
COUNCIL = ("34", date(2026, 8, 21))  # the council's ordinance
APPOINTED = at(2026, 8, 24, 11)
ARRANGED = at(2026, 9, 10, 10)
TRIED = at(2026, 9, 15, 10)

SEATS = (
    ("tj_chair", "chair", "municipality", MAYOR),
    ("tj_vice", "vice_chair", "council", COUNCIL),
    ("tj_member1", "member", "council", COUNCIL),
    ("tj_member2", "member", "civil_society", MAYOR),
    ("tj_member3", "member", "civil_society", MAYOR),
    ("tj_member4", "member", "expert", MAYOR),
    ("tj_member5", "member", "youth", MAYOR),
    ("tj_substitute", "substitute", "expert", MAYOR),
    ("tj_secretary", "secretary", "municipality", MAYOR),
    ("tj_observer", "observer", "civil_society", MAYOR),
)


def seed_seats(cycle_id: int, staff: dict[str, Actor]) -> None:
    """Seven members, a substitute, the secretary and an observer."""
    for n, (person, function, represents, (number, day)) in enumerate(SEATS):
        account_id = staff[person].account_id
        assert account_id is not None
        appoint(
            cycle_id=cycle_id, account_id=account_id, function=function, represents=represents,
            act_number=number, act_date=day, actor=staff["tj_admin1"], now=APPOINTED + timedelta(minutes=n),
        )  # fmt: skip


def seed_calibration(cycle_id: int, staff: dict[str, Actor]) -> None:
    """Two projects of the year before, scored by all members; on the second one their levels lie apart."""
    here = here_by_id(cycle_id, now=ARRANGED)
    first, second = (project.id for project in former_projects(here)[:2])
    arrange(cycle_id=cycle_id, first=first, second=second, actor=staff["tj_secretary"], now=ARRANGED)
    dice = random.Random(cycle_id)
    people = [person for person, function, *_ in SEATS if function in ("chair", "vice_chair", "member")]
    for n, person in enumerate(people):
        for place, spread in ((1, (3, 4)), (2, (1, 2, 3, 4))):
            hand_in(
                cycle_id=cycle_id,
                place=place,
                levels={c.id: dice.choice(spread) for c in here.rules.rubric.criteria},
                reasons={"need": "წლიდან წლამდე ამას ითხოვენ, მაგრამ რიცხვები არ ჩანს."} if n == 2 else {},
                actor=staff[person],
                now=TRIED + timedelta(minutes=7 * n + place),
            )
