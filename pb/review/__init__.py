"""Eligibility, the commission's scoring, and its decision."""
