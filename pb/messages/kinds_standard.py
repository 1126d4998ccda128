"""The kinds that ideas, projects and the commission send."""

from __future__ import annotations

from pb.messages.kinds import Group, Kind
from pb.messages.texts_authors import AUTHORS
from pb.messages.texts_commission import COMMISSION

_IDEA = {"ka": "თქვენი იდეა {number}", "en": "Your idea {number}"}
_PROJECT = {"ka": "თქვენი პროექტი {number}", "en": "Your project {number}"}

STANDARD = (
    *(
        Kind(code, Group.DECISIONS, _PROJECT if code.startswith("project_") else _IDEA, sms=sms)
        for code, sms in AUTHORS.items()
        if code != "draft_link"
    ),
    *(Kind(code, Group.WORK, subject, body=body) for code, (subject, body) in COMMISSION.items()),
)
