"""Forms of a cycle's rules. Fields are called as the fields of the rulebook, so that its faults find them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from pb.core.counting.registry import RULES
from pb.core.rulebook import BallotRules, CountingRules, Rulebook, ScoringRules, Shortlist, VoterRules
from pb.core.rulebook_checks import VOTER_LIMITS
from pb.cycles import words_rules as w
from pb.cycles.fields import HundredthsField, SelectChoice, needed
from pb.web.forms import Form, MoneyField


def options(table: Mapping[str, Any]) -> list[SelectChoice]:
    """Choices of a table of words."""
    return [SelectChoice(code, words) for code, words in table.items()]


def countable(table: Mapping[str, Any]) -> dict[str, Any]:
    """Of all counting rules that a rulebook can name, those that the engine counts."""
    return {code: words for code, words in table.items() if code in RULES}


class BoxesField(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NewCycleForm(Form):
    """What a new cycle begins with."""

    year = IntegerField(_l("Year of the contest"), [InputRequired()])
    like = RadioField(_l("Begin with"), [InputRequired()])
    pot_tetri = MoneyField(_l("Money of the whole contest"))
    split = RadioField(
        _l("How the money is divided"),
        choices=[
            SelectChoice("equal_per_unit", _l("Equally among the administrative units")),
            SelectChoice("one_pot", _l("One pot for the whole municipality")),
        ],
        default="equal_per_unit",
    )


class RulesForm(Form):
    """Base of the sections: which version was seen, and why a published one is changed."""

    based_on = HiddenField()
    note = StringField(_l("Why the published rules are changed"), [Length(max=300)])


class ParticipationForm(RulesForm):
    """The council's act, who hands in, in which ways, and how one objects."""

    act_number = StringField(_l("Number of the council's act"), [Length(max=60)])
    act_date = DateField(_l("Date of the council's act"), [Optional()])
    min_age_idea = IntegerField(_l("Youngest age to hand in an idea"), [InputRequired()])
    who_may_hand_in = BoxesField(_l("Who may hand in ideas"), choices=options(w.WHO))
    max_ideas_per_author = IntegerField(_l("Most ideas of one author"), [InputRequired()])
    supporters_needed = IntegerField(_l("Supporters that an idea needs"), [InputRequired()])
    channels = BoxesField(_l("Ideas are accepted"), choices=options(w.CHANNELS))
    before_hand_in = RadioField(
        _l("Before a project is handed in"), choices=options(w.BEFORE_HAND_IN), default="nothing"
    )
    objection_days = IntegerField(_l("Working days to object"), [InputRequired()])

    def values(self) -> dict[str, Any]:
        """The fields of the rulebook that this section holds."""
        return {
            "act_number": (self.act_number.data or "").strip(),
            "act_date": self.act_date.data,
            "min_age_idea": self.min_age_idea.data,
            "who_may_hand_in": tuple(self.who_may_hand_in.data or ()),
            "max_ideas_per_author": self.max_ideas_per_author.data,
            "supporters_needed": self.supporters_needed.data,
            "channels": tuple(self.channels.data or ()),
            "before_hand_in": self.before_hand_in.data,
            "objection_days": self.objection_days.data,
        }


class CommissionForm(RulesForm):
    """What the ranking proposes, and what is published of the scores."""

    kind = RadioField(_l("Which projects go on after the scoring"), choices=options(w.SHORTLISTS))
    n = IntegerField(_l("How many projects at most"), [Optional()])
    times = HundredthsField(_l("Multiple of the money"))
    per_unit = BooleanField(_l("Separately in each administrative unit"))
    minimum_score = HundredthsField(_l("Fewest points, of 100, to go on"))
    scores_public = RadioField(_l("What is published of the scores"), choices=options(w.SCORES_PUBLIC))
    members_per_project = IntegerField(_l("How many members score each project"), [Optional()])
    adjust = BooleanField(_l("Correct for strict and mild members"))

    def show(self, rules: Rulebook) -> None:
        """Fill the form from the rules."""
        rule = rules.shortlist
        self.kind.data, self.n.data, self.per_unit.data = rule.kind, rule.n or None, rule.per_unit
        self.times.data, self.minimum_score.data = rule.money_times_percent or None, rule.minimum_score
        self.scores_public.data = rules.scores_public
        self.members_per_project.data = rules.scoring.members_per_project or None
        self.adjust.data = rules.scoring.adjust

    def values(self) -> dict[str, Any]:
        """The fields of the rulebook that this section holds."""
        rule = Shortlist(
            kind=self.kind.data,
            n=self.n.data or 0 if self.kind.data == "best_n" else 0,
            per_unit=bool(self.per_unit.data) and self.kind.data != "all_pass",
            minimum_score=self.minimum_score.data or 0,
            money_times_percent=self.times.data or 0 if self.kind.data == "money_times" else 0,
        )
        scoring = ScoringRules(self.members_per_project.data or 0, bool(self.adjust.data))
        return {"shortlist": rule, "scores_public": self.scores_public.data, "scoring": scoring}


TIE_ORDERS = (
    "cost,votes,lot",
    "votes,cost,lot",
    "cost,lot",
    "votes,lot",
    "lot",
    "cost,votes,order",
    "votes,cost,order",
    "order",
)

BALLOT_FIELDS = ("kind", "max_choices", "min_suggested", "scope", "on_paper", "read_by")
COUNTING_FIELDS = (
    "rule",
    "minimum_votes",
    "utility",
    "completion",
    "step_tetri",
    "price_per_vote_tetri",
    "leftover",
)


