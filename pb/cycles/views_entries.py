"""Administration of single criteria and checks: their words, adding, removing, their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pb import clock
from pb.core.errors import Missing
from pb.core.rubrics import CRITERION_KINDS, GATE, INFORMATION, SCORED
from pb.core.rulebook import Check, Criterion, Rubric
from pb.cycles import commands
from pb.cycles.forms import CheckForm, criterion_form
from pb.cycles.forms_lists import new_id
from pb.cycles.queries import Here
from pb.cycles.views import bp
from pb.cycles.views_rules import finish, is_frozen, save
from pb.policy import Action
from pb.web.guard import current_actor, guard

# The scale of a new criterion by its kind; a gate begins with yes and no, and yes is what must be reached.
NEW_SCALES = {SCORED: (0, 5), GATE: (0, 1), INFORMATION: (0, 5)}
NEW_MINIMUM = {GATE: 50}  # hundredths of a level: half of the members say yes
Entry = TypeVar("Entry", Criterion, Check)


def the_criterion(here: Here, key: str) -> Criterion | None:
    """A criterion of this cycle's rubric."""
    return next((criterion for criterion in here.rules.rubric.criteria if criterion.id == key), None)


def the_check(here: Here, key: str) -> Check | None:
    """A check of this cycle's list."""
    return next((check for check in here.rules.checklist if check.id == key), None)


def _pair(form: Any, name: str) -> dict[str, str]:
    return {lang: (form[f"{name}_{lang}"].data or "").strip() for lang in ("ka", "en")}


def _show_pair(form: Any, name: str, words: Any) -> None:
    for lang in ("ka", "en"):
        form[f"{name}_{lang}"].data = words.get(lang, "")


@bp.route("/<town>/admin/<int:year>/criteria/new", methods=["GET", "POST"], endpoint="new_criterion")
@bp.route("/<town>/admin/<int:year>/criteria/<criterion>", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_criterion(here: Here, criterion: str | None = None) -> ResponseReturnValue:
    """The words of a criterion: its name, its question, every level of its scale."""
    old = the_criterion(here, criterion) if criterion is not None else None
    if criterion is not None and old is None:
        raise Missing("no_such_page")
    kind = old.kind if old else request.args.get("kind", SCORED)
    if kind not in CRITERION_KINDS:
        raise Missing("no_such_page")
    low, high = (old.low, old.high) if old else NEW_SCALES[kind]
    form = criterion_form(low, high)()
    if old is not None and not form.is_submitted():
        _show_pair(form, "name", old.name)
        _show_pair(form, "question", old.question)
        for level, words in enumerate(old.levels, start=low):
            _show_pair(form, f"level_{level}", words)

    def values() -> dict[str, Any]:
        criteria = list(here.rules.rubric.criteria)
        name = _pair(form, "name")
        base = old or Criterion(
            new_id(name["en"], {"new", *(c.id for c in criteria)}), {}, {}, 0, low, high, kind=kind,
            minimum_mean_hundredths=NEW_MINIMUM.get(kind),
        )  # fmt: skip
        new = replace(
            base,
            name=name,
            question=_pair(form, "question"),
            levels=tuple(_pair(form, f"level_{level}") for level in range(low, high + 1)),
        )
        criteria = [new if c.id == new.id else c for c in criteria] if old else [*criteria, new]
        return {"rubric": Rubric(tuple(criteria))}

    return finish(here, "criterion", form, save(here, form, values, ()), after="edit_criteria", criterion=old,
                  levels=range(low, high + 1), kind=kind)  # fmt: skip


@bp.post("/<town>/admin/<int:year>/criteria/<criterion>/remove")
@guard(Action.EDIT_CYCLE, criterion=the_criterion)
def remove_criterion(here: Here, criterion: Criterion) -> ResponseReturnValue:
    """Take a criterion out; the weights of the others have to be set anew."""
    left = tuple(c for c in here.rules.rubric.criteria if c.id != criterion.id)
    return _changed(here, {"rubric": Rubric(left)}, "edit_criteria")


@bp.post("/<town>/admin/<int:year>/criteria/<criterion>/<any(up,down):way>")
@guard(Action.EDIT_CYCLE, criterion=the_criterion)
def move_criterion(here: Here, criterion: Criterion, way: str) -> ResponseReturnValue:
    """Put a criterion one place up or down: the first two break ties."""
    order = _moved(here.rules.rubric.criteria, criterion, way)
    return _changed(here, {"rubric": Rubric(order)}, "edit_criteria")


def _moved(entries: tuple[Entry, ...], entry: Entry, way: str) -> tuple[Entry, ...]:
    """The entries with one of them a place up or down; as they were where it stands at that end."""
    order, place = list(entries), entries.index(entry)
    other = place - 1 if way == "up" else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return tuple(order)


@bp.get("/<town>/admin/<int:year>/checklist")
@guard(Action.EDIT_CYCLE)
def edit_checklist(here: Here) -> ResponseReturnValue:
    """What officials check."""
    return render_template(
        "cycles/edit_checklist.html", rules=here.rules, frozen=is_frozen(here, "checklist"),
        published=here.the_cycle.published_at is not None,
    )  # fmt: skip


@bp.route("/<town>/admin/<int:year>/checklist/new", methods=["GET", "POST"], endpoint="new_check")
@bp.route("/<town>/admin/<int:year>/checklist/<check>", methods=["GET", "POST"])
@guard(Action.EDIT_CYCLE)
def edit_check(here: Here, check: str | None = None) -> ResponseReturnValue:
    """The words of one check."""
    old = the_check(here, check) if check is not None else None
    if check is not None and old is None:
        raise Missing("no_such_page")
    form = CheckForm(data={"correctable": old.correctable, "department": old.department} if old else None)
    if old is not None and not form.is_submitted():
        for name in ("text", "failing", "ground"):
            _show_pair(form, name, getattr(old, name))

    def values() -> dict[str, Any]:
        checks = list(here.rules.checklist)
        text = _pair(form, "text")
        key = old.id if old else new_id(text["en"], {"new", *(c.id for c in checks)})
        new = Check(
            key, text, _pair(form, "failing"), _pair(form, "ground"), bool(form.correctable.data),
            " ".join((form.department.data or "").split()),
        )  # fmt: skip
        return {"checklist": tuple([new if c.id == key else c for c in checks] if old else [*checks, new])}

    return finish(here, "check", form, save(here, form, values, ()), after="edit_checklist", check=old)


@bp.post("/<town>/admin/<int:year>/checklist/<check>/<any(up,down):way>")
@guard(Action.EDIT_CYCLE, check=the_check)
def move_check(here: Here, check: Check, way: str) -> ResponseReturnValue:
    """Put a check one place up or down, as officials will go through the list."""
    return _changed(here, {"checklist": _moved(here.rules.checklist, check, way)}, "edit_checklist")


@bp.post("/<town>/admin/<int:year>/checklist/<check>/remove")
@guard(Action.EDIT_CYCLE, check=the_check)
def remove_check(here: Here, check: Check) -> ResponseReturnValue:
    """Take a check off the list."""
    left = tuple(c for c in here.rules.checklist if c.id != check.id)
    return _changed(here, {"checklist": left}, "edit_checklist")


def _changed(here: Here, changes: dict[str, Any], after: str) -> ResponseReturnValue:
    cycle_id, actor = here.the_cycle.id, current_actor()
    commands.change_rulebook(
        cycle_id=cycle_id, changes=changes, based_on=here.rules, actor=actor, now=clock.now()
    )
    flash(_("Saved."), "success")
    return redirect(url_for(f"cycles.{after}", town=here.town.slug, year=here.the_cycle.year))
