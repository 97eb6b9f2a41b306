"""Accounts that may not be paid into any more; a ban that was lifted is kept as well."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app.beneficiaries.tables import ban_lifting, banned_account


def stands() -> ColumnElement[bool]:
    """The condition on `banned_account` that the ban was not lifted."""
    lifted = select(ban_lifting.c.id).where(
        ban_lifting.c.account_key == banned_account.c.account_key,
        ban_lifting.c.banned_at == banned_account.c.banned_at,
    )
    return ~lifted.exists()
