"""Small camt files with one oddity each, as banks really send them."""

from __future__ import annotations

from typing import Any

SPACE = "urn:iso:std:iso:20022:tech:xsd:{}"
OUTER = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def money(amount: str, currency: str = "VND") -> str:
    """Amt and CdtDbtInd of a signed decimal text."""
    mark = "DBIT" if amount.startswith("-") else "CRDT"
    return f'<Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def balance(code: str, amount: str, day: str = "2026-10-06", currency: str = "VND") -> str:
    """One Bal."""
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{money(amount, currency)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def details(*parts: str) -> str:
    """One NtryDtls."""
    return f"<NtryDtls>{''.join(parts)}</NtryDtls>"


def detail(end_to_end: str, amount: str = "", more: str = "", currency: str = "VND") -> str:
    """One TxDtls."""
    stated = money(amount, currency) if amount else ""
    refs = f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
    return f"<TxDtls>{refs}{stated}{more}</TxDtls>"


def entry(amount: str, more: str = "", *, status: str = "<Sts>BOOK</Sts>", **other: Any) -> str:
    """One Ntry; `more` follows the dates."""
    currency, reference = other.get("currency", "VND"), other.get("reference", "BANK000001")
    head = other.get("head", "")
    bank = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    dates = "<BookgDt><Dt>2026-10-06</Dt></BookgDt><ValDt><DtTm>2026-10-07T00:00:00</DtTm></ValDt>"
    return f"<Ntry>{money(amount, currency)}{head}{status}{dates}{bank}{more}</Ntry>"


def report(*parts: str, kind: str = "camt.053", **other: str) -> str:
    """One Stmt, Rpt or Ntfctn."""
    inner = OUTER[kind][1]
    account = other.get("account", "<IBAN>VN0019010001</IBAN>")
    number = other.get("number", "1")
    head = (
        f"<Id>{other.get('name', 'S-1')}</Id>{other.get('pages', '')}"
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2026-10-06T18:00:00</CreDtTm>"
        f"<Acct><Id>{account}</Id>{other.get('currency', '<Ccy>VND</Ccy>')}</Acct>"
    )
    return f"<{inner}>{head}{''.join(parts)}</{inner}>"


def document(*reports: str, kind: str = "camt.053", space: str | None = None) -> str:
    """The whole file; `space` "" is none, None the official one of version 08."""
    space = SPACE.format(f"{kind}.001.08") if space is None else space
    named = f' xmlns="{space}"' if space else ""
    outer = OUTER[kind][0]
    group = "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-10-06T18:00:00</CreDtTm></GrpHdr>"
    return f"<Document{named}><{outer}>{group}{''.join(reports)}</{outer}></Document>"


def balanced(*entries: str, opening: str = "1000000", closing: str = "1500000") -> str:
    """A camt.053 with one statement."""
    bounds = balance("OPBD", opening), balance("CLBD", closing)
    return document(report(*bounds, *entries))
