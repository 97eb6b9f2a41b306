"""The bank's reading of pain.001.001.0x (ISO 20022), streamed, and what it refuses whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, NamedTuple

from lxml import etree

NAMESPACE_START = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."


class Unacceptable(Exception):
    """The whole file is refused; `code` is an ISO 20022 external status reason code."""

    def __init__(self, code: str, message_id: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message_id = message_id


class Payment(NamedTuple):
    """One credit transfer as the bank reads it; `amount` in whole đồng."""

    debtor: str
    payment_information_id: str
    instruction_id: str
    reference: str
    amount: int
    bank: str
    payee_name: str
    payee_account: str
    remittance: str


@dataclass(slots=True)
class Header:
    """What the file says about itself, filled while it is read."""

    message_id: str = ""
    stated_count: int = 0
    stated_total: int = 0
    unit: str = ""
    debtor: str = ""
    payment_information_id: str = ""
    requested: date = date.min


def read(source: BinaryIO, header: Header) -> Iterator[Payment]:
    """Yield the payments of one file in its order, filling `header` on the way.

    The group header is filled before the first payment. Raises Unacceptable.
    """
    try:
        yield from _walk(source, header)
    except etree.XMLSyntaxError as error:
        raise Unacceptable("FF01", header.message_id) from error


def _walk(source: BinaryIO, header: Header) -> Iterator[Payment]:
    tags = ("GrpHdr", "ReqdExctnDt", "Dbtr", "DbtrAcct", "PmtInfId", "CdtTrfTxInf")
    steps = etree.iterparse(
        source,
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    names: _Names | None = None
    for _, element in steps:
        names = names or _names_of(element, header)
        kind = element.tag.rpartition("}")[2]
        if kind != "CdtTrfTxInf":
            _note(header, kind, element, names)
            continue
        yield _payment(element, header, names)
        _forget(element)
    if names is None:
        raise Unacceptable("FF01", header.message_id)


class _Names:
    """Element paths with the file's own namespace put in."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}"
        self.instruction = self.path("PmtId/InstrId")
        self.reference = self.path("PmtId/EndToEndId")
        self.amount = self.path("Amt/InstdAmt")
        self.member = self.path("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId")
        self.bank_codes = (
            self.path("CdtrAgt/FinInstnId/BICFI"),
            self.path("CdtrAgt/FinInstnId/BIC"),
        )
        self.payee = self.path("Cdtr/Nm")
        self.account = self.path("CdtrAcct/Id/Othr/Id")
        self.iban = self.path("CdtrAcct/Id/IBAN")
        self.remittance = self.path("RmtInf/Ustrd")

    def path(self, names: str) -> str:
        return "/".join(self._prefix + name for name in names.split("/"))


def _names_of(element: etree._Element, header: Header) -> _Names:
    tree = element.getroottree()
    if tree.docinfo.doctype:  # type: ignore[attr-defined]
        raise Unacceptable("FF01", header.message_id)
    namespace = str(tree.getroot().tag)[1:].partition("}")[0]
    if not namespace.startswith(NAMESPACE_START):
        raise Unacceptable("FF01", header.message_id)
    return _Names(namespace)


def _note(header: Header, kind: str, element: etree._Element, names: _Names) -> None:
    parent = element.getparent()
    if kind == "GrpHdr":
        header.message_id = _text(element, names.path("MsgId"))
        count = _text(element, names.path("NbOfTxs"))
        header.stated_count = int(count) if count.isdecimal() else -1
        header.stated_total = whole(_text(element, names.path("CtrlSum")), header.message_id)
        if not header.message_id:
            raise Unacceptable("FF01")
    elif parent is None or not str(parent.tag).endswith("}PmtInf"):
        return
    elif kind == "PmtInfId":
        header.payment_information_id = (element.text or "").strip()
    elif kind == "Dbtr":
        header.unit = _text(element, names.path("Nm"))
    elif kind == "DbtrAcct":
        header.debtor = _text(element, names.path("Id/Othr/Id"))
    elif kind == "ReqdExctnDt":
        header.requested = max(header.requested, _requested(element, names, header))


def _requested(element: etree._Element, names: _Names, header: Header) -> date:
    """A plain date in older versions, a choice of Dt or DtTm since .09."""
    written = "".join(map(str, element.itertext())).strip()
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise Unacceptable("FF01", header.message_id) from error


def _payment(element: etree._Element, header: Header, names: _Names) -> Payment:
    amount = element.find(names.amount)
    if amount is None or amount.get("Ccy") != "VND":
        raise Unacceptable("AM03", header.message_id)
    bank = _text(element, names.member)
    for path in names.bank_codes:
        bank = bank or _text(element, path)
    return Payment(
        header.debtor,
        header.payment_information_id,
        _text(element, names.instruction),
        _text(element, names.reference),
        whole(amount.text or "", header.message_id),
        bank,
        _text(element, names.payee),
        _text(element, names.account) or _text(element, names.iban),
        _text(element, names.remittance),
    )


def whole(written: str, message_id: str = "") -> int:
    """Whole đồng out of "500000" or "500000.00"; Unacceptable("AM12") for anything else."""
    written = written.strip()
    if written.isdecimal() and written.isascii():
        return int(written)
    try:
        value = Decimal(written)
    except InvalidOperation as error:
        raise Unacceptable("AM12", message_id) from error
    if not value.is_finite() or value < 0 or value != value.to_integral_value():
        raise Unacceptable("AM12", message_id)
    return int(value)


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _forget(element: etree._Element) -> None:
    """Free what has been read, so that the file's length costs no memory."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]
