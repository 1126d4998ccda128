"""From the bytes of a profile and the rulebook's counting rules to the engine's result; no database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from pb.core import counting_terms as terms
from pb.core.counting.outcome import Result
from pb.core.counting.pabulib import UNIT_SUM, read
from pb.core.counting.pabulib_rules import file_exclusions, file_sums
from pb.core.counting.profile import Profile
from pb.core.counting.registry import RULES, count
from pb.core.errors import Closed
from pb.core.rulebook import CountingRules
from pb.results.profile import SEED


@dataclass(frozen=True)
class Counted:
    """A count with the fingerprints (SHA-256, hex) of what went in and what came out."""

    profile: Profile
    result: Result
    document: bytes
    inputs_fingerprint: str
    fingerprint: str


def fingerprint(data: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def count_bytes(data: bytes, counting: CountingRules) -> Counted:
    """Count a Pabulib file by the rulebook. The same bytes and rules give the same document, byte for byte.

    A file with sums per unit in META is counted by unit. Raises Invalid with section and line for a broken
    file, Closed("rule_not_available") for a rule that this version cannot count.
    """
    profile = read(data).profile
    result = count_profile(profile, counting)
    document = result.to_json()
    return Counted(
        profile=profile,
        result=result,
        document=document,
        inputs_fingerprint=fingerprint(data),
        fingerprint=fingerprint(document),
    )


def count_profile(profile: Profile, counting: CountingRules) -> Result:
    """The engine's result of a profile that was read."""
    if counting.rule not in RULES:
        raise Closed("rule_not_available", rule=counting.rule)
    given = parameters(profile, counting)
    if not any(key.startswith(UNIT_SUM) for key in profile.meta):
        return count(profile, counting.rule, given)
    sums, town = file_sums(profile)
    return count(profile, counting.rule, given, unit_sums=sums, town_sum=town)


def parameters(profile: Profile, counting: CountingRules) -> dict[str, Any]:
    """The engine's parameters: from the rulebook; the seed of the lot and exclusive pairs from the file."""
    return terms.parameters(counting, seed=profile.meta.get(SEED, ""), exclusive=file_exclusions(profile))
