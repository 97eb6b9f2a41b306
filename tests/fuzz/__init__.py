"""Damaged files for every reader, and the process that reads them."""