class BallotForm(RulesForm):
    """The vote and the count."""

    min_age_vote = IntegerField(_l("Youngest age to vote"), [InputRequired()])
    identification = BoxesField(_l("How voters show who they are"), choices=options(w.IDENTIFICATIONS))
    kind = RadioField(_l("The ballot"), choices=options(w.BALLOT_KINDS))
    max_choices = IntegerField(_l("Most projects on a ballot"), [InputRequired()])
    min_suggested = IntegerField(_l("Suggested fewest projects"), [InputRequired()])
    scope = RadioField(_l("What a voter can choose"), choices=options(w.SCOPES))
    on_paper = BooleanField(_l("Centres also issue ballots of paper"))
    read_by = RadioField(_l("Who may read the opened ballots one by one"), choices=options(w.READERS))
    people_per_phone = IntegerField(_l("Most people on one mobile number"), [InputRequired()])
    claim_days = IntegerField(_l("Days for claims to the voter roll"), [InputRequired()])
    keep_roll_days = IntegerField(_l("Days until the roll is erased"), [InputRequired()])
    alarm_device = IntegerField(_l("People from one device on a day"), [InputRequired()])
    alarm_address = IntegerField(_l("People from one internet address on a day"), [InputRequired()])
    alarm_operator = IntegerField(_l("People identified by one operator within an hour"), [InputRequired()])
    alarm_hour = IntegerField(_l("People identified within an hour in the whole town"), [InputRequired()])
    alarm_very_old = IntegerField(
        _l("People of 85 and more from one device or address on a day"), [InputRequired()]
    )
    rule = RadioField(_l("Rule of counting"), choices=options(countable(w.RULES)))
    minimum_votes = IntegerField(_l("Fewest votes to be funded"), [InputRequired()])
    ties = SelectField(_l("When projects are equal"))
    utility = RadioField(_l("What a project gives is measured"), choices=options(w.UTILITIES))
    completion = RadioField(_l("Money that nobody can spend together"), choices=options(w.COMPLETIONS))
    step_tetri = MoneyField(_l("Step by which shares are raised"), [needed])
    price_per_vote_tetri = MoneyField(_l("What a vote is worth"), [needed])
    leftover = RadioField(_l("Money that is left in a unit"), choices=options(w.LEFTOVERS))

    def offer_ties(self, present: str) -> None:
        """The orders of tie breakers to choose from, the present one among them."""
        orders = dict.fromkeys((*TIE_ORDERS, present))
        self.ties.choices = [
            SelectChoice(order, " → ".join(str(w.TIES_SHORT[code]) for code in order.split(",")))
            for order in orders
        ]

    def show(self, rules: Rulebook) -> None:
        """Fill the form from the rules."""
        self.min_age_vote.data, self.identification.data = rules.min_age_vote, list(rules.identification)
        for part in (rules.ballot, rules.counting, rules.voters):
            for name, value in vars(part).items():
                if name != "ties":
                    self[name].data = value
        self.ties.data = ",".join(rules.counting.ties)

    def values(self) -> dict[str, Any]:
        """The fields of the rulebook that this section holds."""
        ballot = {name: self[name].data for name in BALLOT_FIELDS}
        counting = {name: self[name].data for name in COUNTING_FIELDS}
        return {
            "min_age_vote": self.min_age_vote.data,
            "identification": tuple(self.identification.data or ()),
            "voters": VoterRules(**{name: self[name].data for name in VOTER_LIMITS}),
            "ballot": BallotRules(**ballot),
            "counting": CountingRules(ties=tuple(self.ties.data.split(",")), **counting),
        }


class CriterionForm(RulesForm):
    """The words of one criterion; ``with_levels`` adds the words of each level."""

    name_ka = StringField(_l("Name in Georgian"), [needed, Length(max=120)])
    name_en = StringField(_l("Name in English"), [needed, Length(max=120)])
    question_ka = TextAreaField(_l("Question in Georgian"), [needed, Length(max=400)])
    question_en = TextAreaField(_l("Question in English"), [needed, Length(max=400)])


def criterion_form(low: int, high: int) -> type[CriterionForm]:
    """The form for a criterion with this scale."""
    fields = {}
    for level in range(low, high + 1):
        for lang, label in (
            ("ka", _l("Level %(level)s in Georgian", level=level)),
            ("en", _l("Level %(level)s in English", level=level)),
        ):
            fields[f"level_{level}_{lang}"] = TextAreaField(label, [needed, Length(max=400)])
    return type("LevelsForm", (CriterionForm,), fields)


class CheckForm(RulesForm):
    """One question that officials answer with yes or no."""

    text_ka = TextAreaField(_l("Question in Georgian"), [needed, Length(max=400)])
    text_en = TextAreaField(_l("Question in English"), [needed, Length(max=400)])
    failing_ka = TextAreaField(_l("What the author reads, in Georgian"), [needed, Length(max=600)])
    failing_en = TextAreaField(_l("What the author reads, in English"), [needed, Length(max=600)])
    ground_ka = StringField(_l("Ground in Georgian"), [needed, Length(max=300)])
    ground_en = StringField(_l("Ground in English"), [needed, Length(max=300)])
    correctable = BooleanField(_l("The author may correct it and hand in again"))
    department = StringField(_l("Department that answers it"), [Length(max=120)])
