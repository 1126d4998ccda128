"""Who sits at the terminal: an act on the command line is done by somebody who proves it, as on the pages.

The password of the account, and a code of its second factor where one is set up. Whoever holds a role that obliges to
a second factor and has none is held back here too.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from pb.core.errors import Refused
from pb.policy import Actor


def add_by(parser: argparse.ArgumentParser, *, second: str = "") -> None:
    """``--by EMAIL``, and ``second`` ("--with") for acts of two people; where the passwords come from."""
    parser.add_argument("--by", required=True, metavar="EMAIL", help="the administrator who does it")
    if second:
        parser.add_argument(
            second, dest="second", required=True, metavar="EMAIL", help="the second administrator"
        )
    parser.add_argument(
        "--passwords-stdin",
        action="store_true",
        help="read each password from standard input, a line; where the account has a second factor, then a line "
        "with its code",
    )


def proved(options: argparse.Namespace, email: str) -> Actor:
    """Whoever knows the password of the account, and has its second factor in hand.

    Raises Invalid("wrong_credentials" | "wrong_second_code"), Refused as soon as a held-back actor does anything.
    """
    from pb import clock
    from pb.accounts.commands_password import check_password
    from pb.accounts.commands_second import use_second_factor
    from pb.accounts.obligation import held_back
    from pb.accounts.queries import account_by_id, actor_of

    account_id = check_password(email=email, password=_asked(options, f"password of {email}"))
    account = account_by_id(account_id)
    assert account is not None
    if account.totp_confirmed_at is not None:
        code = _asked(options, f"code of the second factor of {email}")
        use_second_factor(account_id=account_id, code=code, now=clock.system_now())
        account = account_by_id(account_id)
        assert account is not None
    return held_back(account, actor_of(account))


def proved_two(options: argparse.Namespace) -> tuple[Actor, Actor]:
    """Both people of an act of two; nothing is proposed before both have proved it. Raises Refused("own_step") too."""
    first, second = proved(options, options.by), proved(options, options.second)
    if first.account_id == second.account_id:
        raise Refused("own_step")
    return first, second


def _asked(options: argparse.Namespace, question: str) -> str:
    if options.passwords_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(f"{question}: ")
