"""`create-admin`: the first account of an installation, made where nobody can sign in yet."""

from __future__ import annotations

import argparse
import getpass
import sys

from pb import clock
from pb.accounts import commands_second, commands_staff, queries
from pb.accounts.passwords import SHORTEST
from pb.commandline import application
from pb.core.errors import DomainError
from pb.places.queries import towns
from pb.policy import Actor, Role

MESSAGES = {
    "bad_email": "this is not an e-mail address",
    "email_taken": "there is an account with this e-mail already; sign in with it or reset its password",
    "password_short": f"the password needs at least {SHORTEST} characters",
    "password_weak": "the password is too easy to guess",
    "too_long": "the name or the password is too long",
    "required": "the name is empty",
}


RESET_MESSAGES = {
    "no_such_account": "nobody signs in with this e-mail",
    "no_second_factor": "this account has no second factor",
}


def create_admin(argv: list[str]) -> int:
    """Make an administrator of the installation, who opens towns and appoints their administrators."""
    parser = argparse.ArgumentParser(prog="python -m pb create-admin", description=create_admin.__doc__)
    parser.add_argument("--email", required=True, help="with which the administrator signs in")
    parser.add_argument("--name", default="", help="shown to others; default: the e-mail's first part")
    parser.add_argument("--town", default="", help="make it the administrator of this town (its slug) too")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    options = parser.parse_args(argv)
    with application().app_context():
        town = next((town for town in towns() if town.slug == options.town), None)
        if options.town and town is None:
            return _refuse(f"there is no town with the address {options.town!r}")
        if queries.account_by_email(options.email) is not None:
            return _refuse(MESSAGES["email_taken"])
        password = _password(options.password_stdin)
        if password is None:
            return _refuse("the two passwords differ")
        try:
            account_id = commands_staff.create_account(
                email=options.email,
                name=options.name or options.email.split("@")[0],
                password=password,
                now=clock.now(),
                installer=True,
            )
        except DomainError as error:
            return _refuse(MESSAGES.get(error.code, str(error)))
        if town is not None:
            commands_staff.grant_role(
                town_id=town.id,
                account_id=account_id,
                role=Role.ADMINISTRATOR,
                actor=Actor(account_id, is_installer=True),
                now=clock.now(),
            )
    print(f"{options.email} can sign in now. Set up the second factor at once: /account/second-factor")
    return 0


def reset_second_factor(argv: list[str]) -> int:
    """Take the second factor of a member of staff away, for somebody whom no administrator can help any more."""
    parser = argparse.ArgumentParser(
        prog="python -m pb reset-second-factor", description=reset_second_factor.__doc__
    )
    parser.add_argument("--email", required=True, help="with which the person signs in")
    options = parser.parse_args(argv)
    with application().app_context():
        try:
            commands_second.reset_by_operator(email=options.email, now=clock.now())
        except DomainError as error:
            print(f"python -m pb reset-second-factor: {RESET_MESSAGES[error.code]}", file=sys.stderr)
            return 1
    print(f"{options.email} signs in with the password alone now, and was told so by mail.")
    return 0


def _password(from_stdin: bool) -> str | None:
    """The password, or None when it was typed in two ways."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    return first if first == getpass.getpass("Once more: ") else None


def _refuse(words: str) -> int:
    print(f"python -m pb create-admin: {words}", file=sys.stderr)
    return 1
