"""Every kind of message to an account: its standard words, and the group by which people choose how they get it.

A feature adds its own at start: ``register(Kind(…))`` in its wiring; ``notify`` (outbox.py) sends them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pb.core.texting import fill, placeholders

Words = Mapping[str, str]  # {"ka": …, "en": …}


class Group(StrEnum):
    """What people choose a channel for. SERVICE groups cannot be switched off, since terms run from them."""

    DECISIONS = "group_decisions"  # on what one has handed in
    TALK = "group_talk"  # comments and answers on one's own
    TRAINING = "group_training"
    FOLLOWED = "group_followed"
    NEWS = "group_news"  # what the staff sends to many
    WORK = "group_work"  # of staff and commission


SERVICE = frozenset({Group.DECISIONS, Group.WORK})
# (channel, rhythm) of who has chosen nothing. A text message costs the town money: only where it is worth it.
DEFAULTS: dict[Group, tuple[str, str]] = {
    Group.DECISIONS: ("sms", "now"),
    Group.TALK: ("mail", "now"),
    Group.TRAINING: ("sms", "now"),
    Group.FOLLOWED: ("mail", "daily"),
    Group.NEWS: ("sms", "now"),
    Group.WORK: ("mail", "now"),
}
WITH_DIGEST = frozenset({Group.TALK, Group.FOLLOWED, Group.NEWS})

#: Placeholders that every kind may use: the page in full, and the town's name.
ALWAYS = frozenset({"url", "town"})


@dataclass(frozen=True)
class Kind:
    """A kind of message. Texts hold ``{name}``; ``url`` and ``town`` are filled in by themselves.

    ``subject`` heads the letter and the row in the inbox. ``body`` is the letter and what the inbox shows; without
    one it is the text message. A kind without ``sms`` never goes by text message.
    """

    code: str
    group: Group
    subject: Words
    sms: Words | None = None
    body: Words | None = None
    is_fixed: bool = False  # a town cannot change its words

    @property
    def letter(self) -> Words:
        """The words of the letter."""
        words = self.body or self.sms
        assert words is not None
        return words

    def parts(self) -> dict[str, Words]:
        """Its texts by part: "subject", "sms", "body", those that it has."""
        found = {"subject": self.subject, "sms": self.sms, "body": self.body}
        return {part: words for part, words in found.items() if words is not None}

    @property
    def names(self) -> frozenset[str]:
        """All placeholders that its texts may use."""
        own = {
            name for words in self.parts().values() for text in words.values() for name in placeholders(text)
        }
        return ALWAYS | own


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; the same code again replaces (wiring runs once an application)."""
    for kind in kinds:
        if kind.body is None and kind.sms is None:
            raise ValueError(f"{kind.code} has no words")
        KINDS[kind.code] = kind


def filled(words: Words, values: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """A text in each language, with the ``values`` of that language."""
    return {language: fill(text, values[language]) for language, text in words.items()}
