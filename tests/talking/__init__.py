"""Talking: comments, supports, follows, and the care of them."""
