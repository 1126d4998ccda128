"""Demonstration: the roll (20 people to sign in with, the rest generated), the round, and ballots."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import date
from itertools import islice

from sqlalchemy import select

from pb.accounts.queries import actor_by_id
from pb.cycles.queries import here_by_id
from pb.db import command, db
from pb.places.queries import units_of
from pb.policy import Actor
from pb.site.demo_people import content
from pb.site.seed_towns import add_citizen, at
from pb.voting.bulk import cast_many
from pb.voting.claims import decide_claim, hand_in_claim, read_claim
from pb.voting.commands_roll import approve_roll, import_roll
from pb.voting.commands_round import open_trial, prepare_round
from pb.voting.commands_witnesses import register_witness
from pb.voting.flush import flush
from pb.voting.letters import make_letters, void_letter
from pb.voting.models_people import Roll, RollEntry
from pb.voting.people import voters_of
from pb.voting.rounds import round_of
from pb.voting.sightings import Seen, note

GENERATED = 3_000
BALLOTS = 1_460
COLUMNS = ("personal_number", "last_name", "first_name", "birth_date", "unit", "village", "mobile")
IMPORTED = at(2026, 9, 15, 10)
APPROVED = at(2026, 9, 21, 15)
PREPARED = at(2026, 10, 6, 11)
#: Name, e-mail address, public contact.
WITNESSES = (
    ("სანიმუშო დამკვირვებელთა კავშირი", "watch@example.org", "https://watch.example.org"),
    ("სანიმუშო გაზეთი „თერჯოლის მაცნე“", "", "+995 491 000 001"),
)
LETTERS = at(2026, 10, 7, 10)
# kind, personal number, name, mobile, whether it is accepted, why
CLAIM_READ = "სამოქალაქო რეესტრის მონაცემებთან შესადარებლად"
CLAIMS = (
    (
        "missing",
        "98000000011",
        "მანანა სანიმუშო",
        "559900011",
        True,
        "რეგისტრაცია თერჯოლაში დადასტურდა რეესტრით",
    ),
    ("missing", "98000000022", "ზურაბ სანიმუშო", "559900022", False, "რეგისტრირებულია სხვა მუნიციპალიტეტში"),
)


def roll_csv(town_id: int) -> bytes:
    """The demonstration's list of voters: the 20 people of people.json first, then plainly generated ones."""
    dice = random.Random(20)
    units = [unit.name["ka"] for unit in units_of(town_id)]
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for person in content("people")["roll"]:
        table.writerow([person[column] for column in COLUMNS])
    for n in range(GENERATED):
        born = f"{dice.randrange(1940, 2008)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        # The town is larger than a village, as in life.
        unit = units[0] if dice.random() < 0.15 else dice.choice(units)
        mobile = "" if dice.random() < 0.2 else f"5559{n:05}"
        table.writerow([f"99{n:09}", "სანიმუშო", "ნიმუში", born, unit, "", mobile])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def votes(cycle_id: int, round_id: int) -> Iterator[tuple[str, int, str, list[str]]]:
    """Invented choices: people like what is near, and some projects more than others."""
    dice = random.Random(2026)
    vote = round_of(cycle_id)
    assert vote is not None
    here = here_by_id(cycle_id, now=PREPARED)
    slugs = {unit.id: unit.slug for unit in units_of(here.town.id)}
    appeal = {project["id"]: dice.uniform(0.3, 2.2) for project in vote.projects}
    most = here.rules.ballot.max_choices
    people = list(islice(voters_of(cycle_id), len(content("people")["roll"]), None))
    for voter in dice.sample(people, BALLOTS):
        near = slugs[voter.unit_id]
        ranked = sorted(
            vote.projects,
            key=lambda p: dice.random() * appeal[p["id"]] + (1.2 if p["unit"] == near else 0.0),
            reverse=True,
        )
        count = min(most, 1 + sum(dice.random() < 0.62 for _ in range(most - 1)))
        yield voter.slot, voter.unit_id, "web", [p["id"] for p in ranked[:count]]


