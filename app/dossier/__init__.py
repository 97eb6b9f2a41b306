"""The audit pack: what a paying unit did in a month, as a folder that proves itself without us.

It reads what the other rooms wrote and writes files only. `verify.py` goes into every pack; it
needs Python alone and imports nothing of the house.
"""
