"""Trainings in writing projects: sessions, lessons with quizzes, mentors, and the author's own look at the work."""
