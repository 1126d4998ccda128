"""Wording of the commission's sessions: errors, events and codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "session_not_open": _l("The session is not open."),
    "session_begun": _l("The session has been opened. Its agenda, date and place stay as they are."),
    "session_over": _l("The session is closed."),
    "session_not_closed": _l("The session is still going on. Its minutes can be fixed once it is closed."),
    "another_session": _l("Another session of this commission is open. Close it first."),
    "agenda_empty": _l("Put something on the agenda first."),
    "no_open_session": _l("Decisions are taken in a session. Open one first."),
    "session_quorum": _l(
        "There is no quorum: %(needed)s members must be in the room, and there are %(present)s."
    ),
    "session_place_missing": _l("Enter where the session is held."),
    "session_moment_missing": _l("Enter the day and the hour."),
    "session_in_past": _l("Choose a day that is not over."),
    "not_chairing": _l(
        "The chair does this. The vice-chair does it where the chair has not come to the session or is recused."
    ),
    "no_seat_here": _l("Choose somebody who holds a seat on this commission."),
    "choose_item": _l("Choose an item of the agenda."),
    "nothing_on": _l("Take an item of the agenda up first."),
    "not_flagged": _l(
        "Only flagged projects are discussed. The others come up for a decision once the chair has closed the "
        "discussion."
    ),
    "not_discussed": _l("This project has not been discussed yet. A second sheet follows the discussion."),
    "discussion_closed": _l("The chair has closed the discussion. No more second sheets are accepted."),
    "not_reconciled": _l(
        "The discussion is not closed yet. Once the chair closes it, the ranking is fixed and decisions can be taken."
    ),
    "second_sheet_in": _l("Your second sheet on this project is in. There is no third one."),
    "no_first_sheet": _l("You submitted no sheet on this project, so there is nothing to change."),
    "nothing_changed": _l(
        "No level differs from your first sheet. If you keep it, there is nothing to hand in."
    ),
    "question_open": _l("A question is being voted on. Count it or take it back first."),
    "question_closed": _l("This question has been counted."),
    "choose_effect": _l("Choose what is put to the vote."),
    "recused_no_vote": _l("Whoever is recused from the project has left the room and does not vote."),
    "not_in_the_room": _l("Only members who are in the room vote."),
    "votes_missing": _l("The votes of some members are missing: %(n)s. Whoever does not vote abstains."),
    "minutes_lacking": _l(
        "Decisions are published together with the minutes. Close the session and fix its minutes first."
    ),
    "minutes_fixed": _l("The minutes are fixed and can no longer change."),
    "minutes_not_fixed": _l("Fix the minutes first; then the signed paper is put beside them."),
    "register_missing": _l("Enter the number of the minutes in the register."),
    "not_in_the_turn": _l("Only a member who took part in this item states a minority opinion on it."),
}

EVENTS = {
    "SessionCalled": _l("Session no. %(session)s of the commission was called: %(place)s"),
    "AgendaChanged": _l("The agenda of session no. %(session)s changed: %(items)s items"),
    "SessionOpened": _l(
        "Session no. %(session)s was opened: %(present)s voting members present, quorum %(needed)s"
    ),
    "AttendanceNoted": _l("Session no. %(session)s, attendance: %(kind)s"),
    "ItemTakenUp": _l("Session no. %(session)s took up item %(item)s; recused: %(recused)s"),
    "ItemFinished": _l("Session no. %(session)s finished item %(item)s"),
    "MemberSteppedOut": _l("A recused member left the room while project %(number)s was dealt with"),
    "QuestionPut": _l("Session no. %(session)s: a question on item %(item)s was put to the vote"),
    "VotesNoted": _l("Session no. %(session)s: votes were noted: %(votes)s"),
    "VoteCounted": _l(
        "Session no. %(session)s, a vote: for %(in_favour)s, against %(against)s, abstained %(abstained)s: %(outcome)s"
    ),
    "SecondSheetHandedIn": _l("A member handed in a second sheet on project %(number)s after its discussion"),
    "DiscussionClosed": _l(
        "The chair closed the discussion; the decisions follow version %(snapshot)s of the ranking. Second sheets: "
        "%(second_sheets)s. Fingerprint: %(fingerprint)s"
    ),
    "OpinionStated": _l("Session no. %(session)s: a member stated a minority opinion on item %(item)s"),
    "SessionClosed": _l("Session no. %(session)s was closed"),
    "MinutesFixed": _l(
        "The minutes of session no. %(session)s were fixed (register: %(register)s). Fingerprint: %(fingerprint)s"
    ),
    "SignedMinutesAdded": _l(
        "The signed minutes of session no. %(session)s were put beside. Fingerprint: %(fingerprint)s"
    ),
}

LABELS = {
    "attended_came": _l("somebody came"),
    "attended_left": _l("somebody left"),
    "vote_carried": _l("Carried"),
    "vote_lost": _l("Not carried"),
    "vote_for": _l("For"),
    "vote_against": _l("Against"),
    "vote_abstained": _l("Abstained"),
    "effect_decide": _l("A decision on this project"),
    "effect_follow": _l("To follow the ranking on every undecided project from which nobody is recused"),
    "effect_none": _l("A question in words"),
}
