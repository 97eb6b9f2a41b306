"""camt.052, 053 and 054 of any version and namespace, as a stream of statements and entries.

Facts this rests on: the sign of an entry is its CdtDbtInd alone (RvslInd is reported, never
applied); only BOOK entries move the balance; opening + booked = closing is checked and never
repaired. Source: ISO 20022 "Bank-to-Customer Cash Management", versions .02 to .14.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.pain002 import reason_code
from bank_adapters.formats.values import Clock, clean_id, day, moment
from bank_adapters.formats.xmlstream import Node, local_name, namespace, parent_of, root_of, stream

CONTAINERS = {"Stmt": "camt.053", "Ntfctn": "camt.054", "Rpt": "camt.052"}
BOOKED = "BOOK"
MAX_HELD = 200_000
_NAMES = frozenset({"GrpHdr", "Ntry", "TxDtls", *CONTAINERS})


@dataclass(frozen=True, slots=True)
class Detail:
    """One TxDtls. `amount` is signed minor units, None where the file states none."""

    amount: int | None
    currency: str
    end_to_end_id: str
    instruction_id: str
    payment_information_id: str
    message_id: str
    transaction_id: str
    bank_reference: str
    return_reason: str
    return_text: str
    is_return: bool
    remittance: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One Ntry. `amount` is signed minor units, above 0 when our account was credited."""

    amount: int
    currency: str
    status: str
    booking_date: date | None
    value_date: date | None
    reversal: bool
    bank_reference: str
    entry_reference: str
    is_return: bool
    additional: str
    batch_message_id: str
    batch_payment_information_id: str
    ordinal: int
    details: tuple[Detail, ...]


@dataclass(slots=True)
class Statement:
    """One Stmt, Ntfctn or Rpt: header, then `entries` as a stream; walk it before the next.

    Balances are signed minor units. `booked` adds up while the entries are walked and
    `warnings` grows with it; both are complete when the stream has ended.
    """

    kind: str
    version: str
    report_id: str
    account: str
    currency: str
    sequence: str
    page: int | None
    last_page: bool | None
    created_at: Clock
    opening: int | None
    closing: int | None
    entries: Iterator[Entry] = field(default_factory=lambda: iter(()))
    booked: int = 0
    pending: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def difference(self) -> int | None:
        """Closing minus (opening + booked): 0 when it balances, None without balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.booked


def _sign(node: Node, where: str) -> int:
    mark = node.value("CdtDbtInd").upper()
    if mark not in ("CRDT", "DBIT"):
        raise Unreadable(f"{where}: CdtDbtInd là “{mark[:10]}”, phải là CRDT hoặc DBIT")
    return 1 if mark == "CRDT" else -1


def _texts(node: Node, *names: str) -> str:
    """The texts at the given children, joined, in file order."""
    found = [child.text for child in node.children if child.name in names and child.text]
    return " ".join(found)


def _party(node: Node | None, *names: str) -> str:
    """The name of the first party there is (.02 `Cdtr/Nm`, .08 `Cdtr/Pty/Nm`)."""
    for name in names:
        for path in ((name, "Nm"), (name, "Pty", "Nm")):
            if node is not None and (found := node.value(*path)):
                return found
    return ""


def _is_return(node: Node) -> bool:
    """True for a bank transaction code of a returned payment (sub-family RRTN)."""
    code = node.value("BkTxCd", "Domn", "Fmly", "SubFmlyCd")
    return code == "RRTN"


def _detail_amount(node: Node, where: str) -> tuple[int | None, str]:
    """(minor units, currency) of a TxDtls: Amt from .04 on, AmtDtls/TxAmt/Amt before."""
    amount = node.find("Amt") or node.find("AmtDtls", "TxAmt", "Amt")
    if amount is None or not amount.text:
        return None, ""
    return to_minor(amount.text, amount.currency, where), amount.currency


def read_detail(node: Node) -> tuple[Detail, int]:
    """One TxDtls and its own sign, 0 where it leaves the sign to the entry."""
    refs = node.find("Refs") or node
    amount, currency = _detail_amount(node, "TxDtls")
    returned = node.find("RtrInf")
    code, _, text = reason_code(returned) if returned else ("", False, "")
    remittance = node.find("RmtInf")
    own_sign = _sign(node, "TxDtls") if node.value("CdtDbtInd") else 0
    detail = Detail(
        amount=amount,
        currency=currency,
        end_to_end_id=clean_id(refs.value("EndToEndId")),
        instruction_id=clean_id(refs.value("InstrId")),
        payment_information_id=clean_id(refs.value("PmtInfId")),
        message_id=clean_id(refs.value("MsgId")),
        transaction_id=clean_id(refs.value("TxId") or refs.value("UETR")),
        bank_reference=clean_id(refs.value("AcctSvcrRef")),
        return_reason=code,
        return_text=text,
        is_return=returned is not None or _is_return(node),
        remittance=_remittance(remittance) or _texts(node, "AddtlTxInf"),
        name=_other_party(node, own_sign),
    )
    return detail, own_sign


def _remittance(node: Node | None) -> str:
    """Free text, else the creditor's structured reference."""
    if node is None:
        return ""
    structured = [part.value("CdtrRefInf", "Ref") for part in node.all("Strd")]
    return _texts(node, "Ustrd") or " ".join(text for text in structured if text)


