"""What looks across features: front pages, the staff board, the demonstration."""
