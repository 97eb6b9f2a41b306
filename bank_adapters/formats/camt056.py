"""camt.056.001.11, the request to cancel payments that were sent: written as text by a template.

Source: ISO 20022 message definition report "Exceptions and Investigations" and the official
schema camt.056.001.11. The bank answers with camt.029; neither moves money by itself, only a
credit that it books does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from bank_adapters.errors import Refused
from bank_adapters.formats.amounts import MAX_AMOUNT, to_text
from bank_adapters.formats.charset import fold, fold_name
from bank_adapters.references import uetr_of

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.11"
# Of ExternalCancellationReason1Code (ISO 20022, list of 2025-05), those a paying unit may give.
REASONS = {
    "DUPL": "duplicate payment",
    "AM09": "wrong amount",
    "AC03": "invalid creditor account number",
    "CUST": "requested by customer",
    "FRAD": "fraudulent origin",
    "TECH": "technical problem",
    "UPAY": "undue payment",
}
_ID = re.compile(r"[A-Za-z0-9\-]{1,35}")
_REFERENCE = re.compile("[A-Z0-9]{16}")
_BIC = re.compile("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_KIND = re.compile(r"pain\.001\.001\.[0-9]{2}")
_NAME_LENGTH = 140
_TEXT_LENGTH = 105


@dataclass(frozen=True, slots=True)
class Recalled:
    """One payment to be cancelled: its end-to-end id and its amount in minor units."""

    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class Recall:
    """A request to cancel payments of one file of ours.

    `case_id` is ours and unique; `message_id`, `message_kind` (such as "pain.001.001.09"),
    `sent_at` and `requested_on` are those of the file. `reason` is a key of REASONS, `text` says
    more (105 letters). `has_uetr` where the payments went with transaction references.
    """

    case_id: str
    created_at: datetime
    asked_by: str
    bank_bic: str
    message_id: str
    message_kind: str
    sent_at: datetime
    requested_on: date
    reason: str
    payments: Sequence[Recalled]
    text: str = ""
    currency: str = "VND"
    has_uetr: bool = False


def write(case: Recall, out: BinaryIO) -> None:
    """Write the request; raises Refused before the first byte."""
    name, text = fold_name(case.asked_by), fold(case.text)
    _check(case, name, text)
    party = f"<Pty><Nm>{name}</Nm></Pty>"
    total = to_text(sum(item.amount for item in case.payments), case.currency)
    out.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}">'
        f"<FIToFIPmtCxlReq>\n<Assgnmt><Id>{case.case_id}</Id><Assgnr>{party}</Assgnr>"
        f"<Assgne><Agt><FinInstnId><BICFI>{case.bank_bic}</BICFI></FinInstnId></Agt></Assgne>"
        f"<CreDtTm>{case.created_at.isoformat(timespec='seconds')}</CreDtTm></Assgnmt>\n"
        f"<Case><Id>{case.case_id}</Id><Cretr>{party}</Cretr></Case>\n"
        f"<CtrlData><NbOfTxs>{len(case.payments)}</NbOfTxs><CtrlSum>{total}</CtrlSum></CtrlData>\n"
        "<Undrlyg>\n".encode("ascii")
    )
    for item in case.payments:
        out.write(_transaction(case, item, text).encode("ascii"))
    out.write(b"</Undrlyg></FIToFIPmtCxlReq></Document>\n")


def _transaction(case: Recall, item: Recalled, text: str) -> str:
    """One payment to be cancelled; every value was checked or folded."""
    uetr = f"<OrgnlUETR>{uetr_of(item.reference)}</OrgnlUETR>" if case.has_uetr else ""
    more = f"<AddtlInf>{text}</AddtlInf>" if text else ""
    amount = to_text(item.amount, case.currency)
    return (
        f"<TxInf><CxlId>{item.reference}</CxlId><OrgnlGrpInf><OrgnlMsgId>{case.message_id}"
        f"</OrgnlMsgId><OrgnlMsgNmId>{case.message_kind}</OrgnlMsgNmId><OrgnlCreDtTm>"
        f"{case.sent_at.isoformat(timespec='seconds')}</OrgnlCreDtTm></OrgnlGrpInf>"
        f"<OrgnlInstrId>{item.reference}</OrgnlInstrId>"
        f"<OrgnlEndToEndId>{item.reference}</OrgnlEndToEndId>{uetr}<CxlRsnInf><Rsn><Cd>"
        f"{case.reason}</Cd></Rsn>{more}</CxlRsnInf><OrgnlTxRef><Amt>"
        f'<InstdAmt Ccy="{case.currency}">{amount}</InstdAmt></Amt><ReqdExctnDt>'
        f"<Dt>{case.requested_on.isoformat()}</Dt></ReqdExctnDt></OrgnlTxRef></TxInf>\n"
    )


def _check(case: Recall, name: str, text: str) -> None:
    """Refuse a request that the schema or a bank could not take."""
    faults = {
        "mã hồ sơ hoặc mã lô không đúng dạng": not (
            _ID.fullmatch(case.case_id) and _ID.fullmatch(case.message_id)
        ),
        "loại tin gốc không đúng dạng": not _KIND.fullmatch(case.message_kind),
        "mã BIC của ngân hàng không đúng dạng": not _BIC.fullmatch(case.bank_bic),
        "mã tiền tệ không đúng dạng": not re.fullmatch("[A-Z]{3}", case.currency),
        "thời điểm phải có múi giờ": None
        in (case.created_at.utcoffset(), case.sent_at.utcoffset()),
        f"lý do là một trong {', '.join(REASONS)}": case.reason not in REASONS,
        "tên đơn vị trống hoặc quá dài": not 0 < len(name) <= _NAME_LENGTH,
        f"lời giải thích dài quá {_TEXT_LENGTH} chữ": len(text) > _TEXT_LENGTH,
    }
    if told := [fault for fault, is_there in faults.items() if is_there]:
        raise Refused(f"Yêu cầu thu hồi {case.case_id}: {'; '.join(told)}")
    _check_payments(case)


def _check_payments(case: Recall) -> None:
    references = {item.reference for item in case.payments}
    if not references or len(references) < len(case.payments):
        raise Refused(f"Yêu cầu thu hồi {case.case_id} không có khoản nào, hoặc có khoản hai lần")
    for item in case.payments:
        if not (_REFERENCE.fullmatch(item.reference) and type(item.amount) is int
                and 0 < item.amount <= MAX_AMOUNT):  # fmt: skip
            raise Refused(f"Khoản {item.reference}: mã tham chiếu hoặc số tiền không đúng dạng")
