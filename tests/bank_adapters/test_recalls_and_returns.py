"""camt.029, pacs.004, MT942, the three levels of pain.002, and notes apart from faults."""

from __future__ import annotations

from datetime import date

import pytest

from bank_adapters.contract import BankLine, BankReport, Level, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from tests.bank_adapters.camt_maker import balance, detail, details, document, entry, report
from tests.bank_adapters.test_lines import read

REFERENCE = "Z7XADNSXSK2753TX"
UETR = "eb6305c9-1f7f-49de-aed0-16487c27b42d"
SPACES = ["", ' xmlns="urn:iso:std:iso:20022:tech:xsd:any.001.01"', ' xmlns="http://a.bank/own"']


def only(text: str) -> tuple[BankReport, list[BankLine]]:
    ((found, lines),) = read(text)
    return found, lines


@pytest.mark.parametrize("space", SPACES)
def test_an_answer_to_a_recall(space: str) -> None:
    found, (line,) = only(
        f"<Document{space}><RsltnOfInvstgtn><Assgnmt><Id>R1</Id>"
        "<CreDtTm>2026-10-07T08:00:00+07:00</CreDtTm></Assgnmt><Sts><Conf>RJCR</Conf></Sts>"
        "<CxlDtls><TxInfAndSts><CxlStsId>C1</CxlStsId><OrgnlGrpInf><OrgnlMsgId>AS1</OrgnlMsgId>"
        f"</OrgnlGrpInf><OrgnlEndToEndId>{REFERENCE}</OrgnlEndToEndId>"
        f"<OrgnlUETR>{UETR.upper()}</OrgnlUETR><CxlStsRsnInf><Rsn><Cd>NOAS</Cd></Rsn>"
        '<AddtlInf>khong tra loi</AddtlInf></CxlStsRsnInf><OrgnlTxRef><IntrBkSttlmAmt Ccy="VND">'
        "500000</IntrBkSttlmAmt></OrgnlTxRef></TxInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"
    )
    assert (found.kind, found.report_id, found.group_status) == (ReportKind.STATUS, "R1", "RJCR")
    assert (line.status, line.reason, line.reference) == ("RJCR", "NOAS", REFERENCE)
    assert (line.uetr, line.amount, line.message_id) == (UETR, 500000, "AS1")
    assert (line.kind, line.is_return) == (LineKind.STATUS, False)


def test_an_answer_that_names_no_payment_has_its_word_only() -> None:
    found, lines = only(
        "<Document><RsltnOfInvstgtn><Assgnmt><Id>R1</Id></Assgnmt><Sts><Conf>CNCL</Conf></Sts>"
        "<CxlDtls><OrgnlGrpInfAndSts><OrgnlMsgId>AS1</OrgnlMsgId><CxlStsRsnInf><Rsn><Cd>LEGL"
        "</Cd></Rsn></CxlStsRsnInf></OrgnlGrpInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"
    )
    assert (found.group_status, found.group_reason, lines) == ("CNCL", "LEGL", [])
    assert found.message_id == "AS1"


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    ("more", "charge"),
    [("", 5000), ('<ChrgsInf><Amt Ccy="VND">4000</Amt></ChrgsInf>', 4000),
     ('<ChrgsInf><Amt Ccy="EUR">4</Amt></ChrgsInf>', 5000)],
)  # fmt: skip
def test_a_payment_returned_between_banks(space: str, more: str, charge: int) -> None:
    found, (line,) = only(
        f"<Document{space}><PmtRtr><GrpHdr><MsgId>B1</MsgId></GrpHdr><TxInf><RtrId>T1</RtrId>"
        "<OrgnlGrpInf><OrgnlMsgId>AS1</OrgnlMsgId></OrgnlGrpInf>"
        f"<OrgnlEndToEndId>{REFERENCE}</OrgnlEndToEndId><OrgnlUETR>{UETR}</OrgnlUETR>"
        '<OrgnlIntrBkSttlmAmt Ccy="VND">500000</OrgnlIntrBkSttlmAmt>'
        f'<RtrdIntrBkSttlmAmt Ccy="VND">495000</RtrdIntrBkSttlmAmt>{more}'
        "<RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>"
    )
    assert (found.kind, found.message_id) == (ReportKind.STATUS, "AS1")
    assert (line.kind, line.status, line.is_return) == (LineKind.STATUS, "RTRN", True)
    assert (line.amount, line.charge, line.reason) == (495000, charge, "AC04")
    assert (line.reference, line.uetr, line.bank_reference) == (REFERENCE, UETR, "T1")


@pytest.mark.parametrize(
    "text",
    [
        "<Document><PmtRtr><GrpHdr><MsgId>B1</MsgId></GrpHdr></PmtRtr></Document>",
        "<Document><RsltnOfInvstgtn/></Document>",
        '<!DOCTYPE a [<!ENTITY b "c">]><Document><PmtRtr><TxInf/></PmtRtr></Document>',
        "<Document><RsltnOfInvstgtn><Assgnmt><Id>1</Id></Assgnmt>",
    ],
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match=r"^a\.xml: "):
        read(text)


def status_file(*parts: str, group: str = "") -> str:
    return (
        "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>P1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>AS1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{''.join(parts)}"
        "</CstmrPmtStsRpt></Document>"
    )


def block(number: int, status: str, *payments: str) -> str:
    why = "<StsRsnInf><Rsn><Cd>AC02</Cd></Rsn></StsRsnInf>"
    return (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>B{number}</OrgnlPmtInfId><PmtInfSts>{status}"
        f"</PmtInfSts>{why}{''.join(payments)}</OrgnlPmtInfAndSts>"
    )