def _other_party(node: Node, sign: int) -> str:
    """The counterparty's name: the debtor for money in, else the creditor where there is one."""
    parties = node.find("RltdPties")
    order = ("Dbtr", "UltmtDbtr", "Cdtr", "UltmtCdtr")
    return _party(parties, *(order if sign > 0 else order[2:] + order[:2]))


def _signed(detail: Detail, own_sign: int, entry_sign: int) -> Detail:
    """The detail with its amount signed, by its own mark or the entry's."""
    if detail.amount is None or (own_sign or entry_sign) > 0:
        return detail
    values = {name: getattr(detail, name) for name in Detail.__slots__}
    return Detail(**{**values, "amount": -detail.amount})


def _date_of(node: Node, name: str) -> date | None:
    return day(node.value(name, "Dt") or node.value(name, "DtTm"))


def _status(node: Node) -> str:
    """Sts as text (.02) or as a choice (.08)."""
    return (node.value("Sts", "Cd") or node.value("Sts", "Prtry") or node.value("Sts")).upper()


def read_entry(node: Node, details: list[tuple[Detail, int]], ordinal: int) -> Entry:
    """One Ntry with its details already read."""
    where = f"Ntry thứ {ordinal}"
    amount = node.find("Amt")
    if amount is None:
        raise Unreadable(f"{where}: thiếu Amt")
    sign = _sign(node, where)
    batch = node.find("NtryDtls", "Btch")
    return Entry(
        amount=sign * to_minor(amount.text, amount.currency, where),
        currency=amount.currency,
        status=_status(node),
        booking_date=_date_of(node, "BookgDt"),
        value_date=_date_of(node, "ValDt"),
        reversal=node.value("RvslInd") in ("true", "1"),
        bank_reference=clean_id(node.value("AcctSvcrRef")),
        entry_reference=clean_id(node.value("NtryRef")),
        is_return=_is_return(node),
        additional=_texts(node, "AddtlNtryInf"),
        batch_message_id=clean_id(batch.value("MsgId")) if batch else "",
        batch_payment_information_id=clean_id(batch.value("PmtInfId")) if batch else "",
        ordinal=ordinal,
        details=tuple(_signed(detail, own, sign) for detail, own in details),
    )


def _balance_type(node: Node) -> str:
    return node.value("Tp", "CdOrPrtry", "Cd") or node.value("Tp", "Cd")


def _balances(header: Node) -> list[tuple[str, str, int, str]]:
    """(type, date, signed minor units, currency) of every Bal, oldest date first."""
    found = []
    for node in header.all("Bal"):
        amount = node.find("Amt")
        if amount is None:
            raise Unreadable("Bal: thiếu Amt")
        value = _sign(node, "Bal") * to_minor(amount.text, amount.currency, "Bal")
        when = node.value("Dt", "Dt") or node.value("Dt", "DtTm")
        found.append((_balance_type(node), when[:10], value, amount.currency))
    return sorted(found, key=lambda balance: balance[1])


def _opening_and_closing(header: Node, kind: str) -> tuple[int | None, int | None]:
    """The two booked balances of the proof; interim ones (ITBD) only as page balances."""
    balances = _balances(header)
    values = {code: [b[2] for b in balances if b[0] == code] for code in _PROOF}
    interim = values["ITBD"] if kind == "camt.053" or len(values["ITBD"]) > 1 else []
    first = values["OPBD"] or values["PRCD"] or interim
    last = values["CLBD"] or interim
    if interim and first is interim and last is interim and len(interim) < 2:
        return None, None
    return (first[0] if first else None), (last[-1] if last else None)


_PROOF = ("OPBD", "PRCD", "CLBD", "ITBD")


def _account(header: Node) -> str:
    identity = header.find("Acct", "Id")
    if identity is None:
        return ""
    return identity.value("IBAN") or identity.value("Othr", "Id") or identity.value("BBAN")


