"""By what a line finds its payment: our reference, the bank's own, our reference in free text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column, or_, select

from reconciliation.names import NONE
from reconciliation.tables import bank_line, bank_report

# Strongest first.
REFERENCE, BANKS, TEXT = "reference", "bank-reference", "text"
BY = {
    BANKS: "nhận ra theo số giao dịch mà ngân hàng đã báo trước",
    TEXT: "nhận ra theo mã lệnh nằm ở chỗ khác trong dòng",
}


def joined(key: str, wanted: Any) -> FromClause:
    """Lines with the payments that they name by a key."""
    line, earlier, other = bank_line.c, bank_line.alias("earlier"), bank_line.alias("other")
    if key == REFERENCE:
        return bank_line.join(wanted, same(wanted))
    here = and_(wanted.c.provider == line.provider, wanted.c.account == line.account)
    if key == TEXT:
        found = and_(
            line.found_reference.not_in(("", NONE)), wanted.c.reference == line.found_reference
        )
        return bank_line.join(wanted, and_(found, here))
    # What the bank called by one name and joined with one reference alone.
    one = and_(_told_by_bank(earlier, line), earlier.c.id != line.id)
    another = select(other.c.id).where(
        _told_by_bank(other, line), other.c.reference != earlier.c.reference
    )
    bare = and_(line.found_reference == NONE, line.bank_reference != "")
    joined = bank_line.join(earlier, and_(bare, one, ~another.exists()))
    return joined.join(wanted, and_(wanted.c.reference == earlier.c.reference, here))


def _told_by_bank(one: Any, line: Any) -> ColumnElement[bool]:
    """That a line names a payment and has the bank's reference of another; by its index."""
    named: ColumnElement[bool] = literal_column(
        f"({one.name}.reference <> '' and {one.name}.bank_reference <> ''"
        f" and {one.name}.kind in ('status', 'booked'))"
    )
    return and_(named, one.c.bank_reference == line.bank_reference, one.c.provider == line.provider)


def is_detail(wanted: Any) -> ColumnElement[bool]:
    """That a movement is part of the lump its payment is in: only told in an advice, or under the
    lump's own name at the bank."""
    line, lump = bank_line.c, wanted.c.lump_reference
    stated = select(bank_report.c.id).where(
        bank_report.c.file_id == line.file_id, bank_report.c.kind == "statement"
    )
    under = func.substr(line.bank_reference, 1, func.length(lump) + 1) == lump + "/"
    named = and_(lump != "", or_(line.bank_reference == lump, under))
    return or_(~stated.exists(), named)


def same(wanted: Any) -> ColumnElement[bool]:
    """That a line has the reference of an expected payment, and comes from where it went."""
    line = bank_line.c
    return and_(
        wanted.c.reference == line.reference,
        wanted.c.provider == line.provider,
        # A status report names no account; every other report does.
        or_(wanted.c.account == line.account, line.account == ""),
    )
