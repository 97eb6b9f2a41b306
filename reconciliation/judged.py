"""Whether a line has its verdict."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from reconciliation.tables import bank_line, line_match


def is_judged() -> ColumnElement[bool]:
    """That a line has its verdict."""
    return select(line_match.c.bank_line_id).where(
        line_match.c.bank_line_id == bank_line.c.id
    ).exists()  # fmt: skip
