"""The kinds that ideas, projects and the commission send."""

from __future__ import annotations

from pb.messages.kinds import Group, Kind
from pb.messages.texts_authors import AUTHORS
from pb.messages.texts_commission import COMMISSION

_IDEA = {"ka": "თქვენი იდეა {number}", "en": "Your idea {number}"}
_PROJECT = {"ka": "თქვენი პროექტი {number}", "en": "Your project {number}"}
# What the staff writes to a group is filled in whole.
_SUBJECT = {"ka": "{subject}", "en": "{subject}"}
_SMS = {"ka": "{sms}", "en": "{sms}"}
_BODY = {"ka": "{body}", "en": "{body}"}

STANDARD = (
    *(
        Kind(code, Group.DECISIONS, _PROJECT if code.startswith("project_") else _IDEA, sms=sms)
        for code, sms in AUTHORS.items()
        if code != "draft_link"
    ),
    Kind("bulk", Group.NEWS, {**_SUBJECT}, sms=_SMS, body=_BODY, is_fixed=True),
    Kind(
        "bulk_link",
        Group.NEWS,
        {**_SUBJECT},
        sms={language: text + " {url}" for language, text in _SMS.items()},
        body={language: text + "\n\n{url}" for language, text in _BODY.items()},
        is_fixed=True,
    ),
    *(Kind(code, Group.WORK, subject, body=body) for code, (subject, body) in COMMISSION.items()),
)
