"""The service: rooms for people, benefits, payrolls and payments, and the edges around them."""
