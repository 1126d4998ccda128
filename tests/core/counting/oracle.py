"""Our profiles as elections of pabutools, the field's reference library: an oracle, used in tests alone.

It may be missing on a user's machine (``make test`` installs it from requirements/oracle.txt); then the tests
that ask it say that they were skipped. The library's own files are not read here and nothing is copied from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pb.core.counting.profile import APPROVAL_KINDS, POINT_KINDS, Profile
from pb.core.counting.ties import tie_keys, tie_order
from tests.conftest import unavailable

try:
    from pabutools.election import (
        AdditiveSatisfaction,
        ApprovalMultiProfile,
        CardinalMultiProfile,
        FrozenApprovalBallot,
        FrozenCardinalBallot,
        Instance,
        Project,
    )
    from pabutools.rules import greedy_utilitarian_welfare, sequential_phragmen
    from pabutools.tiebreaking import TieBreakingRule

    INSTALLED = True
except ImportError:
    INSTALLED = False


def require_oracle() -> None:
    """Skip on a user's machine without the library, fail in CI."""
    if not INSTALLED:
        unavailable("pabutools", "`make test` installs it from requirements/oracle.txt")


class Election:
    """A profile in the library's shapes. Identical ballots are merged, as in ours."""

    def __init__(self, profile: Profile, given: Mapping[str, Any] | None = None) -> None:
        require_oracle()
        self.profile = profile
        self.projects = [Project(project.id, project.cost) for project in profile.projects]
        self.instance = Instance(self.projects, budget_limit=profile.budget)
        given = given or {}
        order = tie_order(tuple(given.get("ties") or ("order",)), given.get("seed"))
        keys = tie_keys(profile, order)
        self.ties = TieBreakingRule(lambda _instance, _profile, project: keys[profile.index[project.name]])
        self.ballots = self._approvals() if profile.kind in APPROVAL_KINDS else self._points()

    def _approvals(self) -> Any:
        ballots = ApprovalMultiProfile(instance=self.instance)
        for ballot in self.profile.ballots:
            frozen = FrozenApprovalBallot([self.projects[choice] for choice in ballot.choices])
            ballots[frozen] = ballots.get(frozen, 0) + ballot.weight
        return ballots

    def _points(self) -> Any:
        """Points as given; rankings as Borda points that count down from the longest one allowed."""
        ballots = CardinalMultiProfile(instance=self.instance)
        for ballot in self.profile.ballots:
            given = ballot.points if self.profile.kind in POINT_KINDS else range(self.profile.longest, 0, -1)
            pairs = zip(ballot.choices, given, strict=False)
            frozen = FrozenCardinalBallot({self.projects[choice]: points for choice, points in pairs})
            ballots[frozen] = ballots.get(frozen, 0) + ballot.weight
        return ballots

    def satisfaction(self, *, times_cost: bool) -> Any:
        """The class of a voter's utility: votes or points of a project, or the same times its cost."""
        approvals = self.profile.kind in APPROVAL_KINDS

        def worth(_instance: Any, _profile: Any, ballot: Any, project: Any, _precomputed: Any) -> Any:
            points = (1 if project in ballot else 0) if approvals else ballot.get(project, 0)
            return points * project.cost if times_cost else points

        class Worth(AdditiveSatisfaction):  # type: ignore[misc]
            def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
                super().__init__(instance, profile, ballot, worth)

        return Worth

    def greedy(self, *, per_cost: bool) -> list[str]:
        """Greedy by utility for the money; utility times cost for the money is the score itself."""
        chosen = greedy_utilitarian_welfare(
            self.instance,
            self.ballots,
            sat_class=self.satisfaction(times_cost=not per_cost),
            tie_breaking=self.ties,
        )
        return [project.name for project in chosen]

    def phragmen(self) -> list[str]:
        return [p.name for p in sequential_phragmen(self.instance, self.ballots, tie_breaking=self.ties)]
