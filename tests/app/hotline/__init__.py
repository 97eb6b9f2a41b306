"""Tests of app/hotline."""
