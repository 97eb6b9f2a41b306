"""How a bank would say things in an adapter's own formats: facts in, bytes out."""
