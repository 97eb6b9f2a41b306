"""The documents, one file each."""
