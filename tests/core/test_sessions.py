"""The quorum of a session and what a vote comes to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pb.core.sessions import CHOICES, Count, count, session_quorum

votes = st.dictionaries(st.sampled_from("ABCDEFG"), st.sampled_from(CHOICES))


def test_quorum_is_more_than_half() -> None:
    assert [session_quorum(n) for n in range(1, 10)] == [1, 2, 2, 3, 3, 4, 4, 5, 5]


@given(st.integers(1, 99))
def test_half_is_never_enough(members: int) -> None:
    assert 2 * session_quorum(members) > members
    assert 2 * (session_quorum(members) - 1) <= members


def test_equal_votes_are_decided_by_who_presides() -> None:
    two = {"A": "for", "B": "against"}
    assert count(two, "A") == Count(1, 1, 0, True, True)
    assert count(two, "B") == Count(1, 1, 0, False, True)
    assert count({**two, "C": "abstained"}, "C") == Count(1, 1, 1, False, False)
    assert count(two, None) == Count(1, 1, 0, False, False)
    assert count({}, "A") == Count(0, 0, 0, False, False)


@given(votes, st.none() | st.sampled_from("ABCDEFG"))
def test_every_vote_is_counted_once_and_more_for_than_against_carries(
    given_votes: dict[str, str], chair: str | None
) -> None:
    found = count(given_votes, chair)
    assert found.in_favour + found.against + found.abstained == len(given_votes)
    if found.in_favour != found.against:
        assert found.carried is (found.in_favour > found.against)
        assert not found.by_casting_vote
    else:
        assert found.carried is (chair is not None and given_votes.get(chair) == "for")


@given(votes, st.sampled_from("ABCDEFG"), st.none() | st.sampled_from("ABCDEFG"))
def test_one_more_vote_for_never_loses_what_was_carried(
    given_votes: dict[str, str], member: str, chair: str | None
) -> None:
    if count(given_votes, chair).carried:
        assert count({**given_votes, member: "for"}, chair).carried
