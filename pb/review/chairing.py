"""What the acts in a session have in common: lock, phase, the open session, who chairs it, its quorum."""

from __future__ import annotations

from datetime import datetime

from pb.core.errors import Closed, Missing, Refused
from pb.core.sessions import session_quorum
from pb.cycles.queries import Here, here_by_id
from pb.db import db
from pb.policy import Action, Actor, authorise
from pb.review import queries_session as queries
from pb.review.models_session import Sitting, TurnMember
from pb.review.presiding import presiding
from pb.review.snapshots import lock_commission


def enter(sitting_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Sitting, Here]:
    """The locked session and where it stands, once every other act of this commission is over. Raises Missing,
    Refused, Closed("wrong_phase").
    """
    found = db.session.get(Sitting, sitting_id)
    if found is None:
        raise Missing("no_such_page")
    lock_commission(found.cycle_id)
    sitting, here = queries.sitting_for_update(sitting_id), here_by_id(found.cycle_id, now=now)
    authorise(actor, action, town_id=here.town.id, status=here.status)
    return sitting, here


def enter_open(sitting_id: int, action: Action, actor: Actor, now: datetime) -> tuple[Sitting, Here]:
    """The same for acts that need the session to be open. Raises Closed("session_not_open") beside."""
    sitting, here = enter(sitting_id, action, actor, now)
    if not sitting.is_open:
        raise Closed("session_not_open")
    return sitting, here


def chairing(here: Here, sitting: Sitting, project_id: int | None = None) -> int | None:
    """The account that chairs: the chair, or the vice-chair where the chair is not there or is recused from the
    project; None when neither may.
    """
    found, there = presiding(here), queries.present(sitting.id)
    for name in ("chair", "vice_chair"):
        account_id = found.top.get(name)
        if account_id in there and not (project_id and found.panel.kind(account_id, project_id)):
            return account_id
    return None


def require_chairing(here: Here, sitting: Sitting, actor: Actor) -> None:
    """Raises Refused("not_chairing") for anybody but the one who chairs."""
    if actor.account_id is None or chairing(here, sitting) != actor.account_id:
        raise Refused("not_chairing")


def require_quorum(here: Here, sitting: Sitting) -> tuple[int, int]:
    """Present voting members and how many are needed. Raises Closed("session_quorum")."""
    members, there = queries.voting_members(here.the_cycle.id), queries.present(sitting.id)
    found, needed = sum(member in there for member in members), session_quorum(len(members))
    if found < needed:
        raise Closed("session_quorum", present=found, needed=needed)
    return found, needed


def voters(here: Here, sitting: Sitting, members: dict[int, TurnMember]) -> tuple[int, ...]:
    """Who may vote in a turn now: there, and not recused. ``members``: those of the turn."""
    there = queries.present(sitting.id)
    return tuple(m for m, row in members.items() if not row.recused and m in there)


def require_turn_quorum(
    here: Here, sitting: Sitting, members: dict[int, TurnMember], project_id: int | None
) -> None:
    """More than half of the members who are not recused from the project must be in the room. Raises
    Closed("session_quorum").
    """
    panel = presiding(here).panel
    everybody = queries.voting_members(here.the_cycle.id)
    base = [m for m in everybody if project_id is None or not panel.kind(m, project_id)]
    found, needed = len(voters(here, sitting, members)), session_quorum(len(base))
    if found < needed:
        raise Closed("session_quorum", present=found, needed=needed)


def deciding_session(here: Here) -> Sitting:
    """The open session in which decisions are taken, its quorum there. Raises Closed("no_open_session",
    "session_quorum").
    """
    sitting = queries.open_sitting(here.the_cycle.id)
    if sitting is None:
        raise Closed("no_open_session")
    require_quorum(here, sitting)
    return sitting
