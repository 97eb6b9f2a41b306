"""The pages: each file holds the routes of one subject."""
