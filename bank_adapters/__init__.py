"""The couriers: instructions to bytes, bytes to events. No database is known here."""
