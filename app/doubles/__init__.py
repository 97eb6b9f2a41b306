"""One person twice, many on one account, people nobody has seen: doubts, and what came of them."""
