"""Which pages of the demonstration are looked at, and by whom: every page that opens by its address alone."""

from __future__ import annotations

# Terjola votes in 2026 and has a finished contest of 2025; Khoni takes ideas for 2027.
T, PAST, K = "/terjola/2026", "/terjola/2025", "/khoni/2027"

PUBLIC: dict[str, tuple[str, ...]] = {
    "site.index": ("/",),
    "site.about": ("/about",),
    "site.demo": ("/demo",),
    "accounts.sign_in": ("/sign-in",),
    "accounts.forgotten_password": ("/forgotten-password",),
    "accounts.link_sent": ("/forgotten-password/sent",),
    "cycles.town": ("/terjola/",),
    "cycles.front": (f"{T}/", f"{PAST}/", f"{K}/"),
    "cycles.rulebook": (f"{T}/rulebook", f"{K}/rulebook"),
    "cycles.rulebook_version": (f"{T}/rulebook/1",),
    "cycles.calendar": (f"{T}/calendar",),
    "places.centres": ("/terjola/centres",),
    "places.privacy": ("/terjola/privacy",),
    "audit.log": (f"{T}/log",),
    "ideas.index": (f"{T}/ideas", f"{T}/ideas?q=%E1%83%92%E1%83%96%E1%83%90"),
    "ideas.show": (f"{T}/ideas/1", f"{T}/ideas/5", f"{T}/ideas/6"),
    "ideas.start": (f"{K}/ideas/new", f"{T}/ideas/new"),
    "ideas.who": (f"{K}/ideas/new/who",),
    "projects.index": (f"{T}/projects",),
    "projects.show": (f"{T}/projects/1", f"{PAST}/projects/1"),
    "projects.revision": (f"{T}/projects/1/revisions/2",),
    "review.ranking": (f"{T}/ranking",),
    "vote.start": (f"{T}/vote", f"{K}/vote"),
    "voting.check": (f"{T}/receipt",),
    "board.index": (f"{T}/vote/board", f"{T}/vote/board?page=3", f"{PAST}/vote/board"),
    "board.entry": (f"{T}/vote/board/1", f"{T}/vote/board/2", f"{T}/vote/board/100"),
    "board.heads": (f"{T}/vote/board/heads",),
    "board.poster": (f"{T}/vote/board/heads/5",),
    "results.show": (f"{PAST}/results", f"{T}/results"),
    "results.why": (f"{PAST}/results/1", f"{PAST}/results/5"),
    "results.data": (f"{PAST}/data",),
    "delivery.index": (f"{PAST}/delivery",),
}

ADMIN, OFFICER, MEMBER = "admin.terjola", "officer.khoni", "member1.terjola"
CHAIR, NEXT_ADMIN, INSTALLER = "chair.terjola", "admin.khoni", "installer"
A = "/khoni/admin/2028"  # a contest that the test creates: nothing of it is published

