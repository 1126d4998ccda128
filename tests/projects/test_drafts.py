"""Two people, two windows, no connection: what was typed is kept until it is saved, and nobody overwrites anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from pb.core.errors import Closed, Invalid, Problems, Refused
from pb.db import db, writing
from pb.ideas.models import IdeaAuthor
from pb.policy import Actor
from pb.projects import commands, commands_drafts, merging, queries
from pb.projects.commands_drafts import DRAFTS_LIVE, MOST_DRAFTS, discard_draft, keep_draft, purge_drafts
from pb.projects.models import Project, ProjectDraft
from pb.projects.queries_drafts import drafts_of, unsaved_pages
from tests.factories import make_world
from tests.ideas.making import author
from tests.projects.making import BUDGET, DEVELOPMENT, IDEAS, the, written

VALUES = st.sampled_from(["", "ა", "ბ", "გ"])
PARTS = st.fixed_dictionaries(dict.fromkeys(("title", "problem", "what"), VALUES))


@given(PARTS, PARTS, PARTS)
def test_a_merge_keeps_what_each_changed_or_refuses(
    seen: merging.Parts, current: merging.Parts, typed: merging.Parts
) -> None:
    clashing = merging.conflicts(seen, current, typed)
    for name in typed:
        both = seen[name] != typed[name] and seen[name] != current[name]
        assert (name in clashing) == (both and typed[name] != current[name])
    if clashing:
        with pytest.raises(Problems):
            merging.merged(seen, current, typed)
        return
    new = merging.merged(seen, current, typed)
    for name, value in new.items():
        assert value == (typed[name] if typed[name] != seen[name] else current[name])


def text_of(project: Project) -> merging.Parts:
    return merging.saved_parts(the(project.id).revision)


def join(project: Project) -> Actor:
    """A co-author of the project's idea."""
    other = author()
    with writing():
        idea_id = project.links[0].idea_id
        db.session.add(IdeaAuthor(idea_id=idea_id, account_id=other.account_id, name_sealed=b""))
    db.session.expire_all()
    return other


def test_co_authors_who_change_different_fields_keep_both(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    other = join(project)
    seen = text_of(project)
    page = {"title": seen["title"], "problem": "ერთი", "what": seen["what"]}
    commands.save_revision(project_id=project.id, actor=citizen, now=DEVELOPMENT, base=2, fields=page)
    late = {"title": seen["title"], "problem": seen["problem"], "what": "მეორე"}
    number = commands.save_revision(project_id=project.id, actor=other, now=DEVELOPMENT, base=2, fields=late)
    assert number == 4
    assert (text_of(project)["problem"], text_of(project)["what"]) == ("ერთი", "მეორე")
    last = queries.revision_by_number(project.id, 4)
    assert last is not None
    assert last.by == other.account_id


def test_the_same_field_changed_twice_is_refused_and_both_texts_stand(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, base=2, fields={"team": "ერთი"}
    )
    lines = [{**BUDGET[0], "price_tetri": 1}]
    for part in ({"fields": {"team": "ორი"}}, {"fields": {"team": "ორი"}, "budget": lines}):
        with pytest.raises(Problems) as refused:
            commands.save_revision(project_id=project.id, actor=citizen, now=DEVELOPMENT, base=2, **part)  # type: ignore[arg-type]
        assert [(p.code, p.field) for p in refused.value.problems] == [("changed_meanwhile", "team")]
    assert text_of(project)["team"] == "ერთი"
    assert text_of(project)["budget"][0]["price_tetri"] == 42_000, "all or nothing"
    same = commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, base=2, fields={"team": "ერთი"}
    )
    assert same == 3, "both typed the same"


def test_each_window_keeps_its_own_unsaved_text(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    who = {"project_id": project.id, "page": "team", "base": 2, "actor": citizen}
    one = keep_draft(typed={"team": "ერთი"}, now=DEVELOPMENT, **who)  # type: ignore[arg-type]
    first = (one.id, one.version)
    two = keep_draft(typed={"team": "ორი"}, now=DEVELOPMENT + timedelta(minutes=1), **who)  # type: ignore[arg-type]
    assert two.id != first[0]
    again = keep_draft(typed={"team": "ერთი და"}, now=DEVELOPMENT, draft=first, **who)  # type: ignore[arg-type]
    assert (again.id, again.version) == (first[0], 2)
    late = keep_draft(typed={"team": "სხვა"}, now=DEVELOPMENT, draft=first, **who)  # type: ignore[arg-type]
    assert late.id not in (first[0], two.id), "a window that comes late to a row begins its own"
    assert citizen.account_id is not None
    kept = [draft.typed["team"] for draft in drafts_of(project.id, citizen.account_id, "team")]
    assert sorted(kept) == ["ერთი და", "ორი", "სხვა"]
    assert unsaved_pages(project.id, citizen.account_id) == {"team"}
    commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, fields={"team": "ერთი და"}, draft=(first[0], 2)
    )
    assert len(drafts_of(project.id, citizen.account_id, "team")) == 2, "saved: its unsaved text goes"
    commands.save_revision(
        project_id=project.id, actor=citizen, now=DEVELOPMENT, fields={"team": "ო"}, draft=(two.id, 7)
    )
    assert len(drafts_of(project.id, citizen.account_id, "team")) == 2, "another window wrote to it: it stays"


def test_unsaved_texts_are_for_their_writer_alone(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    other, stranger = join(project), author()
    mine = keep_draft(
        project_id=project.id, page="team", typed={"team": "ჩემი"}, base=2, actor=citizen, now=DEVELOPMENT
    )
    assert other.account_id is not None
    assert drafts_of(project.id, other.account_id, "team") == []
    theirs = keep_draft(
        project_id=project.id, page="team", typed={"team": "სხვისი"}, base=2, actor=other, now=DEVELOPMENT,
        draft=(mine.id, mine.version),
    )  # fmt: skip
    assert theirs.id != mine.id
    discard_draft(project_id=project.id, draft_id=mine.id, actor=other)
    assert db.session.scalar(select(func.count()).select_from(ProjectDraft)) == 2
    with pytest.raises(Refused):
        keep_draft(project_id=project.id, page="team", typed={}, base=2, actor=stranger, now=DEVELOPMENT)
    with pytest.raises(Closed):
        keep_draft(project_id=project.id, page="team", typed={}, base=2, actor=citizen, now=IDEAS)


def test_unsaved_texts_are_few_and_go_in_time(app: Flask) -> None:
    world = make_world(app)
    citizen = author()
    project = written(world, citizen)
    who = {"project_id": project.id, "page": "team", "base": 2, "actor": citizen, "now": DEVELOPMENT}
    with pytest.raises(Invalid) as refused:
        keep_draft(typed={"team": "ა" * commands_drafts.LARGEST_DRAFT}, **who)  # type: ignore[arg-type]
    assert refused.value.code == "too_large"
    for n in range(MOST_DRAFTS):
        keep_draft(typed={"team": str(n)}, **who)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        keep_draft(typed={"team": "ა"}, **who)  # type: ignore[arg-type]
    assert refused.value.code == "too_many_drafts"
    assert purge_drafts(now=DEVELOPMENT + DRAFTS_LIVE) == 0
    assert purge_drafts(now=DEVELOPMENT + DRAFTS_LIVE + timedelta(seconds=1)) == MOST_DRAFTS
    assert purge_drafts(now=DEVELOPMENT + DRAFTS_LIVE + timedelta(days=1)) == 0
