"""The town of the whole journey: who works there, and what the other citizens do while one is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pb.accounts.commands_staff import create_account, grant_role
from pb.accounts.models import Account
from pb.accounts.queries import actor_by_id
from pb.core.rulebook import BallotRules
from pb.cycles.models import Cycle
from pb.cycles.queries import here_by_id
from pb.db import db
from pb.places.models import Town as TownRow
from pb.policy import Role
from pb.projects.commands import freeze_projects
from pb.projects.queries import project_by_number
from pb.review.commands_commission import declare_conflict, submit_sheet
from pb.voting import tokens
from pb.voting.casting import cast_ballot
from pb.voting.people import voters_of
from pb.voting.queries import slot_is_used, slots_used
from pb.voting.rounds import round_of
from tests.factories import World, make_cycle, make_staff, make_town, rulebook
from tests.journeys.acting import PASSWORD
from tests.journeys.conftest import Site
from tests.projects.making import delivered
from tests.voting.making import voter_rows

IDEAS = datetime(2026, 5, 20, 8, tzinfo=UTC)
DEVELOPMENT = datetime(2026, 7, 20, 8, tzinfo=UTC)
REVIEW = datetime(2026, 9, 24, 8, tzinfo=UTC)
DECIDED = datetime(2026, 10, 9, 8, tzinfo=UTC)
VOTING = datetime(2026, 10, 14, 8, tzinfo=UTC)
OVER = datetime(2026, 10, 27, 8, tzinfo=UTC)
OFFICER_MAIL = "officer@example.org"
REASON = "საფუძველი აღწერილია განაცხადის მესამე ნაწილში."
VOTERS = 25
ROLL = {
    "name": "roll.csv",
    "mimeType": "text/csv",
    "buffer": "\n".join(
        ["personal_number,last_name,first_name,birth_date,unit,village,mobile", *voter_rows(VOTERS), ""]
    ).encode(),
}


@dataclass
class Town:
    """Ids of the people of the journey; ``url``: the address of the cycle."""

    site: Site
    town_id: int
    cycle_id: int
    url: str
    staff: dict[Role, int]
    members: list[int]
    second: int

    @property
    def chair(self) -> int:
        return self.staff[Role.CHAIR]

    @property
    def admin(self) -> int:
        return self.staff[Role.ADMINISTRATOR]

    def world(self) -> World:
        """The same as the factories know it, loaded anew (inside ``Site.run``)."""
        town, cycle = db.session.get_one(TownRow, self.town_id), db.session.get_one(Cycle, self.cycle_id)
        staff = {role: db.session.get_one(Account, n) for role, n in self.staff.items()}
        return World(self.site.app, town, cycle, staff, staff[Role.OBSERVER])


def found_town(site: Site) -> Town:
    """Terjola with its published cycle of 2026, an officer with a password, a commission, two administrators."""

    def act() -> Town:
        place = make_town()
        cycle = make_cycle(place, rules=rulebook(place, ballot=BallotRules("approval", 2, 2, "town")))
        staff = {role: make_staff(place, role) for role in Role}
        extra = [make_staff(place, Role.MEMBER, name=f"წევრი {n}") for n in range(2)]
        second = make_staff(place, Role.ADMINISTRATOR, name="მეორე ადმინისტრატორი")
        ids = {role: account.id for role, account in staff.items()}
        now = datetime(2026, 1, 11, tzinfo=UTC)
        ids[Role.OFFICER] = create_account(
            email=OFFICER_MAIL, name="ოფიცერი ნიმუშაძე", password=PASSWORD, now=now
        )
        admin = actor_by_id(ids[Role.ADMINISTRATOR])
        grant_role(town_id=place.id, account_id=ids[Role.OFFICER], role=Role.OFFICER, actor=admin, now=now)
        return Town(
            site=site,
            town_id=place.id,
            cycle_id=cycle.id,
            url=f"{site.address}/{place.slug}/{cycle.year}",
            staff=ids,
            members=[ids[Role.MEMBER], *(account.id for account in extra)],
            second=second.id,
        )

    town: Town = site.run(act)
    return town


def others_hand_in(town: Town) -> None:
    """Two more projects, from the idea to the handed-in text."""

    def act() -> None:
        for title in ("საბავშვო მოედანი სოფლის ცენტრში", "მოსაცდელი ავტობუსის გაჩერებასთან"):
            delivered(town.world(), title=title)

    town.site.run(act)


def others_score(town: Town, watched: int) -> None:
    """Every sheet but the one of the first member on the project ``watched`` (its number)."""

    def act() -> None:
        freeze_projects(cycle_id=town.cycle_id, now=REVIEW)
        criteria = here_by_id(town.cycle_id, now=REVIEW).rules.rubric.criteria
        for number in (1, 2, 3):
            project = project_by_number(town.cycle_id, number)
            assert project is not None
            project_id = project.id
            for n, account_id in enumerate([*town.members, town.chair]):
                if number == watched and n == 0:
                    continue
                actor = actor_by_id(account_id)
                declare_conflict(project_id=project_id, kind="none", details="", actor=actor, now=REVIEW)
                lines = {c.id: {"value": 3 + n % 2, "reason": REASON, "note": ""} for c in criteria}
                submit_sheet(project_id=project_id, lines=lines, actor=actor, now=REVIEW)

    town.site.run(act)


def others_vote(town: Town) -> None:
    """Everybody on the roll who has not voted yet votes, for the first project or for the first two."""

    def act() -> None:
        vote = round_of(town.cycle_id)
        assert vote is not None
        ids = [str(project["id"]) for project in vote.projects]
        voters = [v for v in voters_of(town.cycle_id) if not slot_is_used(v.round_id, v.slot)]
        db.session.rollback()
        for n, voter in enumerate(voters):
            choices = ids[: 1 + n % 2]
            cast_ballot(
                round_id=voter.round_id,
                slot=voter.slot,
                unit_id=voter.unit_id,
                channel="web",
                choices=choices,
                token=tokens.issue(voter.round_id, voter.slot, choices),
            )

    town.site.run(act)


def ballots_cast(town: Town) -> int:
    """How many people's votes are used on the web."""
    used: dict[tuple[str, str], int] = town.site.run(lambda: slots_used(town.cycle_id))
    return used.get(("web", "cast"), 0)
