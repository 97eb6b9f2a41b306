"""Providers' settlements, the close of days and of months, and what is still missing for them."""
