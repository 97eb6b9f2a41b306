"""A register with made-up frauds among honest people who look alike, to measure the rules by."""
