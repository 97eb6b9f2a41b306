"""A bank that takes an Excel list and answers with an Excel list."""
