"""Demonstration: who sits on Terjola's commission and by which act, its calibration round, cost cards, opinions and a
challenge.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from pb.accounts.queries import actor_by_id
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.policy import Actor
from pb.projects.models import Project
from pb.review.commands_calibration import arrange, hand_in
from pb.review.commands_conflicts import challenge_member, decide_challenge
from pb.review.commands_feasibility import (
    answer_cost,
    ask_opinion,
    give_opinion,
    make_cost_card,
    silence_due,
)
from pb.review.commands_seats import appoint
from pb.review.queries_calibration import former_projects
from pb.review.queries_feasibility import departments
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


def authors_of(projects: dict[str, int]) -> dict[int, Actor]:
    """An author of each project, by its id."""
    found = {}
    for project_id in projects.values():
        ids = sorted(db.session.get_one(Project, project_id).author_ids)
        if ids:
            found[project_id] = actor_by_id(ids[0])
    return found


GROUND = "სამი მიმწოდებლის ფასი, ადგილზე გაზომილი მოცულობა და შარშანდელი შესყიდვები."
CARDED = at(2026, 9, 9, 12)


def seed_costs(projects: dict[str, int], officer: Actor, authors: dict[int, Actor]) -> None:
    """Cost cards of all projects: most authors agree, some are silent, one does not agree."""
    for n, (_key, project_id) in enumerate(projects.items()):
        now = CARDED + timedelta(minutes=9 * n)
        project = db.session.get_one(Project, project_id)
        changed = n % 6 == 0
        text = project.handed_in_revision
        assert text is not None
        make_cost_card(
            project_id=project_id,
            estimate_tetri=text.cost_tetri + (20_000 if n == 4 else 0),
            running_tetri=60_000 if n % 3 else 0,
            ground=GROUND,
            changes=[
                {
                    "words": "ავტორთან დაზუსტდა მასალის სახე და რაოდენობა.",
                    "on": CARDED.date(),
                    "channel": "meeting",
                }
            ]
            if changed
            else [],
            actor=officer,
            now=now,
        )
        if n % 5 and project_id in authors:
            refuses = n == 4
            answer_cost(
                project_id=project_id,
                accepts=not refuses,
                words="ამ მასალას ადგილზე უფრო იაფად ყიდიან, ფასი დანართშია." if refuses else "",
                actor=authors[project_id],
                now=now + timedelta(days=1),
            )
    silence_due(now=CARDED + timedelta(days=9))


def seed_opinions(cycle_id: int, ids: dict[str, int], officer: Actor) -> None:
    """Khoni asks departments about three ideas; two have answered, one is late."""
    asked = at(2026, 10, 6, 10)
    here = here_by_id(cycle_id, now=asked)
    first, second, third = list(ids.values())[:3]
    place = departments(here.rules)[0]
    for n, (idea_id, department) in enumerate(((first, place), (second, "representative"), (third, place))):
        request = ask_opinion(
            idea_id=idea_id, department=department, actor=officer, now=asked + timedelta(minutes=n),
            question="ვის საკუთრებაშია ნაკვეთი და ხომ არ არის სხვა გეგმა?",
        )  # fmt: skip
        if n < 2:
            give_opinion(
                request_id=request,
                verdict=("for", "conditions")[n],
                words=(
                    "ნაკვეთი მუნიციპალიტეტის საკუთრებაა და სხვა დანიშნულებით არ არის დაგეგმილი.",
                    "სოფელი თანახმაა, თუ სანათები ღამის პირველ საათზე ჩაქრება.",
                )[n],
                document="№ 21/487, 08.10.2026" if n == 0 else "",
                actor=officer,
                now=asked + timedelta(days=2, minutes=n),
            )


def seed_challenge(projects: dict[str, int], staff: dict[str, Actor], citizen: Actor) -> None:
    """A citizen challenges a member; the chair dismisses it with a reason."""
    member = staff["tj_member4"].account_id
    assert member is not None
    asked = challenge_member(
        project_id=next(iter(projects.values())),
        member_id=member,
        words="წევრი ამ კორპუსების ამხანაგობის თავმჯდომარის ყოფილი თანამშრომელია.",
        actor=citizen,
        now=at(2026, 9, 22, 19),
    )
    decide_challenge(
        challenge_id=asked,
        upheld=False,
        reason="თანამშრომლობა 2014 წელს დასრულდა და მას შემდეგ საქმიანი კავშირი არ ყოფილა.",
        actor=staff["tj_chair"],
        now=at(2026, 9, 23, 9),
    )


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
                reasons={"need": "ამას ყოველ წელს ითხოვენ, მაგრამ რიცხვები არ ჩანს."} if n == 2 else {},
                actor=staff[person],
                now=TRIED + timedelta(minutes=7 * n + place),
            )
