"""A bank connected host to host with ISO 20022 messages."""
