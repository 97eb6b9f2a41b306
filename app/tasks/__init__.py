"""Long work that an officer asked for on a page: rows that a worker takes up and finishes."""
