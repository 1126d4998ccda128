"""Bringing the opened ballots in: one administrator with the file, another with the same file, each in an own session.

Nothing of a file is kept between the two but its fingerprint, so that nobody sees a total before both have agreed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from pb.core.ballots import BALLOT_LENGTH, commitment
from pb.core.errors import Closed, Invalid
from pb.cycles.queries import Here, here_by_id
from pb.db import command
from pb.policy import Action, Actor, authorise
from pb.voting import box_acts, boxfiles
from pb.voting.gatekeeping import refuse_broken
from pb.voting.models import VotingRound
from pb.voting.opened import Progress, expected_ballots, store_opened
from pb.voting.rounds import the_round
from pb.voting.sealing import PAIRS
from pb.voting.trial import name_of

Files = Sequence[IO[bytes]]


@command
def propose_opening(
    *, cycle_id: int, sources: Files, actor: Actor, now: datetime, progress: Progress | None = None
) -> int:
    """Check what two custodians opened, and propose it by its fingerprint; gives the id of the step.

    Where ballots could not be opened, each of the three pairs must have tried (three files): one custodian with a
    spoilt key cannot drop a vote. Writes BoxStepProposed (public). Raises Closed("not_destroyed" | "step_done" |
    "step_pending"), Invalid on ``file``: bad_box_file, other_ballots, unopened_ballots.
    """
    here, row = _round(cycle_id, actor, now)
    contents, digest = read_opened(row, sources, progress)
    _complete(row, contents)
    return box_acts.propose(row, "open", here, actor, now, subject=digest).id


@command
def approve_opening(
    *,
    cycle_id: int,
    act_id: int,
    sources: Files,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Approve with the same file, and thereby open the box; gives (ballots, invalid ones).

    Writes BoxStepDecided and what ``opened.store_opened`` writes. Raises Refused("own_step"), Closed("step_decided"
    | "step_expired"), Invalid on ``file``: other_file, and as ``propose_opening`` and ``refuse_broken``.
    """
    here, row = _round(cycle_id, actor, now)
    act = box_acts.locked_act(row, act_id)
    if act.kind != "open":
        raise Closed("step_other_way")
    box_acts.decide(row, act, "approved", here, actor, now)
    contents, digest = read_opened(row, sources, progress)
    if digest != act.subject:
        raise Invalid("other_file", field="file")
    refuse_broken(row)
    return store_opened(row, contents, here, actor, now, progress)


@command
def refuse_opening(*, cycle_id: int, act_id: int, outcome: str, actor: Actor, now: datetime) -> None:
    """Reject or withdraw ("rejected", "withdrawn") a proposed opening. Writes BoxStepDecided (public)."""
    here, row = _round(cycle_id, actor, now)
    act = box_acts.locked_act(row, act_id)
    if act.kind != "open" or outcome == "approved":
        raise Closed("step_other_way")
    box_acts.decide(row, act, outcome, here, actor, now)


def read_opened(
    row: VotingRound, sources: Files, progress: Progress | None
) -> tuple[dict[str, bytes | None], str]:
    """What all files together say of each ballot, and one fingerprint of them all. Raises Invalid on ``file``."""
    contents: dict[str, bytes | None] = {}
    pairs: set[str] = set()
    digests = []
    for source in sources:
        opened = boxfiles.read(source, boxfiles.OPENED)
        pair = "-".join(str(number) for number in opened.head.get("pair") or ())
        right = (opened.what, opened.round_label) == ("ballots", row.label) and pair in map(name_of, PAIRS)
        if not right or pair in pairs:
            raise Invalid("other_ballots", field="file")
        pairs.add(pair)
        seen: set[str] = set()
        for number, line in enumerate(opened.lines, start=1):
            hashed, content = str(line["id"]), _content(line)
            if hashed in seen:
                raise Invalid("other_ballots", field="file")
            seen.add(hashed)
            # What hashes to the commitment is the ballot, whoever brings it; anything else is none.
            good = content is not None and commitment(content).hex() == hashed
            if good or contents.get(hashed) is None:
                contents[hashed] = content
            if progress is not None and number % 500 == 0:
                progress(number)
        digests.append(opened.digest)
    if len(pairs) < len(PAIRS) and any(
        content is None or commitment(content).hex() != hashed for hashed, content in contents.items()
    ):
        raise Invalid("unopened_ballots", field="file")
    return contents, hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _content(line: dict[str, object]) -> bytes | None:
    return boxfiles.raw(line["content"]).ljust(BALLOT_LENGTH, b" ") if "content" in line else None


def _complete(row: VotingRound, contents: dict[str, bytes | None]) -> None:
    if contents.keys() != expected_ballots(row).keys():
        raise Invalid("other_ballots", field="file")


def _round(cycle_id: int, actor: Actor, now: datetime) -> tuple[Here, VotingRound]:
    here = here_by_id(cycle_id, now=now)
    authorise(actor, Action.CLOSE_BOX, town_id=here.town.id, status=here.status)
    row = the_round(cycle_id, lock=True)
    if row.opened_at is not None:
        raise Closed("step_done")
    if row.destroyed_at is None:
        raise Closed("not_destroyed")
    return here, row
