"""Demonstration: what people in Terjola say of the ideas, who supports them, and what staff do about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pb.accounts.queries import actor_by_id
from pb.db import db
from pb.ideas.models import Idea
from pb.policy import Actor
from pb.site.demo_people import content
from pb.site.seed_towns import add_citizen, at
from pb.talking.commands import follow, post_comment, support_idea
from pb.talking.commands_staff import block_words, hide_comment, show_comment

FIRST = at(2026, 6, 27, 9)


def seed_talking(town_id: int, cycle_id: int, ids: dict[str, int], officer: Actor, admin: Actor) -> None:
    """Comments, replies, answers and supports of the data file; one comment hidden, one waiting to be read."""
    told = content("talk_terjola")
    people = [_author(idea_id) for idea_id in ids.values()]
    block_words(town_id=town_id, typed="\n".join(told["words"]), actor=admin, now=FIRST)
    crowd = [
        actor_by_id(add_citizen(name=f"{name} {initial}", mobile=f"559{n:06d}", now=FIRST))
        for n, (name, initial) in enumerate(_names(max(told["supports"].values())))
    ]
    for key, count in told["supports"].items():
        for n, person in enumerate(crowd[:count]):
            support_idea(
                cycle_id=cycle_id, thing=_thing(ids[key]), actor=person, now=FIRST + timedelta(minutes=41 * n)
            )
    moment = FIRST + timedelta(minutes=30)
    for row in told["comments"]:
        moment += timedelta(hours=1, minutes=17)
        top = _say(cycle_id, ids, row, people[row["by"]], officer, moment)
        if "reply" in row:
            reply = {**row["reply"], "on": row["on"], "kind": ""}
            _say(
                cycle_id, ids, reply, people[reply["by"]], officer, moment + timedelta(minutes=50), parent=top
            )
        if "answer" in row:
            post_comment(
                cycle_id=cycle_id, thing=_thing(ids[row["on"]]), kind="", text=row["answer"], actor=officer,
                now=moment + timedelta(minutes=65), parent_id=top,
            )  # fmt: skip
    bad = told["hidden"]
    moment += timedelta(hours=1)
    hidden = _say(cycle_id, ids, bad, people[bad["by"]], officer, moment)
    hide_comment(
        comment_id=hidden, public_reason=bad["reason"], actor=officer, now=moment + timedelta(hours=1)
    )
    held = told["held"]
    _say(cycle_id, ids, held, people[held["by"]], None, moment + timedelta(hours=2))
    for key in ("t02", "t12", "t58"):
        follow(cycle_id=cycle_id, thing=_thing(ids[key]), actor=people[3], now=FIRST)


def _author(idea_id: int) -> Actor:
    return actor_by_id(min(db.session.get_one(Idea, idea_id).author_ids))


def _thing(idea_id: int) -> str:
    return f"idea-{db.session.get_one(Idea, idea_id).number}"


def _say(
    cycle_id: int, ids: dict[str, int], row: dict[str, Any], person: Actor, reader: Actor | None,
    moment: datetime, parent: int | None = None,
) -> int:  # fmt: skip
    """One comment; ``reader``: who lets it through where it is somebody's first."""
    comment = post_comment(
        cycle_id=cycle_id, thing=_thing(ids[row["on"]]), kind=row["kind"], text=row["text"], actor=person,
        now=moment, parent_id=parent,
    )  # fmt: skip
    if comment.state == "held" and reader is not None:
        show_comment(comment_id=comment.id, actor=reader, now=moment + timedelta(minutes=20))
    return comment.id


def _names(count: int) -> list[tuple[str, str]]:
    firsts = (
        "ნანა",
        "ლევანი",
        "მზია",
        "ზურაბი",
        "თეა",
        "მერაბი",
        "ეკა",
        "ირაკლი",
        "ლია",
        "ნოდარი",
        "მაკა",
        "გია",
    )
    initials = "აბგდეკლმნსჩჯ"
    return [(firsts[n % len(firsts)], initials[(n * 5 + n // 12) % len(initials)]) for n in range(count)]


def seed_khoni(cycle_id: int, ids: dict[str, int], officer: Actor, now: datetime) -> None:
    """Khoni takes ideas right now: some have supporters, two were said something of, one question is answered."""
    crowd = [
        actor_by_id(add_citizen(name=f"{name} {initial}", mobile=f"558{n:06d}", now=now))
        for n, (name, initial) in enumerate(_names(18))
    ]
    keys = list(ids)
    for k, key in enumerate(keys[:6]):
        for person in crowd[: 18 - 3 * k]:
            support_idea(cycle_id=cycle_id, thing=_thing(ids[key]), actor=person, now=now)
    first = {
        "on": keys[0],
        "kind": "for",
        "text": "ბულვარში ზაფხულში ჩრდილი საერთოდ არ არის, სკამებზე ვერავინ ჯდება.",
    }
    _say(cycle_id, ids, first, crowd[2], officer, now)
    asked = {
        "on": keys[1],
        "kind": "question",
        "text": "სტუდიით სოფლებიდან ჩამოსული ახალგაზრდებიც ისარგებლებენ?",
    }
    top = _say(cycle_id, ids, asked, crowd[5], officer, now)
    post_comment(
        cycle_id=cycle_id, thing=_thing(ids[keys[1]]), kind="", text="დიახ, იდეის მიხედვით სტუდია ყველასთვის უფასოა.",
        actor=officer, now=now + timedelta(hours=1), parent_id=top,
    )  # fmt: skip
