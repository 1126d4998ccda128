"""What goes on in a cycle and what a citizen can do now, in words; this file alone chooses them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for
from flask_babel import gettext as _

from pb.core.errors import Missing
from pb.core.phases import Calendar, Gate, Phase, Status
from pb.cycles import front_parts, queries
from pb.cycles.queries import Here
from pb.cycles.spans import span_words
from pb.web.filters import day, deadline
from pb.web.i18n import select_language
from pb.web.wording import label

Link = tuple[str, str]

# What there is to read in a phase when no feature offers an act: (endpoint, words) in order of preference.
READING: dict[Phase, tuple[str, ...]] = {
    Phase.PREPARATION: ("cycles.rulebook",),
    Phase.IDEAS: ("ideas.index", "cycles.rulebook"),
    Phase.DEVELOPMENT: ("ideas.index", "cycles.rulebook"),
    Phase.REVIEW: ("projects.index", "cycles.rulebook"),
    Phase.VOTING: ("projects.index", "cycles.rulebook"),
    Phase.RESULTS: ("results.show", "projects.index", "cycles.rulebook"),
    Phase.IMPLEMENTATION: ("results.show", "projects.index", "cycles.rulebook"),
}


@dataclass(frozen=True)
class Guide:
    """``stopped``: the reason of a pause or halt. ``number`` of ``of``: which phase it is."""

    title: str
    text: str
    deadline: str
    action: Link | None
    number: int
    of: int
    stopped: str = ""
    stopped_language: str = ""


def plan(here: Here) -> tuple[Calendar, Status]:
    """Dates and phase of a page that has a cycle. Raises Missing without dates."""
    if here.calendar is None or here.status is None:
        raise Missing("no_calendar")
    return here.calendar, here.status


def guide(here: Here, now: datetime) -> Guide:
    """The answer for this moment."""
    calendar, status = plan(here)
    number = calendar.phases.index(status.phase) + 1 if status.phase in calendar.phases else 1
    of = len(calendar.phases)
    if status.paused or status.halted:
        act = queries.stop_in_force(here.the_cycle.id, now)
        title = _("The contest has been halted") if status.halted else _("The contest is paused")
        text = (
            _("It will not be continued. Everything that was published stays public.")
            if status.halted
            else _("Nothing can be handed in or decided until it is resumed.")
        )
        return Guide(title, text, "", None, number, of, stopped=act.reason if act else "",
                     stopped_language=act.reason_language if act else "")  # fmt: skip
    if status.waiting_for:
        return _waiting(status, number, of)
    if status.over:
        return Guide(_("This contest is over"), _("Its projects, results and reports stay public."), "",
                     _reading(here, status.phase), number, of)  # fmt: skip
    title, text, term = _phase_words(here, status)
    action = front_parts.action_of(here, status.phase) or _reading(here, status.phase)
    return Guide(title, text, term, action, number, of)


def _waiting(status: Status, number: int, of: int) -> Guide:
    gates = ", ".join(label(gate) for gate in status.waiting_for)
    text = _(
        "The phase “%(phase)s” was due to begin on %(day)s. It begins as soon as this is done.",
        phase=label(status.phase),
        day=day(status.opens_at) if status.opens_at else "",
    )
    if status.waiting_for == (Gate.RESULT_PUBLISHED,):
        text = _("The votes are being counted. The next phase begins when the result is published.")
    return Guide(_("Waiting for: %(gates)s", gates=gates), text, "", None, number, of)


def _phase_words(here: Here, status: Status) -> tuple[str, str, str]:
    """Title, text and term of an open phase."""
    until = deadline(status.closes_at)
    lasting = _("This phase: %(deadline)s", deadline=until)
    rules = here.rules
    if status.phase is Phase.PREPARATION:
        opens = status.next_opens_at
        text = _(
            "Ideas can be handed in from %(day)s. Until then, read the rules and talk with your neighbours "
            "about what your village needs most.",
            day=day(opens) if opens else "",
        )
        return _("The contest is being prepared"), text, ""
    if status.phase is Phase.IDEAS:
        text = _(
            "Say what your village needs. It takes about ten minutes; a mobile phone is enough, no e-mail "
            "and no password. Everybody aged %(age)s or older may take part.",
            age=rules.min_age_idea,
        )
        return _("Hand in your idea"), text, _("Ideas are accepted: %(deadline)s", deadline=until)
    if status.phase is Phase.DEVELOPMENT:
        text = _(
            "The authors of admitted ideas work them out into projects, with trainings and mentors. "
            "Everybody can read how the projects grow."
        )
        return _("Ideas grow into projects"), text, lasting
    if status.phase is Phase.REVIEW:
        text = _(
            "The members of the commission score every project by the published criteria. The scores are "
            "published with their reasons."
        )
        return _("The commission is reviewing the projects"), text, lasting
    if status.phase is Phase.VOTING:
        text = _(
            "Every resident aged %(age)s or older has one ballot. It takes about three minutes, and you "
            "get a receipt with which you can check that your ballot was counted.",
            age=rules.min_age_vote,
        )
        return _("Vote for the projects"), text, _("Voting is open: %(deadline)s", deadline=until)
    if status.phase is Phase.RESULTS:
        counted, decided = _("The votes are being counted"), _("The decisions are being published")
        title = counted if rules.votes_held else decided
        return title, _("The result is published with everything that is needed to count it again."), lasting
    text = _("See what has been done, what it cost and what is late.")
    return _("The chosen projects are being carried out"), text, lasting


def _reading(here: Here, phase: Phase) -> Link | None:
    words = {
        "cycles.rulebook": _("Read the rules"),
        "ideas.index": _("Read the ideas"),
        "projects.index": _("Read the projects"),
        "results.show": _("See the results"),
    }
    for endpoint in READING[phase]:
        if endpoint in current_app.view_functions:
            return url_for(endpoint, town=here.town.slug, year=here.the_cycle.year), words[endpoint]
    return None


def phase_line(here: Here) -> list[dict[str, str]]:
    """The phases for components/phase.html."""
    calendar, status = plan(here)
    lang = select_language()
    before = True
    line = []
    for phase in calendar.phases:
        state = "next"
        if status.over or (before and phase is not status.phase):
            state = "done"
        elif phase is status.phase:
            state, before = "now", False
        dates = span_words(calendar.opens(phase), calendar.closes(phase), lang)
        line.append({"label": label(phase), "state": state, "dates": dates})
    return line
