"""Accounts, roles, and the single-use secrets with which people prove who they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pb.db import Base, UTCDateTime


class Account(Base):
    """Somebody who can sign in: staff by e-mail and password, citizens by mobile number and one-time code.

    ``phone_hash`` is a keyed HMAC; ``name_sealed`` and ``phone_sealed`` are encrypted with the data key.
    """

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone_hash IS NOT NULL", name="reachable"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    phone_hash: Mapped[str | None] = mapped_column(unique=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_last_step: Mapped[int] = mapped_column(default=0)  # a code is good once
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session of the account
    is_installer: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="ka")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="account", foreign_keys="RoleGrant.account_id", order_by="RoleGrant.id"
    )


class RoleGrant(Base):
    """A role in a town. Revoked ones stay, as history."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("centre_id IS NULL OR role = 'operator'", name="centre"),
        Index(
            "uq_role_grant_in_force",
            "account_id",
            "town_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    role: Mapped[str]
    # the one centre at which an operator works; None: at any of the town's
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])


class Invitation(Base):
    """An offer of a role to an e-mail address. Only the token's hash is stored."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PasswordReset(Base):
    """A single-use link to set a new password. Only the token's hash is stored."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """A printed single-use replacement for the second factor. Only its hash is stored."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SigninCode(Base):
    """A one-time code sent to a citizen's phone: 8 digits, 3 tries, 10 minutes. Stored as a keyed hash."""

    __tablename__ = "signin_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(index=True)
    code_hash: Mapped[str]
    tries_left: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
