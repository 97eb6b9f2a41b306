"""Officers, their roles, and acts with a one-time code."""
