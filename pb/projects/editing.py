"""One page of the author's while it is filled in: the saved text, one's own unsaved text, and what somebody else
saved meanwhile. What is typed is never lost: it is saved, or kept as an unsaved text, or shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from pb import clock
from pb.core.errors import Invalid, Missing, Problems
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.projects import commands, merging, queries, rows, text
from pb.projects.beside import Beside, beside
from pb.projects.budget import MAX_LINES, checked_budget
from pb.projects.commands_drafts import discard_draft, keep_draft
from pb.projects.forms import FIELD_FORMS, BasedForm, budget_form, timeline_form
from pb.projects.models import Project, ProjectDraft, ProjectRevision
from pb.projects.queries_drafts import drafts_of
from pb.web.forms import submitted
from pb.web.guard import current_actor
from pb.web.wording import error_words, language

NOT_TYPED = frozenset({"csrf_token", "base", "version"})


@dataclass(frozen=True)
class Kind:
    """How a page's part of the text becomes a form and back.

    ``form(count)``; ``saved(revision)`` by field of the form; ``typed(form, count)`` as save_revision takes it;
    ``checked`` the same as merging parts (raises Problems). Of pages with rows: ``length(revision)``, at most
    ``limit`` of them, with fields "<prefix>-<row>-<name>".
    """

    form: Callable[[int], type[BasedForm]]
    saved: Callable[[ProjectRevision], dict[str, Any]]
    typed: Callable[[BasedForm, int], dict[str, Any]]
    checked: Callable[[dict[str, Any]], merging.Parts]
    length: Callable[[ProjectRevision], int] = lambda _revision: 0
    limit: int = 0
    prefix: str = ""
    names: Iterable[str] = ()


def _fields_kind(page: str) -> Kind:
    names = text.PAGES[page]

    def typed(form: BasedForm, _count: int) -> dict[str, Any]:
        values = {name: form[name].data for name in names}
        return {
            "fields": {
                n: v if n in text.SUMS else v or "" for n, v in values.items() if not _left_to_other(n)
            }
        }

    return Kind(
        form=lambda _count: FIELD_FORMS[page],
        saved=lambda revision: {name: revision.fields.get(name) for name in names},
        typed=typed,
        checked=lambda given: text.checked_fields(given["fields"]),
    )


def _typed_rows(
    name: str, read: Callable[[BasedForm, int], Any]
) -> Callable[[BasedForm, int], dict[str, Any]]:
    return lambda form, count: {} if _left_to_other(name) else {name: read(form, count)}


def _left_to_other(name: str) -> bool:
    """Whether the author chose the text of the other window for this part."""
    return request.form.get(f"choose-{name}") == "other"


KINDS: dict[str, Kind] = {
    **{page: _fields_kind(page) for page in text.PAGES},
    "budget": Kind(
        form=budget_form, saved=rows.budget_data, typed=_typed_rows("budget", rows.typed_budget),
        checked=lambda given: {"budget": checked_budget(given["budget"])} if given else {},
        length=lambda revision: len(revision.budget), limit=MAX_LINES,
        prefix="lines", names=tuple(rows.LINE_FIELDS),
    ),
    "timeline": Kind(
        form=timeline_form, saved=rows.timeline_data, typed=_typed_rows("timeline", rows.typed_timeline),
        checked=lambda given: {"timeline": text.checked_timeline(given["timeline"])} if given else {},
        length=lambda revision: len(revision.timeline), limit=text.MAX_STEPS,
        prefix="steps", names=rows.STEP_FIELDS,
    ),
}  # fmt: skip


def newest(project: Project) -> ProjectRevision:
    """The text to be edited; 404 for a project that was imported without one."""
    if project.revision is None:
        raise Missing("no_such_page")
    return project.revision


def place_of(here: Here, project: Project) -> dict[str, Any]:
    """Town, year and number for an address."""
    return {"town": here.town.slug, "year": here.the_cycle.year, "number": project.number}


class Editing:
    """A page (a key of KINDS) as it is asked for or sent. ``draft``: the unsaved text that it shows."""

    def __init__(self, here: Here, project: Project, page: str) -> None:
        self.here, self.project, self.page, self.kind = here, project, page, KINDS[page]
        self.saved = newest(project)
        self.drafts = [] if request.method == "POST" else drafts_of(project.id, self._me, page)
        asked = whole_number(request.args.get("draft"))
        found = (draft for draft in self.drafts if draft.id == asked)
        self.draft = next(found, self.drafts[0] if self.drafts else None)
        given: MultiDict[str, str] | None = None
        if request.method == "POST":
            given = MultiDict(request.form)
        elif self.draft is not None:
            given = MultiDict({**self.draft.typed, **_hidden(self.draft)})
        asked_rows = given.get("rows") if given is not None else request.args.get("rows")
        self.count = rows.wanted_rows(asked_rows, self.kind.length(self.saved), self.kind.limit)
        saved = self.kind.saved(self.saved) if given is None else {}
        data = {**saved, "base": self.saved.number, "version": "", "rows": self.count}
        self.form = self.kind.form(self.count)(given, data=data)

    @property
    def _me(self) -> int:
        account = current_actor().account_id
        assert account is not None
        return account

    def address(self, **values: Any) -> str:
        """Of this page."""
        return url_for(f"projects.{self.page}", **place_of(self.here, self.project), **values)

    def others(self) -> list[ProjectDraft]:
        """Further unsaved texts of the same page, from other windows."""
        return [draft for draft in self.drafts if draft is not self.draft]

    def answer(self) -> ResponseReturnValue | None:
        """What is sent back at once: saved by itself, rows moved, unsaved text thrown away; None: show or save."""
        if request.method != "POST":
            return None
        if "autosave" in request.form:
            kept = self._keep()
            return ("", 204, {"X-Version": f"{kept.id}.{kept.version}"}) if kept else ("", 422)
        if "discard" in request.form:
            if self.form.draft is not None:
                discard_draft(project_id=self.project.id, draft_id=self.form.draft[0], actor=current_actor())
            return redirect(self.address())
        if act := request.form.get("act"):
            return self._moved(act)
        return None

    def _moved(self, act: str) -> ResponseReturnValue | None:
        more = act == "more"
        count = rows.more_rows(self.count, self.kind.limit) if more else self.count
        kind = self.kind
        typed = rows.rearranged(self._typed(), act, kind.prefix, kind.names, self.count)
        kept = self._keep({**typed, "rows": str(count)})
        anchor = f"{kind.prefix}-{self.count if more else act.partition('-')[2]}"
        return redirect(self.address(draft=kept.id, _anchor=anchor)) if kept else None

    def saves(self) -> bool:
        """Save what was sent; False when it was not sent, or shown again with what is wrong."""
        if submitted(self.form, self._save):
            return True
        if request.method == "POST":
            self.saved = newest(self.project)  # somebody may have saved while this was on its way
            kept = self._keep()
            if kept is not None:
                self.form.version.data = f"{kept.id}.{kept.version}"
        return False

    def _save(self) -> None:
        commands.save_revision(
            project_id=self.project.id, actor=current_actor(), now=clock.now(), base=self.form.base_number,
            draft=self.form.draft, **self.kind.typed(self.form, self.count),
        )  # fmt: skip

    def _typed(self) -> dict[str, str]:
        names = set(self.form._fields) - NOT_TYPED
        return {name: value for name, value in request.form.items() if name in names}

    def _keep(self, typed: dict[str, str] | None = None) -> ProjectDraft | None:
        """Keep what was typed as an unsaved text; None when that is not possible (the page then keeps it)."""
        try:
            return keep_draft(
                project_id=self.project.id, page=self.page, typed=typed or self._typed(),
                base=self.form.base_number or self.saved.number, draft=self.form.draft,
                actor=current_actor(), now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            self.form.form_errors.append(error_words(error))
            return None

    def clashes(self) -> list[Beside]:
        """The parts that somebody else saved meanwhile, beside what is typed here. What is sent next is written over
        them knowingly: both stand on the page.
        """
        base = self.form.base_number
        if base == self.saved.number:
            return []
        try:
            typed = self.kind.checked(self.kind.typed(self.form, self.count))
        except Problems:
            return []
        seen = merging.saved_parts(queries.revision_by_number(self.project.id, base))
        current = merging.saved_parts(self.saved)
        names = merging.conflicts(seen, current, typed)
        if names:
            self.form.base.data = str(self.saved.number)
        return [beside(name, current[name], typed[name], language()) for name in names]


def _hidden(draft: ProjectDraft) -> dict[str, str]:
    return {"base": str(draft.base), "version": f"{draft.id}.{draft.version}"}
