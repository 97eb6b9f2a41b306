"""The states of a payroll and its legal moves; the database holds the same table."""

from __future__ import annotations

DRAFT, SUBMITTED, CHECKED = "draft", "submitted", "checked"
APPROVED, CLOSED, VOID = "approved", "closed", "void"

PAYROLL_MOVES = frozenset(
    {
        (DRAFT, SUBMITTED),
        (DRAFT, VOID),
        (SUBMITTED, CHECKED),
        (SUBMITTED, VOID),
        (CHECKED, APPROVED),
        (CHECKED, VOID),
        (APPROVED, CLOSED),
    }
)

STEPS = {"check": (SUBMITTED, CHECKED), "approve": (CHECKED, APPROVED)}
"""Each step of approval: from which state to which."""
