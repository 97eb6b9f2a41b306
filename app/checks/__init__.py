"""Checks against registers that others keep: what is asked, what they answered, what follows."""
