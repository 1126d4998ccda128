"""Counting a vote: pure rules over exact numbers; ``registry.count`` is the way in."""
