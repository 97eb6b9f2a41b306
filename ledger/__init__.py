"""The books: accounts, items, money and time. No person, bank or page is known here."""