def _sample_letters(cycle_id: int, actor: Actor) -> None:
    """Letters for the invented people without a mobile number; what is printed goes nowhere."""
    rows = [
        f"{person['personal_number']},{person['first_name']} {person['last_name']},{person['unit']}"
        for person in content("people")["roll"]
        if not person["mobile"]
    ]
    rows += [f"99{n:09},ნიმუში სანიმუშო,თერჯოლა" for n in range(40)]
    source = io.BytesIO("\n".join(["personal_number,name,address", *rows]).encode())
    make_letters(cycle_id=cycle_id, source=source, print_=lambda _n, _l: b"", actor=actor, now=LETTERS)
    reason = "წერილი ფოსტიდან დაზიანებული დაბრუნდა"
    void_letter(cycle_id=cycle_id, serial="1-0007", reason=reason, actor=actor, now=at(2026, 10, 9, 12))


def _sample_claims(cycle_id: int, town_id: int, officer: Actor) -> None:
    """Two claims to the roll: one that came into it, and one that was refused."""
    unit = units_of(town_id)[3].id
    for kind, number, name, mobile, accept, reason in CLAIMS:
        account = add_citizen(name=name, mobile=mobile, now=IMPORTED)
        claim = hand_in_claim(
            cycle_id=cycle_id, kind=kind, number=number, name=name, born=date(1968, 5, 9), unit_id=unit,
            address="თერჯოლის მუნიციპალიტეტი", mobile=mobile, actor=actor_by_id(account), now=IMPORTED,
        )  # fmt: skip
        read_claim(claim_id=claim, reason=CLAIM_READ, actor=officer, now=at(2026, 9, 18, 11))
        decide_claim(claim_id=claim, accept=accept, reason=reason, actor=officer, now=at(2026, 9, 18, 12))


@command
def _sample_sightings(cycle_id: int, operator: Actor) -> None:
    """A day at a centre, and a device from which many voted: what the page of alarms tells of."""
    people = db.session.scalars(
        select(RollEntry).join(Roll, Roll.id == RollEntry.roll_id).where(Roll.cycle_id == cycle_id).limit(60)
    ).all()[20:]
    tablet = Seen("tablet of a neighbour", "192.0.2.17")
    for n, entry in enumerate(people):
        if n < 7:
            note(entry, cycle_id=cycle_id, way="code", now=at(2026, 10, 13, 18, n), seen=tablet)
        elif n < 30:
            when, who = at(2026, 10, 14, 12, n), operator.account_id or 0
            note(entry, cycle_id=cycle_id, way="kiosk", now=when, operator_id=who)
        else:
            seen = Seen(f"device {n}", f"198.51.100.{n}")
            note(entry, cycle_id=cycle_id, way="code", now=at(2026, 10, 14, 9 + n % 9), seen=seen)


def seed_vote(cycle_id: int, admin: Actor, second: Actor, officer: Actor, operator: Actor) -> None:
    """Roll, approval by a second person, round, trial opening, ballots, and the first flush."""
    town_id = here_by_id(cycle_id, now=IMPORTED).town.id
    roll_id = import_roll(cycle_id=cycle_id, source=io.BytesIO(roll_csv(town_id)), actor=admin, now=IMPORTED)
    _sample_claims(cycle_id, town_id, officer)
    approve_roll(roll_id=roll_id, actor=second, now=APPROVED)
    round_id = prepare_round(cycle_id=cycle_id, actor=admin, now=PREPARED)
    open_trial(cycle_id=cycle_id, actor=admin, now=PREPARED)
    for name, email, contact in WITNESSES:
        register_witness(
            cycle_id=cycle_id,
            name=name,
            email=email,
            contact=contact,
            language="ka",
            actor=admin,
            now=PREPARED,
        )
    _sample_letters(cycle_id, second)
    _sample_sightings(cycle_id, operator)
    cast_many(round_id=round_id, votes=votes(cycle_id, round_id))
    flush(cycle_id=cycle_id, now=at(2026, 10, 14, 20))
