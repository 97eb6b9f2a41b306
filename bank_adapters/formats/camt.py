"""camt.052, 053 and 054 of any version and namespace, as a stream of statements and entries.

Facts this rests on: the sign of an entry is its CdtDbtInd alone (RvslInd is reported, never
applied); only BOOK entries move the balance; opening + booked = closing is checked and never
repaired. Source: ISO 20022 "Bank-to-Customer Cash Management", versions .02 to .14.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.camt_entry import (
    BOOKED,
    Entry,
    EntryReader,
    Unsigned,
    details_fit,
    sign_of,
)
from bank_adapters.formats.values import Clock, day, moment
from bank_adapters.formats.xmlstream import Node, local_name, namespace, parent_of, root_of, stream

CONTAINERS = {"Stmt": "camt.053", "Ntfctn": "camt.054", "Rpt": "camt.052"}
MAX_HELD = 60_000  # an entry with its details takes 1 to 2 kB
MAX_TOLD = 50
_NAMES = frozenset({"GrpHdr", "Ntry", "TxDtls", *CONTAINERS})


@dataclass(slots=True)
class Statement:
    """One Stmt, Ntfctn or Rpt: header, then `entries` as a stream; walk it before the next.

    Balances are signed minor units; `from_day` to `to_day` is what it covers, as far as stated.
    `booked` adds up while the entries are walked; `notes` and `faults` (what keeps a file apart)
    grow with it. All are complete when the stream has ended.
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
    from_day: date | None = None
    to_day: date | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def difference(self) -> int | None:
        """Closing minus (opening + booked): 0 when it balances, None without balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.booked


def _balance_type(node: Node) -> str:
    return node.value("Tp", "CdOrPrtry", "Cd") or node.value("Tp", "Cd")


def _balances(header: Node) -> list[tuple[str, str, int, str]]:
    """(type, date, signed minor units, currency) of every Bal, oldest date first."""
    found = []
    for node in header.all("Bal"):
        amount = node.find("Amt")
        if amount is None:
            raise Unreadable("Bal: thiếu Amt")
        value = sign_of(node.value("CdtDbtInd"), "Bal") * to_minor(
            amount.text, amount.currency, "Bal"
        )
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
        from_day=_first_day(header),
        to_day=_last_day(header),
    )


def _first_day(header: Node) -> date | None:
    span = header.find("FrToDt")
    return day(span.value("FrDtTm") or span.value("FrDt")) if span else None


def _last_day(header: Node) -> date | None:
    """The last day covered: the end as stated, else the day of the closing balance."""
    if (span := header.find("FrToDt")) is not None:
        stated = span.value("ToDtTm") or span.value("ToDt")
        last = day(stated)
        if last is not None and stated[10:].startswith("T00:00:00"):
            return last - timedelta(days=1)  # midnight is the end of the day before
        return last
    closing = [when for code, when, _, _ in _balances(header) if code == "CLBD"]
    return day(closing[-1]) if closing else None


class _Reader:
    """Walks the elements of one file and cuts them into statements."""

    def __init__(self, source: BinaryIO) -> None:
        self.elements = stream(source, _NAMES)
        self.reader = EntryReader()
        self.group: Node | None = None
        self.details: list[Unsigned] = []

    def next_item(self, ordinal: int) -> tuple[str, etree._Element, Entry | None] | None:
        """The next entry (with its element) or end of a container; None at the file's end."""
        for name, element in self.elements:
            if name == "TxDtls":
                self.details.append(self.reader.detail(element))
                if len(self.details) > MAX_HELD:
                    raise Unreadable(f"một Ntry có quá {MAX_HELD} TxDtls")
            elif name == "GrpHdr":
                self.group = Node(element)
            elif name == "Ntry":
                details, self.details = self.details, []
                return name, element, self.reader.entry(element, details, ordinal)
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
            statement.notes.append(
                f"{statement.report_id}: {statement.pending} dòng chưa hạch toán, không tính"
            )


def _count(statement: Statement, entry: Entry) -> None:
    """Add a booked entry to the proof; note what does not fit."""
    where = f"{statement.report_id}, dòng {entry.ordinal}"
    if entry.currency != statement.currency:
        _tell(statement.faults, f"{where}: tiền {entry.currency}, tài khoản {statement.currency}")
    if entry.status == BOOKED:
        statement.booked += entry.amount
    else:
        statement.pending += 1
        if entry.status not in ("PDNG", "INFO", "FUTR"):
            shown = entry.status[:20] or "(trống)"
            _tell(statement.notes, f"{where}: trạng thái lạ “{shown}”, không tính")
    if len(entry.details) > 1 and not details_fit(entry):
        _tell(statement.notes, f"{where}: các TxDtls không cộng bằng Ntry")


def _tell(told: list[str], what: str) -> None:
    """Keep the first of many: a file of a million odd entries must not fill the memory."""
    if len(told) < MAX_TOLD:
        told.append(what)
    elif len(told) == MAX_TOLD:
        told.append("và còn nhiều dòng khác như vậy")


def read(source: BinaryIO) -> Iterator[Statement]:
    """The statements of a file in order; raises Unreadable where the file stops making sense."""
    yield from _Reader(source).statements()
