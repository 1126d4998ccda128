"""The calendar of a cycle: what phase a moment falls into, gates, windows, extensions."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pb.core.errors import Closed, Invalid
from pb.core.phases import GATES, Calendar, Gate, Phase, Window, status_at


def at(month: int, day: int, year: int = 2026) -> datetime:
    """Midnight in Tbilisi as a UTC moment."""
    return datetime(year, month, day, tzinfo=UTC) - timedelta(hours=4)


CALENDAR = Calendar(
    starts={
        Phase.PREPARATION: at(2, 1),
        Phase.IDEAS: at(5, 1),
        Phase.DEVELOPMENT: at(7, 1),
        Phase.REVIEW: at(9, 7),
        Phase.VOTING: at(10, 12),
        Phase.RESULTS: at(10, 26),
        Phase.IMPLEMENTATION: at(11, 9),
    },
    ends=at(1, 1, 2028),
    windows={
        "scoring": Window(at(9, 23), at(9, 30)),
        "objections": Window(at(10, 2), at(10, 10)),
    },
)
NO_VOTE = Calendar(
    {phase: moment for phase, moment in CALENDAR.starts.items() if phase is not Phase.VOTING},
    CALENDAR.ends,
    CALENDAR.windows,
)
ALL_GATES = frozenset(Gate)


def test_the_default_calendar_is_in_order_with_and_without_a_vote() -> None:
    assert CALENDAR.problems(objection_days=5) == ()
    assert NO_VOTE.problems(objection_days=5) == ()


def test_a_boundary_belongs_to_the_new_phase() -> None:
    moment = at(7, 1)
    assert status_at(CALENDAR, moment - timedelta(microseconds=1), ALL_GATES).phase is Phase.IDEAS
    status = status_at(CALENDAR, moment, ALL_GATES)
    assert (status.phase, status.opens_at, status.closes_at) == (Phase.DEVELOPMENT, moment, at(9, 7))
    assert (status.next_phase, status.next_opens_at) == (Phase.REVIEW, at(9, 7))
    assert status.is_open


def test_a_missing_gate_shows_the_new_phase_closed() -> None:
    status = status_at(CALENDAR, at(10, 13), {Gate.PUBLISHED, Gate.ROLL_APPROVED})
    assert status.phase is Phase.VOTING
    assert status.waiting_for == (Gate.BALLOT_LOCKED, Gate.TRIAL_OPENED)
    assert not status.is_open


def test_time_does_not_heal_a_gate_that_was_missed() -> None:
    status = status_at(CALENDAR, at(10, 27), {Gate.PUBLISHED, Gate.ROLL_APPROVED, Gate.BALLOT_LOCKED})
    assert (status.phase, status.waiting_for) == (Phase.RESULTS, (Gate.TRIAL_OPENED,))


def test_without_a_vote_its_gates_are_not_asked_for() -> None:
    status = status_at(NO_VOTE, at(10, 13), {Gate.PUBLISHED})
    assert (status.phase, status.is_open) == (Phase.REVIEW, True)
    assert status_at(NO_VOTE, at(10, 27), {Gate.PUBLISHED}).is_open


@pytest.mark.parametrize("word", ["paused", "halted"])
def test_a_pause_or_halt_keeps_the_phase_but_opens_nothing(word: str) -> None:
    status = status_at(CALENDAR, at(5, 5), ALL_GATES, **{word: True})
    assert (status.phase, status.is_open) == (Phase.IDEAS, False)


def test_before_the_beginning_and_after_the_end() -> None:
    assert status_at(CALENDAR, at(1, 1), ()).phase is Phase.PREPARATION
    after = status_at(CALENDAR, CALENDAR.ends, ALL_GATES)
    assert (after.phase, after.is_open, after.next_phase) == (Phase.IMPLEMENTATION, False, None)


def test_a_moment_without_time_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        status_at(CALENDAR, datetime(2026, 5, 5), ())  # noqa: DTZ001


def test_json_there_and_back() -> None:
    data = CALENDAR.to_json()
    assert data["starts"]["ideas"] == "2026-04-30T20:00:00+00:00"
    assert Calendar.from_json(data) == CALENDAR


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {
            "starts": {"spring": "2026-01-01T00:00:00+00:00"},
            "ends": "2027-01-01T00:00:00+00:00",
            "windows": {},
        },
    ]
    + [{**CALENDAR.to_json(), "ends": text} for text in ("soon", "2027-01-01T00:00:00", None)],
)
def test_an_unreadable_calendar_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        Calendar.from_json(broken)
    assert caught.value.code == "bad_calendar"


def test_every_fault_is_reported_at_once() -> None:
    starts = dict(CALENDAR.starts)
    starts[Phase.DEVELOPMENT] = at(5, 4)  # one working day of ideas (1 May is a Friday, not a holiday)
    starts[Phase.RESULTS] = at(10, 11)  # before the voting
    del starts[Phase.IMPLEMENTATION]
    windows = {
        "scoring": Window(at(9, 1), at(9, 30)),
        "objections": Window(at(9, 28), at(9, 29)),
        "party": Window(at(9, 9), at(9, 10)),
    }
    found = {(p.code, p.field) for p in Calendar(starts, CALENDAR.ends, windows).problems(5)}
    assert found == {
        ("phase_missing", "starts.implementation"),
        ("too_few_working_days", "starts.ideas"),
        ("out_of_order", "starts.results"),
        ("window_outside_phase", "windows.scoring"),
        ("too_few_working_days", "windows.objections"),
        ("no_such_window", "windows.party"),
        ("out_of_order", "windows.objections"),
    }


def test_a_window_not_named_is_its_whole_phase() -> None:
    bare = dataclasses.replace(CALENDAR, windows={})
    assert bare.window("scoring") == Window(at(9, 7), at(10, 12))
    assert CALENDAR.window("scoring").contains(at(9, 29))
    assert not CALENDAR.window("scoring").contains(at(9, 30))
    with pytest.raises(Invalid):
        CALENDAR.window("party")


def test_an_extension_moves_one_boundary_alone() -> None:
    longer = CALENDAR.extended(Phase.IDEAS, at(7, 8))
    assert longer.closes(Phase.IDEAS) == at(7, 8)
    same = {phase: m for phase, m in longer.starts.items() if phase is not Phase.DEVELOPMENT}
    assert same == {phase: m for phase, m in CALENDAR.starts.items() if phase is not Phase.DEVELOPMENT}
    assert longer.ends == CALENDAR.ends


def test_a_window_that_ends_with_its_phase_is_extended_with_it() -> None:
    windows = {**CALENDAR.windows, "objections": Window(at(10, 2), at(10, 12))}
    longer = dataclasses.replace(CALENDAR, windows=windows).extended(Phase.REVIEW, at(10, 14))
    assert longer.windows["objections"].closes == at(10, 14)
    assert CALENDAR.extended(Phase.REVIEW, at(10, 14)).windows == CALENDAR.windows


def test_what_an_extension_may_not_do() -> None:
    with pytest.raises(Invalid, match="not_an_extension"):
        CALENDAR.extended(Phase.IDEAS, at(6, 30))
    with pytest.raises(Closed, match="passes_next_boundary"):
        CALENDAR.extended(Phase.IDEAS, at(9, 7))
    with pytest.raises(Closed, match="passes_next_boundary"):
        CALENDAR.extended(Phase.DEVELOPMENT, at(9, 24))  # scoring would begin before the review
    assert CALENDAR.extended(Phase.IMPLEMENTATION, at(2, 1, 2028)).ends == at(2, 1, 2028)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.frozensets(st.sampled_from(list(Gate))),
    st.sampled_from([CALENDAR, NO_VOTE]),
)
def test_exactly_one_phase_contains_each_moment(
    now: datetime, gates: frozenset[Gate], calendar: Calendar
) -> None:
    status = status_at(calendar, now, gates)
    if now < calendar.starts[Phase.PREPARATION] or now >= calendar.ends:
        assert status.phase in (Phase.PREPARATION, Phase.IMPLEMENTATION)
    else:
        containing = [
            phase for phase in calendar.phases if calendar.opens(phase) <= now < calendar.closes(phase)
        ]
        assert containing == [status.phase]
    assert not set(status.waiting_for) & gates
    if status.is_open:
        assert set(GATES[status.phase]) <= gates
