"""The forms of signing in, of the own account, and of a town's staff."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from pb.accounts.commands import NAME_LIMIT
from pb.accounts.passwords import LONGEST
from pb.policy import Role
from pb.web.forms import Form, choices_of
from pb.web.wording import label

REQUIRED = InputRequired(_l("Please fill this in."))


class PhoneForm(Form):
    """A citizen's mobile number."""

    phone = StringField(_l("Mobile number"), [REQUIRED, Length(max=30)])
    next = HiddenField()


class CodeForm(Form):
    """The code that came."""

    code = StringField(_l("Code from the text message"), [REQUIRED, Length(max=20)])


class StaffForm(Form):
    """E-mail and password."""

    email = StringField(_l("E-mail"), [REQUIRED, Length(max=254)])
    password = PasswordField(_l("Password"), [REQUIRED, Length(max=LONGEST)])
    next = HiddenField()


class SecondFactorForm(Form):
    """A code of the phone's application, or a recovery code."""

    code = StringField(_l("Code"), [REQUIRED, Length(max=20)])


class ForgottenForm(Form):
    """To whom the link goes."""

    email = StringField(_l("E-mail"), [REQUIRED, Length(max=254)])


class NewPasswordForm(Form):
    """A password to be set."""

    password = PasswordField(_l("New password"), [REQUIRED, Length(max=LONGEST)])


class ChangePasswordForm(Form):
    """The password in force, and the next."""

    old = PasswordField(_l("Your password now"), [REQUIRED, Length(max=LONGEST)])
    password = PasswordField(_l("New password"), [REQUIRED, Length(max=LONGEST)])


class NameForm(Form):
    """How somebody is called."""

    name = StringField(_l("First name and surname"), [REQUIRED, Length(max=NAME_LIMIT)])


class AcceptForm(Form):
    """What an invited person adds."""

    name = StringField(_l("First name and surname"), [REQUIRED, Length(max=NAME_LIMIT)])
    password = PasswordField(_l("Choose a password"), [REQUIRED, Length(max=LONGEST)])


class RemoveSecondFactorForm(Form):
    """What it takes to remove the second factor."""

    password = PasswordField(_l("Password"), [REQUIRED, Length(max=LONGEST)])
    code = StringField(_l("Code"), [REQUIRED, Length(max=20)])


class ObligedForm(Form):
    """Which roles must use a second factor."""

    roles = SelectMultipleField(
        _l("Roles that must use a second factor"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer_roles(self) -> ObligedForm:
        """Put the roles in, in the reader's language."""
        self.roles.choices = choices_of((role.value, label(role.value)) for role in Role)
        return self


class InviteForm(Form):
    """Whom to invite, and as what."""

    email = StringField(_l("E-mail"), [REQUIRED, Length(max=254)])
    role = SelectField(_l("Role"), [REQUIRED], choices=[])

    def offer_roles(self) -> InviteForm:
        """Put the roles in, in the reader's language."""
        self.role.choices = choices_of((role.value, label(role.value)) for role in Role)
        return self
