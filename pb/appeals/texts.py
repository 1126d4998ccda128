"""The messages to authors about their objections. Two parts of a text message hold 134 Georgian letters."""

from __future__ import annotations

from pb.messages.kinds import Group, Kind

_SUBJECT = {"ka": "თქვენი საჩივარი {number}", "en": "Your objection {number}"}

TEXTS = tuple(
    Kind(code, Group.DECISIONS, _SUBJECT, sms=words)
    for code, words in {
        "objection_filed": {
            "ka": "საჩივარი {number} მიღებულია. პასუხს მიიღებთ არაუგვიანეს {day}: {url}",
            "en": "Objection {number} is received. It will be answered by {day} at the latest: {url}",
        },
        "objection_upheld": {
            "ka": "საჩივარი {number} დაკმაყოფილდა. დასაბუთება და რა მოხდება შემდეგ: {url}",
            "en": "Objection {number} was upheld. The reasons, and what happens next: {url}",
        },
        "objection_partly": {
            "ka": "საჩივარი {number} ნაწილობრივ დაკმაყოფილდა. დასაბუთება: {url}",
            "en": "Objection {number} was upheld in part. The reasons: {url}",
        },
        "objection_rejected": {
            "ka": "საჩივარი {number} არ დაკმაყოფილდა. დასაბუთება: {url}",
            "en": "Objection {number} was rejected. The reasons: {url}",
        },
    }.items()
)
