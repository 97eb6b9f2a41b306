"""Work that starts by the clock: each job is a loop of steps, each step one unit of work."""
