"""What happened to the winners."""
