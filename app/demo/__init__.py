"""Synthetic people and workbooks. Nothing made here is a real person."""
