"""The table of a count on a terminal: ranks, bars, money and, if wanted, a sentence on each project."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterator

from pb.core.counting.outcome import Explanation, Reason, Result
from pb.core.counting.profile import APPROVAL_KINDS, Profile
from pb.core.counting.ties import Tie

_WORDS = {
    None: "funded",
    Reason.FUNDED_ELSEWHERE: "elsewhere",
    Reason.NO_VOTES: "no votes",
    Reason.BELOW_MINIMUM: "below minimum",
    Reason.OVER_POT: "over the pot",
    Reason.DOES_NOT_FIT: "does not fit",
    Reason.STOPPED: "stopped",
    Reason.EXCLUDED: "excluded",
    Reason.LOST_TIE: "lost the tie",
    Reason.VOTES_DO_NOT_PAY: "does not pay",
}
_OUTCOME = max(map(len, _WORDS.values()))
_NARROW, _WIDEST = 40, 160


def print_table(result: Result, profile: Profile, *, explain: bool) -> None:
    """Write the table to stdout, no line wider than the terminal."""
    width = min(max(shutil.get_terminal_size().columns, _NARROW), _WIDEST)
    text = "\n".join(table(result, profile, width, explain=explain)) + "\n"
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def table(result: Result, profile: Profile, width: int, *, explain: bool) -> Iterator[str]:
    """The lines of the table."""
    heading = clean(profile.meta.get("description", "")).strip()
    if heading:
        yield clip(heading, width)
    noun = "votes" if profile.kind in APPROVAL_KINDS else "points"
    ties = ", ".join(result.parameters["ties"])
    facts = f"{result.voters} voters, {len(profile.projects)} projects, {result.ballots} ballots"
    yield from textwrap.wrap(f"{facts}, budget {profile.money(result.budget)}", width)
    rule = f"rule {result.rule} (version {result.version})"
    minimum = f", minimum {profile.points(result.minimum)} {noun}" if result.minimum else ""
    yield from textwrap.wrap(f"{rule}{minimum}, ties by {ties}", width)
    for pot in result.pots:
        yield ""
        if len(result.pots) > 1:
            brought = f" and {profile.money(pot.brought)} left by the units" if pot.brought else ""
            yield clip(f"{clean(pot.name) or 'Whole town'}: {profile.money(pot.sum)}{brought}", width)
        yield from _rows(
            [one for one in result.projects if isinstance(one, Explanation) and one.pot == pot.name],
            profile,
            width,
            noun,
            explain,
        )
        if len(result.pots) > 1:
            yield clip(f"spent {profile.money(pot.spent)}, left {profile.money(pot.left)}", width)
    yield ""
    funded = f"Funded {len(result.winners)} of {len(profile.projects)} projects"
    spent = f"{profile.money(result.total_cost)} of {profile.money(result.budget)}"
    yield from textwrap.wrap(f"{funded} for {spent}, {profile.money(result.left)} left.", width)
    for tie in result.ties:
        if tie.decisive or explain:
            yield from textwrap.wrap(_tie(tie, profile, noun), width)


def _rows(
    records: list[Explanation], profile: Profile, width: int, noun: str, explain: bool
) -> Iterator[str]:
    if not records:
        yield "no projects"
        return
    rank = len(str(len(records)))
    score = max(len(noun), *(len(profile.points(one.score)) for one in records))
    cost = max(4, *(len(profile.money(one.cost)) for one in records))
    fixed = rank + score + cost + _OUTCOME + 5
    # What is left of the line is shared by id, name and bar; the bar goes first when there is little.
    free = width - fixed
    names = min(max(cells(clean(one.project)) for one in records), 16, max(free, 4))
    bar = min(24, (free - names) // 3) if free - names >= 24 else 0
    name = max(free - names - 1 - (bar + 1 if bar else 0), 0)
    highest = max(max(one.score for one in records), 1)

    def line(
        number: str, project: str, called: str, drawn: str, points: str, money: str, outcome: str
    ) -> str:
        parts = [number.rjust(rank), pad(project, names)]
        parts += [pad(called, name)] if name >= 6 else []
        parts += [pad(drawn, bar)] if bar else []
        parts += [points.rjust(score), money.rjust(cost), outcome]
        return clip(" ".join(parts).rstrip(), width)

    yield line("#", "id", "name", "", noun, "cost", "outcome")
    block = _block()
    for one in records:
        drawn = block * (max(one.score, 0) * bar // highest)
        points, money = profile.points(one.score), profile.money(one.cost)
        outcome = _WORDS[one.reason]
        yield line(str(one.rank), clean(one.project), clean(one.name), drawn, points, money, outcome)
        if explain:
            indent = " " * (rank + 1)
            sentence = clean(explanation(one, profile, noun))
            yield from textwrap.wrap(sentence, width, initial_indent=indent, subsequent_indent=indent)


def explanation(one: Explanation, profile: Profile, noun: str) -> str:
    """A sentence in English on one project: what happened and what would have changed it."""
    if one.reason is None:
        running = f"running sum {profile.money(one.spent or 0)}"
        spare = _some(one.votes_to_spare, "", profile, noun) if one.votes_to_spare else "none"
        return f"Funded; {running}; {spare} to spare."
    lack = f"{profile.money(one.left or 0)} left of the {profile.money(one.cost)} it needed"
    what = {
        Reason.FUNDED_ELSEWHERE: "Funded from other money",
        Reason.NO_VOTES: "Nobody voted for it",
        Reason.BELOW_MINIMUM: f"Below the minimum with {_some(one.score, '', profile, noun)}",
        Reason.OVER_POT: f"Dearer than the whole pot: it costs {profile.money(one.cost)}",
        Reason.DOES_NOT_FIT: f"Did not fit: {lack}",
        Reason.STOPPED: f"The count had stopped at {one.by}, which did not fit",
        Reason.EXCLUDED: f"Excluded by {one.by}, which is funded",
        Reason.VOTES_DO_NOT_PAY: f"{_some(one.score, '', profile, noun)} do not pay {profile.money(one.cost)}",
        Reason.LOST_TIE: f"After others with equal {noun} in the order of ties: {lack}",
    }[one.reason]
    if one.reason is Reason.LOST_TIE and one.by is not None:
        what = f"After others with equal {noun} in the order of ties, then shut out by {one.by}"
    if one.votes_needed is None:
        return f"{what}; no number of {noun} would have funded it."
    return f"{what}; needed {_some(one.votes_needed, 'more ', profile, noun)}."


def _some(score: int, more: str, profile: Profile, noun: str) -> str:
    shown = profile.points(score)
    return f"{shown} {more}{noun[:-1] if shown == '1' else noun}"


def _tie(tie: Tie, profile: Profile, noun: str) -> str:
    effect = "it decided who is funded" if tie.decisive else "it changed nothing"
    listed = ", ".join(clean(project) for project in tie.projects)
    settled = ", ".join(tie.settled_by)
    return f"Tie at {_some(tie.score, '', profile, noun)}: {listed}; settled by {settled}; {effect}."


def _block() -> str:
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "#"
    return "█"


def clean(text: str) -> str:
    """Text of a file without characters that could steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def cells(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(_cell(c) for c in text)


def _cell(c: str) -> int:
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def clip(text: str, width: int) -> str:
    """Text in at most ``width`` columns."""
    if cells(text) <= width:
        return text
    taken, used = [], 0
    for c in text:
        used += _cell(c)
        if used > width - 1:
            break
        taken.append(c)
    return "".join(taken) + ("…" if width > 0 else "")


def pad(text: str, width: int) -> str:
    """Text in exactly ``width`` columns."""
    clipped = clip(text, width)
    return clipped + " " * (width - cells(clipped))
