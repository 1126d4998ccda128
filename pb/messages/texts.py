"""The words of every message that leaves the system. A text message holds 70 Georgian letters, two parts 134."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pb.core.texting import fill
from pb.messages.texts_authors import AUTHORS
from pb.messages.texts_commission import COMMISSION

SMS_LIMIT = 70


@dataclass(frozen=True)
class Text:
    """One message: its channel, and subject (mail only) and body by language, with {name} parameters."""

    channel: str
    body: dict[str, str]
    subject: dict[str, str] | None = None


TEXTS: dict[str, Text] = {
    "signin_code": Text(
        "sms",
        {
            "ka": "შესვლის კოდი: {code}. მოქმედებს 10 წუთს. არავის უთხრათ.",
            "en": "Your sign-in code: {code}. Good for 10 minutes. Tell nobody.",
        },
    ),
    "invitation": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\n"
                "{town} გიწვევთ სამოქალაქო ბიუჯეტის სისტემაში.\nთქვენი როლი: {role}.\n\n"
                "მოწვევის მისაღებად გახსენით ბმული:\n{url}\n\n"
                "ბმული მოქმედებს 7 დღეს და მხოლოდ ერთხელ. თუ მოწვევას არ ელოდით, ამ წერილს ყურადღება ნუ მიაქცევთ."
            ),
            "en": (
                "Hello,\n\n"
                "{town} invites you to its civic budget system.\nYour role: {role}.\n\n"
                "Open this link to accept:\n{url}\n\n"
                "The link works once, within 7 days. If you did not expect it, ignore this letter."
            ),
        },
        {"ka": "მოწვევა სამოქალაქო ბიუჯეტის სისტემაში", "en": "Invitation to the civic budget system"},
    ),
    "password_reset": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\n"
                "მივიღეთ თქვენი პაროლის შეცვლის მოთხოვნა. ახალი პაროლის დასაყენებლად გახსენით ბმული:\n"
                "{url}\n\n"
                "ბმული მოქმედებს 1 საათს და მხოლოდ ერთხელ. თუ ეს მოთხოვნა თქვენ არ გამოგიგზავნიათ, არაფრის "
                "გაკეთება არ არის საჭირო: პაროლი უცვლელი დარჩება."
            ),
            "en": (
                "Hello,\n\n"
                "Somebody asked to change your password. Open this link to set a new one:\n{url}\n\n"
                "The link works once, within 1 hour. If it was not you, do nothing: your password stays."
            ),
        },
        {"ka": "პაროლის აღდგენა", "en": "A new password"},
    ),
    "password_changed": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\nთქვენი პაროლი შეიცვალა. თუ ეს თქვენ არ გაგიკეთებიათ, დაუყოვნებლივ მიმართეთ "
                "თქვენი მუნიციპალიტეტის ადმინისტრატორს."
            ),
            "en": (
                "Hello,\n\nYour password was changed. If it was not you, tell the administrator of your "
                "municipality at once."
            ),
        },
        {"ka": "პაროლი შეიცვალა", "en": "Your password was changed"},
    ),
    "second_factor_reset": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\nთქვენი ანგარიშის დამატებითი დაცვა (ტელეფონის კოდი) გაუქმდა და ყველა მოწყობილობაზე "
                "სისტემიდან გამოხვედით. შედით პაროლით და ხელახლა ჩართეთ. თუ ეს არ მოგითხოვიათ, დაუყოვნებლივ "
                "მიმართეთ თქვენი მუნიციპალიტეტის ადმინისტრატორს."
            ),
            "en": (
                "Hello,\n\nYour second factor (the code of your phone) was reset, and you were signed out on "
                "every device. Sign in with your password and set up a new one. If you did not ask for it, tell "
                "the administrator of your municipality at once."
            ),
        },
        {"ka": "დამატებითი დაცვა გაუქმდა", "en": "Your second factor was reset"},
    ),
    "mail_confirm": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\nეს მისამართი მიუთითეს სამოქალაქო ბიუჯეტის საიტზე შეტყობინებების მისაღებად. "
                "დასადასტურებლად გახსენით ბმული:\n{url}\n\n"
                "ბმული მოქმედებს 3 დღეს. თუ მისამართი თქვენ არ მიგითითებიათ, ამ წერილს ყურადღება ნუ მიაქცევთ: "
                "დაუდასტურებელ მისამართზე სხვა წერილი არ მოვა."
            ),
            "en": (
                "Hello,\n\nThis address was given on the civic budget's site, to get messages. Open this link to "
                "confirm it:\n{url}\n\nThe link is good for 3 days. If it was not you, ignore this letter: an "
                "address that is not confirmed gets no other."
            ),
        },
        {"ka": "დაადასტურეთ ელფოსტის მისამართი", "en": "Confirm your e-mail"},
    ),
    "digest": Text(
        "mail",
        {
            "ka": (
                "მოგესალმებით,\n\nშეტყობინებები, რომლებიც თქვენთვის დაგროვდა:\n\n{lines}\n\n"
                "ყველა შეტყობინება: {url}\nიქვე შეგიძლიათ შეცვალოთ, რა და რამდენად ხშირად მოგწეროთ."
            ),
            "en": (
                "Hello,\n\nThese messages have gathered for you:\n\n{lines}\n\n"
                "All messages: {url}\nThere you can also change what we write to you, and how often."
            ),
        },
        {"ka": "თქვენი შეტყობინებები: {count}", "en": "Your messages: {count}"},
    ),
    "digest_text": Text(
        "sms",
        {
            "ka": "ახალი შეტყობინებები: {count}. წაიკითხეთ: {url}",
            "en": "New messages: {count}. Read them: {url}",
        },
    ),
    "board_head": Text(
        "mail",
        {
            "ka": (
                "{town} – კენჭისყრის საჯარო დაფა\n\nდღე: {day}\nჩანაწერები: {size}\nსაკონტროლო ჯამი (SHA-256):\n"
                "{root}\n\nხელმოწერილი ტექსტი:\n{signed}\nხელმოწერა (Ed25519, base64):\n{signature}\n\n"
                "შეინახეთ ეს წერილი. თუ დაფა მას ოდესმე აღარ შეესაბამება, ძველი ჩანაწერები შეცვლილია. შედარება:\n"
                "{url}"
            ),
            "en": (
                "{town} – public board of the vote\n\nday: {day}\nentries: {size}\nfingerprint (SHA-256):\n"
                "{root}\n\nsigned text:\n{signed}\nsignature (Ed25519, base64):\n{signature}\n\n"
                "Keep this letter. If the board ever no longer fits it, old entries were changed. To compare:\n"
                "{url}"
            ),
        },
        {"ka": "კენჭისყრის დაფის საკონტროლო ჯამი", "en": "Fingerprint of the public board of the vote"},
    ),
    **{kind: Text("sms", body) for kind, body in AUTHORS.items()},
    **{kind: Text("mail", body, subject) for kind, (subject, body) in COMMISSION.items()},
}


def wording(kind: str, language: str, **values: Any) -> tuple[str, str, str]:
    """(channel, subject, body) of a message. KeyError for an unknown kind; Georgian for other languages."""
    text = TEXTS[kind]
    language = language if language in text.body else "ka"
    subject = text.subject[language] if text.subject else ""
    return text.channel, fill(subject, values), fill(text.body[language], values)
