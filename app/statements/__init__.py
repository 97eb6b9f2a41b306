"""Readers: documents and answers made from what the other rooms wrote. Nothing here writes.

Lists, settlements and statements as PDF, and the way of one payment from the decision to the
books. Personal numbers leave this room masked only.
"""
