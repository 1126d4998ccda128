"""Wording of accounts: errors, events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "not_an_operator": _l("Only an operator’s role is bound to a centre."),
    "bad_mobile": _l("Enter a Georgian mobile number, for example 555 12 34 56."),
    "too_many_codes": _l("Too many codes were sent to this number. Use the last one, or try again later."),
    "bad_code": _l("The code has 8 digits."),
    "wrong_code": _l("This is not the code that was sent. Tries left: %(left)s."),
    "code_over": _l("This code is no longer good. Ask for a new one."),
    "wrong_credentials": _l("The e-mail or the password is wrong."),
    "wrong_password": _l("This is not your password."),
    "wrong_second_code": _l("This code does not fit, or was used already. Wait for the next one."),
    "second_factor_set": _l("A second factor is already in use."),
    "password_short": _l(
        "A password has at least %(limit)s characters. Several words in a row are easy to keep."
    ),
    "password_weak": _l("This password is too easy to guess. Choose another."),
    "bad_email": _l("Enter an e-mail address, for example name@example.org."),
    "email_taken": _l("There is an account with this e-mail already."),
    "role_held": _l("This person holds the role already."),
    "invited_already": _l("This person was invited already and has not answered yet."),
    "link_over": _l(
        "This link is no longer good: it was used, taken back, or its time is over. Ask for a new one."
    ),
    "account_exists": _l("You have an account already. Sign in first, then open the link again."),
    "invited_another": _l(
        "This invitation was sent to another e-mail. Sign in with the account that it belongs to."
    ),
    "own_second_factor": _l("You remove your own second factor on the page of your account."),
    "installer_resets": _l(
        "The second factor of an administrator is reset by the administrator of the installation."
    ),
    "no_second_factor": _l("This person has no second factor."),
    "last_administrator": _l("The town would have no administrator. Appoint another first."),
}

EVENTS = {
    "StaffInvited": _l("A role was offered: %(role)s"),
    "InvitationRevoked": _l("The offer of a role was taken back: %(role)s"),
    "RoleGranted": _l("A role was given: %(role)s"),
    "OperatorBound": _l("It was laid down at which centre an operator works"),
    "RoleRevoked": _l("A role was ended: %(role)s"),
    "InstallerMade": _l("An administrator of the installation was appointed"),
    "StaffSignedIn": _l("A member of staff signed in"),
    "PasswordChanged": _l("A password was changed"),
    "SecondFactorSet": _l("A second factor was set up"),
    "SecondFactorRemoved": _l("A second factor was removed"),
    "SecondFactorReset": _l("A second factor was reset"),
    "SecondFactorObliged": _l("Which roles must use a second factor was changed"),
    "SessionsEnded": _l("All sessions of an account were ended"),
}
