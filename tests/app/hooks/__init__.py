"""Tests of the receiver of providers' calls."""
