"""What the state publishes: areas, bank codes, the working calendar. Read-only data."""
