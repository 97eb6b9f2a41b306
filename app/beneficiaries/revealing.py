"""Showing one number of one person in clear: with a reason, logged, and not too often."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.audit.tables import audit_event
from app.audit.trail import record
from app.beneficiaries.masks import masked_text
from app.beneficiaries.tables import destination, person
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring

FIELDS = ("id", "phone", "account")
ROLES = ("maker", "checker", "approver")
"""Who may see a number in clear; finance and auditors see its last digits."""

REASON_LETTERS_MIN = 10
_WORD = re.compile(r"[^\W\d_]{2,}")


def require_reason(reason: str) -> str:
    """The reason as it is kept, long numbers masked. Raises InputError for one without substance:
    fewer than two different words or ten letters say nothing to whoever reads the log."""
    words = {word.casefold() for word in _WORD.findall(reason)}
    if len(words) < 2 or sum(map(len, words)) < REASON_LETTERS_MIN:
        raise InputError(
            "Lý do chưa nói được gì.",
            "Viết việc đang làm, ví dụ “đối chiếu căn cước bản giấy khi đến nhận tiền”.",
        )
    return masked_text(reason.strip())


def permit(
    session: Session,
    scope: Scope,
    person_id: int,
    field: str,
    reason: str,
    now: datetime,
    per_hour: int,
) -> Row[Any]:
    """Log that an officer is shown a field; gives the person with the account in force.

    Raises InputError for a reason without substance, NotFound outside the officer's area, Refused
    for more than `per_hour` in an hour.
    """
    kept = require_reason(reason)
    row = session.execute(
        select(person, destination.c.account_cipher)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Không có người hưởng số {person_id}.", "Xem số trong danh sách.")
    scope.require(row.area_code)
    if revealed(session, scope.username, now) >= per_hour:
        raise Refused(
            f"Đã hiện {per_hour} số trong một giờ.", "Chờ, hoặc báo kiểm toán nếu việc cần hơn."
        )
    record(session, now, scope.username, "cli:person:reveal", f"person:{person_id}",
           f"{field}: {kept}")  # fmt: skip
    return row


def reveal(
    session: Session,
    keyring: Keyring,
    scope: Scope,
    person_id: int,
    field: str,
    reason: str,
    now: datetime,
    per_hour: int,
) -> str:
    """One number in clear, '' where there is none; it is logged in the same unit of work.

    Raises as `permit` does.
    """
    row = permit(session, scope, person_id, field, reason, now, per_hour)
    cipher, column = {
        "id": (row.citizen_cipher, "person.citizen_id"),
        "phone": (row.phone_cipher, "person.phone"),
        "account": (row.account_cipher, "destination.account"),
    }[field]
    return keyring.decrypt(column, row.bound_key, cipher) if cipher else ""


def revealed(session: Session, username: str, now: datetime) -> int:
    """How many numbers an officer was shown in the last hour."""
    query = (
        select(func.count())
        .select_from(audit_event)
        .where(audit_event.c.actor == username, audit_event.c.at > now - timedelta(hours=1))
        .where(audit_event.c.action == "cli:person:reveal")
    )
    return session.scalar(query) or 0
