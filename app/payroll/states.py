"""The states of a payroll and its legal moves; the database holds the same table."""

from __future__ import annotations

DRAFT, SUBMITTED, CHECKED = "draft", "submitted", "checked"
APPROVED, CLOSED, VOID = "approved", "closed", "void"

PAYROLL_MOVES = frozenset(
    {
        (DRAFT, SUBMITTED),
        (DRAFT, VOID),
        (SUBMITTED, CHECKED),
        (SUBMITTED, DRAFT),
        (SUBMITTED, VOID),
        (CHECKED, APPROVED),
        (CHECKED, DRAFT),
        (CHECKED, VOID),
        (APPROVED, CLOSED),
        (APPROVED, VOID),
    }
)

WORDS = {
    DRAFT: "bản nháp",
    SUBMITTED: "đã trình",
    CHECKED: "đã kiểm tra",
    APPROVED: "đã duyệt",
    CLOSED: "đã khoá sổ",
    VOID: "đã huỷ",
}
"""The states as officers read them."""

WAITING = (SUBMITTED, CHECKED)
"""States in which somebody must check or approve."""
