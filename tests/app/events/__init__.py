"""Life events: shared acts of officers, and what the lists then say."""
