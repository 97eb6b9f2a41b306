"""REST providers tried against a bank on loopback."""
