"""Settings, read once from the environment. A missing or unusable variable is an error that names it."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = "production"
DEMONSTRATION = "demonstration"


class SettingsError(Exception):
    """The environment does not say what the application needs; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """All that the environment decides. Keys are 32 bytes each and stand outside the database."""

    mode: str
    database_url: str
    secret_key: str
    data_key: bytes  # encrypts phones and other personal data at rest
    hash_key: bytes  # HMAC of phones and personal numbers
    link_key: bytes  # half of the key of voting slots; the other half is a file of the round, in keys_dir
    signing_key: bytes  # Ed25519 seed with which receipts are signed
    base_url: str
    sms_backend: str = "console"
    sms_target: str = ""
    sms_token: str = ""
    mail_backend: str = "console"
    mail_target: str = ""
    mail_sender: str = ""
    proxy_count: int = 0
    redis_url: str = ""
    keys_dir: Path | None = None  # where the files of rounds' link keys stand; None: no vote can be prepared
    debug: bool = False
    testing: bool = False
    limits: bool = True

    @property
    def is_demonstration(self) -> bool:
        return self.mode == DEMONSTRATION

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read ``PB_*``. In a demonstration missing keys are fixed public ones; in production they are errors."""
        env = os.environ if env is None else env
        mode = env.get("PB_MODE", PRODUCTION)
        if mode not in (PRODUCTION, DEMONSTRATION):
            raise SettingsError(f"PB_MODE must be '{PRODUCTION}' or '{DEMONSTRATION}', not {mode!r}")
        demo = mode == DEMONSTRATION
        return cls(
            mode=mode,
            database_url=_database(env, demo),
            secret_key=_text(
                env, "PB_SECRET_KEY", "demonstration-secret-key-that-everybody-knows" if demo else None
            ),
            data_key=_key(env, "PB_DATA_KEY", demo),
            hash_key=_key(env, "PB_HASH_KEY", demo),
            link_key=_key(env, "PB_LINK_KEY", demo),
            signing_key=_key(env, "PB_SIGNING_KEY", demo),
            base_url=_text(env, "PB_BASE_URL", "http://127.0.0.1:8000" if demo else None).rstrip("/"),
            sms_backend=_choice(env, "PB_SMS_BACKEND", ("console", "file", "http"), "console"),
            sms_target=env.get("PB_SMS_TARGET", ""),
            sms_token=env.get("PB_SMS_TOKEN", ""),
            mail_backend=_choice(env, "PB_MAIL_BACKEND", ("console", "file", "smtp"), "console"),
            mail_target=env.get("PB_MAIL_TARGET", ""),
            mail_sender=env.get("PB_MAIL_SENDER", ""),
            proxy_count=_number(env, "PB_PROXY_COUNT", 0),
            redis_url=env.get("PB_REDIS_URL", ""),
            keys_dir=_keys_dir(env, demo),
            debug=env.get("PB_DEBUG", "") == "1",
        )


def _text(env: Mapping[str, str], name: str, default: str | None) -> str:
    value = env.get(name) or default
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = env.get(name, default)
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {value!r}")
    return int(value)


def demonstration_key(name: str) -> bytes:
    """The fixed key that a demonstration uses for ``name``; `pb check` refuses it in production."""
    return hashlib.sha256(f"demonstration key, known to everybody: {name}".encode()).digest()


def _key(env: Mapping[str, str], name: str, demo: bool) -> bytes:
    value = env.get(name)
    if not value:
        if demo:
            return demonstration_key(name)
        raise SettingsError(f"{name} is not set (32 random bytes in base64: `openssl rand -base64 32`)")
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        raise SettingsError(f"{name} is not base64 (make one with `openssl rand -base64 32`)") from None
    if len(raw) != 32:
        raise SettingsError(f"{name} must hold 32 bytes in base64, not {len(raw)}")
    return raw


def _keys_dir(env: Mapping[str, str], demo: bool) -> Path | None:
    """In a demonstration beside its database by default, so that one thrown away takes its keys along."""
    if named := env.get("PB_KEYS_DIR", ""):
        return Path(named)
    if not demo:
        return None
    url = _database(env, demo)
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///") + ".keys")
    return ROOT / "var" / "keys"


def _database(env: Mapping[str, str], demo: bool) -> str:
    url = _text(env, "PB_DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'demo.sqlite'}" if demo else None)
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("PB_DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url
