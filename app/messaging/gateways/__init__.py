"""The gateways that carry messages: one file each, plain HTTP by `requests`."""
