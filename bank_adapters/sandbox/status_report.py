"""The bank's pain.002.001.10: one answer to one payment file, streamed from the book."""

from __future__ import annotations

import sqlite3
from typing import BinaryIO

from .behaviours import MEANINGS
from .book import Book
from .xml_out import Writer, tag

MESSAGE = "pain.002.001.10"


def render(book: Book, outgoing: sqlite3.Row, out: BinaryIO) -> None:
    """Write the answer to the inbound file that `outgoing["subject"]` names."""
    inbound = book.row("SELECT * FROM inbound WHERE id = ?", outgoing["subject"])
    if inbound is None:
        raise LookupError(f"inbound {outgoing['subject']} is not in the book")
    writer = Writer(out, MESSAGE)
    message_id = f"BKA-S-{inbound['id']:09d}"  # a second delivery has the same bytes
    writer.put(
        f"<CstmrPmtStsRpt>\n<GrpHdr>{tag('MsgId', message_id)}"
        f"{tag('CreDtTm', outgoing['at'])}</GrpHdr>\n"
    )
    _group(book, writer, inbound)
    _rejected(book, writer, inbound["id"])
    writer.put("</CstmrPmtStsRpt>\n")
    writer.end()


def _group(book: Book, writer: Writer, inbound: sqlite3.Row) -> None:
    writer.put(
        f"<OrgnlGrpInfAndSts>{tag('OrgnlMsgId', inbound['message_id'] or 'NOTPROVIDED', 35)}"
        f"{tag('OrgnlMsgNmId', 'pain.001.001.09')}"
    )
    if inbound["stated_count"] > 0:
        writer.put(tag("OrgnlNbOfTxs", str(inbound["stated_count"])))
        writer.put(tag("OrgnlCtrlSum", str(inbound["stated_total"])))
    writer.put(tag("GrpSts", inbound["group_status"]) + _reason(inbound["group_reason"]))
    for row in book.rows(
        "SELECT status = 'rejected' AS no, count(*) AS n, sum(amount) AS total FROM payment"
        " WHERE inbound_id = ? GROUP BY no",
        inbound["id"],
    ):
        writer.put(
            f"<NbOfTxsPerSts><DtldNbOfTxs>{row['n']}</DtldNbOfTxs>"
            f"<DtldSts>{'RJCT' if row['no'] else 'ACSP'}</DtldSts>"
            f"<DtldCtrlSum>{row['total']}</DtldCtrlSum></NbOfTxsPerSts>"
        )
    writer.put("</OrgnlGrpInfAndSts>\n")


def _rejected(book: Book, writer: Writer, inbound_id: int) -> None:
    group: str | None = None
    for row in book.sql.execute(
        "SELECT * FROM payment WHERE inbound_id = ? AND status = 'rejected' ORDER BY id",
        (inbound_id,),
    ):
        if row["payment_information_id"] != group:
            writer.put("</OrgnlPmtInfAndSts>\n" if group is not None else "")
            group = row["payment_information_id"]
            writer.put(f"<OrgnlPmtInfAndSts>{tag('OrgnlPmtInfId', group or 'NOTPROVIDED', 35)}\n")
        writer.put(
            f"<TxInfAndSts>{tag('OrgnlInstrId', row['instruction_id'], 35)}"
            f"{tag('OrgnlEndToEndId', row['reference'], 35)}<TxSts>RJCT</TxSts>"
            f"{_reason(row['reason'])}</TxInfAndSts>\n"
        )
    writer.put("</OrgnlPmtInfAndSts>\n" if group is not None else "")


def _reason(code: str) -> str:
    if not code:
        return ""
    meaning = tag("AddtlInf", MEANINGS[code], 105)
    return f"<StsRsnInf><Rsn>{tag('Cd', code)}</Rsn>{meaning}</StsRsnInf>"
