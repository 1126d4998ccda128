"""Words in every language of the site, as data; this file alone says which languages a text must have."""

from __future__ import annotations

from collections.abc import Mapping

from pb.core.errors import Problem

# A text in both languages: {"ka": "…", "en": "…"}.
Words = Mapping[str, str]

LANGUAGES: tuple[str, ...] = ("ka", "en")


def words_problems(words: Words, field: str) -> tuple[Problem, ...]:
    """Problem("missing_words") for each language that has no text, Problem("unknown_language") for one too
    many.
    """
    missing = [
        Problem("missing_words", field, {"language": language})
        for language in LANGUAGES
        if not words.get(language, "").strip()
    ]
    extra = [Problem("unknown_language", field, {"language": key}) for key in words if key not in LANGUAGES]
    return (*missing, *extra)


def in_language(words: Words, language: str) -> str:
    """The text in ``language``, else in Georgian, else in whatever there is; "" when there is none."""
    return words.get(language) or words.get(LANGUAGES[0]) or next(iter(words.values()), "")
