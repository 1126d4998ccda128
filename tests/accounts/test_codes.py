"""Citizens' one-time codes: what is sent, what counts, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pb.accounts import commands
from pb.accounts.models import Account, SigninCode
from pb.accounts.personal import unseal
from pb.core.errors import Invalid
from pb.db import db, writing
from pb.messages.models import OutgoingMessage
from pb.messages.queries import demonstration_code
from tests.conftest import FrozenClock

PHONE = "+995555123456"


def ask(clock: FrozenClock, phone: str = "555 12 34 56") -> str:
    commands.request_signin_code(phone=phone, language="ka", now=clock())
    code = demonstration_code(phone, clock())
    assert code is not None
    return code


def wrong(code: str) -> str:
    return str((int(code) + 1) % 10**8).zfill(8)


def refused(code: str, clock: FrozenClock, phone: str = PHONE) -> Invalid:
    with pytest.raises(Invalid) as caught:
        commands.prove_signin_code(phone=phone, code=code, now=clock())
    return caught.value


def test_first_proof_makes_the_account_and_the_second_finds_it(app: Flask, clock: FrozenClock) -> None:
    first = commands.prove_signin_code(phone="0555123456", code=ask(clock), now=clock())
    clock.moment += timedelta(minutes=1)
    second = commands.prove_signin_code(phone=PHONE, code=ask(clock), now=clock())
    assert first == second
    account = db.session.get(Account, first)
    assert account is not None
    assert unseal(account.phone_sealed) == PHONE
    assert PHONE.encode() not in (account.phone_sealed or b"")


def test_the_code_is_stored_only_as_a_hash_and_sent_sealed(sqlite_app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    row = db.session.scalars(select(SigninCode)).one()
    sent = db.session.scalars(select(OutgoingMessage)).one()
    assert code not in row.code_hash
    assert code.encode() not in (sent.body_sealed or b"")
    assert PHONE.encode() not in (sent.address_sealed or b"")


def test_typed_with_blanks(sqlite_app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    assert commands.prove_signin_code(phone=PHONE, code=f" {code[:4]} {code[4:]}", now=clock())


def test_a_code_is_good_once(app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    commands.prove_signin_code(phone=PHONE, code=code, now=clock())
    assert refused(code, clock).code == "code_over"


def test_three_tries_stay_counted_although_they_raise(app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    assert refused(wrong(code), clock).params == {"left": 2}
    assert refused("12 34", clock).code == "bad_code"
    assert refused(wrong(code), clock).params == {"left": 1}
    assert refused(wrong(code), clock).code == "code_over"
    assert refused(code, clock).code == "code_over"


def test_ten_minutes(sqlite_app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    clock.moment += timedelta(minutes=10)
    assert refused(code, clock).code == "code_over"


def test_only_the_last_code_and_only_its_own_number(sqlite_app: Flask, clock: FrozenClock) -> None:
    first, second = ask(clock), ask(clock)
    other = ask(clock, "599 00 00 00")
    if first != second:
        assert refused(first, clock).code == "wrong_code"
    if other != second:
        assert refused(other, clock).code == "wrong_code"
    assert commands.prove_signin_code(phone=PHONE, code=second, now=clock())


def test_three_an_hour_and_six_a_day(app: Flask, clock: FrozenClock) -> None:
    def too_many() -> bool:
        try:
            commands.request_signin_code(phone=PHONE, language="ka", now=clock())
        except Invalid as error:
            return (error.code, error.field) == ("too_many_codes", "phone")
        return False

    assert [too_many() for _ in range(4)] == [False, False, False, True]
    clock.moment += timedelta(hours=1)
    assert [too_many() for _ in range(4)] == [False, False, False, True]
    clock.moment += timedelta(hours=1)
    assert too_many()
    ask(clock, "599 11 22 33")  # another number is not concerned
    clock.moment += timedelta(hours=22)
    assert not too_many()


def test_not_a_mobile_number(sqlite_app: Flask, clock: FrozenClock) -> None:
    for phone in ("", "032 212345", "+380 50 123 45 67", "55512345"):
        with pytest.raises(Invalid) as caught:
            commands.request_signin_code(phone=phone, language="ka", now=clock())
        assert (caught.value.code, caught.value.field) == ("bad_mobile", "phone")


def test_proving_inside_a_command_is_a_bug(sqlite_app: Flask, clock: FrozenClock) -> None:
    code = ask(clock)
    with pytest.raises(RuntimeError), writing():
        commands.prove_signin_code(phone=PHONE, code=code, now=clock())


def test_names(sqlite_app: Flask, clock: FrozenClock) -> None:
    account_id = commands.prove_signin_code(phone=PHONE, code=ask(clock), now=clock())
    commands.set_name(account_id=account_id, name="  ნინო   ნიმუშაძე ", now=clock())
    account = db.session.get(Account, account_id)
    assert account is not None
    assert unseal(account.name_sealed) == "ნინო ნიმუშაძე"
    for name, code in (("  ", "required"), ("ა" * 81, "too_long")):
        with pytest.raises(Invalid) as caught:
            commands.set_name(account_id=account_id, name=name, now=clock())
        assert caught.value.code == code
