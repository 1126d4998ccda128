"""A made-up town of any size for `bench-count`: the same for the same numbers on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

SEED = 20261122
PROJECTS = 200
APPROVALS = 10
#: Whole lari for every voter, and by how much add1 raises that at a time.
SHARE = 50
STEP = 1


def write_town(path: Path, voters: int) -> None:
    """A Pabulib file: 200 projects, ten different choices on every ballot, 50 lari for every voter.

    Costs grow with the town, so that about as many projects are funded in a small one as in a large one;
    some projects are named far more often than others, as in real towns.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in _lines(random.Random(SEED), voters))


def _lines(dice: random.Random, voters: int) -> Iterator[str]:
    yield from ("META", "key;value", f"description;Made-up town of {voters} voters", "vote_type;approval")
    yield from (
        f"budget;{voters * SHARE}",
        f"num_projects;{PROJECTS}",
        f"num_votes;{voters}",
        "max_length;10",
    )
    yield from ("PROJECTS", "project_id;cost")
    for number in range(PROJECTS):
        yield f"p{number};{voters * dice.randint(20, 500) // 100}"
    liked = list(accumulate(dice.paretovariate(1.5) for _ in range(PROJECTS)))
    names = [f"p{number}" for number in range(PROJECTS)]
    yield from ("VOTES", "voter_id;vote")
    for voter in range(voters):
        chosen: dict[str, None] = {}
        while len(chosen) < APPROVALS:
            chosen |= dict.fromkeys(dice.choices(names, cum_weights=liked, k=2 * APPROVALS))
        yield f"{voter};{','.join(list(chosen)[:APPROVALS])}"
