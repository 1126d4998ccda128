"""Sentences for what is wrong with a file of an election: the codes of ``core.counting``'s readers.

Apart from the ERRORS of the features, because a code such as ``too_many_choices`` says another thing to a
voter. The parameters are those of ``pabulib_text.fault``: section, line, found.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

#: Stands before each of the sentences.
PLACE = _l("%(section)s, line %(line)s:")

FILE_ERRORS = {
    # the text
    "too_large": _l("the file is larger than can be read here."),
    "too_long": _l("a line or a cell is too long."),
    "nul_character": _l("there is a NUL character, which no text may hold."),
    "bad_encoding": _l("the file is not in UTF-8. Save it as “UTF-8”."),
    "broken_quotes": _l("a quotation mark is not closed, or text stands behind it."),
    # sections, columns, rows
    "no_section": _l("the file must begin with the line META."),
    "missing_section": _l("this part is missing; the file may have been cut off."),
    "missing_header": _l("the line of column names is missing; the file may have been cut off."),
    "duplicate_section": _l("this part stands in the file twice."),
    "bad_header": _l("every column needs a name of its own, and there may not be too many."),
    "missing_column": _l("a column that is needed is missing. Found: %(found)s"),
    "wrong_cells": _l("the row does not have as many cells as there are columns."),
    "bad_key": _l("there is a value without a name before it."),
    "duplicate_key": _l("this stands in the file twice: %(found)s"),
    "missing_key": _l("META needs a budget and a vote_type; one of them is missing."),
    "count_mismatch": _l(
        "the number of rows is not the one that META names; the file may have been cut off."
    ),
    "too_many_projects": _l("there are too many projects."),
    "unknown_vote_type": _l("this kind of ballot is not known here: %(found)s"),
    "contradictory_limits": _l("the least that is allowed is above the most. Found: %(found)s"),
    # numbers
    "not_a_number": _l("this is not a number: %(found)s"),
    "number_too_large": _l("this number is too large, or has too many decimals: %(found)s"),
    "ambiguous_number": _l("this may be thousands or decimals: %(found)s. Leave the comma out."),
    "negative_number": _l("this number must not be negative: %(found)s"),
    # projects
    "bad_project_id": _l("a project needs an id, without a comma. Found: %(found)s"),
    "duplicate_project": _l("this project stands in the file twice: %(found)s"),
    "negative_cost": _l("a cost must not be negative: %(found)s"),
    # ballots
    "missing_voter": _l("the number of the voter is missing."),
    "duplicate_voter": _l("this voter stands in the file twice: %(found)s"),
    "unknown_project": _l("the ballot names a project that is not in the list: %(found)s"),
    "duplicate_choice": _l("the ballot names a project twice: %(found)s"),
    "too_many_choices": _l("the ballot names more projects than are allowed: %(found)s"),
    "points_mismatch": _l("the ballot does not have as many numbers of points as projects."),
    "negative_points": _l("points must not be negative: %(found)s"),
    "points_out_of_bounds": _l("the ballot gives more points than are allowed: %(found)s"),
    # a table of approvals
    "no_separator": _l("no semicolon, comma or tab stands behind the first word. Found: %(found)s"),
    "no_projects": _l("the row “voter” names no project."),
    "too_many_values": _l("one value is expected here. Found: %(found)s"),
    "bad_mark": _l("write 1 or x for a chosen project, otherwise 0 or nothing. Found: %(found)s"),
}
