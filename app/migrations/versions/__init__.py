"""One file per migration, four digits first."""
