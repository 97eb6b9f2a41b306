"""From cash to account: who still takes cash and why, asking the bank, its answer, what follows."""
