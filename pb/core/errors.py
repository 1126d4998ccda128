"""The errors a rule may raise; the web layer turns each code into a sentence in the reader's language."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """A refusal with a stable ``code``, the ``field`` it belongs to (if any) and ``params`` for its wording.

    ``status`` is the HTTP status that a page showing the error carries.
    """

    status = 400

    def __init__(self, code: str, field: str | None = None, **params: Any) -> None:
        super().__init__(code, field, params)
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        place = f" [{self.field}]" if self.field else ""
        detail = " " + ", ".join(f"{k}={v!r}" for k, v in self.params.items()) if self.params else ""
        return f"{self.code}{place}{detail}"


class Refused(DomainError):
    """This actor may not do this."""

    status = 403


class Missing(DomainError):
    """No such thing here (or none that this actor may know of)."""

    status = 404


class Closed(DomainError):
    """The act is known and the actor may do it, but not in this phase or state."""

    status = 409


class Invalid(DomainError):
    """What was given breaks a rule; it can be corrected and sent again."""

    status = 422


@dataclass(frozen=True)
class Problem:
    """One fault in a larger input: a code, where it is, and parameters for its wording."""

    code: str
    field: str | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Problems(Invalid):
    """Several faults found in one go, so that nobody has to correct them one page load at a time."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("problems", count=len(self.problems))

    def __str__(self) -> str:
        return "; ".join(str(Invalid(p.code, p.field, **p.params)) for p in self.problems)
