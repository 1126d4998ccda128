"""The wording tables of the feature: those of its two halves together."""

from __future__ import annotations

from pb.review import wording_eligibility

ERRORS = {**wording_eligibility.ERRORS}
EVENTS = {**wording_eligibility.EVENTS}
LABELS = {**wording_eligibility.LABELS}
