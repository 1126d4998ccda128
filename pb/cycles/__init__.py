"""One town's contest of one year: rulebook, calendar, acts, public front page."""
