"""pain.001, the payment order file: written as text by a template, read back as XML.

Source: ISO 20022 message definition report "Payments Initiation", versions 2009 and 2019, and
the official schemas pain.001.001.03 and .09. One payment information block a file, one debit per
payment (BtchBookg false), accounts as Othr/Id because Vietnam has no IBAN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import BinaryIO
from xml.sax.saxutils import escape

from lxml import etree

from bank_adapters.contract import Method, OutboundBatch, PaymentInstruction
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats.amounts import MAX_AMOUNT, exponent, to_minor, to_text
from bank_adapters.formats.charset import fold, fold_all, fold_name
from bank_adapters.formats.xmlstream import Node, local_name, namespace, parent_of, root_of, stream
from bank_adapters.references import uetr_of

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."
NAME_LENGTH = 140
REMARK_LENGTH = 140 - 17  # Ustrd starts with the reference and a space
_CHUNK = 500

_ACCOUNT = re.compile(r"[A-Za-z0-9]{1,34}")
_BIC_LETTERS = r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
_BIC = re.compile(_BIC_LETTERS)
# The values the schema does not bound as we do: of one payment, and of many in one pass.
_OF_BANK = rf"(?:[A-Z0-9]{{3,35}}\n(?:{_BIC_LETTERS})?|\n{_BIC_LETTERS})"
_OF_ONE = rf"[A-Z0-9]{{16}}\n[A-Za-z0-9]{{4,34}}\n{_OF_BANK}\n"
_FIELDS = re.compile(_OF_ONE)
_ALL_FIELDS = re.compile(f"(?:{_OF_ONE})+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs from bank to bank in a pain.001; to be confirmed with each bank.

    `charge_bearer` DEBT lets the payee get the full sum. `service_level` is a code such as
    NURG or "" for none; `category_purpose` SSBE is "social security benefit". `version` is "09"
    or "03"; `purpose` the same kind of code on every payment; `has_uetr` gives each payment the
    transaction reference of its own reference (version 09). A bank whose profile changes gets
    the old one's files no more: what was sealed under it is then not made anew.
    """

    charge_bearer: str = "DEBT"
    service_level: str = ""
    category_purpose: str = "SSBE"
    version: str = "09"
    purpose: str = ""
    has_uetr: bool = False

    def __post_init__(self) -> None:
        """Refuse what no schema of the two knows."""
        codes = (self.charge_bearer, self.service_level, self.category_purpose, self.purpose)
        if not all(re.fullmatch("(?:[A-Z0-9]{1,4})?", code) for code in codes):
            raise Refused(f"Hồ sơ pain.001 có mã không đúng dạng: {', '.join(codes)}")
        if self.version not in ("03", "09") or (self.has_uetr and self.version == "03"):
            raise Refused("Hồ sơ pain.001: phiên bản là 03 hoặc 09; UETR chỉ có ở 09")

    @property
    def bic_tag(self) -> str:
        """What the schema calls a bank's BIC."""
        return "BIC" if self.version == "03" else "BICFI"


STANDARD = Profile()


class _Frame:
    """What all payments of a file share."""

    def __init__(self, profile: Profile, currency: str) -> None:
        self.currency, self.bic_tag = currency, profile.bic_tag
        self.purpose = f"<Purp><Cd>{profile.purpose}</Cd></Purp>" if profile.purpose else ""
        self._has_uetr, self._is_whole = profile.has_uetr, exponent(currency) == 0

    def uetrs(self, items: list[PaymentInstruction]) -> list[str]:
        """The transaction references where the profile asks for them."""
        if not self._has_uetr:
            return [""] * len(items)
        return [f"<UETR>{uetr_of(item.reference)}</UETR>" for item in items]

    def amounts(self, items: list[PaymentInstruction]) -> list[str]:
        """The amounts in the currency's decimals."""
        if self._is_whole:
            return [str(item.amount) for item in items]
        return [to_text(item.amount, self.currency) for item in items]


