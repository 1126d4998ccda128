"""The words of counts in which supporters pay: equal shares and Phragmén's method. Numbers of the stored count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from pb.core.money import format_amount
from pb.projects.models import Project
from pb.results.outcome import Outcome, PotFacts, Record, StepRecord
from pb.results.titles import title_of
from pb.web.filters import money_words
from pb.web.wording import language

LISTED = 3  # projects named on which supporters spent most


def votes_words(text: str) -> str:
    """Effective votes as people read them: „60“, „1 204,33“."""
    whole, _point, rest = text.partition(".")
    return format_amount(int(whole) * 100 + int((rest or "0").ljust(2, "0")[:2]), language(), blank="\u00a0")


def values_of(record: Record, outcome: Outcome) -> dict[str, Any]:
    """The numbers that these sentences use."""
    step = outcome.step_of(record.project)
    return {
        "price": money_words(record.price_tetri),
        "effective": votes_words(record.effective_votes) if record.effective_votes else "",
        "supporters": _grouped(step.supporters if step else record.votes),
        "less": _grouped(step.paid_less) if step else "",
        "had": money_words(record.supporters_left_tetri),
    }


def funded(record: Record, outcome: Outcome) -> str:
    """The template of a funded project."""
    step = outcome.step_of(record.project)
    if outcome.family == "phragmen":
        return _phragmen_funded(step)
    if step is None or step.by != "shares":
        return _by_completion(step)
    if not record.price_tetri:
        return _("Funded: it costs its supporters nothing.")
    if step.paid_less and outcome.in_points:
        return _(
            "Funded: its %(supporters)s supporters paid for it together, %(price)s for each point that they gave "
            "it; %(less)s of them had less left and paid that. That makes %(effective)s effective points."
        )
    if step.paid_less:
        return _(
            "Funded: its %(supporters)s supporters paid for it together, %(price)s each; %(less)s of them had "
            "less left and paid that. That makes %(effective)s effective votes."
        )
    if outcome.in_points:
        return _(
            "Funded: its %(supporters)s supporters paid for it together, %(price)s for each point that they gave "
            "it. That makes %(effective)s effective points."
        )
    return _("Funded: its %(supporters)s supporters paid for it together, %(price)s each.")


def _by_completion(step: StepRecord | None) -> str:
    if step is not None and step.by == "greedy":
        return _(
            "Funded with %(votes)s: more voters preferred the outcome of “most votes”, and by that rule its "
            "turn came while there was money."
        )
    return _(
        "Funded with %(votes)s from the money that no supporters could spend together any more: that goes to "
        "the projects with most votes that fit."
    )


def _phragmen_funded(step: StepRecord | None) -> str:
    if step is not None and step.paid_less:
        return _(
            "Funded: when every voter had been given %(price)s, its %(supporters)s supporters had its cost "
            "together, although %(less)s of them had paid for other projects before."
        )
    return _(
        "Funded: when every voter had been given %(price)s, its %(supporters)s supporters had its cost together."
    )


def refused(record: Record, outcome: Outcome) -> str:
    """The template of a refused project where the words differ from other rules'; "" where they do not."""
    if record.reason == "supporters_lack_money":
        if record.missing_tetri:
            return _(
                "Its supporters had %(had)s left together, and it costs %(cost)s: %(missing)s were missing. "
                "%(spent)s"
            )
        return _("Its supporters had %(had)s left together, but the money of the pot did not last for it.")
    if outcome.family == "shares" and record.reason == "does_not_fit":
        return _(
            "By the votes that it got its turn came when less than its cost, %(cost)s, was left of the money."
        )
    if outcome.family == "phragmen" and record.reason == "does_not_fit":
        return _(
            "It would have been bought next, when every voter had been given %(price)s, but only %(left)s was "
            "left of the %(cost)s it needed: there the count ended."
        )
    if outcome.family == "phragmen" and record.reason == "stopped":
        return _(
            "The count ended at “%(by)s”, for which the money was not enough. This project would have been "
            "bought when every voter had been given %(price)s."
        )
    return ""


def more_voters_words(voters: int) -> str:
    """What two further counts showed (``core.counting.more_voters``)."""
    if voters == 1:
        return _("With one more voter who chose it alone it would have won.")
    return _(
        "With %(n)s more voters who chose it alone it would have won, with %(fewer)s it would not.",
        n=_grouped(voters),
        fewer=_grouped(voters - 1),
    )


def spent_words(record: Record, outcome: Outcome, projects: Mapping[str, Project]) -> Markup:
    """On what the supporters of a project had spent their shares."""
    others = [(code, amount) for code, amount in record.spent_on if code != record.project]
    if not others:
        return Markup(_("They had spent nothing on others."))
    listed = Markup(", ").join(
        Markup(_("“%(project)s” %(sum)s"))
        % {"project": title_of(code, outcome, projects), "sum": money_words(amount)}
        for code, amount in others[:LISTED]
    )
    more = len(others) - LISTED
    if more <= 0:
        return Markup(_("They had spent theirs on: %(listed)s.")) % {"listed": listed}
    text = ngettext(
        "They had spent theirs on: %(listed)s, and on %(num)s other.",
        "They had spent theirs on: %(listed)s, and on %(num)s others.",
        more,
        listed=listed,
    )
    return Markup(text)  # titles in it are escaped, the rest is ours


def pot_words(facts: PotFacts, outcome: Outcome) -> list[str]:
    """What equal shares did with a pot as a whole."""
    said = [
        ngettext(
            "The money was divided among %(voters)s voter: %(share)s for each.",
            "The money was divided among %(voters)s voters: %(share)s for each.",
            facts.voters,
            voters=_grouped(facts.voters),
            share=money_words(facts.share_tetri),
        )
    ]
    if facts.raises:
        said.append(_raised(facts, outcome))
    if facts.prefer is not None:
        kept = _(
            "Compared with “most votes”, %(shares)s voters have more of what they chose by equal shares and "
            "%(greedy)s by most votes; so equal shares stayed."
        )
        taken = _(
            "Compared with “most votes”, %(shares)s voters have more of what they chose by equal shares and "
            "%(greedy)s by most votes; so the outcome of most votes was taken."
        )
        shares, greedy = facts.prefer
        said.append(
            (kept if facts.kept else taken) % {"shares": _grouped(shares), "greedy": _grouped(greedy)}
        )
    return said


def _raised(facts: PotFacts, outcome: Outcome) -> str:
    """How far the shares were raised, and why no further."""
    waiting = any(
        record.pot == facts.pot and record.reason in ("supporters_lack_money", "does_not_fit")
        for record in outcome.records.values()
    )
    text = _(
        "Not all of it could be spent together. So every share was raised by %(step)s, %(raises)s times over, to "
        "%(endowment)s; one step more and the funded projects would have cost more than there is."
    )
    if not waiting:
        text = _(
            "Not all of it could be spent together. So every share was raised by %(step)s, %(raises)s times over, "
            "to %(endowment)s; then there was nothing more to fund."
        )
    return text % {
        "step": money_words(outcome.amount_tetri("step")),
        "raises": _grouped(facts.raises),
        "endowment": money_words(facts.endowment_tetri),
    }


def _grouped(number: int) -> str:
    return format_amount(number * 100, language(), blank="\u00a0")
