"""The wording tables of the feature: those of its two halves together."""

from __future__ import annotations

from pb.review import wording_commission, wording_eligibility

ERRORS = {**wording_eligibility.ERRORS, **wording_commission.ERRORS}
EVENTS = {**wording_eligibility.EVENTS, **wording_commission.EVENTS}
LABELS = {**wording_eligibility.LABELS, **wording_commission.LABELS}