def test_three_levels_of_a_status_report() -> None:
    paid = f"<TxInfAndSts><OrgnlEndToEndId>{REFERENCE}</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
    group = "<GrpSts>PART</GrpSts><StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn></StsRsnInf>"
    found, lines = only(
        status_file(block(1, "RJCT"), block(2, "PART", f"{paid}</TxInfAndSts>"), group=group)
    )
    assert (found.group_status, found.group_reason) == ("PART", "X9")
    said = [(one.level, one.payment_information_id, one.status, one.reason) for one in lines]
    assert said == [
        (Level.PAYMENT, "B2", "ACSC", ""),
        (Level.BLOCK, "B1", "RJCT", "AC02"),
        (Level.BLOCK, "B2", "PART", "AC02"),
    ]


def test_a_refused_file_says_why() -> None:
    refused = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DUPL</Cd></Rsn></StsRsnInf>"
    found, lines = only(status_file(group=refused))
    assert (found.group_status, found.group_reason, lines) == ("RJCT", "DUPL", [])


def test_without_a_word_on_the_file_its_first_block_speaks() -> None:
    found, _ = only(status_file(block(1, "RJCT")))
    assert (found.group_status, found.group_reason) == ("RJCT", "AC02")


def test_two_files_in_one_report_are_refused() -> None:
    twice = "<OrgnlGrpInfAndSts><OrgnlMsgId>AS2</OrgnlMsgId></OrgnlGrpInfAndSts>"
    with pytest.raises(Unreadable, match="hai OrgnlGrpInfAndSts"):
        read(status_file(block(1, "PART"), twice))


def mt942(debits: str = "1VND500000,") -> str:
    return (
        ":20:M1\r\n:25:001\r\n:28C:6/1\r\n:34F:VND0,\r\n:13D:2610061130+0700\r\n"
        f":61:261006D500000,NTRF{REFERENCE}//B1\r\n:86:TRO CAP\r\n"
        ":61:261006RD400000,NRTINONREF//B2\r\n:61:2610061006C1,NTRFNONREF//B3\r\n"
        f":90D:{debits}\r\n:90C:2VND400001,\r\n-"
    )


def test_mt942_is_an_advice() -> None:
    found, lines = only(mt942())
    assert (found.kind, found.opening, found.closing) == (ReportKind.ADVICE, None, None)
    assert [(one.amount, one.is_return) for one in lines] == [
        (-500000, False),
        (400000, True),
        (1, False),
    ]
    assert (found.to_day, found.page, found.faults) == (date(2026, 10, 6), 1, [])


def test_mt942_whose_sums_do_not_fit_is_a_fault() -> None:
    found, lines = only(mt942("2VND500000,"))
    assert len(lines) == 3
    assert "không cân" in found.faults[0]


def test_pending_entries_are_a_note_and_no_fault() -> None:
    text = document(
        report(
            balance("OPBD", "0"),
            balance("CLBD", "5"),
            entry("5"),
            entry("7", status="<Sts><Cd>PDNG</Cd></Sts>"),
            entry("7", status="<Sts>WHAT</Sts>"),
        )
    )
    found, lines = only(text)
    assert (len(lines), found.faults) == (1, [])
    assert any("chưa hạch toán" in note for note in found.notes)
    assert any("trạng thái lạ" in note for note in found.notes)


def test_a_strange_currency_is_a_fault() -> None:
    found, _ = only(document(report(entry("5", currency="EUR"))))
    assert "tiền EUR" in found.faults[0]


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("2026-10-05T00:00:00/2026-10-06T23:59:59", date(2026, 10, 5), date(2026, 10, 6)),
        ("2026-10-06T00:00:00+07:00/2026-10-07T00:00:00+07:00", *[date(2026, 10, 6)] * 2),
        ("/", None, None),
    ],
)
def test_the_time_a_statement_covers(span: str, first: date | None, last: date | None) -> None:
    begins, ends = span.split("/")
    stated = f"<FrToDt><FrDtTm>{begins}</FrDtTm><ToDtTm>{ends}</ToDtTm></FrToDt>"
    pages = "<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    found, _ = only(document(report(stated, pages=pages)))
    assert (found.from_day, found.to_day) == (first, last)
    assert (found.page, found.is_last_page) == (2, False)


def test_without_a_span_the_closing_balance_says_until_when() -> None:
    found, _ = only(document(report(balance("OPBD", "0"), balance("CLBD", "0"))))
    assert (found.from_day, found.to_day) == (None, date(2026, 10, 6))


@pytest.mark.parametrize(
    ("charges", "kept"),
    [
        (
            '<Chrgs><Rcrd><Amt Ccy="VND">3</Amt></Rcrd><Rcrd><Amt Ccy="VND">2</Amt></Rcrd></Chrgs>',
            5,
        ),
        ('<Chrgs><TtlChrgsAndTaxAmt Ccy="VND">7</TtlChrgsAndTaxAmt></Chrgs>', 7),
        ('<Chrgs><Amt Ccy="VND">4</Amt></Chrgs>', 4),
        ('<Chrgs><Amt Ccy="EUR">4</Amt></Chrgs>', 0),
    ],
)
def test_charges_of_a_return_and_the_uetr(charges: str, kept: int) -> None:
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    refs = f"<UETR>{UETR}</UETR></Refs>"
    back = entry("95", details(detail("A", "95", charges + returned).replace("</Refs>", refs)))
    (line,) = only(document(report(back)))[1]
    assert (line.charge, line.uetr, line.is_return) == (kept, UETR, True)
    plain = entry("95", details(detail("A", "95", charges)))
    assert only(document(report(plain)))[1][0].charge == 0
