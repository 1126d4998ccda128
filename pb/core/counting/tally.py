"""Scores and votes of a profile: added up without numpy, or with it where that is sooner done."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import repeat, zip_longest
from operator import add, mul

from pb.core.counting.profile import APPROVAL_KINDS, Profile, Tally

#: From so many different ballots numpy repays the time that its import takes, or, when it is there already,
#: that of handing the ballots over.
LARGE = 100_000
LARGE_ENOUGH = 1_000


def tally_of(profile: Profile) -> Tally:
    """Approvals counted, points summed, rankings by Borda; exact, whichever way is taken."""
    large = len(profile.ballots) >= (LARGE_ENOUGH if "numpy" in sys.modules else LARGE)
    scores, votes = (_large(profile) if large else None) or _small(profile)
    default = profile.default_score
    if default:
        # A project that a voter left out has the default score from that voter (Pabulib's default_score).
        named = _named(profile)
        scores = [s + default * (profile.voters - by) for s, by in zip(scores, named, strict=True)]
    return Tally(tuple(scores), tuple(votes))


def _large(profile: Profile) -> tuple[list[int], list[int]] | None:
    """The sums by numpy; None where it is not installed or a number is too large for it."""
    try:
        from pb.core.counting.fast.tally import tally

        return tally(profile.columns, len(profile.projects))
    except (ImportError, OverflowError):
        return None


def _small(profile: Profile) -> tuple[list[int], list[int]]:
    """Sums of weighted points (or weights), and of the voters who gave more than nothing."""
    scores, votes = [0] * len(profile.projects), [0] * len(profile.projects)
    for (choice, points), voters in _said(profile).items():
        scores[choice] += points * voters
        if points > 0:
            votes[choice] += voters
    return scores, votes


def _named(profile: Profile) -> list[int]:
    named = [0] * len(profile.projects)
    for (choice, _), voters in _said(profile).items():
        named[choice] += voters
    return named


def _said(profile: Profile) -> Counter[tuple[int, int]]:
    """Voters by what they said of a project: (project, points), a choice being one point."""
    said: Counter[tuple[int, int]] = Counter()
    try:
        columns = profile.columns
    except OverflowError:
        for ballot in profile.ballots:
            given = (
                ballot.points or range(profile.longest, 0, -1) if profile.kind not in APPROVAL_KINDS else ()
            )
            for choice, points in zip_longest(ballot.choices, given[: len(ballot.choices)], fillvalue=1):
                said[choice, points] += ballot.weight
        return said
    # A choice with its points as one number, which is counted sooner than a pair.
    entries = columns.choices.tolist()
    least = columns.least
    width = columns.most - least + 1
    if columns.points is not None:
        entries = list(map(add, map(mul, entries, repeat(width)), columns.points))
    # Every ballot once, without a loop of ours; then those that stand for several voters.
    times = Counter(entries)
    offsets = columns.offsets
    for row, weight in enumerate(columns.weights):
        if weight > 1:
            for entry in entries[offsets[row] : offsets[row + 1]]:
                times[entry] += weight - 1
    # Without points an entry is the choice itself, and its point is the one.
    shift = least if columns.points is not None else 0
    for entry, voters in times.items():
        choice, over = divmod(entry - shift, width)
        said[choice, over + least] += voters
    return said
