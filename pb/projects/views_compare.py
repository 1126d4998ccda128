"""Any two revisions of a project side by side, and one as data from which its fingerprint can be computed anew."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pb.core.canonical import canonical_json
from pb.core.errors import Missing
from pb.core.whole import whole_number
from pb.cycles.queries import Here
from pb.projects import merging, queries
from pb.projects.beside import all_beside
from pb.projects.editing import place_of
from pb.projects.models import Project, ProjectRevision
from pb.projects.records import author_labels
from pb.projects.text import document
from pb.projects.views import blueprint, load, may_read_draft, number_words, require_public
from pb.web.guard import public
from pb.web.wording import language


def shown_revisions(here: Here, project: Project) -> list[ProjectRevision]:
    """The revisions that the reader may see, newest first. Raises Missing where there is none."""
    draft = may_read_draft(here, project)
    require_public(project, draft)
    found = queries.revisions(project, everything=draft)
    if not found:
        raise Missing("no_such_page")
    return found


@blueprint.get("/<int:number>/revisions")
@public(number=load)
def revisions(here: Here, number: Project) -> ResponseReturnValue:
    """Every revision with who saved it and when; two are chosen to be compared."""
    found = shown_revisions(here, number)
    return render_template(
        "projects/revisions.html", project=number, number=number_words(here, number.number),
        revisions=found, authors=author_labels(number),
    )  # fmt: skip


@blueprint.get("/<int:number>/revisions/compare")
@public(number=load)
def compare(here: Here, number: Project) -> ResponseReturnValue:
    """Two revisions, by default the last two: ?old=1&new=3. The older one stands on the left whichever way asked."""
    found = {row.number: row for row in shown_revisions(here, number)}
    newest = max(found)
    wanted = (whole_number(request.args.get("old")), whole_number(request.args.get("new")))
    pair = sorted(n for n in wanted if n is not None and n in found)
    if len(pair) < 2 or pair[0] == pair[1]:
        if len(found) < 2:
            return redirect(url_for("projects.revision", n=newest, **place_of(here, number)))
        new = pair[-1] if pair and pair[-1] > min(found) else newest
        pair = [max(n for n in found if n < new), new]
    old, new_text = found[pair[0]], found[pair[1]]
    parts = all_beside(merging.saved_parts(old), merging.saved_parts(new_text), language())
    return render_template(
        "projects/compare.html", project=number, number=number_words(here, number.number), old=old,
        new=new_text, parts=parts, changed=[part for part in parts if part.changed],
        revisions=list(found.values()), authors=author_labels(number),
    )  # fmt: skip


@blueprint.get("/<int:number>/revisions/<int:n>.json")
@public(number=load)
def revision_json(here: Here, number: Project, n: int) -> ResponseReturnValue:
    """The canonical JSON of a revision, byte for byte what its fingerprint is the SHA-256 of."""
    text = next((row for row in shown_revisions(here, number) if row.number == n), None)
    if text is None:
        raise Missing("no_such_page")
    return Response(
        canonical_json(document(text.fields, text.timeline, text.budget)), mimetype="application/json"
    )
