"""Georgian writing, numbers and dates; this file alone knows letters, romanisation and how a date is said.

Romanisation: the national system of 2002, without its apostrophes. Time of day is that of Asia/Tbilisi
(UTC+4).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from pb.core.errors import Invalid
from pb.core.workdays import TBILISI

_LETTERS = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
_IN_LATIN = "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h"
NATIONAL_2002: dict[str, str] = dict(zip(_LETTERS, _IN_LATIN.split(), strict=True))

# The usual Georgian keyboard: on which Latin key each letter stands.
KEYBOARD: dict[str, str] = dict(
    zip("abcdefghijklmnopqrstuvwxyzWRTSJZC", "აბცდეფგჰიჯკლმნოპქრსტუვწხყზჭღთშჟძჩ", strict=True)
)

_ROMAN = str.maketrans(NATIONAL_2002)
_TYPED = str.maketrans({**{latin.swapcase(): letter for latin, letter in KEYBOARD.items()}, **KEYBOARD})
_BACK = str.maketrans({letter: latin for latin, letter in KEYBOARD.items()})
# Georgian capitals (U+1C90–U+1CBF) stand exactly 0xBC0 above the letters that everybody's fonts have.
_MTAVRULI = {code: code - 0x1C90 + 0x10D0 for code in (*range(0x1C90, 0x1CBB), *range(0x1CBD, 0x1CC0))}
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_GEORGIAN = re.compile("[ა-ჿ]")


def lower_mtavruli(text: str) -> str:
    """Georgian capitals as ordinary letters; everything else stays."""
    return text.translate(_MTAVRULI)


def romanise(text: str) -> str:
    """Georgian letters in Latin ones; everything else stays. It loses differences (თ and ტ are both t)."""
    return lower_mtavruli(text).translate(_ROMAN)


def slug(text: str, max: int = 60) -> str:
    """ASCII words joined by hyphens, at most ``max`` characters, cut between words where possible.

    "" when nothing of the text can be romanised: the id in the address is what identifies.
    """
    plain = unicodedata.normalize("NFKD", search_fold(text))
    words = re.findall("[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    result = ""
    for word in words:
        longer = f"{result}-{word}" if result else word[:max]
        if len(longer) > max:
            break
        result = longer
    return result


def search_fold(text: str) -> str:
    """The form in which texts are stored for search: NFC, case-folded, romanised, no apostrophes, single
    blanks.

    Georgian and romanised spellings of a word meet in it.
    """
    folded = romanise(unicodedata.normalize("NFC", text)).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).translate(_APOSTROPHES).split())


def search_variants(query: str) -> tuple[str, ...]:
    """The folds under which a query may be found, the likeliest first, each once; () for a blank query.

    As it stands (Georgian, or romanised); read as typed on Georgian keys ("wyali" is წყალი), also when a
    phone put a capital at its beginning; and for a Georgian query the Latin keys of it, since people store
    such texts too.
    """
    given = unicodedata.normalize("NFC", query)
    variants = [search_fold(given), search_fold(given.translate(_TYPED))]
    variants.append(search_fold((given[:1].casefold() + given[1:]).translate(_TYPED)))
    if _GEORGIAN.search(lower_mtavruli(given)):
        variants.append(search_fold(lower_mtavruli(given).translate(_BACK)))
    return tuple(dict.fromkeys(variant for variant in variants if variant))


def normal_mobile(text: str) -> str:
    """Any usual way of writing a Georgian mobile number as "+9955XXXXXXXX". Raises Invalid("bad_mobile")."""
    plain = re.sub(r"[\s()\-.\u2010-\u2015]", "", text)
    if plain.startswith("00995"):
        plain = plain[2:]
    match = re.fullmatch(r"(?:\+?995|0)?(5[0-9]{8})", plain)
    if match is None:
        raise Invalid("bad_mobile")
    return f"+995{match[1]}"


def normal_personal_number(text: str) -> str:
    """The 11 digits as text, blanks taken out. Raises Invalid("bad_personal_number"), which never repeats the
    input.
    """
    if len(text) == 11 and text.isascii() and text.isdigit():  # a list has a million of them
        return text
    plain = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch("[0-9]{11}", plain):
        raise Invalid("bad_personal_number")
    return plain


MONTHS_KA = (
    "იანვარი", "თებერვალი", "მარტი", "აპრილი", "მაისი", "ივნისი",
    "ივლისი", "აგვისტო", "სექტემბერი", "ოქტომბერი", "ნოემბერი", "დეკემბერი",
)  # fmt: skip
MONTHS_KA_GENITIVE = (
    "იანვრის", "თებერვლის", "მარტის", "აპრილის", "მაისის", "ივნისის",
    "ივლისის", "აგვისტოს", "სექტემბრის", "ოქტომბრის", "ნოემბრის", "დეკემბრის",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS_KA = ("ორშაბათი", "სამშაბათი", "ოთხშაბათი", "ხუთშაბათი", "პარასკევი", "შაბათი", "კვირა")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date_words(day: date, lang: str) -> str:
    """A day as "2026 წლის 30 სექტემბერი" ("ka") or "30 September 2026" (any other language)."""
    if lang == "ka":
        return f"{day.year} წლის {day.day} {MONTHS_KA[day.month - 1]}"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def moment_words(moment: datetime, lang: str) -> str:
    """A moment with its time in Tbilisi: "2026 წლის 30 სექტემბერი, 18:00". ValueError without time zone."""
    local = _local(moment)
    return f"{date_words(local.date(), lang)}, {local:%H:%M}"


def deadline_words(moment: datetime, lang: str) -> str:
    """Until when, with the weekday, in Tbilisi time.

    "ოთხშაბათი, 2026 წლის 30 სექტემბრის ჩათვლით, 18:00-მდე" or "until Wednesday 30 September 2026, 18:00". A
    midnight belongs to the day it ends (24:00), since a reader of "until 1 July, 00:00" comes a day late.
    ValueError without time zone.
    """
    local = _local(moment)
    day, time = local.date(), f"{local:%H:%M}"
    if time == "00:00":
        day, time = day - timedelta(days=1), "24:00"
    if lang == "ka":
        month = MONTHS_KA_GENITIVE[day.month - 1]
        return f"{WEEKDAYS_KA[day.weekday()]}, {day.year} წლის {day.day} {month} ჩათვლით, {time}-მდე"
    return f"until {WEEKDAYS_EN[day.weekday()]} {date_words(day, lang)}, {time}"


def last_day_words(day: date, lang: str) -> str:
    """The last day of a term, which belongs to it: "2026 წლის 30 სექტემბრის ჩათვლით", "30 September …, inclusive"."""
    if lang == "ka":
        return f"{day.year} წლის {day.day} {MONTHS_KA_GENITIVE[day.month - 1]} ჩათვლით"
    return f"{date_words(day, lang)}, inclusive"


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(TBILISI)
