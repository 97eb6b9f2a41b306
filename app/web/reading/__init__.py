"""What the pages read: each function is a fixed number of queries, whatever the month's size."""