def _currency(header: Node) -> str:
    if currency := header.value("Acct", "Ccy"):
        return currency
    amounts = (node.find("Amt") for node in header.all("Bal"))
    return next((amount.currency for amount in amounts if amount is not None), "")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _statement(element: etree._Element, group: Node | None) -> Statement:
    """The header of a Stmt, Ntfctn or Rpt (its entries left out)."""
    header = Node(element, skip={"Ntry"})
    kind = CONTAINERS[header.name]
    pages = header.find("StmtPgntn") or header.find("RptPgntn") or header.find("NtfctnPgntn")
    pages = pages or (group.find("MsgPgntn") if group else None)
    opening, closing = _opening_and_closing(header, kind)
    space = namespace(root_of(element))
    return Statement(
        kind=kind,
        version=space.rpartition(":")[2],
        report_id=header.value("Id"),
        account=_account(header),
        currency=_currency(header),
        sequence=header.value("ElctrncSeqNb") or header.value("LglSeqNb"),
        page=_number(pages.value("PgNb")) if pages else None,
        last_page=pages.value("LastPgInd") in ("true", "1") if pages else None,
        created_at=moment(header.value("CreDtTm") or (group.value("CreDtTm") if group else "")),
        opening=opening,
        closing=closing,
    )


class _Reader:
    """Walks the elements of one file and cuts them into statements."""

    def __init__(self, source: BinaryIO) -> None:
        self.elements = stream(source, _NAMES)
        self.group: Node | None = None
        self.details: list[tuple[Detail, int]] = []

    def next_item(self, ordinal: int) -> tuple[str, etree._Element, Entry | None] | None:
        """The next entry (with its element) or end of a container; None at the file's end."""
        for name, element in self.elements:
            if name == "TxDtls":
                self.details.append(read_detail(Node(element)))
                if len(self.details) > MAX_HELD:
                    raise Unreadable(f"một Ntry có quá {MAX_HELD} TxDtls")
            elif name == "GrpHdr":
                self.group = Node(element)
            elif name == "Ntry":
                details, self.details = self.details, []
                return name, element, read_entry(Node(element), details, ordinal)
            elif local_name(element) in CONTAINERS:
                return name, element, None
        return None

    def statements(self) -> Iterator[Statement]:
        """Each statement with its entries; a statement left half-read is walked to its end."""
        while (item := self.next_item(1)) is not None:
            _, element, entry = item
            if entry is None:
                yield _statement(element, self.group)
                continue
            container = parent_of(element)
            if local_name(container) not in CONTAINERS:
                raise Unreadable("Ntry nằm ngoài Stmt, Ntfctn và Rpt")
            statement = _statement(container, self.group)
            statement.currency = statement.currency or entry.currency
            rest = self.rest(statement, entry)
            if statement.kind == "camt.053" and statement.opening is None:
                rest = self._held(statement, container, rest)
            statement.entries = rest
            yield statement
            for _ in rest:
                pass

    def _held(
        self, statement: Statement, container: etree._Element, rest: Iterator[Entry]
    ) -> Iterator[Entry]:
        """No balance before the entries: read them all first, the balances may come after."""
        held: list[Entry] = []
        for entry in rest:
            held.append(entry)
            if len(held) > MAX_HELD:
                raise Unreadable(f"sổ phụ có quá {MAX_HELD} dòng mà chưa thấy số dư")
        late = _statement(container, self.group)
        statement.opening, statement.closing = late.opening, late.closing
        return iter(held)

    def rest(self, statement: Statement, first: Entry) -> Iterator[Entry]:
        """`first` and the entries up to the statement's end, adding up what is booked."""
        entry: Entry | None = first
        ordinal = 1
        while entry is not None:
            _count(statement, entry)
            yield entry
            ordinal += 1
            item = self.next_item(ordinal)
            if item is None:
                raise Unreadable("tệp hết giữa chừng một sổ phụ")
            entry = item[2]
        if statement.pending:
            statement.warnings.append(
                f"{statement.report_id}: {statement.pending} dòng chưa hạch toán, không tính"
            )


def _count(statement: Statement, entry: Entry) -> None:
    """Add a booked entry to the proof; note what does not fit."""
    where = f"{statement.report_id}, dòng {entry.ordinal}"
    if entry.currency != statement.currency:
        statement.warnings.append(f"{where}: tiền {entry.currency}, tài khoản {statement.currency}")
    if entry.status == BOOKED:
        statement.booked += entry.amount
    else:
        statement.pending += 1
        if entry.status not in ("PDNG", "INFO", "FUTR"):
            shown = entry.status[:20] or "(trống)"
            statement.warnings.append(f"{where}: trạng thái lạ “{shown}”, không tính")
    if len(entry.details) > 1 and not details_fit(entry):
        statement.warnings.append(f"{where}: các TxDtls không cộng bằng Ntry")


def details_fit(entry: Entry) -> bool:
    """True when every detail has an amount in the entry's currency and they add up to it."""
    amounts = [detail.amount for detail in entry.details]
    if any(detail.currency != entry.currency for detail in entry.details):
        return False
    return sum(amount or 0 for amount in amounts) == entry.amount


def read(source: BinaryIO) -> Iterator[Statement]:
    """The statements of a file in order; raises Unreadable where the file stops making sense."""
    yield from _Reader(source).statements()
