"""How citizens prove a mobile number: a one-time code of 8 digits is sent, and typed back."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pb.accounts import queries
from pb.accounts.models import Account, SigninCode
from pb.accounts.outbox import outbox
from pb.accounts.personal import keyed_hash, seal
from pb.core.errors import Invalid
from pb.core.georgian import normal_mobile
from pb.db import command, db, in_command, one_at_a_time

CODE_DIGITS = 8
TRIES = 3
GOOD_FOR = timedelta(minutes=10)
PER_HOUR = 3
PER_DAY = 6
NAME_LIMIT = 80


@command
def request_signin_code(*, phone: str, language: str, now: datetime) -> str:
    """Send a one-time code to ``phone``, typed in any usual way; gives the number as "+9955XXXXXXXX".

    Writes the code's hash and one text message in ``language``. Raises Invalid on the field ``phone``:
    bad_mobile; too_many_codes (3 an hour and 6 a day for a number). Never says whether the number is known.
    """
    number = _mobile(phone)
    owner = keyed_hash("phone", number)
    one_at_a_time(f"signin_code {owner}")
    for most, span in ((PER_HOUR, timedelta(hours=1)), (PER_DAY, timedelta(days=1))):
        if _sent_since(owner, now - span, now) >= most:
            raise Invalid("too_many_codes", field="phone", most=most)
    for old in queries.old_codes(owner, now - timedelta(days=1)):
        db.session.delete(old)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    db.session.add(
        SigninCode(
            phone_hash=owner,
            code_hash=_code_hash(owner, code),
            tries_left=TRIES,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    outbox().send_text(kind="signin_code", address=number, language=language, now=now, code=code)
    return number


def prove_signin_code(*, phone: str, code: str, now: datetime, language: str = "ka") -> int:
    """The id of the account that owns ``phone``, made at its first proof, when ``code`` is the last one sent.

    Not a command to be nested: a wrong try must stay counted although it raises, so this is a transaction of
    its own. Raises Invalid on the field ``code``: bad_code (not 8 digits, not counted as a try), wrong_code
    (with ``left`` tries), code_over (expired, used, or tried three times), or bad_mobile on ``phone``.
    """
    if in_command():
        raise RuntimeError("prove_signin_code must not run inside another command")
    number = _mobile(phone)
    digits = re.sub(r"[\s\-]", "", code)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
        raise Invalid("bad_code", field="code")
    outcome = _try_code(number, digits, language, now)
    if isinstance(outcome, Invalid):
        raise outcome
    return outcome


@command
def _try_code(number: str, digits: str, language: str, now: datetime) -> int | Invalid:
    owner = keyed_hash("phone", number)
    one_at_a_time(f"signin_code {owner}")
    row = db.session.scalars(
        select(SigninCode).where(SigninCode.phone_hash == owner).order_by(SigninCode.id.desc()).limit(1)
    ).first()
    if (
        row is None
        or row.used_at is not None
        or row.tries_left <= 0
        or not row.created_at <= now < row.expires_at
    ):
        return Invalid("code_over", field="code")
    if not hmac.compare_digest(row.code_hash, _code_hash(owner, digits)):
        row.tries_left -= 1
        if row.tries_left == 0:
            return Invalid("code_over", field="code")
        return Invalid("wrong_code", field="code", left=row.tries_left)
    row.used_at = now
    account = queries.account_by_phone(number)
    if account is None:
        account = Account(phone_hash=owner, phone_sealed=seal(number), language=language, created_at=now)
        db.session.add(account)
        db.session.flush()
    account.language = language  # messages come in the language of the pages that the person last chose
    return account.id


@command
def set_name(*, account_id: int, name: str, now: datetime) -> None:
    """Store how a person is called. Raises Invalid on ``name``: required, too_long."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("required", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid("too_long", field="name", limit=NAME_LIMIT)
    account = queries.account_for_update(account_id)
    account.name_sealed = seal(name)


def _mobile(phone: str) -> str:
    try:
        return normal_mobile(phone)
    except Invalid as error:
        raise Invalid(error.code, field="phone", **error.params) from None


def _sent_since(owner: str, since: datetime, now: datetime) -> int:
    # „until now“: codes of a rehearsal clock that was turned back since lie in the future and do not count
    query = select(func.count()).where(
        SigninCode.phone_hash == owner, SigninCode.created_at > since, SigninCode.created_at <= now
    )
    return db.session.execute(query).scalar_one()


def _code_hash(owner: str, code: str) -> str:
    return keyed_hash("signin_code", f"{owner}:{code}")
