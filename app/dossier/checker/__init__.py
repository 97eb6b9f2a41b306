"""Checks an audit pack. This folder goes into every pack and needs Python 3.9 and nothing else.

Everything is computed again from the files of the pack: hashes, signatures, digests, chain,
sums. Nothing here imports the product, and nothing of the product is believed.
"""