def _header(batch: OutboundBatch, profile: Profile) -> str:
    """Everything before the first payment."""
    debtor, control = batch.debtor, to_text(batch.total, batch.currency)
    name = escape(_named(debtor.name))
    customer, bic = escape(debtor.customer_number), escape(debtor.bic)
    identity = f"<Id><OrgId><Othr><Id>{customer}</Id></Othr></OrgId></Id>" if customer else ""
    level = f"<SvcLvl><Cd>{profile.service_level}</Cd></SvcLvl>" if profile.service_level else ""
    tag = profile.bic_tag
    agent = f"<{tag}>{bic}</{tag}>" if bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    day = batch.requested_on.isoformat()
    on = day if profile.version == "03" else f"<Dt>{day}</Dt>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{profile.version}">'
        f"<CstmrCdtTrfInitn>\n<GrpHdr><MsgId>{escape(batch.message_id)}</MsgId>"
        f"<CreDtTm>{batch.created_at.isoformat(timespec='seconds')}</CreDtTm>"
        f"<NbOfTxs>{batch.count}</NbOfTxs><CtrlSum>{control}</CtrlSum>"
        f"<InitgPty><Nm>{name}</Nm>{identity}</InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>{escape(batch.message_id)}</PmtInfId><PmtMtd>TRF</PmtMtd>"
        f"<BtchBookg>false</BtchBookg><NbOfTxs>{batch.count}</NbOfTxs>"
        f"<CtrlSum>{control}</CtrlSum><PmtTpInf>{level}"
        f"<CtgyPurp><Cd>{profile.category_purpose}</Cd></CtgyPurp></PmtTpInf>"
        f"<ReqdExctnDt>{on}</ReqdExctnDt>"
        f"<Dbtr><Nm>{name}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{escape(debtor.account)}</Id>"
        f"</Othr></Id><Ccy>{escape(batch.currency)}</Ccy></DbtrAcct><DbtrAgt><FinInstnId>"
        f"{agent}</FinInstnId></DbtrAgt><ChrgBr>{profile.charge_bearer}</ChrgBr>\n"
    )


_FOOTER = "</PmtInf></CstmrCdtTrfInitn></Document>\n"


@lru_cache(maxsize=1024)
def _agent(bank_bic: str, bank_bin: str, tag: str) -> str:
    """The payee's bank; a file names few banks, so the piece is kept."""
    member = f"<ClrSysMmbId><ClrSysId><Cd>VN</Cd></ClrSysId><MmbId>{bank_bin}</MmbId></ClrSysMmbId>"
    return (f"<{tag}>{bank_bic}</{tag}>" if bank_bic else "") + (member if bank_bin else "")


def _named(name: str) -> str:
    folded = fold_name(name)
    if not folded or len(folded) > NAME_LENGTH:
        raise Refused(f"Tên “{name[:60]}” trống hoặc dài quá {NAME_LENGTH} ký tự")
    return folded


def _check(item: PaymentInstruction, number: int) -> None:
    """Refuse an instruction this format cannot carry, naming its place in the batch."""
    where = f"lệnh thứ {number} ({item.reference})"
    if item.method is not Method.ACCOUNT:
        raise Refused(f"{where}: ngân hàng này chỉ chi qua tài khoản, không chi tiền mặt")
    if not (type(item.amount) is int and 0 < item.amount <= MAX_AMOUNT):
        raise Refused(f"{where}: số tiền {item.amount!r} phải là số nguyên dương")
    if not (item.bank_bin or item.bank_bic):
        raise Refused(f"{where}: thiếu mã ngân hàng thụ hưởng")
    if item.bank_bic and not _BIC.fullmatch(item.bank_bic):
        raise Refused(f"{where}: mã BIC “{item.bank_bic}” không đúng dạng")
    if not _FIELDS.fullmatch(_told(item)):
        raise Refused(f"{where}: mã tham chiếu, tài khoản hoặc mã ngân hàng có ký tự lạ")
    _named(item.payee_name)
    if len(fold(item.remark)) > REMARK_LENGTH:
        raise Refused(f"{where}: nội dung dài quá {REMARK_LENGTH} ký tự")


