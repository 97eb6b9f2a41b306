"""What this institution does to a payment, decided by the payment alone.

Every rule is a pure function of the account number, the reference or the text, so that
the same month behaves the same however often either side is stopped and started again.
"""

from __future__ import annotations

import hashlib

ENDING_LENGTH = 4

# Refused by the bank before any money moves: ISO 20022 external status reason codes.
REJECTS = {"9001": "AC01", "9004": "AC04", "9005": "BE01"}

# Executed, then returned: ISO 20022 external return reason codes.
RETURNS = {"9006": "AC06"}
LATE_RETURNS = {"9008": "AC04"}

# A provider that pays a list does not pay these lines at all.
UNPAID = {**REJECTS, **RETURNS}

NO_MONEY = "AM04"
NOT_COLLECTED = "UPAY"
ABSENT_MARK = "[vắng]"

MEANINGS = {
    "AC01": "So tai khoan khong ton tai",
    "AC02": "Tai khoan trich no khong ton tai",
    "AC04": "Tai khoan da dong",
    "AC06": "Tai khoan bi phong toa",
    "AM03": "Loai tien khong duoc nhan",
    "AM04": "Tai khoan khong du tien",
    "AM10": "Tong so tien khong khop",
    "AM12": "So tien khong hop le",
    "AM18": "So mon khong khop",
    "BE01": "Ten nguoi huong khong khop voi tai khoan",
    "DUPL": "MsgId da duoc gui trong 7 ngay qua",
    "FF01": "Tep khong doc duoc",
    "UPAY": "Nguoi huong khong den nhan",
}


def ending(account: str) -> str:
    """The last characters of an account number, on which every rule hangs."""
    return account[-ENDING_LENGTH:]


def reject_reason(account: str) -> str:
    """The code with which the bank refuses a payment to this account, or ""."""
    return REJECTS.get(ending(account), "")


def unpaid_reason(
    reference: str, account: str, cash: bool, wording: str, uncollected_per_mille: int
) -> str:
    """The code with which a list provider leaves a line unpaid, or ""."""
    if not cash:
        return UNPAID.get(ending(account), "")
    if ABSENT_MARK in wording.lower() or draw(reference, 1000) < uncollected_per_mille:
        return NOT_COLLECTED
    return ""


def draw(reference: str, sides: int) -> int:
    """A number below `sides` that only the reference decides."""
    return int(hashlib.sha256(reference.encode("utf-8")).hexdigest(), 16) % sides
