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

WAITING = (SUBMITTED, CHECKED)
"""States in which somebody must check or approve."""
