"""pacs.004, a payment that comes back between banks, as a bank forwards it; any version.

It is word of a return, not the money: that is the booked line of a statement, which may name
no reason. So each TxInf is read as a status of its payment, `RETURNED`, with reason and
charge. Source: ISO 20022 "Payments Clearing and Settlement", PaymentReturn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.pain002 import StatusReport, Transaction, reason_of
from bank_adapters.formats.values import clean_id, moment
from bank_adapters.formats.xmlstream import Node, stream

RETURNED = "RTRN"
"""Our word for it: pacs.004 itself has no status, and no payment status is called so."""
_NAMES = frozenset({"GrpHdr", "OrgnlGrpInf", "TxInf"})
Found = tuple[str, etree._Element]


def read(source: BinaryIO) -> StatusReport:
    """The report with its returned payments to follow; raises Unreadable."""
    elements = stream(source, _NAMES)
    report = StatusReport("", None, "", "", "", "", kind="pacs.004")
    for name, element in elements:
        if name == "TxInf":
            report.transactions = _transactions(chain(((name, element),), elements), report)
            return report
        _head(report, name, Node(element))
    raise Unreadable("pacs.004: không có TxInf nào, không biết khoản nào bị trả lại")


def _head(report: StatusReport, name: str, node: Node) -> None:
    if name == "GrpHdr":
        report.report_id = node.value("MsgId")
        report.created_at = moment(node.value("CreDtTm"))
    else:
        message = clean_id(node.value("OrgnlMsgId"))
        report.original_message_id = report.original_message_id or message


def _transactions(elements: Iterator[Found], report: StatusReport) -> Iterator[Transaction]:
    for name, element in elements:
        if name == "TxInf":
            yield _transaction(Node(element))
        else:
            _head(report, name, Node(element))


def _money(node: Node, *names: str) -> tuple[int | None, str]:
    """(minor units, currency) of the first amount there is."""
    for name in names:
        if (amount := node.find(name)) is not None and amount.text:
            return to_minor(amount.text, amount.currency, name), amount.currency
    return None, ""


def _kept(node: Node, returned: int | None, currency: str) -> int:
    """What was kept: the charges stated, else the difference to the original amount."""
    stated = [one.find("Amt") for one in node.all("ChrgsInf")]
    charges = [one for one in stated if one is not None and one.currency == currency]
    if charges:
        return sum(to_minor(one.text, one.currency, "ChrgsInf") for one in charges)
    original, its_currency = _money(node, "OrgnlIntrBkSttlmAmt")
    if original is None or returned is None or its_currency != currency:
        return 0
    return max(0, original - returned)


def _transaction(node: Node) -> Transaction:
    """One TxInf."""
    code, text, own = reason_of(node, "RtrRsnInf")
    amount, currency = _money(node, "RtrdIntrBkSttlmAmt", "RtrdInstdAmt")
    return Transaction(
        status=RETURNED,
        reason=code,
        reason_text=text,
        end_to_end_id=clean_id(node.value("OrgnlEndToEndId")),
        instruction_id=clean_id(node.value("OrgnlInstrId")),
        payment_information_id="",
        bank_reference=clean_id(node.value("RtrId")),
        amount=amount,
        currency=currency,
        accepted_at=None,
        proprietary=own,
        uetr=clean_id(node.value("OrgnlUETR")).lower(),
        charge=_kept(node, amount, currency),
        is_return=True,
    )
