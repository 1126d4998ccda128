"""Talking about ideas and projects: arguments and questions, supports, who follows what, and the care of it."""
