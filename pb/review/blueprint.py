"""The one blueprint of the feature; the views of its two halves add their routes to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("review", __name__)