STAFF: dict[str, tuple[tuple[str, str], ...]] = {
    "site.board": ((OFFICER, f"{K}/board"), (ADMIN, f"{T}/board"), (CHAIR, f"{T}/board")),
    "accounts.account": ((OFFICER, "/account"),),
    "accounts.name": ((OFFICER, "/account/name"),),
    "accounts.password": ((OFFICER, "/account/password"),),
    "accounts.second_factor": ((OFFICER, "/account/second-factor"),),
    "accounts.staff": ((ADMIN, "/terjola/staff"),),
    "accounts.obliged": ((ADMIN, "/terjola/staff/second-factor"),),
    "cycles.admin": ((ADMIN, "/terjola/admin/"),),
    "cycles.create": ((NEXT_ADMIN, "/khoni/admin/cycles/new"),),
    "cycles.acts": ((ADMIN, f"{T}/acts"),),
    "cycles.tasks": ((NEXT_ADMIN, f"{A}/"), (ADMIN, "/terjola/admin/2026/")),
    "cycles.edit_ballot": ((NEXT_ADMIN, f"{A}/ballot"),),
    "cycles.edit_categories": ((NEXT_ADMIN, f"{A}/categories"),),
    "cycles.edit_checklist": ((NEXT_ADMIN, f"{A}/checklist"),),
    "cycles.new_check": ((NEXT_ADMIN, f"{A}/checklist/new"),),
    "cycles.edit_commission": ((NEXT_ADMIN, f"{A}/commission"),),
    "cycles.edit_criteria": ((NEXT_ADMIN, f"{A}/criteria"),),
    "cycles.new_criterion": ((NEXT_ADMIN, f"{A}/criteria/new"),),
    "cycles.edit_dates": ((NEXT_ADMIN, f"{A}/dates"),),
    "cycles.edit_money": ((NEXT_ADMIN, f"{A}/money"),),
    "cycles.edit_participation": ((NEXT_ADMIN, f"{A}/participation"),),
    "cycles.trial_count": ((NEXT_ADMIN, f"{A}/trial-count"),),
    "cycles.publish": ((NEXT_ADMIN, f"{A}/publish"),),
    "cycles.edit_name": ((NEXT_ADMIN, f"{A}/name"),),
    "cycles.discard": ((NEXT_ADMIN, f"{A}/discard"),),
    "places.admin_centres": ((ADMIN, "/terjola/admin/centres"),),
    "places.edit_centre": ((ADMIN, "/terjola/admin/centres/1"),),
    "places.new_centre": ((ADMIN, "/terjola/admin/centres/new"),),
    "places.admin_town": ((ADMIN, "/terjola/admin/town"),),
    "places.admin_units": ((ADMIN, "/terjola/admin/units"),),
    "places.open_town": ((INSTALLER, "/admin/towns/new"),),
    "ideas.mine": ((OFFICER, f"{K}/ideas/mine"),),
    "review.queue": ((OFFICER, f"{K}/queue"), (ADMIN, f"{T}/queue?shelf=refused")),
    "review.check": ((OFFICER, f"{K}/queue/1"),),
    "review.invite_all": ((OFFICER, f"{K}/queue/invite"),),
    "review.desk": ((MEMBER, f"{T}/commission"), (CHAIR, f"{T}/commission")),
    "review.scores": ((CHAIR, f"{T}/commission/scores"),),
    "roll.index": ((ADMIN, f"{T}/roll"),),
    "roll.show": ((ADMIN, f"{T}/roll/1"),),
    "voting.box": ((ADMIN, f"{T}/box"),),
    "results.count": ((ADMIN, f"{T}/count"), (ADMIN, f"{PAST}/count")),
    "delivery.manage": ((ADMIN, f"{PAST}/delivery/manage"),),
    "delivery.project": ((ADMIN, f"{PAST}/delivery/manage/1"),),
    "delivery.abandon": ((ADMIN, f"{PAST}/delivery/manage/3/abandon"),),
    "delivery.step": ((ADMIN, f"{PAST}/delivery/step/{{step}}"),),
}

# Pages within a journey, which looks at them by itself (test_flows.py, test_new_cycle.py), and what is no page.
IN_JOURNEYS = {
    "accounts.code", "accounts.second_step", "accounts.sign_in_staff_again", "accounts.invitation",
    "accounts.new_password", "cycles.edit_check", "cycles.edit_criterion",
    "ideas.code", "ideas.step", "ideas.person", "ideas.check", "ideas.done", "ideas.withdraw",
    "projects.edit", "projects.text", "projects.budget", "projects.timeline", "projects.upkeep",
    "projects.hand_in", "projects.handed_in", "projects.withdraw",
    "review.declare", "review.sheet", "review.check_sheet", "review.open_scores", "review.decisions",
    "review.decide", "review.publish",
    "vote.code", "vote.screen", "centre.desk", "vote.ballot", "vote.review", "vote.receipt", "results.publish",
}  # fmt: skip
NO_PAGE = {
    "assets.asset", "audit.log_json", "board.all_heads", "board.consistency", "board.last_head", "board.lines",
    "board.proof", "cycles.calendar_ics", "cycles.rulebook_json",
    "cycles.rulebook_version_json", "delivery.csv", "ideas.csv", "ideas.own_picture", "ideas.picture",
    "ideas.small_picture", "results.file", "review.ranking_json", "roll.report", "vote.receipt_file",
    "vote.cast_by_reading",
}  # fmt: skip
