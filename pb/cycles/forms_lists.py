"""Forms with a row for each unit, category or criterion: their fields are made for the cycle at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import Length

from pb.core.georgian import slug
from pb.core.money import split_equal
from pb.core.rubrics import SCORED
from pb.core.rulebook import Category, Rulebook
from pb.cycles.fields import HundredthsField, PercentField, SelectChoice, needed
from pb.cycles.forms import RulesForm
from pb.places.models import Unit
from pb.web.filters import words
from pb.web.forms import MoneyField

NEW_ROWS = 3


class MoneyForm(RulesForm):
    """The pot, its parts and the limits of a project's cost. Units' fields are called
    ``unit_sums.<slug>``.
    """

    pot_tetri = MoneyField(_l("Money of the whole contest"), [needed])
    split = RadioField(
        _l("How the money is divided"),
        choices=[
            SelectChoice("per_unit", _l("A sum for each administrative unit")),
            SelectChoice("one_pot", _l("One pot for the whole municipality")),
        ],
    )
    town_wide_tetri = MoneyField(_l("For projects of the whole municipality"))
    cost_cap_tetri = MoneyField(_l("Highest cost of a project"), [needed])
    cost_floor_tetri = MoneyField(_l("Lowest cost of a project"))
    units: Sequence[Unit] = ()

    def unit_fields(self) -> list[Any]:
        """The inputs of the table, in the town's order."""
        return [self[f"unit_sums.{unit.slug}"] for unit in self.units]

    def show(self, rules: Rulebook) -> None:
        """Fill the form from the rules."""
        for name in ("pot_tetri", "town_wide_tetri", "cost_cap_tetri", "cost_floor_tetri"):
            self[name].data = getattr(rules, name)
        self.split.data = "per_unit" if rules.unit_sums else "one_pot"
        for unit, field in zip(self.units, self.unit_fields(), strict=True):
            field.data = rules.unit_sums.get(unit.slug)

    def share_equally(self) -> None:
        """Write the same sum into every unit, in whole lari; the first one gets what is over."""
        rest = max((self.pot_tetri.data or 0) - (self.town_wide_tetri.data or 0), 0)
        lari, odd = divmod(rest, 100)
        shares = [share * 100 for share in split_equal(lari, len(self.units))]
        shares[0] += odd
        self.split.data = "per_unit"
        for field, share in zip(self.unit_fields(), shares, strict=True):
            field.data, field.typed, field.errors = share, None, ()

    def total(self) -> int:
        """What the sums make, in tetri."""
        sums = sum(field.data or 0 for field in self.unit_fields()) if self.split.data == "per_unit" else 0
        return sums + (self.town_wide_tetri.data or 0)

    def values(self) -> dict[str, Any]:
        """The fields of the rulebook that this section holds. An empty sum of a unit is missing, not 0."""
        pot = self.pot_tetri.data
        one_pot = self.split.data == "one_pot"
        sums = {unit.slug: self[f"unit_sums.{unit.slug}"].data for unit in self.units}
        return {
            "pot_tetri": pot,
            "unit_sums": {} if one_pot else {name: sum_ for name, sum_ in sums.items() if sum_ is not None},
            "town_wide_tetri": pot if one_pot else self.town_wide_tetri.data or 0,
            "cost_cap_tetri": self.cost_cap_tetri.data,
            "cost_floor_tetri": self.cost_floor_tetri.data or 0,
        }


def money_form(units: Sequence[Unit]) -> MoneyForm:
    """The form for a town's units."""
    fields: dict[str, Any] = {f"unit_sums.{unit.slug}": MoneyField(words(unit.name)) for unit in units}
    made: MoneyForm = type("UnitsMoneyForm", (MoneyForm,), {**fields, "units": units})()
    return made


class CategoriesForm(RulesForm):
    """Names in both languages; a row with both emptied goes, empty rows at the end are for new ones."""

    rows: int = 0
    present: Sequence[Category] = ()

    def pairs(self) -> list[tuple[Any, Any]]:
        """The inputs of each row."""
        return [(self[f"row_{n}_ka"], self[f"row_{n}_en"]) for n in range(self.rows)]

    def show(self) -> None:
        """Fill the form from the rules."""
        for category, (georgian, english) in zip(self.present, self.pairs(), strict=False):
            georgian.data, english.data = category.name["ka"], category.name["en"]

    def values(self) -> dict[str, Any]:
        """The fields of the rulebook that this section holds; a category keeps its id when it is renamed."""
        taken = {category.id for category in self.present}
        found = []
        for n, (georgian, english) in enumerate(self.pairs()):
            name = {"ka": (georgian.data or "").strip(), "en": (english.data or "").strip()}
            if not any(name.values()):
                continue
            key = self.present[n].id if n < len(self.present) else _new_id(name["en"] or name["ka"], taken)
            taken.add(key)
            found.append(Category(key, name))
        return {"categories": tuple(found)}


def categories_form(present: Sequence[Category]) -> CategoriesForm:
    """The form for these categories and a few new ones."""
    rows = len(present) + NEW_ROWS
    fields: dict[str, Any] = {}
    for n in range(rows):
        fields[f"row_{n}_ka"] = StringField(_l("Category %(n)s in Georgian", n=n + 1), [Length(max=80)])
        fields[f"row_{n}_en"] = StringField(_l("Category %(n)s in English", n=n + 1), [Length(max=80)])
    extra = {"rows": rows, "present": present}
    made: CategoriesForm = type("RowsForm", (CategoriesForm,), {**fields, **extra})()
    return made


def _new_id(name: str, taken: set[str]) -> str:
    base = slug(name, 40) or "entry"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def new_id(name: str, taken: set[str]) -> str:
    """An id made from an English name that is not taken yet."""
    return _new_id(name, taken)


class WeightsForm(RulesForm):
    """Weight and required mean of each criterion. Fields are called as those of the rubric."""

    count: int = 0

    def pairs(self) -> list[tuple[Any, Any]]:
        """The inputs of each row."""
        return [(self[_weight(n)], self[_minimum(n)]) for n in range(self.count)]


def _weight(n: int) -> str:
    return f"rubric.criteria.{n}.weight_bp"


def _minimum(n: int) -> str:
    return f"rubric.criteria.{n}.minimum_mean_hundredths"


def weights_form(rules: Rulebook) -> WeightsForm:
    """The form for a rubric."""
    fields: dict[str, Any] = {"count": len(rules.rubric.criteria)}
    for n, criterion in enumerate(rules.rubric.criteria):
        name = words(criterion.name)
        required = [needed] if criterion.kind == SCORED else []
        fields[_weight(n)] = PercentField(_l("Weight: %(name)s", name=name), required)
        fields[_minimum(n)] = HundredthsField(_l("Required mean: %(name)s", name=name))
    made: WeightsForm = type("CriteriaForm", (WeightsForm,), fields)()
    return made
