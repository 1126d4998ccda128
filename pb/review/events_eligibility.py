"""What the log keeps of the eligibility check beside the moves of the idea, which pb.ideas records itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class ContactDataShown(Act):
    """An officer read the author's name and telephone number, and said why."""

    subject: ClassVar[str] = "idea"
    public: ClassVar[bool] = False
    number: str
    authors: int
    reason: str
