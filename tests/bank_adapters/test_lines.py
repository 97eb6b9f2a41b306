"""Statements flattened for the matcher: one line a payment, sums unchanged."""

from __future__ import annotations

import io

import pytest

from bank_adapters.contract import BankLine, BankReport, Level, LineKind, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.iso20022.adapter import ADAPTER
from tests.bank_adapters.camt_maker import (
    balance,
    balanced,
    detail,
    details,
    document,
    entry,
    report,
)


def read(text: str) -> list[tuple[BankReport, list[BankLine]]]:
    source = io.BytesIO(text.encode("utf-8"))
    return [(found, list(found.lines)) for found in ADAPTER.read("a.xml", source)]


def lines_of(*entries: str) -> list[BankLine]:
    (found,) = read(document(report(*entries)))
    return found[1]


def test_one_payment_is_one_line() -> None:
    (line,) = lines_of(entry("-500000", details(detail(" abc123 ", "500000"))))
    assert (line.kind, line.amount, line.reference) == (LineKind.BOOKED, -500000, "ABC123")
    assert (line.bank_reference, line.is_return) == ("BANK000001", False)


def test_several_payments_are_several_lines_of_the_same_sum() -> None:
    lines = lines_of(entry("-9", details(detail("A", "-4"), detail("B", "-5"))))
    assert [(line.amount, line.reference) for line in lines] == [(-4, "A"), (-5, "B")]
    assert len({line.bank_reference for line in lines}) == 2


def test_details_that_do_not_add_up_leave_one_line() -> None:
    (line,) = lines_of(entry("-9", details(detail("A", "-4"), detail("B", "-4"))))
    assert (line.amount, line.reference) == (-9, "")


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR", "WHAT", ""])
def test_only_booked_entries_become_lines(status: str) -> None:
    assert lines_of(entry("5", status=f"<Sts>{status}</Sts>")) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", "AC04"),
        ("<RtrInf><Rsn><Prtry>4</Prtry></Rsn></RtrInf>", "4"),
        ("<RtrInf/>", ""),
        (
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd>"
            "</Fmly></Domn></BkTxCd>",
            "",
        ),
    ],
)
def test_returns(more: str, reason: str) -> None:
    (line,) = lines_of(entry("500000", details(detail("A", "500000", more))))
    assert (line.is_return, line.reason, line.amount) == (True, reason, 500000)


def test_bank_references_without_the_bank_s_own() -> None:
    first = entry("1", reference="")
    named = entry("1", reference="").replace("<Ntry>", "<Ntry><NtryRef>2026-10-06-001</NtryRef>")
    short = entry("1", reference="").replace("<Ntry>", "<Ntry><NtryRef>3</NtryRef>")
    found = [line.bank_reference for line in lines_of(first, named, short)]
    assert found == ["S-1/1", "2026-10-06-001", "S-1/3"]


def test_reports_and_balances() -> None:
    text = document(
        report(balance("OPBD", "0"), balance("CLBD", "1"), entry("1"), name="S1", number="41"),
        report(balance("OPBD", "1"), balance("CLBD", "9"), entry("1"), name="S2", number="42"),
    )
    first, second = (found for found, _ in read(text))
    assert (first.kind, first.sequence, first.opening) == (ReportKind.STATEMENT, "41", 0)
    assert "không cân" not in "".join(first.faults)
    assert any("không cân" in told for told in second.faults)


def test_a_report_left_half_read_does_not_hurt_the_next() -> None:
    entries = [entry("1") for _ in range(3)]
    text = document(report(*entries, name="S1"), report(*entries, name="S2"), kind="camt.053")
    source = io.BytesIO(text.encode())
    assert [found.report_id for found in ADAPTER.read("a.xml", source)] == ["S1", "S2"]


def test_errors_name_the_file() -> None:
    with pytest.raises(Unreadable, match=r"^a\.xml: "):
        read("<html></html>")
    with pytest.raises(Unreadable, match=r"^a\.xml: "):
        read(balanced(entry("x")))


def test_mt940_is_a_statement_too() -> None:
    text = (
        ":20:M1\r\n:25:001\r\n:28C:6\r\n:60F:C261005VND9,\r\n"
        ":61:261006RD5,NRTIZ7XADNSXSK2753TX//B1\r\n:62F:C261006VND14,\r\n-"
    )
    ((found, (line,)),) = read(text)
    assert (found.kind, found.opening, found.closing) == (ReportKind.STATEMENT, 9, 14)
    assert (line.amount, line.reference, line.is_return) == (5, "Z7XADNSXSK2753TX", True)
    assert found.faults == []


def test_an_mt940_that_ends_in_the_middle_is_kept_apart() -> None:
    """Its closing balance is gone with its last fields: the lines that came prove nothing."""
    whole = ":20:M1\r\n:25:001\r\n:28C:6\r\n:60F:C261005VND9,\r\n:61:261006D5,NTRF//B1\r\n"
    ((found, lines),) = read(f"{whole}:86:TRA LA")
    assert [line.amount for line in lines] == [-5]
    assert found.faults == ["M1: thiếu số dư cuối :62F:, tệp có thể đã bị cắt"]


def test_status_lines() -> None:
    text = (
        "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>P1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        "<OrgnlMsgId>AS1</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><PmtInfSts>PART"
        "</PmtInfSts><TxInfAndSts><OrgnlEndToEndId>e1</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>khong co</AddtlInf></StsRsnInf>"
        "<AcctSvcrRef>B1</AcctSvcrRef></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
    ((found, (line, block)),) = read(text)
    assert (found.kind, found.group_status, found.message_id) == (ReportKind.STATUS, "PART", "AS1")
    assert (block.level, block.status, block.amount) == (Level.BLOCK, "PART", 0)
    assert (line.kind, line.status, line.reason) == (LineKind.STATUS, "RJCT", "AC01")
    assert (line.reference, line.bank_reference, line.message_id) == ("E1", "B1", "AS1")
