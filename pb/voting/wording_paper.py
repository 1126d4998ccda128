"""Wording of paper: reasons, errors and events; ``wording`` takes them in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SHEET_REASONS = {
    "blank": _l("Nothing is crossed"),
    "too_many": _l("More is crossed than allowed"),
    "unclear": _l("It cannot be read what was meant"),
    "signed": _l("A name or a sign shows whose it is"),
    "foreign": _l("The sheet is none of ours"),
}
ERRORS = {
    "no_paper": _l("By the rulebook of this contest there are no ballots of paper."),
    "trial_first": _l("Open the trial ballot first: until then the projects can still change."),
    "batch_size": _l("A batch has from 1 to %(largest)s ballots."),
    "unknown_centre": _l("There is no such centre."),
    "unknown_batch": _l("There is no such batch at this centre. Look at the number on the sheet."),
    "batch_used_up": _l("All ballots of batch %(batch)s were issued. Choose another batch."),
    "no_paper_issued": _l("No ballot of paper is out in the name of this person."),
    "nothing_issued": _l("No ballot of this batch is out, so none can come back."),
    "papers_do_not_add_up": _l(
        "%(out)s ballots are out (issued, less spoilt and returned). %(found)s in the box and %(missing)s not "
        "brought back do not make that number. Count again."
    ),
    "note_needed": _l("Say in a sentence why ballots were not brought back. It is published."),
    "protocol_signed": _l("The protocol of this centre is signed and cannot be changed."),
    "protocol_not_signed": _l(
        "The protocol of this centre is not signed, or its ballots are in the box already."
    ),
    "sheets_keyed": _l(
        "Sheet %(last)s was keyed by two people alike: there cannot be fewer sheets than that in the box. Count again."
    ),
    "paper_other_batch": _l("This person’s ballot is of another batch. Look at the number on the paper."),
    "same_person_paper": _l("Who counted the papers cannot sign too. Another person counts again and signs."),
    "not_counted_yet": _l("The papers of this centre were not counted yet."),
    "counted_otherwise": _l("The first count has another number. Count again, together."),
    "not_signed": _l("The protocol of this centre is not signed yet. Sheets are keyed after that."),
    "no_such_sheet": _l("There is no such sheet: they are numbered from 1 to %(last)s."),
    "sheet_settled": _l("Two people have keyed this sheet alike: it is settled."),
    "keyed_by_you": _l("You have keyed this sheet already. Somebody else keys it the second time."),
    "third_differs": _l(
        "Neither of the first two has keyed it so. Look at the sheet once more. If it is not clear what was meant, "
        "give that as the reason; one of the two must agree."
    ),
    "empty_sheet": _l("Type the numbers that are crossed, or give a reason."),
    "numbers_or_reason": _l("Either numbers or a reason, not both."),
    "no_such_number": _l(
        "There is no project with the number %(number)s on this sheet: they go from 1 to %(last)s."
    ),
    "sheet_too_many": _l("That is more than a ballot may have. If the sheet says so, give it as the reason."),
    "paper_not_counted": _l("%(centre)s: the papers are not counted and signed yet."),
    "paper_not_keyed": _l("%(centre)s: %(left)s sheets are not keyed by two people yet."),
    "paper_not_boxed": _l("The keyed ballots of paper are not in the box yet."),
}
EVENTS = {
    "PaperBatchMade": _l("Batch %(batch)s of paper ballots was drawn up: %(size)s ballots"),
    "PaperHandled": _l("A paper ballot of batch %(batch)s: %(kind)s"),
    "PaperCounted": _l(
        "The papers of a centre were counted: %(in_box)s in the box, %(missing)s not brought back"
    ),
    "PaperSigned": _l("The protocol of the papers of a centre was signed: %(in_box)s in the box"),
    "PaperBoxed": _l("%(count)s ballots of paper were put into the box; %(invalid)s sheets were invalid"),
}
LABELS = {
    "issued": _l("issued"),
    "spoilt": _l("came back spoilt"),
    "returned": _l("came back unused"),
}
