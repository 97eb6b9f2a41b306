"""Good files of every format that is read: what the mutator starts from."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl

from bank_adapters.conformance import sample_batch
from bank_adapters.csvlist import CsvListAdapter
from tests.bank_adapters import camt_maker as camt

ROOM = Path(__file__).parents[2] / "bank_adapters"
REFERENCE = "Z7XADNSXSK2753TX"
CSV = CsvListAdapter("csv")
_RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>da dong</AddtlInf></RtrInf>"
_CHARGED = '<Chrgs><Rcrd><Amt Ccy="VND">5</Amt></Rcrd></Chrgs>'
_SPAN = "<FrToDt><FrDtTm>2026-10-06T00:00:00</FrDtTm><ToDtTm>2026-10-07T00:00:00</ToDtTm></FrToDt>"

STATUS = f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>P1</MsgId><CreDtTm>2026-10-06T18:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>
<OrgnlMsgId>AS1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>
<OrgnlPmtInfId>B1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts><TxInfAndSts><OrgnlEndToEndId>
{REFERENCE}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>
khong co</AddtlInf></StsRsnInf><OrgnlTxRef><Amt><InstdAmt Ccy="VND">500000</InstdAmt></Amt>
</OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""
RECALL = f"""<Document><RsltnOfInvstgtn><Assgnmt><Id>R1</Id></Assgnmt><Sts><Conf>RJCR</Conf></Sts>
<CxlDtls><OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><PmtInfCxlSts>RJCR</PmtInfCxlSts>
<TxInfAndSts><CxlStsId>C1</CxlStsId><OrgnlGrpInf><OrgnlMsgId>AS1</OrgnlMsgId></OrgnlGrpInf>
<OrgnlEndToEndId>{REFERENCE}</OrgnlEndToEndId><CxlStsRsnInf><Rsn><Cd>NOAS</Cd></Rsn>
</CxlStsRsnInf><OrgnlTxRef><IntrBkSttlmAmt Ccy="VND">500000</IntrBkSttlmAmt></OrgnlTxRef>
</TxInfAndSts></OrgnlPmtInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"""
RETURN = f"""<Document><PmtRtr><GrpHdr><MsgId>B1</MsgId></GrpHdr><TxInf><RtrId>T1</RtrId>
<OrgnlEndToEndId>{REFERENCE}</OrgnlEndToEndId><OrgnlIntrBkSttlmAmt Ccy="VND">500000
</OrgnlIntrBkSttlmAmt><RtrdIntrBkSttlmAmt Ccy="VND">495000</RtrdIntrBkSttlmAmt><ChrgsInf>
<Amt Ccy="VND">5000</Amt></ChrgsInf><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf>
</PmtRtr></Document>"""
MT940 = f"""{{1:F01}}{{2:O940}}{{4:
:20:AS1
:25:0011001234567
:28C:6/1
:60F:C261005VND10000000,
:61:2610061006D500000,NTRF{REFERENCE}//BK1
:86:TRO CAP {REFERENCE}
:61:2610061006RD500000,NRTINONREF//BK2
/AC04/
:86:/EREF/{REFERENCE}/RETURN
:61:2612310101RC2,5NTRFX
:61:261006C3,NMSCNONREF
:62F:C261006VND10000001,
:64:C261006VND10000001,
-}}"""
MT942 = f"""{{4:
:20:M1
:25:001
:28C:6/1
:34F:VND0,
:13D:2610061130+0700
:61:261006D500000,NTRF{REFERENCE}//B1
:86:TRO CAP
:61:261006RD400000,NRTINONREF//B2
:90D:1VND500000,
:90C:1VND400000,
-}}"""


def _camt(kind: str) -> str:
    several = camt.details(camt.detail("A", "-4"), camt.detail("B", "-5"))
    parts = [
        camt.entry("500000", camt.details(camt.detail(REFERENCE, "500000", _RETURNED + _CHARGED))),
        camt.entry("-9", several, reference=""),
        camt.entry("7", status="<Sts><Cd>PDNG</Cd></Sts>"),
        camt.entry("-1", head="<RvslInd>true</RvslInd>"),
    ]
    bounds = [camt.balance("OPBD", "1000000"), camt.balance("CLBD", "1499990")]
    return camt.document(camt.report(_SPAN, *bounds, *parts, kind=kind), kind=kind)


def _csv() -> bytes:
    profile = CSV.answer
    head = ("AS1", "001", "06/10/2026", "2", "9", "5")
    labels = [label for label, _ in profile.head]
    rows = [
        ";".join(f"{label};{value}" for label, value in zip(labels, head, strict=True)),
        ";".join(heading for heading, _ in profile.columns),
        f"1;{REFERENCE};Đào;4;Chuyển khoản;Đã chi;;06/10/2026;PC1",
        "2;6BTNDRPZWVZT3AXB;Ứng;5;Chuyển khoản;Chưa chi;UPAY;;",
    ]
    return "\r\n".join(rows).encode("utf-8-sig")


def _foreign_book() -> bytes:
    """A workbook as another program writes it, with dates and formulas."""
    book = openpyxl.load_workbook(ROOM / "filelist/samples/ASMAU1-KQ.xlsx")
    sheet = book.worksheets[0]
    sheet["H9"], sheet["K1"], sheet["K2"] = "=TODAY()", 1e300, -0.5
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(out, "w") as dateless:
        for name in made.namelist():
            if name != "docProps/core.xml":  # it tells the time
                dateless.writestr(zipfile.ZipInfo(name), made.read(name))
    return out.getvalue()


def samples() -> dict[str, bytes]:
    """By a name that says the format; the same bytes every time."""
    texts = {kind: _camt(kind) for kind in ("camt.052", "camt.053", "camt.054")}
    texts |= {"pain.002": STATUS, "camt.029": RECALL, "pacs.004": RETURN}
    found = {name: text.encode() for name, text in texts.items()}
    found |= {"mt940": MT940.encode(), "mt942": MT942.encode(), "csv": _csv()}
    found["xlsx"] = (ROOM / "filelist/samples/ASMAU1-KQ.xlsx").read_bytes()
    found["xlsx.foreign"] = _foreign_book()
    found["words"] = (ROOM / "rest/samples/ASMAU-answer.jsonl").read_bytes()
    out = io.BytesIO()
    batch = sample_batch(CSV)
    CSV.write(replace(batch), out)
    found["csv.list"] = out.getvalue()
    return found
