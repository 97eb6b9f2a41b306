"""Indicators: versioned definitions and rates that always carry both sides of the fraction."""
