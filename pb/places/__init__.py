"""Towns (municipalities that run contests here), their administrative units and community centres."""
