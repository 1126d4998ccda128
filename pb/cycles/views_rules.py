"""Administration of a cycle's rules: one page for each section, each save a new version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Invalid, Problems
from pb.core.rubrics import INFORMATION, SCORED, Criterion
from pb.core.rulebook import frozen_at_phase
from pb.cycles import commands, queries, words_rules
from pb.cycles.forms import BallotForm, CommissionForm, ParticipationForm, RulesForm
from pb.cycles.forms_lists import categories_form, money_form, weights_form
from pb.cycles.queries import Here
from pb.cycles.readiness import SECTIONS, chooses_one_by_shares
from pb.cycles.views import bp
from pb.places.queries import units_of
from pb.policy import Action
from pb.web.forms import status_of, submitted
from pb.web.guard import current_actor, guard

# Forms that call their fields shorter than the rulebook does.
SHORTER = {
    "ballot.": "",
    "counting.": "",
    "shortlist.": "",
    "scoring.": "",
    "voters.": "",
    "money_times_percent": "times",
}


def save(
    here: Here, form: RulesForm, values: Callable[[], Mapping[str, Any]], parts: Collection[str]
) -> Callable[[], None]:
    """The act of a section's form: change these fields of the rulebook; ``parts`` must be free of faults."""

    def act() -> None:
        try:
            commands.change_rulebook(
                cycle_id=here.the_cycle.id,
                changes=values(),
                note=form.note.data or "",
                based_on=queries.rulebook_seen(here.the_cycle.id, form.based_on.data),
                parts=parts,
                actor=current_actor(),
                now=clock.now(),
            )
        except Problems as found:
            raise Problems(replace(p, field=_shorter(p.field)) for p in found.problems) from found

    return act


def _shorter(field: str | None) -> str | None:
    for long, short in SHORTER.items():
        field = field.replace(long, short) if field else field
    return field


def finish(
    here: Here, section: str, form: RulesForm, act: Callable[[], None], after: str = "tasks", **context: Any
) -> ResponseReturnValue:
    """Save and go on to ``after``, or show the page with what is wrong."""
    if submitted(form, act):
        flash(_("Saved."), "success")
        return redirect(url_for(f"cycles.{after}", town=here.town.slug, year=here.the_cycle.year))
    version = here.the_cycle.rulebook_version
    if not form.is_submitted() and version is not None:
        form.based_on.data = str(version.version)
    page = render_template(
        f"cycles/edit_{section}.html", form=form, rules=here.rules, frozen=is_frozen(here, section), w=words_rules,
        published=here.the_cycle.published_at is not None, **context,
    )  # fmt: skip
    return page, status_of(form)


# A field of the rulebook that stands for its section when it is asked whether the section is frozen.
SPEAKS_FOR = {
    "participation": "act_number",
    "money": "pot_tetri",
    "categories": "categories",
    "checklist": "checklist",
    "check": "checklist",
    "criteria": "rubric",
    "criterion": "rubric",
    "commission": "shortlist",
    "ballot": "ballot",
}


def is_frozen(here: Here, section: str) -> bool:
    """Whether the rules of the section can no longer change."""
    if here.the_cycle.published_at is None or here.status is None:
        return False
    at = frozen_at_phase(SPEAKS_FOR[section])
    order = list(type(at))
    return order.index(here.status.phase) >= order.index(at)


@bp.route("/<town>/admin/<int:year>/participation", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_participation(here: Here) -> ResponseReturnValue:
    """The council's act, who may hand in, in which ways, terms to object."""
    form = ParticipationForm(obj=here.rules)
    parts = [part for part in SECTIONS["participation"] if not part.startswith("act_")]  # it may come later
    return finish(here, "participation", form, save(here, form, form.values, parts))


@bp.route("/<town>/admin/<int:year>/money", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_money(here: Here) -> ResponseReturnValue:
    """The pot, a table of all units, limits of cost."""
    form = money_form(units_of(here.town.id))
    if not form.is_submitted():
        form.show(here.rules)
    elif "equal" in request.form and form.validate():
        form.share_equally()
        return finish(here, "money", form, _not_yet)
    return finish(here, "money", form, save(here, form, form.values, SECTIONS["money"]))


def _not_yet() -> None:
    """The sums were only worked out: the clerk looks at them, then saves."""
    raise Invalid("look_and_save")


@bp.route("/<town>/admin/<int:year>/categories", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_categories(here: Here) -> ResponseReturnValue:
    """What projects may be about."""
    form = categories_form(here.rules.categories)
    if not form.is_submitted():
        form.show()
    return finish(here, "categories", form, save(here, form, form.values, SECTIONS["categories"]))


@bp.route("/<town>/admin/<int:year>/criteria", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_criteria(here: Here) -> ResponseReturnValue:
    """Weights and required means of the criteria; their words have pages of their own."""
    rules = here.rules
    form = weights_form(rules)
    pairs = list(zip(rules.rubric.criteria, form.pairs(), strict=True))
    if not form.is_submitted():
        for criterion, (weight, minimum) in pairs:
            weight.data, minimum.data = criterion.weight_bp, criterion.minimum_mean_hundredths

    def values() -> dict[str, Any]:
        criteria = tuple(
            _weighed(criterion, weight.data, minimum.data) for criterion, (weight, minimum) in pairs
        )
        return {"rubric": replace(rules.rubric, criteria=criteria)}

    parts = ("rubric", "rubric.criteria.*.weight_bp", "rubric.criteria.*.minimum_mean_hundredths")
    return finish(here, "criteria", form, save(here, form, values, parts), pairs=pairs)


def _weighed(criterion: Criterion, weight_bp: int | None, minimum: int | None) -> Criterion:
    """With what was typed; what its kind does not have stays empty, whatever was sent."""
    return replace(
        criterion,
        weight_bp=weight_bp or 0 if criterion.kind == SCORED else 0,
        minimum_mean_hundredths=None if criterion.kind == INFORMATION else minimum,
    )


@bp.route("/<town>/admin/<int:year>/commission", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_commission(here: Here) -> ResponseReturnValue:
    """What the ranking proposes for the ballot, and what is published of the scores."""
    form = CommissionForm()
    if not form.is_submitted():
        form.show(here.rules)
    return finish(here, "commission", form, save(here, form, form.values, SECTIONS["commission"]))


@bp.route("/<town>/admin/<int:year>/ballot", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_ballot(here: Here) -> ResponseReturnValue:
    """Who votes, on what ballot, and how the votes are counted."""
    form = BallotForm()
    form.offer_ties(",".join(here.rules.counting.ties))
    if not form.is_submitted():
        form.show(here.rules)
    return finish(
        here, "ballot", form, save(here, form, form.values, SECTIONS["ballot"]),
        choose_one=chooses_one_by_shares(here.rules),
    )  # fmt: skip
