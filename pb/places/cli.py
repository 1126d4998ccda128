"""`open-town`: a town opened by whoever holds the machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from pb import clock
from pb.commandline import application
from pb.places import commands
from pb.places.municipalities import stored_units
from pb.places.unit_table import decoded, read_units
from pb.policy import Actor


def open_town(argv: list[str]) -> int:
    """Open a municipality with its units, from a file or the list that comes with the product."""
    parser = argparse.ArgumentParser(prog="python -m pb open-town", description=open_town.__doc__)
    parser.add_argument("slug", help="the municipality's slug, such as terjola")
    parser.add_argument("--prefix", required=True, help="letters in the numbers of ideas, such as TJ")
    parser.add_argument("--units", type=Path, help="CSV with slug, unit_ka, unit_en, kind, genitive_ka, …")
    parser.add_argument("--accent", choices=commands.ACCENTS, default=commands.ACCENTS[0])
    parser.add_argument("--hotline", default="")
    parser.add_argument("--officer-ka", required=True, help="personal data protection officer, in Georgian")
    parser.add_argument("--officer-en", required=True, help="the same in English")
    parser.add_argument("--officer-phone", default="")
    parser.add_argument("--officer-mail", default="")
    options = parser.parse_args(argv)
    text = decoded(options.units.read_bytes()) if options.units else stored_units(options.slug)
    rows = read_units(text) if text else ()
    with application().app_context():
        commands.open_town(
            slug=options.slug,
            number_prefix=options.prefix,
            accent=options.accent,
            hotline=options.hotline,
            hotline_hours={"ka": "", "en": ""},
            address={"ka": "", "en": ""},
            protection_officer={
                "name": {"ka": options.officer_ka, "en": options.officer_en},
                "phone": options.officer_phone,
                "mail": options.officer_mail,
            },
            units=rows,
            actor=Actor(is_installer=True),
            now=clock.now(),
        )
    print(f"/{options.slug}/ is open, with {len(rows)} units")
    print(f"next: python -m pb create-admin --town {options.slug} --email …")
    return 0
