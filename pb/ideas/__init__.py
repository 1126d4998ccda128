"""What citizens hand in."""
