"""Tests of the sandbox institution."""