def _told(item: PaymentInstruction) -> str:
    """The fields of an instruction whose letters are bounded, a line each."""
    return f"{item.reference}\n{item.account}\n{item.bank_bin}\n{item.bank_bic}\n"


def _are_fine(items: list[PaymentInstruction]) -> bool:
    """Whether nothing in these instructions asks for a closer look: the checks of `_check`, all
    at once."""
    amounts, told = [item.amount for item in items], "".join(map(_told, items))
    return (
        {item.method for item in items} == {Method.ACCOUNT}
        and set(map(type, amounts)) == {int}
        and min(amounts) > 0
        and max(amounts) <= MAX_AMOUNT
        and told.count("\n") == 4 * len(items)
        and _ALL_FIELDS.fullmatch(told) is not None
    )


def _payments(items: list[PaymentInstruction], before: int, frame: _Frame) -> str:
    """Payments as text; every value is checked or folded, so none needs escaping."""
    names = [name.upper() for name in fold_all([item.payee_name for item in items])]
    remarks = fold_all([item.remark for item in items])
    is_short = max(map(len, names)) <= NAME_LENGTH and max(map(len, remarks)) <= REMARK_LENGTH
    if not (is_short and all(names) and _are_fine(items)):
        for number, item in enumerate(items, before + 1):
            _check(item, number)
    bic, currency, purpose = frame.bic_tag, frame.currency, frame.purpose
    columns = (items, names, remarks, frame.amounts(items), frame.uetrs(items))
    return "".join(
        [
            f"<CdtTrfTxInf><PmtId><InstrId>{item.reference}</InstrId><EndToEndId>{item.reference}"
            f'</EndToEndId>{uetr}</PmtId><Amt><InstdAmt Ccy="{currency}">'
            f"{amount}</InstdAmt></Amt><CdtrAgt><FinInstnId>"
            f"{_agent(item.bank_bic, item.bank_bin, bic)}</FinInstnId></CdtrAgt><Cdtr><Nm>{name}"
            f"</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{item.account}</Id></Othr></Id></CdtrAcct>"
            f"{purpose}<RmtInf><Ustrd>{item.reference}{' ' if remark else ''}{remark}"
            "</Ustrd></RmtInf></CdtTrfTxInf>\n"
            for item, name, remark, amount, uetr in zip(*columns, strict=True)
        ]
    )


def _check_batch(batch: OutboundBatch) -> None:
    if batch.created_at.utcoffset() is None:
        raise Refused("Thời điểm lập tệp phải có múi giờ")
    if not re.fullmatch(r"[A-Za-z0-9\-]{1,35}", batch.message_id):
        raise Refused(f"Mã lô “{batch.message_id}” phải có 1-35 chữ cái, chữ số")
    if not _ACCOUNT.fullmatch(batch.debtor.account):
        raise Refused(f"Tài khoản nguồn “{batch.debtor.account}” không đúng dạng")
    if batch.debtor.bic and not _BIC.fullmatch(batch.debtor.bic):
        raise Refused(f"Mã BIC của ngân hàng giữ tài khoản nguồn “{batch.debtor.bic}” sai dạng")
    if not re.fullmatch(r"[A-Z]{3}", batch.currency) or len(batch.debtor.customer_number) > 35:
        raise Refused("Mã tiền tệ hoặc mã khách hàng của đơn vị không đúng dạng")
    if batch.count < 1:
        raise Refused("Lô không có lệnh nào")


def agree(batch: OutboundBatch, count: int, total: int) -> None:
    """Refuse a batch whose instructions do not add up to what it states."""
    if count != batch.count or total != batch.total:
        raise Refused(
            f"Lô {batch.message_id} ghi {batch.count} lệnh, tổng {batch.total}; "
            f"các lệnh thật ra có {count}, tổng {total}"
        )


