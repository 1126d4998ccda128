"""English sentences on a count for the terminal: what happened to each project and what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pb.core.counting.outcome import Explanation, Facts, Reason, Record, Result
from pb.core.counting.phragmen_records import PhragmenExplanation
from pb.core.counting.profile import Profile
from pb.core.counting.representation import Reach, figures
from pb.core.counting.shares_records import SharesExplanation, SharesFacts, rounded
from pb.core.counting.ties import Tie
from pb.count_text_cli import money_of, noun_of, places, some

#: On how many projects of others a sentence says how much was spent.
LISTED = 3
#: What the members of a tie have in common, by rule; scores otherwise.
_TIED = {
    "greedy-per-cost": "{noun} for the money",
    "equal-shares": "effective votes",
    "phragmen": "loads",
}


def sentence(one: Record, profile: Profile, result: Result) -> str:
    """A sentence on one project."""
    if isinstance(one, PhragmenExplanation):
        return _phragmen(one, profile)
    if isinstance(one, SharesExplanation):
        return _shares(one, profile)
    assert isinstance(one, Explanation)
    return _greedy(one, profile, result)


def _greedy(one: Explanation, profile: Profile, result: Result) -> str:
    noun = noun_of(profile)
    if one.reason is None:
        running = f"running sum {profile.money(one.spent or 0)}"
        spare = some(one.votes_to_spare, "", profile) if one.votes_to_spare else "none"
        return f"Funded; {running}; {spare} to spare."
    lack = f"{profile.money(one.left or 0)} left of the {profile.money(one.cost)} it needed"
    equal = f"equal {noun} for the money" if result.rule == "greedy-per-cost" else f"equal {noun}"
    what = _off_the_list(one, profile) or {
        Reason.DOES_NOT_FIT: f"Did not fit: {lack}",
        Reason.STOPPED: f"The count had stopped at {one.by}, which did not fit",
        Reason.EXCLUDED: f"Excluded by {one.by}, which is funded",
        Reason.VOTES_DO_NOT_PAY: _worth(one, profile, result),
        Reason.LOST_TIE: f"After others with {equal} in the order of ties: {lack}",
    }.get(one.reason, str(one.reason))
    if one.reason is Reason.LOST_TIE and one.by is not None:
        what = f"After others with {equal} in the order of ties, then shut out by {one.by}"
    return what + _needed(one.votes_needed, profile)


def _worth(one: Explanation, profile: Profile, result: Result) -> str:
    worth = profile.money(one.score * int(result.parameters.get("price", 0)))
    return (
        f"Worth {worth} with {some(one.score, '', profile)}, less than the {profile.money(one.cost)} it costs"
    )


def _off_the_list(one: Explanation | PhragmenExplanation | SharesExplanation, profile: Profile) -> str | None:
    nobody = "Nobody voted for it"
    if one.score < 0 or (one.votes and not one.score):
        nobody = f"Its points add up to {profile.points(one.score)}"
    elif one.votes:
        # All of them are of other units.
        nobody = "None of its voters votes over this money"
    return {
        Reason.FUNDED_ELSEWHERE: "Funded from other money",
        Reason.NO_VOTES: nobody,
        Reason.BELOW_MINIMUM: f"Below the minimum with {some(one.score, '', profile)}",
        Reason.OVER_POT: f"Dearer than the whole pot: it costs {profile.money(one.cost)}",
    }.get(one.reason or Reason.STOPPED)


def _needed(votes: int | None, profile: Profile) -> str:
    if votes is None:
        return f"; no number of {noun_of(profile)} would have funded it."
    return f"; needed {some(votes, 'more ', profile)}."


def _phragmen(one: PhragmenExplanation, profile: Profile) -> str:
    load = "" if one.price is None else money_of(one.price, profile)
    who = _voters(one.supporters, "supporter")
    if one.reason is None:
        before = one.loads_before
        paid = f"; before, they had paid {money_of(before, profile)} together for others" if before else ""
        return f"Funded when each of its {who} had paid {load} in all{paid}."
    if one.reason is Reason.DOES_NOT_FIT:
        left = profile.money(one.left or 0)
        what = f"Next, at {load} for each of its {who}, but {left} were left: there the count ended"
    elif one.reason is Reason.STOPPED:
        what = f"The count ended at {one.by}, before each of its {who} could have paid {load}"
    elif one.reason is Reason.EXCLUDED:
        what = f"Excluded by {one.by}, which is funded"
    else:
        what = _off_the_list(one, profile) or str(one.reason)
    return what + _needed(one.votes_needed, profile)


def _shares(one: SharesExplanation, profile: Profile) -> str:
    if one.reason is None:
        if one.price is None or one.effective_votes is None:
            return "Funded by score, with the money that was left or as the comparison chose."
        votes = rounded(one.effective_votes)
        each = "a supporter" if noun_of(profile) == "votes" else "a supporter for each point"
        price = money_of(one.price, profile)
        return f"Funded with {votes} effective votes: {each} paid {price}, or all that was left."
    what = _off_the_list(one, profile)
    if what is not None:
        return what + "."
    if one.reason is Reason.EXCLUDED:
        return f"Excluded by {one.by}, which is funded."
    if one.supporters_left is None:
        return "Not funded by the greedy rule, which the comparison chose."
    left = f"Its supporters have {profile.money(one.supporters_left)} left of the {profile.money(one.cost)}"
    lacks = f"{left} it needs" if one.missing else f"{left} it costs, but the money of the pot did not last"
    spent = [f"{profile.money(part.amount)} on {part.project}" for part in one.spent_on[:LISTED]]
    more = len(one.spent_on) - LISTED
    others = f" and less on {more} {'other' if more == 1 else 'others'}" if more > 0 else ""
    return f"{lacks}; they spent {', '.join(spent)}{others}." if spent else f"{lacks}; they spent nothing."


def more(voters: int | None) -> str:
    """What two further counts showed; nothing where it is not known."""
    if voters is None:
        return ""
    if voters == 1:
        return " With 1 more voter who chooses it alone it is funded."
    return f" With {voters} more voters who choose it alone it is funded, with {voters - 1} it is not."


def _voters(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def facts(of_pot: Sequence[Facts], profile: Profile) -> Iterator[str]:
    """What a rule says of a pot as a whole."""
    for one in of_pot:
        if not isinstance(one, SharesFacts):
            continue
        raised = f", raised {_voters(one.raises, 'time')} to {money_of(one.endowment, profile)}"
        share = f"Each of {_voters(one.voters, 'voter')} has {money_of(one.share, profile)}"
        yield f"{share}{raised if one.raises else ''}."
        if one.preference is not None:
            kept = "equal shares stays" if one.preference.kept else "the greedy outcome is taken"
            better = f"{_voters(one.preference.shares, 'voter')} have more of their choices by equal shares"
            yield f"{better}, {one.preference.greedy} by the greedy rule: {kept}."


def tie(one: Tie, profile: Profile, rule: str, listed: str) -> str:
    """A tie; ``listed``: its projects."""
    effect = "it decided who is funded" if one.decisive else "it changed nothing"
    settled = ", ".join(one.settled_by)
    if rule in _TIED:
        return f"Tie at equal {_TIED[rule].format(noun=noun_of(profile))}: {listed}; settled by {settled}; {effect}."
    return f"Tie at {some(one.score, '', profile)}: {listed}; settled by {settled}; {effect}."


def reach(result: Result, profile: Profile) -> Iterator[str]:
    """What the outcome gives to the voters."""
    found = figures(profile, result.winners)
    yield _reach("Of all", found.whole, profile)
    for unit, one in found.units:
        yield _reach(f"Of {unit or 'no unit'}", one, profile)


def _reach(who: str, one: Reach, profile: Profile) -> str:
    share, money = places(one.share * 100, 1), money_of(one.average, profile)
    reached = f"{who} {_voters(one.voters, 'voter')} {share} % have a funded choice"
    return f"{reached}; {money} went to a voter's choices on average."
