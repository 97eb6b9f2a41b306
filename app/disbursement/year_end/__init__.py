"""The end of a budget year: what is left where, what goes back, settled and closed."""
