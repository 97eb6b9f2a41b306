"""A bank as a model: what it was ordered, what people really received, what its account says.

It debits the paying unit's account payment by payment, tells of it in the sandbox's own formats,
and errs when it is told to. What it holds is the truth that our books are held against.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bank_adapters.contract import BankAdapter
from bank_adapters.sandbox.account_report import (
    ADVICE,
    STATEMENT,
    balance_xml,
    bank_reference,
    entry_xml,
)
from bank_adapters.sandbox.status_report import MESSAGE
from bank_adapters.sandbox.xml_out import Writer, tag

_NOBODY = {"name": "", "payee_account": "", "message_id": "", "payment_information_id": "",
           "instruction_id": "", "remittance": ""}  # fmt: skip


@dataclass
class Order:
    """A payment as the bank was told to make it; `paid` and `back` are its movements in đồng."""

    reference: str
    amount: int
    message_id: str
    paid: int = 0
    back: int = 0
    refused: bool = False

    @property
    def received(self) -> int:
        """What the payee really has of it."""
        return self.paid - self.back


@dataclass
class Tray:
    """Files that a provider has ready for us, in the order in which they are taken."""

    files: dict[str, bytes] = field(default_factory=dict)
    made: int = 0

    def lay(self, content: bytes, ending: str = "xml") -> None:
        """One more file at the end."""
        self.made += 1
        self.files[f"F{self.made:04}.{ending}"] = content


@dataclass
class Bank:
    """`account` is ours at the bank; entries are every movement on it, oldest first."""

    account: str
    balance: int
    tray: Tray = field(default_factory=Tray)
    orders: dict[str, Order] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    entries: list[dict[str, Any]] = field(default_factory=list)
    stated: int = 0
    stated_balance: int = 0
    stated_through: date = date.min
    statements: int = 0
    told: set[int] = field(default_factory=set)
    late: list[bytes] = field(default_factory=list)

    # ------------------------------------------------------------------ what it is ordered
    def take(self, adapter: BankAdapter, content: bytes) -> None:
        """A file has come; every payment of it is an order. It remembers no file."""
        head, items = adapter.strict_reader().read(io.BytesIO(content))
        for one in items:
            self.arrived[one.reference] += 1
            order = Order(one.reference, one.amount, head.message_id)
            self.orders.setdefault(one.reference, order)

    # ------------------------------------------------------------------ what it does
    def pays(self, reference: str, today: date) -> dict[str, Any]:
        """It debits us and pays the person."""
        order = self.orders[reference]
        order.paid += order.amount
        return self._book("payment", -order.amount, today, reference)

    def gives_back(self, reference: str, today: date, amount: int = 0) -> dict[str, Any]:
        """Money of a payment comes back, all of it or so much."""
        order = self.orders[reference]
        order.back += amount or order.amount
        return self._book("return", amount or order.amount, today, reference, "AC04")

    def moves(
        self, kind: str, amount: int, today: date, reference: str = "", text: str = ""
    ) -> dict[str, Any]:
        """A movement about no payment: credit, fee, refund of one, or a debit nobody ordered."""
        return self._book(kind, amount, today, reference, text=text)

    def _book(
        self, kind: str, amount: int, today: date, reference: str, reason: str = "", text: str = ""
    ) -> dict[str, Any]:
        self.balance += amount
        entry = {
            **_NOBODY, "id": len(self.entries) + 1, "at": f"{today}T09:00:00+07:00",
            "booking_date": f"{today}", "kind": kind, "amount": amount, "reference": reference,
            "reason": reason, "remittance": text,
        }  # fmt: skip
        self.entries.append(entry)
        return entry

    # ------------------------------------------------------------------ what it says
    def advice(self, entries: Sequence[dict[str, Any]]) -> bytes:
        """camt.054 about some movements."""
        self.told |= {one["id"] for one in entries}
        self.tray.made += 1
        name = f"BKA-N-{self.tray.made:09d}"
        return self._report(ADVICE, "BkToCstmrDbtCdtNtfctn", "Ntfctn", name, "", entries)

    def statement(self, last: date) -> bytes:
        """camt.053 of everything since the last one, up to a day."""
        entries, self.statements = self.entries[self.stated :], self.statements + 1
        opening, closing = self.stated_balance, self.balance
        first = max(self.stated_through + timedelta(days=1), date(2026, 1, 1))
        span = (
            f"<FrToDt>{tag('FrDtTm', f'{first}T00:00:00+07:00')}"
            f"{tag('ToDtTm', f'{last}T23:59:59+07:00')}</FrToDt>"
        )
        ends = balance_xml("OPBD", opening, f"{first}") + balance_xml("CLBD", closing, f"{last}")
        self.stated, self.stated_balance, self.stated_through = len(self.entries), closing, last
        self.told |= {one["id"] for one in entries}
        name = f"BKA-S-{self.statements:09d}"
        head = f"<ElctrncSeqNb>{self.statements}</ElctrncSeqNb>"
        return self._report(STATEMENT, "BkToCstmrStmt", "Stmt", name, span + ends, entries, head)

    def _report(
        self, message: str, outer: str, inner: str, name: str, more: str,
        entries: Iterable[dict[str, Any]], head: str = "",
    ) -> bytes:  # fmt: skip
        out = io.BytesIO()
        writer = Writer(out, message)
        at = tag("CreDtTm", "2026-09-01T09:00:00+07:00")
        span, _, balances = more.partition("</FrToDt>")
        span = f"{span}</FrToDt>" if more else ""
        writer.put(f"<{outer}><GrpHdr>{tag('MsgId', f'M-{name}')}{at}</GrpHdr>")
        writer.put(f"<{inner}>{tag('Id', name)}{head}{at}{span}<Acct><Id><Othr>")
        writer.put(f"{tag('Id', self.account)}</Othr></Id><Ccy>VND</Ccy></Acct>{balances}")
        for one in entries:
            writer.put(entry_xml(one, bank_reference(one["id"])))
        writer.put(f"</{inner}></{outer}>")
        writer.end()
        return out.getvalue()

    def word(self, reference: str, status: str, reason: str = "") -> bytes:
        """pain.002 about one payment, which says nothing of its file."""
        line = f"<TxInfAndSts>{tag('OrgnlEndToEndId', reference)}{tag('TxSts', status)}"
        line += f"{_because(reason)}</TxInfAndSts>"
        block = f"<OrgnlPmtInfAndSts>{tag('OrgnlPmtInfId', 'NOTPROVIDED')}{line}"
        return self._answer("NOTPROVIDED", "", "", f"{block}</OrgnlPmtInfAndSts>")

    def answer(self, message_id: str, status: str, reason: str = "") -> bytes:
        """pain.002 about a file as a whole."""
        return self._answer(message_id, status, reason, "")

    def _answer(self, message_id: str, status: str, reason: str, more: str) -> bytes:
        self.tray.made += 1
        out = io.BytesIO()
        writer = Writer(out, MESSAGE)
        name = tag("MsgId", f"BKA-A-{self.tray.made:09d}")
        writer.put(f"<CstmrPmtStsRpt><GrpHdr>{name}</GrpHdr><OrgnlGrpInfAndSts>")
        writer.put(f"{tag('OrgnlMsgId', message_id)}{tag('OrgnlMsgNmId', 'pain.001.001.09')}")
        writer.put(f"{tag('GrpSts', status)}{_because(reason)}</OrgnlGrpInfAndSts>{more}")
        writer.put("</CstmrPmtStsRpt>")
        writer.end()
        return out.getvalue()


def _because(code: str) -> str:
    return f"<StsRsnInf><Rsn>{tag('Cd', code)}</Rsn></StsRsnInf>" if code else ""


def doctored(statement: bytes) -> bytes:
    """The statement as somebody altered it on the way: its closing balance is another."""
    head, mark, rest = statement.rpartition(b"<Cd>CLBD</Cd>")
    first, amount, tail = rest.partition(b'<Amt Ccy="VND">')
    return head + mark + first + amount + b"7" + tail
