"""What is due when: banking days as two officers set them, and the lock of a month's list."""
