"""Paper: PDF documents drawn from plain values. Nothing here reads a database or a clock.

`documents/` holds one file a document; each has its frozen values and one `render_...`.
"""
