"""Who gains and who loses a free health-insurance card: the list for the insurance agency."""
