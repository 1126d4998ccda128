"""The wording tables of the feature: those of its two halves together."""

from __future__ import annotations

from pb.review import wording_commission, wording_eligibility, wording_panel

ERRORS = {**wording_eligibility.ERRORS, **wording_commission.ERRORS, **wording_panel.ERRORS}
EVENTS = {**wording_eligibility.EVENTS, **wording_commission.EVENTS, **wording_panel.EVENTS}
LABELS = {**wording_eligibility.LABELS, **wording_commission.LABELS, **wording_panel.LABELS}
