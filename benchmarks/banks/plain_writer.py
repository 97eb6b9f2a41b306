"""The same payment order by lxml's streaming writer, as its documentation shows it.

Head and payments are elements, written one by one through `etree.xmlfile`. Names are folded by the
same function as ours, and nothing is checked. What comes out is the same document.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from lxml import etree

from bank_adapters.contract import OutboundBatch, PaymentInstruction
from bank_adapters.formats.charset import fold, fold_name

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def write(batch: OutboundBatch, out: BinaryIO) -> None:
    """Write the batch as a pain.001.001.09 of the standard profile."""
    with (
        etree.xmlfile(out, encoding="UTF-8") as file,
        file.element("Document", nsmap={None: NAMESPACE}),
        file.element("CstmrCdtTrfInitn"),
    ):
        file.write(_group(batch))
        with file.element("PmtInf"):
            for one in _block(batch):
                file.write(one)
            for item in batch.instructions:
                file.write(_payment(item, batch.currency))


def _leaf(parent: Any, path: str, text: str) -> Any:
    """The element at the end of a path of new elements, with its text."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, name)
    parent.text = text
    return parent


def _group(batch: OutboundBatch) -> Any:
    head = etree.Element("GrpHdr")
    _leaf(head, "MsgId", batch.message_id)
    _leaf(head, "CreDtTm", batch.created_at.isoformat(timespec="seconds"))
    _leaf(head, "NbOfTxs", str(batch.count))
    _leaf(head, "CtrlSum", str(batch.total))
    party = etree.SubElement(head, "InitgPty")
    _leaf(party, "Nm", fold_name(batch.debtor.name))
    _leaf(party, "Id/OrgId/Othr/Id", batch.debtor.customer_number)
    return head


def _block(batch: OutboundBatch) -> list[Any]:
    block = etree.Element("PmtInf")
    _leaf(block, "PmtInfId", batch.message_id)
    _leaf(block, "PmtMtd", "TRF")
    _leaf(block, "BtchBookg", "false")
    _leaf(block, "NbOfTxs", str(batch.count))
    _leaf(block, "CtrlSum", str(batch.total))
    _leaf(block, "PmtTpInf/CtgyPurp/Cd", "SSBE")
    _leaf(block, "ReqdExctnDt/Dt", batch.requested_on.isoformat())
    _leaf(block, "Dbtr/Nm", fold_name(batch.debtor.name))
    account = etree.SubElement(block, "DbtrAcct")
    _leaf(account, "Id/Othr/Id", batch.debtor.account)
    _leaf(account, "Ccy", batch.currency)
    _leaf(block, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _leaf(block, "ChrgBr", "DEBT")
    return list(block)


def _payment(item: PaymentInstruction, currency: str) -> Any:
    sub = etree.SubElement
    payment = etree.Element("CdtTrfTxInf")
    ids = sub(payment, "PmtId")
    sub(ids, "InstrId").text = item.reference
    sub(ids, "EndToEndId").text = item.reference
    sub(sub(payment, "Amt"), "InstdAmt", Ccy=currency).text = str(item.amount)
    member = sub(sub(sub(payment, "CdtrAgt"), "FinInstnId"), "ClrSysMmbId")
    sub(sub(member, "ClrSysId"), "Cd").text = "VN"
    sub(member, "MmbId").text = item.bank_bin
    sub(sub(payment, "Cdtr"), "Nm").text = fold_name(item.payee_name)
    sub(sub(sub(sub(payment, "CdtrAcct"), "Id"), "Othr"), "Id").text = item.account
    sub(sub(payment, "RmtInf"), "Ustrd").text = f"{item.reference} {fold(item.remark)}"
    return payment
