"""camt.029, the bank's answer to a recall (camt.056), in any version and namespace.

Read into the values of a status report: what happens to a recall is a status of the payment
it speaks of. Words of a recall are other words than those of a payment order: CNCL (taken
back), RJCR (refused), PDCR (still asked), ACCR (accepted). Source: ISO 20022 "Exceptions and
Investigations", ExternalInvestigationExecutionConfirmation1Code.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.pain002 import Block, StatusReport, Transaction, reason_of
from bank_adapters.formats.values import clean_id, moment
from bank_adapters.formats.xmlstream import Node, local_name, parent_of, stream

_REASON = "CxlStsRsnInf"
_NAMES = frozenset(
    {"Assgnmt", "Sts", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts", "CxlDtls"}
)
Found = tuple[str, etree._Element]


def read(source: BinaryIO) -> StatusReport:
    """The answer with its transactions to follow; raises Unreadable."""
    elements = stream(source, _NAMES)
    report = StatusReport("", None, "", "", "", "", kind="camt.029")
    seen = False
    for name, element in elements:
        seen = True
        if name == "Assgnmt":
            _assignment(report, Node(element))
        elif name == "Sts":
            _status(report, element)
        elif name == "OrgnlGrpInfAndSts":
            _group(report, Node(element))
        else:
            report.transactions = _transactions(chain(((name, element),), elements), report)
            return report
    if not seen:
        raise Unreadable("camt.029: thiếu Assgnmt, không phải trả lời yêu cầu thu hồi")
    return report


def _assignment(report: StatusReport, node: Node) -> None:
    report.report_id = node.value("Id")
    report.created_at = moment(node.value("CreDtTm"))


def _status(report: StatusReport, element: etree._Element) -> None:
    """Sts/Conf of the whole answer; a Sts further down belongs to something else."""
    if local_name(parent_of(element)) == "RsltnOfInvstgtn" and not report.group_status:
        report.group_status = Node(element).value("Conf").upper()


def _group(report: StatusReport, node: Node) -> None:
    report.original_message_id = clean_id(node.value("OrgnlMsgId"))
    report.group_status = node.value("GrpCxlSts").upper() or report.group_status
    report.reason, report.reason_text, _ = reason_of(node, _REASON)


def _transactions(elements: Iterator[Found], report: StatusReport) -> Iterator[Transaction]:
    """Each TxInfAndSts; the file it speaks of and a status above it fill what it leaves out."""
    for name, element in elements:
        if name == "TxInfAndSts":
            yield _transaction(Node(element), report)
        elif name == "OrgnlGrpInfAndSts":
            _group(report, Node(element))
        elif name == "OrgnlPmtInfAndSts":
            report.blocks.append(_block(Node(element, skip={"TxInfAndSts"})))
        elif name == "Sts":
            _status(report, element)


def _block(node: Node) -> Block:
    reason, text, _ = reason_of(node, _REASON)
    identity = clean_id(node.value("OrgnlPmtInfId"))
    return Block(identity, node.value("PmtInfCxlSts").upper(), reason, text)


def _transaction(node: Node, report: StatusReport) -> Transaction:
    """One TxInfAndSts; without a status of its own it has the answer's."""
    code, text, own = reason_of(node, _REASON)
    message = clean_id(node.value("OrgnlGrpInf", "OrgnlMsgId"))
    report.original_message_id = report.original_message_id or message
    amount = node.find("OrgnlTxRef", "Amt", "InstdAmt") or node.find("OrgnlTxRef", "IntrBkSttlmAmt")
    return Transaction(
        status=node.value("TxCxlSts").upper() or report.group_status,
        reason=code or report.reason,
        reason_text=text,
        end_to_end_id=clean_id(node.value("OrgnlEndToEndId")),
        instruction_id=clean_id(node.value("OrgnlInstrId")),
        payment_information_id="",
        bank_reference=clean_id(node.value("CxlStsId")),
        amount=to_minor(amount.text, amount.currency, "camt.029") if amount else None,
        currency=amount.currency if amount else "",
        accepted_at=None,
        proprietary=own,
        uetr=clean_id(node.value("OrgnlUETR")).lower(),
    )
