"""The words in force of a kind in a town."""

from __future__ import annotations

from collections.abc import Mapping

from pb.messages.kinds import Kind, Words


def words_in_force(kind: Kind, town_id: int) -> Mapping[str, Words]:
    """The texts of a kind by part ("subject", "sms", "body")."""
    return kind.parts()
