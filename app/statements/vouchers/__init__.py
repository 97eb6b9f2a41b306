"""The entries of a period as vouchers for an accounting program, in the columns it asks for."""
