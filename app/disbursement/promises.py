"""What a provider declared of its answers, each declaration confirmed by two finance officers.

Nothing is assumed that is not declared: `acsc_settles` (ACSC means paid), `all_or_nothing` (a file
refused as a whole refuses each of its payments), `expires` (so many banking days after the value
date the provider executes nothing of a file any more).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.disbursement.evidence_tables import provider_promise
from app.errors import InputError, NotFound
from app.privacy import Keyring
from app.units.tables import provider
from ledger.bulk import insert_one

PROMISE = "provider_promise"
SAYS = {
    "acsc_settles": "ACSC là đã trả",
    "all_or_nothing": "từ chối tệp là từ chối mọi lệnh trong tệp",
    "expires": "quá hạn thì không thực hiện lệnh nữa",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A declaration: the provider's code, what, whether it holds, days of `expires`, the paper."""

    provider: str
    promise: str
    is_made: bool
    days: int
    source: str

    @property
    def digest(self) -> str:
        """What the two officers confirm."""
        said = (PROMISE, self.provider, self.promise, int(self.is_made), self.days, self.source)
        return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()


def promised(promise: str, code: Any) -> ColumnElement[int]:
    """1 where the provider of this code (a column or text) has declared it, else 0."""
    one = provider_promise.c
    newest = (
        select(one.is_made)
        .where(one.provider == code, one.promise == promise)
        .order_by(one.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, 0)


def expires_after(session: Session, code: str) -> int | None:
    """Banking days after the value date on which the provider may still execute; None: unknown."""
    one = provider_promise.c
    row = session.execute(
        select(one.is_made, one.days)
        .where(one.provider == code, one.promise == "expires")
        .order_by(one.id.desc())
        .limit(1)
    ).first()
    return row.days if row and row.is_made else None


def declare(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Promise, now: datetime
) -> int:
    """Two finance officers record what a provider declared; gives the row's id.

    Raises InputError, NotFound, Refused unless they are two persons, Forbidden without the role.
    """
    _acceptable(session, one)
    what = Confirmation(PROMISE, one.digest, 1, 0)
    about = f"provider:{one.provider}"
    joint_id = confirm_together(session, keyring, signers, about, now, what)
    number = insert_one(
        session, provider_promise, provider=one.provider, promise=one.promise,
        is_made=int(one.is_made), days=one.days, source=one.source, joint_id=joint_id,
        recorded_at=now,
    )  # fmt: skip
    after = {"promise": one.promise, "is_made": one.is_made, "days": one.days}
    record(session, now, names_of(signers), "bank:promise:record", about, one.digest, after=after)
    return number


def _acceptable(session: Session, one: Promise) -> None:
    if one.promise not in SAYS:
        raise InputError(f"Không có cam kết “{one.promise}”.", f"Dùng: {', '.join(SAYS)}.")
    if one.days < 0 or (one.days and one.promise != "expires"):
        raise InputError("--days chỉ dùng cho cam kết expires, từ 0 trở lên.", "Sửa --days.")
    if len(one.source.strip()) < 3:
        raise InputError("Thiếu số văn bản, hợp đồng.", "Ghi số văn bản mà đơn vị chi trả đã ký.")
    if session.scalar(select(provider.c.code).where(provider.c.code == one.provider)) is None:
        raise NotFound(f"Không có nơi chi trả mã “{one.provider}”.", "Kiểm tra lại mã.")
