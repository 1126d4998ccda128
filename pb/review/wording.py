"""The wording tables of the feature: those of its parts together."""

from __future__ import annotations

from pb.review import (
    wording_commission,
    wording_eligibility,
    wording_feasibility,
    wording_panel,
    wording_scoring,
    wording_session,
)

_PARTS = (
    wording_eligibility,
    wording_feasibility,
    wording_commission,
    wording_panel,
    wording_scoring,
    wording_session,
)

ERRORS = {code: words for part in _PARTS for code, words in part.ERRORS.items()}
EVENTS = {code: words for part in _PARTS for code, words in part.EVENTS.items()}
LABELS = {code: words for part in _PARTS for code, words in part.LABELS.items()}
