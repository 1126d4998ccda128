"""Attacks: by an outsider, a curious clerk, a dishonest administrator, a dishonest commission member."""
