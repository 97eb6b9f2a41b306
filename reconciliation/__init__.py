"""The matcher: expectations and bank lines in, verdicts out."""
