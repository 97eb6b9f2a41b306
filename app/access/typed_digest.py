"""The digest of a page as officers type it: its beginning, which names what they read."""

from __future__ import annotations

from app.errors import Conflict, InputError

DIGEST_MIN = 12
"""So many of its first characters name a digest: nobody finds another page with them."""


def beginning(given: str) -> str:
    """What was typed, without spaces. Raises InputError where it is too short to name a page."""
    shown = "".join(given.split()).lower()
    if len(shown) < DIGEST_MIN or not shown.isalnum():
        raise InputError(
            f"Cần ít nhất {DIGEST_MIN} ký tự đầu của mã nội dung.", "Chép từ bảng đã đọc."
        )
    return shown


def same_page(given: str, wanted: str) -> None:
    """Raise unless the officers name the page they read: what stands there may have changed."""
    if not wanted.startswith(beginning(given)):
        raise Conflict(
            "Mã nội dung không phải của số liệu hiện nay.",
            "Xem lại bảng, đọc số mới rồi ký theo mã của bảng đó.",
        )
