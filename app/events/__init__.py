"""Life events: what happens to people, as proposals that officers confirm or refuse."""
