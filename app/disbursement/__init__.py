"""From an approved payroll to money: funding, batches, sending, outcomes, re-issue."""