def write(batch: OutboundBatch, out: BinaryIO, profile: Profile = STANDARD) -> None:
    """Write the batch to `out` in chunks; `out` is worthless when this raises Refused."""
    _check_batch(batch)
    out.write(_header(batch, profile).encode("utf-8"))
    frame, items = _Frame(profile, batch.currency), iter(batch.instructions)
    count = total = 0
    while chunk := list(islice(items, _CHUNK)):
        out.write(_payments(chunk, count, frame).encode("ascii"))
        count, total = count + len(chunk), total + sum(item.amount for item in chunk)
    agree(batch, count, total)
    out.write(_FOOTER.encode("ascii"))


def as_sent(item: PaymentInstruction) -> PaymentInstruction:
    """What the file carries of an instruction: name and remark folded, no place."""
    return replace(item, payee_name=fold_name(item.payee_name), remark=fold(item.remark), place="")


def _strict(node: Node, *path: str) -> str:
    """The text at `path`, which our own file always has."""
    text = node.value(*path)
    if not text:
        raise Unreadable(f"pain.001: thiếu {'/'.join(path)}")
    return text


def _instruction(node: Node, currency: str) -> PaymentInstruction:
    """One CdtTrfTxInf of a file of ours."""
    reference = _strict(node, "PmtId", "EndToEndId")
    amount = node.find("Amt", "InstdAmt")
    if amount is None or amount.currency != currency:
        raise Unreadable(f"pain.001: lệnh {reference} thiếu số tiền hoặc khác loại tiền {currency}")
    text = _strict(node, "RmtInf", "Ustrd")
    if not text.startswith(reference):
        raise Unreadable(f"pain.001: nội dung của lệnh {reference} không bắt đầu bằng mã của nó")
    return PaymentInstruction(
        reference=reference,
        amount=to_minor(amount.text, currency, f"lệnh {reference}"),
        payee_name=_strict(node, "Cdtr", "Nm"),
        method=Method.ACCOUNT,
        account=_strict(node, "CdtrAcct", "Id", "Othr", "Id"),
        bank_bin=node.value("CdtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId"),
        bank_bic=node.value("CdtrAgt", "FinInstnId", "BICFI")
        or node.value("CdtrAgt", "FinInstnId", "BIC"),
        remark=text[len(reference) :].strip(),
    )


_KEEP = frozenset({"GrpHdr", "CdtTrfTxInf", "PmtInf"})


def read_back(source: BinaryIO) -> Iterator[PaymentInstruction]:
    """The instructions of a file of ours, strictly; raises Unreadable, at the end when the
    count or sum of a header is not that of the payments."""
    group: Node | None = None
    block: Node | None = None
    count = total = 0
    for name, element in stream(source, _KEEP):
        if name == "GrpHdr":
            _own_root(element)
            group = Node(element)
        elif name == "CdtTrfTxInf":
            if block is None:
                block = Node(parent_of(element), skip={"CdtTrfTxInf"})
            item = _instruction(Node(element), block.value("DbtrAcct", "Ccy"))
            count, total = count + 1, total + item.amount
            yield item
    if group is None or block is None:
        raise Unreadable("pain.001: tệp không có đầu tệp hoặc không có lệnh nào")
    if block.value("BtchBookg") != "false":
        raise Unreadable("pain.001: BtchBookg phải là false, mỗi lệnh một lần ghi nợ")
    currency = block.value("DbtrAcct", "Ccy")
    for header in (group, block):
        if _stated(header, currency) != (count, total):
            raise Unreadable(f"pain.001: đầu tệp không khớp {count} lệnh, tổng {total}")


def _own_root(element: etree._Element) -> None:
    root = root_of(element)
    known = [NAMESPACE + version for version in ("03", "09")]
    if local_name(root) != "Document" or namespace(root) not in known:
        raise Unreadable(f"tệp không phải {' hay '.join(known)}")


def _stated(header: Node, currency: str) -> tuple[int, int]:
    """Count and sum of a header."""
    count = header.value("NbOfTxs")
    if not (count.isascii() and count.isdecimal()):
        raise Unreadable("pain.001: thiếu NbOfTxs ở đầu tệp")
    return int(count), to_minor(header.value("CtrlSum"), currency, "CtrlSum")
