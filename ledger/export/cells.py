"""Text in cells that spreadsheets open: nothing in it may become a formula."""

from __future__ import annotations

# Spreadsheets take text that begins like this for a formula; some drop the blank before it.
_ACTIVE = tuple("=+-@\t\r\n＝＋－＠")


def inert(text: str) -> str:
    """Text that a spreadsheet shows as it is: "=1+1" becomes "'=1+1"."""
    return f"'{text}" if text.lstrip(" ").startswith(_ACTIVE) else text


def inert_exact(text: str) -> str:
    """The same, so that taking one leading apostrophe away gives back any text as it was."""
    return f"'{text}" if text.startswith("'") else inert(text)
