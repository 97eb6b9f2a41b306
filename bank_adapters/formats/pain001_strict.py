"""The strict reader of our own payment orders, by the letter: a gate, not a parser.

It shares nothing with the writer but the ISO 20022 message: own patterns, own constants, no XML
library. A byte that does not stand where it must stand is refused. So a fault or an intruder in the
writer would have to be in here as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from bank_adapters.contract import FileHead, Method, PaymentInstruction
from bank_adapters.errors import Unreadable
from bank_adapters.formats import strict_text

LONGEST_HEAD = 4_000
LONGEST_PAYMENT = 2_000
FOOT = "</PmtInf></CstmrCdtTrfInitn></Document>\n"

_BANK = "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
_LETTERS = r"[A-Za-z0-9/\-?:().,'+ ]"
_WHOLE = "[1-9][0-9]{0,15}"


@dataclass(frozen=True, slots=True)
class Form:
    """How one bank's payment orders look; said here by the adapter, never read from the file.

    `version` is "03" or "09". `has_uetr` asks for the transaction reference that goes with each
    payment's own reference.
    """

    version: str = "09"
    charge_bearer: str = "DEBT"
    service_level: str = ""
    category_purpose: str = "SSBE"
    purpose: str = ""
    has_uetr: bool = False


def _head(form: Form) -> re.Pattern[str]:
    """What stands before the first payment. Only VND: every amount is a whole number."""
    is_old = form.version == "03"
    bank = f"<{'BIC' if is_old else 'BICFI'}>{_BANK}</{'BIC' if is_old else 'BICFI'}>"
    day = "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    level = f"<SvcLvl><Cd>{form.service_level}</Cd></SvcLvl>" if form.service_level else ""
    customer = "<Id><OrgId><Othr><Id>[A-Za-z0-9._/+-]{1,35}</Id></Othr></OrgId></Id>"
    return re.compile(
        r'<\?xml version="1\.0" encoding="UTF-8"\?>\n'
        rf'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain\.001\.001\.{form.version}">'
        r"<CstmrCdtTrfInitn>\n<GrpHdr><MsgId>(?P<message>[A-Za-z0-9-]{1,35})</MsgId>"
        r"<CreDtTm>(?P<made>[0-9T:.+-]{19,35})</CreDtTm>"
        rf"<NbOfTxs>(?P<count>{_WHOLE})</NbOfTxs><CtrlSum>(?P<total>{_WHOLE})</CtrlSum>"
        rf"<InitgPty><Nm>(?P<name>{_LETTERS}{{1,140}})</Nm>(?:{customer})?</InitgPty></GrpHdr>\n"
        r"<PmtInf><PmtInfId>(?P=message)</PmtInfId><PmtMtd>TRF</PmtMtd>"
        r"<BtchBookg>false</BtchBookg><NbOfTxs>(?P=count)</NbOfTxs><CtrlSum>(?P=total)</CtrlSum>"
        rf"<PmtTpInf>{level}<CtgyPurp><Cd>{form.category_purpose}</Cd></CtgyPurp></PmtTpInf>"
        rf"<ReqdExctnDt>{day if is_old else f'<Dt>{day}</Dt>'}</ReqdExctnDt>"
        r"<Dbtr><Nm>(?P=name)</Nm></Dbtr><DbtrAcct><Id><Othr>"
        r"<Id>(?P<account>[A-Za-z0-9]{1,34})</Id></Othr></Id><Ccy>VND</Ccy></DbtrAcct>"
        rf"<DbtrAgt><FinInstnId>(?:{bank}|<Othr><Id>NOTPROVIDED</Id></Othr>)</FinInstnId></DbtrAgt>"
        rf"<ChrgBr>{form.charge_bearer}</ChrgBr>\n"
    )


def _payment(form: Form) -> re.Pattern[str]:
    """One payment: reference, transaction reference, amount, bank, name, account, remark."""
    tag = "BIC" if form.version == "03" else "BICFI"
    uetr = "<UETR>([0-9a-f-]{36})</UETR>" if form.has_uetr else "()"
    purpose = f"<Purp><Cd>{form.purpose}</Cd></Purp>" if form.purpose else ""
    return re.compile(
        r"<CdtTrfTxInf><PmtId><InstrId>([A-Z0-9]{16})</InstrId>"
        rf"<EndToEndId>\1</EndToEndId>{uetr}</PmtId>"
        rf'<Amt><InstdAmt Ccy="VND">({_WHOLE})</InstdAmt></Amt><CdtrAgt><FinInstnId>'
        rf"(?:<{tag}>({_BANK})</{tag}>)?(?:<ClrSysMmbId><ClrSysId><Cd>VN</Cd></ClrSysId>"
        r"<MmbId>([A-Z0-9]{3,35})</MmbId></ClrSysMmbId>)?</FinInstnId></CdtrAgt>"
        rf"<Cdtr><Nm>({_LETTERS}{{1,140}})</Nm></Cdtr><CdtrAcct><Id><Othr>"
        rf"<Id>([A-Za-z0-9]{{4,34}})</Id></Othr></Id></CdtrAcct>{purpose}"
        rf"<RmtInf><Ustrd>\1(?: ({_LETTERS}{{1,123}}))?</Ustrd></RmtInf></CdtTrfTxInf>\n"
    )


def _uetr(reference: str) -> str:
    """The transaction reference that belongs to a reference: version 4, variant 1 of RFC 9562."""
    digits = sha256(f"uetr|{reference}".encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return "-".join(
        (digits[:8], digits[8:12], "4" + digits[13:16], variant + digits[17:20], digits[20:32])
    )


class StrictPain001:
    """Reads payment orders of one form; a `StrictReader`."""

    def __init__(self, form: Form) -> None:
        self._shape = strict_text.Shape(
            head=_head(form),
            payment=_payment(form),
            made=_instruction,
            foot=lambda count, total: FOOT,
            longest_head=LONGEST_HEAD,
            longest_payment=LONGEST_PAYMENT,
            encoding="ascii",
        )

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head, and the payments in file order, as `strict_text.read`. Raises Unreadable."""
        return strict_text.read(source, self._shape, lambda head: _moment(head["made"]))


def _instruction(found: re.Match[str], number: int) -> PaymentInstruction:
    reference, uetr, amount, bank_bic, bank_bin, name, account, remark = found.groups()
    if not (bank_bic or bank_bin) or (uetr and uetr != _uetr(reference)):
        raise Unreadable(f"tệp lệnh chi: lệnh thứ {number} thiếu ngân hàng hoặc sai UETR")
    return PaymentInstruction(
        reference,
        int(amount),
        name,
        Method.ACCOUNT,
        account,
        bank_bin or "",
        bank_bic or "",
        "",
        remark or "",
    )


def _moment(text: str) -> datetime:
    """The moment of making, which must be one, with its zone, and nothing but one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"tệp lệnh chi: thời điểm lập “{text}” không đúng dạng") from error
    if moment.utcoffset() is None or moment.isoformat(timespec="seconds") != text:
        raise Unreadable(f"tệp lệnh chi: thời điểm lập “{text}” không có múi giờ")
    return moment
