"""Paper and sheets: PDF documents from plain values, spreadsheets row by row.

Nothing here reads a database or a clock.

`documents/` holds one file a document; each has its frozen values and one `render_...`.
"""
