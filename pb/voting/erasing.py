"""Erasing what was kept of people for the vote: this file alone says what goes at the close, what with
the link key, and what on the rulebook's date.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from pb.db import db
from pb.messages.models import OutgoingMessage
from pb.voting.models import VotingRound
from pb.voting.models_alarms import Sighting, SightingHour
from pb.voting.models_letters import LetterCode
from pb.voting.models_people import KioskToken, Roll, RollEntry, ToldSlot, VoterCode
from pb.voting.obligations import eraser

AT_THE_CLOSE = (VoterCode, KioskToken, LetterCode, Sighting, SightingHour)


def erase_identification(cycle_id: int) -> None:
    """Erase, within the command that closes the box, everything that was kept for showing who one is.

    What is still to be delivered, is delivered. The roll itself stays until the rulebook's date.
    """
    for model in AT_THE_CLOSE:
        db.session.execute(delete(model).where(model.cycle_id == cycle_id))
    rolls = select(Roll.id).where(Roll.cycle_id == cycle_id)
    db.session.execute(update(RollEntry).where(RollEntry.roll_id.in_(rolls)).values(very_old=False))
    # What carried the codes tells by its hash who asked, and when.
    _erase_messages("voter_code")


@eraser
def erase_questions(row: VotingRound) -> None:
    """Erase, within the command that destroys the link key, the codes of those who asked after the close whether a
    vote was cast in their name.
    """
    db.session.execute(delete(VoterCode).where(VoterCode.cycle_id == row.cycle_id))
    _erase_messages("voter_code")


@eraser
def erase_told(row: VotingRound) -> None:
    """Erase, within the command that destroys the link key, whose slots were told of a vote: these are the slots'
    values, and the hashes of the phones say who voted.
    """
    db.session.execute(delete(ToldSlot).where(ToldSlot.round_id == row.id))
    _erase_messages("vote_cast")


def _erase_messages(kind: str) -> None:
    db.session.execute(
        delete(OutgoingMessage).where(OutgoingMessage.kind == kind, OutgoingMessage.next_try_at.is_(None))
    )
