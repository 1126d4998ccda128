"""Wording of the errors and events of towns, units and centres."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "no_such_municipality": _l("Choose a municipality from the list."),
    "town_exists": _l("This municipality has been opened here already."),
    "bad_prefix": _l("Enter two to four Latin capital letters, such as TJ."),
    "prefix_taken": _l("This prefix belongs to another municipality here: %(name)s."),
    "bad_accent": _l("Choose one of the colours."),
    "officer_unreachable": _l("Give the officer's phone or e-mail, so that people can ask."),
    "no_such_unit": _l("Choose a unit of this municipality."),
    "centre_in_use": _l("This centre has been used already and stays on record. Change its data instead."),
    "not_utf8": _l("The file is not in UTF-8. Save it in the spreadsheet program as CSV UTF-8."),
    "unit_columns_missing": _l("The first row must name the columns. Missing: %(columns)s."),
    "unit_file_empty": _l("There is no unit in the file."),
    "unit_file_too_long": _l("There are more than %(limit)s units in the file. Is it the right one?"),
    "unit_cell_empty": _l("Row %(row)s: the column %(column)s is empty."),
    "unit_bad_slug": _l(
        "Row %(row)s: the address “%(name)s” may have only small Latin letters, digits and hyphens."
    ),
    "unit_bad_kind": _l("Row %(row)s: the kind “%(name)s” is unknown. Known: %(kinds)s."),
    "unit_bad_plan": _l(
        "Row %(row)s: plan_x and plan_y are whole numbers from 0 to %(most)s, both or neither."
    ),
    "unit_repeated": _l("Row %(row)s: the unit “%(name)s” stands in row %(first)s already."),
    "unit_missing_from_file": _l("The unit %(name)s is missing from the file. Units cannot be removed."),
}

EVENTS = {
    "TownOpened": _l("The municipality was opened on this site."),
    "TownChanged": _l("Contact data of the municipality were changed."),
    "UnitsImported": _l("Administrative units were imported: %(added)s new, %(changed)s changed."),
    "CentreSaved": _l("The community centre “%(name)s” was entered or changed."),
    "CentreRemoved": _l("The community centre “%(name)s” was taken off the list."),
}
