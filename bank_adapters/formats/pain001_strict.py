"""The strict reader of our own payment orders, by the letter: a gate, not a parser.

It shares nothing with the writer but the ISO 20022 message: own patterns, own constants, no XML
library. A file is a head, payments and a foot without one byte between them; a byte that does not
stand where it must stand is refused. So a fault or an intruder in the writer would have to be
in here as well. Memory holds one window of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import BinaryIO

from bank_adapters.contract import FileHead, Method, PaymentInstruction
from bank_adapters.errors import Unreadable

WINDOW = 1 << 20
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
        self._form = form
        self._head, self._payment = _head(form), _payment(form)

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head, and the payments in file order; the last step sees to the foot, the end of
        the file, the number of payments and their sum. Raises Unreadable."""
        text = _text(source)
        found = self._head.match(text)
        if found is None or found.end() > LONGEST_HEAD:
            raise Unreadable("tệp lệnh chi: đầu tệp không đúng từng chữ như phải có")
        _moment(found["made"])
        head = FileHead(
            message_id=found["message"],
            debtor_account=found["account"],
            requested_on=_day(found["day"]),
            currency="VND",
            count=int(found["count"]),
            total=int(found["total"]),
        )
        return head, self._payments(source, text[found.end() :], head)

    def _payments(
        self, source: BinaryIO, text: str, head: FileHead
    ) -> Iterator[PaymentInstruction]:
        count = total = 0
        while True:
            place = 0
            for found in self._payment.finditer(text):
                if found.start() != place:
                    break
                place = found.end()
                item = self._instruction(found, count)
                count, total = count + 1, total + item.amount
                yield item
            rest = text[place:]
            text = _text(source)
            if not text or len(rest) > LONGEST_PAYMENT:
                break
            text = rest + text
        if text or rest != FOOT:
            raise Unreadable(f"tệp lệnh chi: có chữ lạ sau lệnh thứ {count}")
        if (count, total) != (head.count, head.total):
            raise Unreadable(f"tệp lệnh chi: có {count} lệnh, tổng {total}, khác đầu tệp")

    def _instruction(self, found: re.Match[str], before: int) -> PaymentInstruction:
        reference, uetr, amount, bank_bic, bank_bin, name, account, remark = found.groups()
        if not (bank_bic or bank_bin) or (uetr and uetr != _uetr(reference)):
            raise Unreadable(f"tệp lệnh chi: lệnh thứ {before + 1} thiếu ngân hàng hoặc sai UETR")
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


def _text(source: BinaryIO) -> str:
    """The next window as text; our payment orders are plain ASCII."""
    try:
        return source.read(WINDOW).decode("ascii")
    except UnicodeDecodeError as error:
        raise Unreadable("tệp lệnh chi: có ký tự ngoài bảng mã ASCII") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"tệp lệnh chi: ngày chi “{text}” không có trong lịch") from error


def _moment(text: str) -> datetime:
    """The moment of making, which must be one, with its zone, and nothing but one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"tệp lệnh chi: thời điểm lập “{text}” không đúng dạng") from error
    if moment.utcoffset() is None or moment.isoformat(timespec="seconds") != text:
        raise Unreadable(f"tệp lệnh chi: thời điểm lập “{text}” không có múi giờ")
    return moment
