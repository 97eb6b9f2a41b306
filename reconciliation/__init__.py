"""The matcher: expectations and bank lines in, verdicts out; and the closing of a month."""
