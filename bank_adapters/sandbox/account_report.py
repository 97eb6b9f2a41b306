"""The bank's camt.054.001.08 and camt.053.001.08, streamed from the book.

A message is a pure function of the book, so that a file lost to a kill can be written
again with the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, BinaryIO

from .behaviours import MEANINGS
from .book import Book
from .xml_out import SYNTHETIC, Writer, tag

ADVICE = "camt.054.001.08"
STATEMENT = "camt.053.001.08"
BANK_CODES = {
    "payment": ("PMNT", "ICDT", "DMCT"),
    "return": ("PMNT", "ICDT", "RRTN"),
    "credit": ("PMNT", "RCDT", "DMCT"),
    "refund": ("PMNT", "RCDT", "DMCT"),
    "fee": ("ACMT", "MDOP", "CHRG"),
}
ENTRIES = (
    "SELECT entry.id, entry.at, entry.booking_date, entry.kind, entry.amount,"
    " coalesce(payment.reference, entry.reference) AS reference, entry.reason,"
    " coalesce(payment.payee_name, entry.counterparty) AS name, payment.payee_account,"
    " coalesce(payment.remittance, entry.remittance) AS remittance,"
    " payment.payment_information_id, payment.instruction_id, inbound.message_id"
    " FROM entry LEFT JOIN payment ON payment.id = entry.payment_id"
    " LEFT JOIN inbound ON inbound.id = payment.inbound_id"
    " WHERE entry.account_id = ? AND entry.id BETWEEN ? AND ? ORDER BY entry.id"
)


Entry = sqlite3.Row | Mapping[str, Any]


def bank_reference(entry_id: int) -> str:
    """The bank's reference of a booked entry, the same in every message that shows it."""
    return f"BKA{entry_id:012d}"


def render(book: Book, outgoing: sqlite3.Row, out: BinaryIO) -> None:
    """Write the advice or statement that `outgoing` announces."""
    advice = outgoing["kind"] == "advice"
    outer, inner = ("BkToCstmrDbtCdtNtfctn", "Ntfctn") if advice else ("BkToCstmrStmt", "Stmt")
    writer = Writer(out, ADVICE if advice else STATEMENT)
    message_id = f"BKA-M-{outgoing['id']:09d}"
    writer.put(
        f"<{outer}>\n<GrpHdr>{tag('MsgId', message_id)}"
        f"{tag('CreDtTm', outgoing['at'])}{tag('AddtlInf', SYNTHETIC)}</GrpHdr>\n"
    )
    for report in book.rows(
        "SELECT report.*, account.number AS account, account.name AS holder FROM report"
        " JOIN account ON account.id = report.account_id WHERE outgoing_id = ?"
        " ORDER BY report.id",
        outgoing["id"],
    ):
        _report(book, writer, inner, report, outgoing["at"])
    writer.put(f"</{outer}>\n")
    writer.end()


def _report(book: Book, writer: Writer, inner: str, report: sqlite3.Row, at: str) -> None:
    day = report["booking_date"]
    report_id = f"BKA-{inner[0]}-{report['id']:09d}"
    writer.put(
        f"<{inner}>{tag('Id', report_id)}"
        f"<ElctrncSeqNb>{report['number']}</ElctrncSeqNb>{tag('CreDtTm', at)}"
        f"<Acct><Id><Othr>{tag('Id', report['account'], 34)}</Othr></Id><Ccy>VND</Ccy>"
        f"<Ownr>{tag('Nm', report['holder'])}</Ownr></Acct>\n"
    )
    if inner == "Stmt":
        writer.put(balance_xml("OPBD", report["opening"], day))
        writer.put(balance_xml("CLBD", report["closing"], day))
    for entry in book.sql.execute(
        ENTRIES, (report["account_id"], report["first_entry"], report["last_entry"])
    ):
        writer.put(entry_xml(entry, bank_reference(entry["id"])))
    writer.put(f"</{inner}>\n")


def balance_xml(kind: str, amount: int, day: str) -> str:
    """One balance (OPBD, CLBD) of a statement."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _amount(amount: int) -> str:
    side = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="VND">{abs(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def entry_xml(entry: Entry, ours: str) -> str:
    """One booked entry; `ours` is the bank's reference of it."""
    domain, family, sub = BANK_CODES[entry["kind"]]
    code = (
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"
    )
    amount = _amount(entry["amount"])
    return (
        f"<Ntry><NtryRef>{entry['id']}</NtryRef>{amount}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{entry['booking_date']}</Dt></BookgDt>"
        f"<ValDt><Dt>{entry['booking_date']}</Dt></ValDt><AcctSvcrRef>{ours}</AcctSvcrRef>{code}"
        f"<NtryDtls><TxDtls>{_references(entry, ours)}{amount}{code}{_parties(entry)}"
        f"{_remittance(entry)}{_return(entry)}</TxDtls></NtryDtls></Ntry>\n"
    )


def _references(entry: Entry, ours: str) -> str:
    return (
        f"<Refs>{tag('MsgId', entry['message_id'] or '', 35)}<AcctSvcrRef>{ours}</AcctSvcrRef>"
        f"{tag('PmtInfId', entry['payment_information_id'] or '', 35)}"
        f"{tag('InstrId', entry['instruction_id'] or '', 35)}"
        f"{tag('EndToEndId', entry['reference'] or 'NOTPROVIDED', 35)}</Refs>"
    )


def _parties(entry: Entry) -> str:
    """The other side: the payee of what we paid, the payer of what came in."""
    if not entry["name"]:
        return ""
    side = "Dbtr" if entry["kind"] in ("credit", "refund") else "Cdtr"
    account = entry["payee_account"]
    held = (
        f"<{side}Acct><Id><Othr>{tag('Id', account, 34)}</Othr></Id></{side}Acct>"
        if account
        else ""
    )
    return f"<RltdPties><{side}><Pty>{tag('Nm', entry['name'])}</Pty></{side}>{held}</RltdPties>"


def _remittance(entry: Entry) -> str:
    text = tag("Ustrd", entry["remittance"])
    return f"<RmtInf>{text}</RmtInf>" if text else ""


def _return(entry: Entry) -> str:
    if entry["kind"] != "return":
        return ""
    meaning = tag("AddtlInf", MEANINGS.get(entry["reason"], ""), 105)
    return f"<RtrInf><Rsn>{tag('Cd', entry['reason'])}</Rsn>{meaning}</RtrInf>"
