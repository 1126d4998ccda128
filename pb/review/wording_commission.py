"""Wording of the commission: its errors, events and codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ERRORS = {
    "recused": _l("You are recused from this project: you do not score it, and its sheet is closed to you."),
    "recused_chair": _l(
        "You are recused from this project, so you do not record its decision. By rule the "
        "vice-chair does it."
    ),
    "say_why_not": _l("Say in at least %(limit)s characters why the hint above is no conflict."),
    "unknown_member": _l("Choose a member of the commission."),
    "own_conflict": _l("You declare your own conflict on the page of the project."),
    "challenged_already": _l("You have challenged this member on this project already."),
    "challenge_decided": _l("This challenge has been decided already."),
    "recused_already": _l("This member is recused from the project already."),
    "unknown_conflict": _l("Choose what applies to you."),
    "declare_first": _l(
        "First declare whether a conflict of interest stands in the way. Then the sheet opens."
    ),
    "scoring_not_open": _l("Scoring begins later: %(opens_at)s."),
    "scores_opened": _l("The scores have been opened. No more sheets are accepted on this project."),
    "scores_sealed": _l("The scores are sealed until the chair opens them."),
    "sheet_submitted": _l("You have submitted this sheet. A submitted sheet is never changed."),
    "decisions_published": _l("The commission’s decisions are published and can no longer be changed."),
    "nothing_to_score": _l("There is no project before the commission yet."),
    "project_below_quorum": _l(
        "Project %(number)s lacks its quorum: sheets submitted: %(sheets)s, needed: %(needed)s."
    ),
    "scoring_still_open": _l(
        "Members may still submit until %(closes_at)s, and some sheets are not in yet (missing: %(missing)s)."
    ),
    "decide_below_quorum": _l(
        "Project %(number)s lacks its quorum, so no decision can be taken on it. A member who has not "
        "scored it yet may still submit a sheet."
    ),
    "choose_outcome": _l("Choose the decision."),
    "departure_needs_reason": _l(
        "This departs from what the ranking proposes. Give the commission’s reason in at least %(limit)s "
        "characters; it is published."
    ),
    "project_undecided": _l("Project %(number)s has no decision on the present ranking."),
    "minutes_missing": _l("Enter the number and date of the minutes, at most %(limit)s characters."),
    "not_published_yet": _l("The preliminary list is not published yet."),
    "term_still_runs": _l(
        "Authors may still object until %(last_day)s. The list becomes final after that day."
    ),
    "project_to_redecide": _l("An objection was upheld: decide on project %(number)s anew first."),
    "nothing_to_redecide": _l("There is no upheld objection for which this project is to be decided anew."),
    "over_pot": _l("The selected projects cost %(cost_tetri)s, but there is only %(pot_tetri)s."),
    "confirm_recusal": _l("Confirm that you understand what a recusal means."),
    # codes of pb.core.rubrics
    "missing_line": _l("Choose a level for this criterion."),
    "cannot_judge": _l("Choose a level for this criterion."),
    "out_of_scale": _l("Choose one of the levels from %(low)s to %(high)s."),
    "reason_needed": _l("This level needs a reason of at least %(minimum)s characters; it is published."),
}

EVENTS = {
    "ConflictDeclared": _l("A member declared on project %(number)s: %(kind)s"),
    "MemberChallenged": _l("A member of the commission was challenged on project %(number)s"),
    "ChallengeDecided": _l("A challenge on project %(number)s: %(outcome)s"),
    "SheetSubmitted": _l("A member submitted a sheet on project %(number)s"),
    "SheetVoided": _l("A sheet on project %(number)s became void: %(kind)s"),
    "ScoresUnsealed": _l(
        "The chair opened the scores: %(projects)s projects, %(sheets)s sheets. Fingerprint of the ranking: "
        "%(fingerprint)s"
    ),
    "RankingRecomputed": _l(
        "The ranking was computed anew (version %(snapshot)s). Fingerprint: %(fingerprint)s"
    ),
    "DecisionRecorded": _l("The commission decided on project %(number)s: %(outcome)s"),
    "RankingFollowed": _l("The ranking’s proposal was followed for %(projects)s projects"),
    "CommissionDecided": _l(
        "The commission’s preliminary list was published (minutes: %(minutes)s). On the ballot: %(on_ballot)s, "
        "reserve list: %(reserve)s, not shortlisted: %(not_shortlisted)s"
    ),
    "ProjectListed": _l("The preliminary list was published; project %(number)s: %(outcome)s"),
    "ListConfirmed": _l(
        "The list became final (%(minutes)s). On the ballot: %(on_ballot)s, reserve list: %(reserve)s, "
        "not shortlisted: %(not_shortlisted)s"
    ),
}

LABELS = {
    "audience_commission": _l("Members of the commission"),
    "audience_missing": _l("Members whose sheets are not submitted yet"),
    "conflict_none": _l("No conflict of interest"),
    "conflict_author": _l("Author or co-author"),
    "conflict_family": _l("Family or close relative"),
    "conflict_employment": _l("Employment or business ties"),
    "conflict_funding": _l("Funding or supplier"),
    "conflict_property": _l("Property or neighbour"),
    "conflict_campaigner": _l("Campaigns for or against the project"),
    "conflict_other": _l("Other conflict of interest"),
    "conflict_challenge": _l("Challenge upheld by the chair"),
    "challenge_upheld": _l("Upheld: the member is recused"),
    "challenge_dismissed": _l("Dismissed: the member goes on scoring"),
    "hint_surname": _l("An author has your surname."),
    "hint_surname_place": _l("An author has your surname and lives in the same place."),
    "hint_phone": _l("An author uses the same telephone number as you."),
    "hint_coauthor": _l("You handed in another idea together with an author."),
    "hint_mentor": _l("You were a mentor of an author."),
    "evidence_problem": _l("What problem does it solve?"),
    "evidence_what": _l("What will be done?"),
    "evidence_beneficiaries": _l("Who will benefit?"),
    "evidence_budget": _l("What it costs"),
    "evidence_steps": _l("What is done when"),
    "evidence_upkeep": _l("Who will look after it?"),
    "conflict_pool": _l("Own, a relative’s or a mentored project competes with it"),
    "conflict_mentor": _l("Was its mentor"),
    "conflict_checker": _l("Was at work on it as an official"),
    "flag_wide_range": _l("Members differ by three levels or more"),
    "flag_flips": _l("Would change sides under another way of counting"),
    "flag_hasty": _l("A sheet was filled in within two minutes"),
    "flag_away_from_panel": _l("A member is a level or more away from the panel"),
    "flag_zero_variance": _l("A member gave the same level everywhere"),
    "because_within": _l("Within the shortlist"),
    "because_beyond": _l("Passes every minimum, but stands behind the line of the shortlist"),
    "because_below_score": _l("The score is below the minimum"),
    "because_below_criterion": _l("The mean of a criterion is below its minimum"),
}
