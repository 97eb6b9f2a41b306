"""Banks and wallets that take requests over HTTPS; each is a profile (see README.md)."""
