"""pain.002, the bank's word on a payment file, in any version and namespace.

Only what the bank names is reported: a group status says nothing about single payments
(a group RJCT is left to whoever knows whether the bank takes files all or nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.values import Clock, clean_id, moment
from bank_adapters.formats.xmlstream import Node, parent_of, stream


@dataclass(frozen=True, slots=True)
class Transaction:
    """The status of one payment; `amount` is minor units or None when it is not stated.

    `charge` is what was kept of a return (pacs.004), in minor units, 0 or above.
    """

    status: str
    reason: str
    reason_text: str
    end_to_end_id: str
    instruction_id: str
    payment_information_id: str
    bank_reference: str
    amount: int | None
    currency: str
    accepted_at: Clock
    proprietary: bool
    uetr: str = ""
    charge: int = 0
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The status of one block (PmtInf) of the file that is answered."""

    payment_information_id: str
    status: str
    reason: str
    reason_text: str


@dataclass(slots=True)
class StatusReport:
    """Header first; `transactions` is a stream, and `blocks` fills while it is walked.

    Three levels: `group_status` with `reason` speaks of the whole file, each of `blocks` of a
    PmtInf, a transaction of itself. `first_block` is known at once.
    """

    report_id: str
    created_at: Clock
    original_message_id: str
    group_status: str
    reason: str
    reason_text: str
    kind: str = "pain.002"
    first_block: Block | None = None
    transactions: Iterator[Transaction] = field(default_factory=lambda: iter(()))
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def level(self) -> tuple[str, str]:
        """(status, reason) of the file, else of its first block."""
        if self.group_status or self.first_block is None:
            return self.group_status, self.reason
        return self.first_block.status, self.first_block.reason


MAX_BLOCKS = 10_000
_NAMES = frozenset({"GrpHdr", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"})


def reason_of(node: Node, name: str = "StsRsnInf") -> tuple[str, str, bool]:
    """(code, text, proprietary) of the elements `name` under `node`; the first code wins."""
    code, own, texts = "", False, []
    for information in node.all(name):
        found, is_own, text = reason_code(information)
        if found and not code:
            code, own = found, is_own
        if text:
            texts.append(text)
    return code, " ".join(texts), own


def reason_code(information: Node) -> tuple[str, bool, str]:
    """(code, proprietary, text) of one StsRsnInf or RtrInf; .02 writes Rsn/Cd, some StsRsn/Cd."""
    text = " ".join(part.text for part in information.all("AddtlInf") if part.text)
    for name in ("Rsn", "RtrRsn", "StsRsn"):
        if code := information.value(name, "Cd"):
            return code, False, text
        if code := information.value(name, "Prtry"):
            return code, True, text
    return "", False, text


def _amount(node: Node, where: str) -> tuple[int | None, str]:
    for path in (("OrgnlTxRef", "Amt", "InstdAmt"), ("OrgnlTxRef", "IntrBkSttlmAmt")):
        if (amount := node.find(*path)) is not None:
            return to_minor(amount.text, amount.currency, where), amount.currency
    return None, ""


def _transaction(node: Node, payment_information: str) -> Transaction:
    """One TxInfAndSts."""
    code, text, own = reason_of(node)
    end_to_end = clean_id(node.value("OrgnlEndToEndId"))
    amount, currency = _amount(node, f"giao dịch {end_to_end or '?'}")
    return Transaction(
        status=node.value("TxSts").upper(),
        reason=code,
        reason_text=text,
        end_to_end_id=end_to_end,
        instruction_id=clean_id(node.value("OrgnlInstrId")),
        payment_information_id=payment_information,
        bank_reference=clean_id(node.value("AcctSvcrRef")),
        amount=amount,
        currency=currency,
        accepted_at=moment(node.value("AccptncDtTm")),
        proprietary=own,
        uetr=clean_id(node.value("OrgnlUETR")).lower(),
    )


def read(source: BinaryIO) -> StatusReport:
    """The report's header with its transactions to follow; raises Unreadable."""
    elements = stream(source, _NAMES)
    header: Node | None = None
    for name, element in elements:
        if name == "GrpHdr":
            header = Node(element)
        elif name == "OrgnlGrpInfAndSts":
            return _report(header, Node(element), elements)
        else:
            break
    raise Unreadable("pain.002: thiếu OrgnlGrpInfAndSts, không biết tệp trả lời cho lô nào")


def _report(
    header: Node | None, group: Node, elements: Iterator[tuple[str, etree._Element]]
) -> StatusReport:
    code, text, _ = reason_of(group)
    report = StatusReport(
        report_id=header.value("MsgId") if header else "",
        created_at=moment(header.value("CreDtTm") if header else ""),
        original_message_id=clean_id(group.value("OrgnlMsgId")),
        group_status=group.value("GrpSts").upper(),
        reason=code,
        reason_text=text,
    )
    first = next(elements, None)
    if first is not None:
        name, element = first
        block = parent_of(element) if name == "TxInfAndSts" else element
        report.first_block = _block(Node(block, skip={"TxInfAndSts"}))
        report.transactions = _transactions(chain((first,), elements), report)
    return report


def _block(node: Node) -> Block:
    """The block level of an OrgnlPmtInfAndSts (empty for what stands in its place)."""
    reason, text, _ = reason_of(node)
    return Block(
        payment_information_id=clean_id(node.value("OrgnlPmtInfId")),
        status=node.value("PmtInfSts").upper(),
        reason=reason,
        reason_text=text,
    )


def _transactions(
    elements: Iterator[tuple[str, etree._Element]], report: StatusReport
) -> Iterator[Transaction]:
    """Walk the payment information blocks; statuses of blocks go to `report.blocks`."""
    block: Block | None = None
    for name, element in elements:
        if name == "OrgnlGrpInfAndSts":
            raise Unreadable("pain.002: hai OrgnlGrpInfAndSts, không biết giao dịch thuộc lô nào")
        if name == "GrpHdr":
            continue
        if name == "TxInfAndSts":
            if block is None:
                block = _block(Node(parent_of(element), skip={"TxInfAndSts"}))
            yield _transaction(Node(element), block.payment_information_id)
        else:
            report.blocks.append(block or _block(Node(element, skip={"TxInfAndSts"})))
            block = None
            if len(report.blocks) > MAX_BLOCKS:
                raise Unreadable(f"pain.002 có quá {MAX_BLOCKS} OrgnlPmtInfAndSts")
