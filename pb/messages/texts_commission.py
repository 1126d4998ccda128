"""Letters to the commission. ``url``: the own list of projects; nothing here tells what anybody scored."""

from __future__ import annotations

COMMISSION: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "sheets_due": (
        {
            "ka": "პროექტების შეფასება: დარჩენილია {left} ფურცელი",
            "en": "Scoring of projects: {left} left",
        },
        {
            "ka": (
                "მოგესალმებით,\n\nჯერ არ წარგიდგენიათ შეფასების {left} ფურცელი. "
                "შეფასების ბოლო დღეა {day}.\n\n{url}\n\nდღეში ერთზე მეტ შეხსენებას არ ვაგზავნით."
            ),
            "en": (
                "Hello,\n\nOf the projects that you score, not submitted yet: {left}. The last day of scoring is "
                "{day}.\n\n{url}\n\nWe send no more than one reminder a day."
            ),
        },
    ),
    "sheets_missing": (
        {"ka": "შეფასების ვადა გავიდა: აკლია {left} ფურცელი", "en": "Scoring is over: {left} missing"},
        {
            "ka": (
                "მოგესალმებით,\n\nშეფასების ვადა გავიდა ({day}). წარუდგენელი ფურცლები: {left}; "
                "პროექტები, რომლებსაც კვორუმი აკლია: {lacking}. "
                "ვის რა აკლია და რა შეგიძლიათ გააკეთოთ, აქ ნახავთ:\n\n{url}"
            ),
            "en": (
                "Hello,\n\nThe term for scoring ended on {day}. Sheets not submitted: {left}; projects without "
                "their quorum: {lacking}. Who lacks what, and what you can do, stands here:\n\n{url}"
            ),
        },
    ),
}
