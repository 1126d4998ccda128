"""Wording of the vote's errors, events and labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from pb.voting import wording_check, wording_paper

ERRORS = {
    **wording_paper.ERRORS,
    **wording_check.ERRORS,
    # the voter
    "bad_personal_number": _l("A personal number has 11 digits, for example 01001234567."),
    "too_many_voter_codes": _l(
        "Codes were asked for this number too often: three times an hour, six times a day. Try again later."
    ),
    "voter_code_wrong": _l("This code is not right. Tries left: %(left)s."),
    "voter_code_over": _l("This code cannot be used any more. Ask for a new one."),
    "way_not_chosen": _l("By the rulebook of this contest people do not show in this way who they are."),
    "not_on_roll": _l(
        "This number is not on the roll. Compare it with the card; if it is right, the person cannot vote."
    ),
    "bad_token": _l("The code has 8 letters and digits, for example K7QM-2XPA."),
    "token_over": _l(
        "This code is not good: it was used, five minutes have passed, or there is a slip in it. Compare it, or ask "
        "the operator for a new one."
    ),
    "bad_letter_code": _l("The code of a letter has 16 letters and digits."),
    "letter_code_wrong": _l(
        "Personal number and code do not belong together. Compare both with your identity card and the letter."
    ),
    "codes_paused": _l("No codes are sent at the moment."),
    "reason_short": _l("Write a sentence: at least %(least)s characters."),
    "bad_serial": _l("The number of a letter looks like 3-0042."),
    "no_letter": _l("There is no letter with this number."),
    "letters_many": _l(
        "So many rows do not fit in a batch: at most %(most)s. Split the file, or let whoever keeps the machine make "
        "them all at once (python -m pb letters)."
    ),
    "letters_none": _l("Not a single row of the file is a person on the roll; no letter was made."),
    "letters_at_once": _l("Somebody else has just made letters. Try again."),
    "operator_makes_letters": _l(
        "You hold the role of an operator too. Letters are made by somebody who never sees identity cards at a centre."
    ),
    "empty_ballot": _l("Choose at least one project."),
    "duplicate_choice": _l("A project was chosen twice. Look at your choices and send them again."),
    "unknown_project": _l(
        "One of the projects is not on your ballot. Look at your choices and send them again."
    ),
    "too_many_choices": _l(
        "You have chosen %(chosen)s projects, and may choose at most %(limit)s. Take some away."
    ),
    "over_budget": _l(
        "Your projects cost %(total_tetri)s together, and the budget is %(budget_tetri)s. Take some away."
    ),
    "bad_unit": _l("The ballot is for another administrative unit."),
    "page_changed": _l(
        "The page was not up to date. Nothing was recorded; look at your choices and cast your vote again."
    ),
    "already_voted": _l("This person has voted already."),
    "voting_over": _l("Voting is over."),
    "pass_missing": _l("Begin with your personal number."),
    "pass_expired": _l("The half hour is over. Ask for a new code."),
    "pass_tampered": _l("This page cannot go on. Begin again."),
    "bad_check_file": _l(
        "This is not a check file of a ballot. Choose the file that you saved, or paste all of it."
    ),
    "bad_tracking_code": _l("There is a slip in the code. Compare it with the receipt, letter by letter."),
    # the roll
    "roll_not_text": _l("The file is not in UTF-8. Save it as “CSV UTF-8”."),
    "roll_not_csv": _l("The file is not CSV."),
    "roll_not_xlsx": _l("The workbook cannot be read. Save it anew as XLSX, or as “CSV UTF-8”."),
    "roll_xlsx_large": _l("The workbook is too large. Save the sheet as “CSV UTF-8” and import that."),
    "roll_cut_off": _l("The reading was cut off. Import the file again."),
    "roll_columns": _l("Columns are missing in the file: %(columns)s."),
    "roll_empty": _l("Not a single row of the file is good; nothing was imported. The check says why."),
    "roll_in_force": _l("A roll is in force already; it cannot be replaced."),
    "claims_open": _l("%(number)s claims to the roll wait for a decision. Decide them before the approval."),
    "claims_not_over": _l("The term of claims runs until %(until)s. The roll is approved afterwards."),
    "claim_decided": _l("This claim was decided already."),
    "claim_unread": _l("See the data first: only who has read a claim can decide on it."),
    "claim_under_age": _l("Only who is %(age)s years old on the first day of the vote may vote."),
    "claim_bad_date": _l("Write the date of birth like 14.03.1988."),
    "too_many_claims": _l("You have handed in %(most)s claims already; that is as many as one may."),
    "roll_changed": _l(
        "The roll has changed since you opened the page. Look at it again before you approve it."
    ),
    "phone_shared": _l("%(most)s people have this number already; the rulebook allows no more."),
    "roll_kept": _l("The roll is kept until %(until)s; the rulebook says so."),
    "box_not_opened": _l("The box is not opened yet; until then the roll is needed."),
    "link_key_there": _l("The link key of the vote is not destroyed yet; until then the roll is needed."),
    "roll_discarded": _l("This import was discarded."),
    "same_person_roll": _l("Who imported the roll cannot approve it. Another administrator must."),
    # the box
    "no_voting": _l("No vote is held in this contest."),
    "no_round": _l("The ballot is not prepared yet."),
    "ballot_not_locked": _l("The commission has not published its decision yet."),
    "nothing_on_ballot": _l("There is no project on the ballot."),
    "custodians_changed": _l(
        "A custodian or a key has changed since the ballot was prepared. Prepare it again."
    ),
    "ballot_changed": _l("The projects have changed since the ballot was prepared. Prepare it again."),
    "ballot_too_long": _l(
        "So many choices do not fit on a ballot. Lower the number of choices in the rulebook."
    ),
    "custodians_missing": _l(
        "The keys of this box are with its custodians, and only they can open it; the site cannot."
    ),
    "witness_unreachable": _l("Give an e-mail address, or a web address or telephone of the witness."),
    "custodians_few": _l("Three custodians must be appointed before the ballot can be prepared."),
    "keys_missing": _l(
        "Each of the three custodians must hand in a public key and read its fingerprint back before the ballot "
        "can be prepared."
    ),
    "custodian_twice": _l("This person is a custodian already. Three different people are needed."),
    "custodians_fixed": _l("The trial was opened with these custodians; they cannot be changed any more."),
    "custodian_link_over": _l("This link is over: the appointment was changed. Ask for a new link."),
    "bad_public_key": _l(
        "This is no public key. Hand in the file custodian.pub, or paste its one line as it stands."
    ),
    "key_taken": _l("Another custodian has handed in this very key. Each needs one of the own."),
    "no_key_handed_in": _l("Hand the key in first."),
    "bad_fingerprint": _l("There is a slip in the fingerprint. Compare it sign by sign with your own sheet."),
    "fingerprint_differs": _l(
        "This is the fingerprint of another key than the one that was handed in. Hand in the right file, and tell "
        "the administrator."
    ),
    "two_people": _l("In production this takes two people, step by step."),
    "trial_done": _l("The trial was opened already."),
    "trial_other_ballot": _l("This is no file of an opened trial ballot of this vote."),
    "bad_box_file": _l("The file is not whole, or not of the right kind. Copy it again."),
    "step_pending": _l("This step was proposed already and waits for a second person."),
    "step_done": _l("This step was done already."),
    "step_decided": _l("This step was decided already."),
    "step_expired": _l(
        "The proposal is older than a day and cannot be approved any more. Propose the step again."
    ),
    "step_changed": _l("Things have changed since this was proposed. Propose the step again."),
    "step_other_way": _l("This step is decided on another page."),
    "own_step": _l(
        "You proposed this step yourself. Another administrator has to approve it, in an own session."
    ),
    "not_your_step": _l("Only who proposed a step can withdraw it."),
    "code_unexplained": _l(
        "The program of the site was changed during the vote and nobody has explained it. Two administrators must "
        "do so before the box can be closed."
    ),
    "nothing_to_explain": _l("There is no change of the program to explain."),
    "cases_open": _l("Cases of suspected fraud that are not settled: %(number)s."),
    "slots_wrong": _l(
        "Used votes that do not belong to exactly one voter: %(strangers)s. Nothing may be destroyed or opened "
        "before this is explained."
    ),
    "not_destroyed": _l("The link key must be destroyed before ballots may be opened."),
    "box_open": _l("The box was opened already."),
    "no_such_case": _l("There is no approved case whose link is still to be opened."),
    "no_case_approved": _l("No case waits for its link to be opened."),
    "no_vote_of_person": _l("No ballot was cast on the web or at a kiosk in this name."),
    "case_exists": _l("There is a case on this vote already."),
    "reason_names_somebody": _l(
        "The reason is published: write no personal number and no telephone into it."
    ),
    "other_case": _l("This file is of other cases, or of another vote."),
    "links_unopened": _l("A link could not be opened. Let another pair of custodians try."),
    "link_not_genuine": _l(
        "A link in the file is not the one that the site sealed. Stop, keep the file, and tell the commission and the "
        "observers."
    ),
    "other_ballots": _l(
        "The file does not hold exactly the ballots of this box. Make it anew from the right export."
    ),
    "unopened_ballots": _l(
        "Some ballots could not be opened. Before any is given up, each of the three pairs of custodians must "
        "try: hand in the files of all three."
    ),
    "other_file": _l("This is another file than the one that was proposed. Both people need the same one."),
    "keys_dir_missing": _l(
        "The directory for the link keys is not set (PB_KEYS_DIR). Whoever keeps the machine must set it; "
        "without it no vote can be prepared."
    ),
    "keys_dir_unusable": _l(
        "The directory for the link keys (PB_KEYS_DIR) cannot be written: %(problem)s. Tell whoever keeps the machine."
    ),
    "link_key_missing": _l(
        "The link key of this vote is gone from PB_KEYS_DIR: nobody can be identified. Tell whoever keeps the "
        "machine at once."
    ),
    "link_key_destroyed": _l("The link key of this vote was destroyed; whose a vote is can be told no more."),
    "trial_failed": _l("The trial ballot came out changed. The vote must not begin."),
    "cannot_open": _l("A sealed ballot could not be opened."),
    "box_mismatch": _l("There are %(ballots)s ballots but %(slots)s people voted. Nothing was closed."),
    "box_not_closed": _l("The box must be closed before it is opened."),
}

EVENTS = {
    **wording_paper.EVENTS,
    "RollImported": _l("A list of voters was imported: %(size)s voters, %(refused)s rows left out"),
    "RollDiscarded": _l("An imported list of %(size)s voters was discarded"),
    "RollApproved": _l("The voter roll was approved: %(size)s voters, fingerprint %(fingerprint)s"),
    "IdentifiedInPerson": _l("An operator identified a voter by the identity card: %(kind)s"),
    "PersonLookedUp": _l("A personal number was looked up, and the answer was: %(kind)s"),
    "BoxFileTaken": _l("A file of sealed content was downloaded: %(kind)s, fingerprint %(fingerprint)s"),
    "LettersMade": _l("Batch %(batch)s of letters was made: %(size)s letters, fingerprint %(fingerprint)s"),
    "LetterVoided": _l("The code of letter %(serial)s was made void: %(reason)s"),
    "CodesPaused": _l(
        "Codes by text message were paused: %(wrong)s codes were wrong and %(right)s right within twenty minutes"
    ),
    "CodesResumed": _l("Codes by text message are sent again: %(reason)s"),
    "RollErased": _l("The voter roll was erased, as the rulebook says: %(size)s voters"),
    "ClaimHandedIn": _l("A claim to the voter roll was handed in: %(kind)s"),
    "ClaimRead": _l("The data of a claim to the roll were read: %(reason)s"),
    "ClaimDecided": _l("A claim to the voter roll was decided: %(reason)s"),
    "ClaimsApplied": _l("Claims that came into the voter roll with its approval: %(claims)s"),
    "PhoneBound": _l("An operator wrote down a voter’s mobile number: %(kind)s"),
    "RoundPrepared": _l("The ballot was prepared: %(projects)s projects, fingerprint %(fingerprint)s"),
    "TrialOpened": _l("A trial ballot was opened by each of the %(pairs)s pairs of custodians"),
    "WitnessRegistered": _l("A witness of the board was registered: %(name)s"),
    "WitnessRemoved": _l("A witness of the board was taken off the list: %(name)s"),
    "CustodianAppointed": _l("Custodian %(number)s was appointed: %(name)s, %(office)s"),
    "CustodianKeyHandedIn": _l("Custodian %(number)s handed in a public key, fingerprint %(fingerprint)s"),
    "CustodianKeyConfirmed": _l("Custodian %(number)s read back the fingerprint %(fingerprint)s"),
    "BoxStepProposed": _l("A step on the ballot box was proposed: %(kind)s"),
    "BoxStepDecided": _l("A step on the ballot box – %(kind)s – was decided: %(outcome)s"),
    "BallotVoided": _l("A ballot was declared void by two administrators and two custodians"),
    "LinksDestroyed": _l(
        "The link key was destroyed, with %(links)s links and the values of %(slots)s slots"
    ),
    "BoxClosed": _l("The ballot box was closed with %(count)s ballots"),
    "BoxOpened": _l("The ballot box was opened: %(count)s ballots, %(invalid)s of them invalid"),
}

LABELS = {
    **wording_paper.LABELS,
    "in_person_kiosk": _l("a code for the screen of the centre"),
    "asked_not_on_roll": _l("not on the roll"),
    "asked_already_voted": _l("has voted already"),
    "asked_no_paper_issued": _l("no paper ballot is out in this name"),
    "asked_paper_other_batch": _l("the paper ballot is of another batch"),
    "asked_no_vote_of_person": _l("no vote was cast in this name"),
    "asked_case_exists": _l("there is a case on this vote already"),
    "file_trial": _l("sealed trial ballots"),
    "file_links": _l("sealed links of approved cases"),
    "file_ballots": _l("sealed ballots"),
    "phone_at_once": _l("codes go there at once"),
    "phone_later": _l("codes go there after 24 hours"),
    "claim_missing": _l("missing on the roll"),
    "claim_phone": _l("wrong mobile number"),
    "claim_open": _l("waits for a decision"),
    "claim_accepted": _l("accepted"),
    "claim_refused": _l("refused"),
    "claim_applied": _l("in the roll"),
    "in_person_paper": _l("a ballot of paper"),
    "box_close": _l("closing the box"),
    "box_explain": _l("explaining a change of the program"),
    "box_void": _l("declaring a ballot void"),
    "box_keep": _l("giving a case up"),
    "box_reopen": _l("counting a centre’s papers anew"),
    "box_destroy": _l("destroying the link key"),
    "box_open": _l("opening the box"),
    "step_approved": _l("approved by the second person"),
    "step_rejected": _l("rejected by the second person"),
    "step_withdrawn": _l("withdrawn by the first person"),
    "step_expired": _l("expired"),
    "roll_wrong_length": _l("another number of columns than the first row"),
    "roll_bad_number": _l("the personal number has not 11 digits"),
    "roll_lost_zero": _l(
        "the personal number has 10 digits: a spreadsheet took away the zero at its beginning"
    ),
    "roll_phone_shared": _l(
        "more people than the rulebook allows have this mobile number: no codes go to it"
    ),
    "roll_duplicate": _l("the personal number stands in an earlier row"),
    "roll_bad_date": _l("the date of birth cannot be read"),
    "roll_under_age": _l("too young on the first day of the vote"),
    "roll_too_old": _l("older than 110 years"),
    "letter_not_on_roll": _l("this number is not on the roll"),
    "roll_unknown_unit": _l("no such administrative unit"),
    "roll_bad_mobile": _l("the mobile number cannot be read (kept without it)"),
}
