"""What an SMS tells whom a phone reaches, as letters to people of a commune: one case at a time."""
