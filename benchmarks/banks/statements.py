"""Made-up camt.054 of any length, and a bare lxml reader of the same fields."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from bank_adapters.references import reference as make_reference

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
DAY = date(2026, 10, 6)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{SPACE}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M-1</MsgId>
<CreDtTm>2026-10-06T18:00:00+07:00</CreDtTm></GrpHdr><Ntfctn><Id>N-1</Id>
<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-10-06T18:00:00+07:00</CreDtTm>
<Acct><Id><Othr><Id>0011001234567</Id></Othr></Id><Ccy>VND</Ccy></Acct>
"""
_ENTRY = """<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="VND">500000</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-06</Dt></BookgDt><ValDt><Dt>2026-10-06</Dt></ValDt>
<AcctSvcrRef>FT{number:012d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>\
<SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><MsgId>ASBENCH1</MsgId><AcctSvcrRef>FT{number:012d}</AcctSvcrRef>\
<PmtInfId>ASBENCH1-1</PmtInfId><InstrId>{reference}</InstrId><EndToEndId>{reference}</EndToEndId>\
</Refs><Amt Ccy="VND">500000</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<RltdPties><Cdtr><Pty><Nm>NGUYEN VAN AN</Nm></Pty></Cdtr></RltdPties>\
<RmtInf><Ustrd>{reference}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
_FOOT = "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
_N = f"{{{SPACE}}}"
_DETAIL = f"{_N}NtryDtls/{_N}TxDtls"
_FIELDS = tuple(
    "/".join(_N + step for step in path.split("/"))
    for path in (
        "NtryRef", "CdtDbtInd", "RvslInd", "Sts/Cd", "BookgDt/Dt", "ValDt/Dt", "AcctSvcrRef",
        "BkTxCd/Domn/Fmly/SubFmlyCd", "AddtlNtryInf", "NtryDtls/Btch/MsgId",
        "NtryDtls/Btch/PmtInfId",
    )
)  # fmt: skip
_DETAIL_FIELDS = tuple(
    "/".join(_N + step for step in path.split("/"))
    for path in (
        "Refs/MsgId", "Refs/AcctSvcrRef", "Refs/PmtInfId", "Refs/InstrId", "Refs/EndToEndId",
        "Refs/UETR", "Refs/TxId", "CdtDbtInd", "RltdPties/Dbtr/Pty/Nm", "RltdPties/Cdtr/Pty/Nm",
        "RmtInf/Ustrd", "RtrInf/Rsn/Cd", "RtrInf/AddtlInf", "AddtlTxInf",
    )
)  # fmt: skip


def write(path: Path, entries: int) -> None:
    """A camt.054 with so many booked debits of one payment each."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        for number in range(entries):
            reference = make_reference(number, 1)
            out.write(_ENTRY.format(number=number, reference=reference))
        out.write(_FOOT)


def bare(path: Path) -> tuple[int, int]:
    """(entries, sum): `lxml.etree.iterparse` and one `findtext` a field, nothing kept."""
    entries = total = 0
    for _, entry in etree.iterparse(str(path), tag=f"{_N}Ntry"):
        entries += 1
        total += _bare_entry(entry)
        entry.clear()
        while entry.getprevious() is not None:
            del entry.getparent()[0]
    return entries, total


def _bare_entry(entry: Any) -> int:
    amount = entry.find(f"{_N}Amt")
    values = [entry.findtext(path) for path in _FIELDS]
    values += [amount.text, amount.get("Ccy")]
    for detail in entry.iterfind(_DETAIL):
        own = detail.find(f"{_N}Amt")
        values += [detail.findtext(path) for path in _DETAIL_FIELDS]
        values += [own.text, own.get("Ccy")]
    return int(amount.text)
