"""Documents with a number of their own: issued, prepared for signing, signed, and verified."""
