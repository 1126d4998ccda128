"""Letters to the commission. ``url``: the own list of projects; nothing here tells what anybody scored."""

from __future__ import annotations

COMMISSION: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "sheets_due": (
        {
            "ka": "პროექტების შეფასება: დარჩენილია %(left)s ფურცელი",
            "en": "Scoring of projects: %(left)s left",
        },
        {
            "ka": (
                "მოგესალმებით,\n\nჯერ არ წარგიდგენიათ შეფასების %(left)s ფურცელი. "
                "შეფასების ბოლო დღეა %(day)s.\n\n%(url)s\n\nდღეში ერთზე მეტ შეხსენებას არ ვაგზავნით."
            ),
            "en": (
                "Hello,\n\nOf the projects that you score, not submitted yet: %(left)s. The last day of scoring is "
                "%(day)s.\n\n%(url)s\n\nWe send no more than one reminder a day."
            ),
        },
    ),
    "sheets_missing": (
        {"ka": "შეფასების ვადა გავიდა: აკლია %(left)s ფურცელი", "en": "Scoring is over: %(left)s missing"},
        {
            "ka": (
                "მოგესალმებით,\n\nშეფასების ვადა გავიდა (%(day)s). წარუდგენელი ფურცლები: %(left)s; "
                "პროექტები, რომლებსაც კვორუმი აკლია: %(lacking)s. "
                "ვის რა აკლია და რა შეგიძლიათ გააკეთოთ, აქ ნახავთ:\n\n%(url)s"
            ),
            "en": (
                "Hello,\n\nThe term for scoring ended on %(day)s. Sheets not submitted: %(left)s; projects without "
                "their quorum: %(lacking)s. Who lacks what, and what you can do, stands here:\n\n%(url)s"
            ),
        },
    ),
}
