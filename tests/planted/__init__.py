"""Bugs that were planted on purpose: each is caught by a test that was there for the product."""
