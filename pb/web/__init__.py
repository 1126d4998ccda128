"""The web layer: guard, error pages, filters, languages, headers, navigation."""
