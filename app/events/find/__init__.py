"""Looking through the register for what has happened, one kind of event per file, set-wise."""
