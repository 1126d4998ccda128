"""What hints at a conflict between a member and the authors of a project. Pure: a hint decides nothing.

A member who sees hints and declares that there is no conflict says why not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

SURNAME, SURNAME_AND_PLACE, PHONE, COAUTHOR, MENTOR = (
    "surname",
    "surname_place",
    "phone",
    "coauthor",
    "mentor",
)


@dataclass(frozen=True)
class Known:
    """What is known of a person: surname and villages folded to compare, the keyed hash of the phone, and with whom
    (account ids) the person wrote ideas.
    """

    surname: str = ""
    villages: frozenset[str] = frozenset()
    phone: str = ""
    wrote_with: frozenset[int] = frozenset()
    mentored: bool = False  # whether the person was a mentor of one of the authors, of whatever project


def fold(text: str) -> str:
    """Words as they are compared: without case and surrounding blanks."""
    return " ".join(text.split()).lower()


def surname_of(name: str) -> str:
    """The last word of a full name."""
    return fold(name).rpartition(" ")[2]


def hints(member: Known, authors: Iterable[Known], author_ids: Collection[int]) -> tuple[str, ...]:
    """The codes of what the member should look at, each once, the stronger of the two surname hints alone."""
    found: dict[str, None] = {}
    for author in authors:
        if member.surname and member.surname == author.surname:
            same_place = bool(member.villages & author.villages)
            found[SURNAME_AND_PLACE if same_place else SURNAME] = None
        if member.phone and member.phone == author.phone:
            found[PHONE] = None
    if member.wrote_with & set(author_ids):
        found[COAUTHOR] = None
    if member.mentored:
        found[MENTOR] = None
    if SURNAME_AND_PLACE in found:
        found.pop(SURNAME, None)
    return tuple(found)
