"""The post office: one list with account and cash lines, answered by paid and unpaid lists."""
