"""Helpers of the tests: a real PostgreSQL server and the command line as a program."""
