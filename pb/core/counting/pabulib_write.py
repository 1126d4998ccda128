"""A Pabulib file (.pb) of a profile: what an election of ours looks like to the field's other tools."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pb.core.counting import decimals as numbers
from pb.core.counting.pabulib_text import Document, Section
from pb.core.counting.profile import POINT_KINDS, BallotKind, Profile
from pb.core.errors import Invalid

_SCORED = POINT_KINDS | {BallotKind.ORDINAL}


def document_of(
    profile: Profile, *, meta: Mapping[str, str] | None = None, winners: Collection[str] | None = None
) -> Document:
    """A new file of a profile, with voters numbered in the order of the grouped ballots.

    ``meta`` is added to the profile's own; budget, vote_type and the counts are always those of the profile,
    in the words of its meta where these say the same ("500000.0" stays so). With ``winners`` (project ids)
    there is a column ``selected``.
    """
    facts = {**profile.meta, **(meta or {})}
    told = {
        "num_projects": str(len(profile.projects)),
        "num_votes": str(profile.voters),
        "budget": profile.money(profile.budget),
    }
    if profile.max_length is not None:
        told["max_length"] = str(profile.max_length)
    if profile.default_score:
        told["default_score"] = numbers.show(profile.default_score, profile.point_decimals)
    facts |= {key: text for key, text in told.items() if not _same(facts.get(key, ""), text)}
    plain = profile.kind is BallotKind.KNAPSACK and facts.get("max_sum_cost", "").strip()
    kind = BallotKind.APPROVAL.value if plain else profile.kind.value
    if facts.get("vote_type", "").strip() != kind:
        facts["vote_type"] = kind
    document = Document()
    rows = [[key, value] for key, value in facts.items()]
    document.sections["META"] = Section("META", ["key", "value"], rows)
    document.sections["PROJECTS"] = _project_section(profile, winners)
    document.sections["VOTES"] = _vote_section(profile)
    return document


def _same(text: str, number: str) -> bool:
    """Whether a text says this number, whatever its zeros at the end and its mark."""
    try:
        value, places = numbers.parse(text)
    except Invalid:
        return False
    known, scale = numbers.parse(number)
    return value * 10**scale == known * 10**places


def _project_section(profile: Profile, winners: Collection[str] | None) -> Section:
    computed = [
        "project_id",
        "cost",
        "votes",
        *(["score"] if profile.kind in _SCORED else []),
        "name",
        "category",
    ]
    computed += ["unit"] if any(project.unit for project in profile.projects) else []
    computed += ["selected"] if winners is not None else []
    extra = dict.fromkeys(name for p in profile.projects for name in p.extra if name not in computed)
    section = Section("PROJECTS", [*computed, *extra])
    for position, project in enumerate(profile.projects):
        cells = {
            **project.extra,
            "project_id": project.id,
            "cost": profile.money(project.cost),
            # What a file says of its own count stays, right or wrong; nothing is counted by it.
            "votes": project.extra.get("votes", str(profile.tally.votes[position])),
            "score": project.extra.get("score", profile.points(profile.tally.scores[position])),
            "name": project.name,
            "category": project.category,
            "unit": project.unit,
        }
        if winners is not None:
            cells["selected"] = "1" if project.id in winners else "0"
        section.rows.append([cells.get(name, "") for name in section.columns])
    return section


def _vote_section(profile: Profile) -> Section:
    with_points = profile.kind in POINT_KINDS
    with_units = any(ballot.unit for ballot in profile.ballots)
    columns = ["voter_id", "vote", *(["points"] if with_points else []), *(["unit"] if with_units else [])]
    section = Section("VOTES", columns)
    voter = 0
    for ballot in profile.ballots:
        cells = [",".join(profile.projects[choice].id for choice in ballot.choices)]
        if with_points:
            cells.append(",".join(numbers.show(value, profile.point_decimals) for value in ballot.points))
        if with_units:
            cells.append(ballot.unit)
        for _ in range(ballot.weight):
            voter += 1
            section.rows.append([str(voter), *cells])
    return section
