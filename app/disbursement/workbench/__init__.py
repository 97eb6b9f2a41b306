"""Lines of the bank that no pass could place: finance officers place them, and take it back."""
