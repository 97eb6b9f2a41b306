"""The square that an officer's app reads: his seed, shown once, for his eyes only."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import segno

from app.access.enrolling import otpauth
from app.errors import InputError


def square(path: Path, username: str, secret: str) -> bytes:
    """The bytes of a picture of the kind that the file's name says. Raises InputError."""
    kind = path.suffix.lower().lstrip(".")
    if kind not in ("svg", "png"):
        raise InputError("Tệp mã QR phải là .svg hoặc .png.", "Đổi đuôi tên tệp ở --qr.")
    out = BytesIO()
    segno.make(otpauth(username, secret), error="m", micro=False).save(out, kind=kind, scale=6)
    return out.getvalue()
