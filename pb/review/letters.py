"""The letters that stand for members, so that a page can say "Member A" without saying who that is."""

from __future__ import annotations

from collections.abc import Collection

from pb.accounts.personal import keyed_hash

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters_of(project_id: int | str, members: Collection[int]) -> dict[int, str]:
    """A letter for each member, in an order that is drawn anew for each project (or other text) and that nobody can
    find out without the installation's key.
    """
    drawn = sorted(members, key=lambda member: keyed_hash("member letter", f"{project_id}:{member}"))
    return {member: _letter(place) for place, member in enumerate(drawn)}


def _letter(place: int) -> str:
    turn, place = divmod(place, len(LETTERS))
    return LETTERS[place] + (str(turn + 1) if turn else "")
