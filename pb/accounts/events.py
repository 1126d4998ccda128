"""What accounts write into the log. The public acts name a role and a town, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pb.audit.log import Act


@dataclass(frozen=True)
class StaffInvited(Act):
    """Somebody was offered a role."""

    subject: ClassVar[str] = "invitation"
    public: ClassVar[bool] = True
    role: str


@dataclass(frozen=True)
class InvitationRevoked(Act):
    """The offer was taken back."""

    subject: ClassVar[str] = "invitation"
    public: ClassVar[bool] = True
    role: str


@dataclass(frozen=True)
class RoleGranted(Act):
    """Somebody holds a role from now on."""

    subject: ClassVar[str] = "role_grant"
    public: ClassVar[bool] = True
    role: str


@dataclass(frozen=True)
class RoleRevoked(Act):
    """Somebody no longer holds a role."""

    subject: ClassVar[str] = "role_grant"
    public: ClassVar[bool] = True
    role: str


@dataclass(frozen=True)
class OperatorBound(Act):
    """An operator works at one centre from now on (``centre``: its id), or at any (0)."""

    subject: ClassVar[str] = "role_grant"
    public: ClassVar[bool] = True
    centre: int


@dataclass(frozen=True)
class InstallerMade(Act):
    """An administrator of the installation was made on the command line."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class StaffSignedIn(Act):
    """A member of staff signed in."""

    subject: ClassVar[str] = "account"
    second_factor: bool


@dataclass(frozen=True)
class PasswordChanged(Act):
    """A password was set: with the old one, or by a link."""

    subject: ClassVar[str] = "account"
    by_link: bool


@dataclass(frozen=True)
class SecondFactorSet(Act):
    """A second factor was confirmed."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class SecondFactorRemoved(Act):
    """A second factor was taken away by its owner."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class SecondFactorReset(Act):
    """A second factor was taken away by an administrator, or on the command line."""

    subject: ClassVar[str] = "account"


@dataclass(frozen=True)
class SecondFactorObliged(Act):
    """A town changed which roles must use a second factor."""

    subject: ClassVar[str] = "town"
    public: ClassVar[bool] = True
    roles: list[str]


@dataclass(frozen=True)
class SessionsEnded(Act):
    """Everybody who was signed in as the account was signed out."""

    subject: ClassVar[str] = "account"
