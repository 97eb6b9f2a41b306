"""People and their own page: one-time codes to a vouched-for phone, sessions that only read."""
