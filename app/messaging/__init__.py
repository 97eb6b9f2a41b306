"""Messages to people: the outbox, what they ask, and the gateways between. Rows are the message."""
