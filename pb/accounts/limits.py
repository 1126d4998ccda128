"""How often one address and one account may try. Texts to a number are limited in the database besides."""

from __future__ import annotations

from flask import request, session

from pb.accounts.personal import keyed_hash
from pb.accounts.queries import normal_email
from pb.extensions import limiter, visitor

# Whole villages share one address of a mobile network, so a single address is allowed a good deal.
CITIZENS = limiter.limit("60 per 10 minutes; 600 per day", methods=["POST"])
STAFF_ADDRESS = limiter.limit("30 per 10 minutes", methods=["POST"])
MAIL = limiter.limit("10 per 10 minutes", methods=["POST"])


def _by_email() -> str:
    return "email " + keyed_hash("limit", normal_email(request.form.get("staff-email", "")))


def _by_half() -> str:
    return f"second factor {session.get('half', {}).get('account', visitor())}"


STAFF_ACCOUNT = limiter.limit("10 per 15 minutes", key_func=_by_email, methods=["POST"])
SECOND_FACTOR = limiter.limit("5 per minute; 20 per hour", key_func=_by_half, methods=["POST"])
