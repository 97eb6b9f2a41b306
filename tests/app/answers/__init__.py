"""Tests of app/messaging and of what its edges do with it."""
