"""Take-over: balances and unpaid obligations of an older system, accepted by two persons."""
