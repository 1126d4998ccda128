"""The acts on towns, units and centres that the log records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class TownOpened(Act):
    subject: ClassVar[str] = "town"
    public: ClassVar[bool] = True
    slug: str


@dataclass(frozen=True)
class TownChanged(Act):
    """``fields``: names of what was changed."""

    subject: ClassVar[str] = "town"
    fields: list[str]


@dataclass(frozen=True)
class UnitsImported(Act):
    subject: ClassVar[str] = "town"
    added: int
    changed: int


@dataclass(frozen=True)
class CentreSaved(Act):
    subject: ClassVar[str] = "centre"
    name: dict[str, str]


@dataclass(frozen=True)
class CentreRemoved(Act):
    subject: ClassVar[str] = "centre"
    name: dict[str, str]
