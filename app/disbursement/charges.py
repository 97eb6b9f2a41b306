"""What a contract lets a provider keep of a return or take as a fee, confirmed by two officers.

The newest row of a contract and kind that holds on a day counts. What is not agreed is a claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.disbursement.charge_tables import contract_charge
from app.errors import InputError, NotFound
from app.privacy import Keyring
from app.units.tables import contract
from ledger.bulk import insert_one

STEP = "contract_charge"
RETURN, MONTH, BATCH = "return", "month", "batch"
SAYS = {
    RETURN: "phí trừ vào mỗi khoản tiền trả lại",
    MONTH: "phí trừ mỗi tháng một lần",
    BATCH: "phí theo tỷ lệ hợp đồng của mỗi lô",
}
AMOUNT_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Charge:
    """What is agreed: the contract's number, kind, đồng, who bears it, from which day, the paper.

    `amount` 0 ends a charge of a return or a month; of a batch it is always 0, since the
    contract has the rate, and `is_borne` False ends it.
    """

    number: str
    kind: str
    amount: int
    is_borne: bool
    valid_from: date
    source: str

    @property
    def digest(self) -> str:
        """What the two officers confirm."""
        said = (STEP, self.number, self.kind, self.amount, int(self.is_borne), self.valid_from,
                self.source)  # fmt: skip
        return hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()


def agree(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Charge, now: datetime
) -> int:
    """Two finance officers record what a contract says of charges; gives the row's id.

    Raises InputError, NotFound, Refused unless they are two persons, Forbidden without the role.
    """
    _acceptable(one)
    place = session.execute(
        select(contract.c.id, contract.c.programme).where(contract.c.number == one.number)
    ).one_or_none()
    if place is None:
        raise NotFound(f"Không có hợp đồng số “{one.number[:60]}”.",
                       "Xem `ansinh bank contract list`.")  # fmt: skip
    about = f"contract:{place.id}"
    what = Confirmation(STEP, one.digest, 1, one.amount)
    joint_id = confirm_together(session, keyring, signers, about, now, what,
                                programme=place.programme)  # fmt: skip
    number = insert_one(
        session, contract_charge, contract_id=place.id, kind=one.kind, amount=one.amount,
        is_borne=int(one.is_borne), valid_from=one.valid_from, source=one.source,
        joint_id=joint_id, recorded_at=now,
    )  # fmt: skip
    after = {"kind": one.kind, "amount": one.amount, "is_borne": one.is_borne,
             "from": one.valid_from.isoformat()}  # fmt: skip
    record(session, now, names_of(signers), "bank:charge:record", about, one.digest, after=after)
    return number


def _acceptable(one: Charge) -> None:
    if one.kind not in SAYS:
        raise InputError(f"Không có loại phí “{one.kind[:20]}”.", f"Dùng: {', '.join(SAYS)}.")
    if not 0 <= one.amount <= AMOUNT_MOST or (one.kind == BATCH and one.amount):
        raise InputError(
            "Số tiền phí không dùng được.",
            f"Ghi từ 0 đến {AMOUNT_MOST} đồng; phí theo lô tính theo tỷ lệ của hợp đồng.",
        )
    if one.kind != RETURN and one.amount and not one.is_borne:
        raise InputError(
            "Phí mà mình không chịu thì không cần ghi: dòng phí luôn là khoản phải đòi.",
            "Bỏ --claimed, hoặc không ghi.",
        )
    if len(one.source.strip()) < 3:
        raise InputError("Thiếu số văn bản, hợp đồng.", "Ghi số văn bản mà đơn vị chi trả đã ký.")


def charges(session: Session) -> list[Row[Any]]:
    """Every row, with its contract's number, oldest first."""
    query = select(contract_charge, contract.c.number).join(
        contract, contract.c.id == contract_charge.c.contract_id
    )
    return list(session.execute(query.order_by(contract_charge.c.id)))


def charge_on(rows: Sequence[Any], kind: str, day: date) -> Any | None:
    """The row of a kind that holds on a day, among one contract's rows; None where none does."""
    held = [one for one in rows if one.kind == kind and one.valid_from <= day]
    return max(held, key=lambda one: (one.valid_from, one.id), default=None)
