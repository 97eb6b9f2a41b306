"""Twelve frauds, each really tried on a copy of a training database: refused, found, or missed."""
