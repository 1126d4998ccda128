"""The message catalogues: one .po a feature and language, merged into one messages.mo a language at set-up."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from pb.config import ROOT

LANGUAGES = ("ka", "en")
TRANSLATIONS = ROOT / "pb" / "translations"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
JINJA = "jinja2.ext.babel_extract"
JINJA_OPTIONS = {"trimmed": "true", "encoding": "utf-8"}
GEORGIAN_CAPITAL = re.compile("[\u1c90-\u1cbf]")
# Ours instead of Babel's: its dates change at each run, and it cannot read back its own "None".
HEADER = """# Wording of {feature}.
msgid ""
msgstr ""
"Project-Id-Version: pb\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")

# Which sources speak through which catalogue; a feature's own are found by its name.
_OWN: dict[str, tuple[str, ...]] = {
    "layout": ("templates/layout.html", "templates/components"),
    "web": ("pb/web", "templates/errors"),
}
FEATURES = (
    "layout", "web", "places", "accounts", "messages", "audit", "cycles", "ideas", "appeals", "projects",
    "training", "talking", "review", "voting", "results", "delivery", "site",
)  # fmt: skip


def path_of(language: str, feature: str) -> Path:
    """Where a feature's catalogue stands."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{feature}.po"


def extract(feature: str) -> Catalog:
    """All messages that a feature's Python and templates use (msgids only)."""
    catalog = Catalog(project="pb", charset="utf-8")
    for source in _OWN.get(feature, (f"pb/{feature}", f"templates/{feature}")):
        for name, message, comments in _messages(ROOT / source):
            catalog.add(message, locations=[(name, 0)], auto_comments=comments)
    return catalog


def _messages(source: Path) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    if source.is_file():
        for _line, message, comments, _ctx in extract_from_file(
            JINJA, source, KEYWORDS, options=JINJA_OPTIONS
        ):
            yield str(source.relative_to(ROOT)), message, comments
    elif source.is_dir():
        methods = [("**.py", "python"), ("**.html", JINJA), ("**.txt", JINJA)]
        options = {"**.html": JINJA_OPTIONS, "**.txt": JINJA_OPTIONS}
        for name, _line, message, comments, _ctx in extract_from_dir(source, methods, options, KEYWORDS):
            yield str((source / name).relative_to(ROOT)), message, comments


def read(language: str, feature: str) -> Catalog:
    """A feature's catalogue as it stands; empty where there is none yet."""
    path = path_of(language, feature)
    if not path.exists():
        return Catalog(locale=language, project="pb", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, feature: str) -> int:
    """Bring a catalogue up to date with the sources; what is used no more goes. Gives the number still empty.

    English is the language of the sources, so its catalogue is filled from them.
    """
    template, old = extract(feature), read(language, feature)
    new = Catalog(locale=language, project="pb", charset="utf-8", fuzzy=False)
    missing = 0
    for message in template:
        if not message.id:
            continue
        before = old.get(message.id)
        string = before.string if before is not None else ""
        if language == "en" and not _filled(string):
            string = message.id
        missing += not _filled(string)
        files = sorted({(name, 0) for name, _ in message.locations})
        new.add(message.id, string, locations=files, flags=message.flags - {"fuzzy"})
    path = path_of(language, feature)
    if len(new) == 0:
        path.unlink(missing_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, new, sort_output=True, width=100, include_lineno=False, omit_header=True)
    path.write_bytes(
        HEADER.format(feature=feature, language=language, plurals=new.plural_forms).encode() + body.getvalue()
    )
    return missing


def _filled(string: str | Sequence[str] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))


def compile_all() -> None:
    """Merge every feature's catalogue into one messages.mo a language."""
    for language in LANGUAGES:
        merged = Catalog(locale=language, project="pb", charset="utf-8", fuzzy=False)
        for feature in FEATURES:
            for message in read(language, feature):
                if message.id and _filled(message.string):
                    merged.add(message.id, message.string)
        target = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(
            f".{os.getpid()}.tmp"
        )  # whoever reads meanwhile sees the old or the new one
        with fresh.open("wb") as file:
            write_mo(file, merged)
        fresh.replace(target)


def compile_if_stale() -> None:
    """Compile when a catalogue is newer than what was compiled, or nothing was."""
    for language in LANGUAGES:
        target = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
        newest = max((p.stat().st_mtime for p in target.parent.glob("*.po")), default=0.0)
        if not target.exists() or target.stat().st_mtime < newest:
            compile_all()
            return


def faults() -> list[str]:
    """All that is wrong with the catalogues, a line each; empty when they are complete and sound."""
    found: list[str] = []
    for language in LANGUAGES:
        said: dict[object, tuple[str, object]] = {}
        for feature in FEATURES:
            catalog = read(language, feature)
            for message in extract(feature):
                if message.id:
                    found += _faults_of(language, feature, message.id, catalog.get(message.id))
            for message in catalog:
                if not message.id:
                    continue
                other = said.setdefault(message.id, (feature, message.string))
                if other[1] != message.string:
                    found.append(f"{language}: {message.id!r} differs between {other[0]} and {feature}")
    return found


def _faults_of(language: str, feature: str, key: str | Sequence[str], entry: Message | None) -> list[str]:
    where = f"{language}/{feature}: {key!r}"
    if entry is None or not _filled(entry.string):
        return [f"{where} has no translation"]
    if entry.fuzzy:
        return [f"{where} is fuzzy"]
    strings = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    wanted = set(PLACEHOLDER.findall(key if isinstance(key, str) else key[-1]))
    found = []
    for string in strings:
        if set(PLACEHOLDER.findall(string)) - wanted:
            found.append(f"{where} has a placeholder that the source lacks")
        if isinstance(key, str) and wanted - set(PLACEHOLDER.findall(string)):
            found.append(f"{where} lacks a placeholder")
        if GEORGIAN_CAPITAL.search(string):
            found.append(f"{where} holds Georgian capital letters")
    return found


def main(argv: list[str]) -> int:
    """`python -m pb catalogues [--update] [--check] [FEATURE …]`: compile (default), update, or check."""
    parser = argparse.ArgumentParser(prog="python -m pb catalogues", description=main.__doc__)
    parser.add_argument("features", nargs="*", help="only these features (with --update)")
    parser.add_argument(
        "--update", action="store_true", help="take new messages from the sources into the .po files"
    )
    parser.add_argument(
        "--check", action="store_true", help="report what is missing or wrong; exit 1 if anything is"
    )
    options = parser.parse_args(argv)
    if options.update:
        for feature in options.features or FEATURES:
            missing = sum(update(language, feature) for language in LANGUAGES)
            print(f"{feature}: {missing} without translation", file=sys.stderr)
    compile_all()
    if options.check:
        problems = faults()
        print("\n".join(problems) if problems else "catalogues are complete")
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
