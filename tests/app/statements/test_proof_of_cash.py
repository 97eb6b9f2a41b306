"""Proof of cash of a bank and of an advance, from real lines and entries, on both databases."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from app.disbursement import funding
from app.errors import InputError, NotFound, Refused
from app.jobs.month_end import close_month
from app.printing.documents.cash_figures import CashColumns, CashFigures, Counted
from app.statements.cash_lines import Place
from app.statements.cash_proof import compute
from app.statements.proof_of_cash_document import Signers, places, write_proof_of_cash
from bank_adapters.contract import LineKind, ReportKind
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from ledger.money import format_vnd
from tests.app.printing.reading import read_pdf
from tests.factories import (
    BANK,
    COMMUNE,
    LIST_BANK,
    PENSION,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)

AT_BANK, AT_POST = Place(BANK, PENSION, False), Place(POST, PENSION, True)
ISSUED = date(2026, 10, 5)


def bank_says(house: House, opening: int, *lines: Any) -> dict[str, int]:
    """A statement of the commune's account that adds up."""
    closing = opening + sum(line.amount for line in lines)
    account = house.account(BANK)
    balances = {"opening": opening, "closing": closing}
    return house.receives(BANK, report(ReportKind.STATEMENT, account, *lines, **balances))


def september_paid(house: House) -> None:
    """1 and 2 by bank, 3 in cash, 500,000 each: 2 is still on its way at the end of the month.

    The bank also takes a fee, gets an unknown credit, and pays 1's money back.
    """
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-08-25")
    house.approve_month(SEPTEMBER)
    with house.work() as session:
        funding.request(session, SEPTEMBER, house.later())
        (asked,) = (one for one in funding.waiting(session, SEPTEMBER) if one.provider == BANK)
        funding.receive_slips(session, SEPTEMBER, house.later())
    came = {"bank_reference": "KB1", "remittance": asked.reference}
    assert bank_says(house, 0, booked("", 1_000_000, "2026-08-25", **came)) == {
        "funding": 1,
        "parked": 0,
    }
    house.on("2026-09-10")
    ids = house.build(SEPTEMBER)
    house.release(ids)
    for one in ids:
        house.send(one)
    first = house.reference(1, SEPTEMBER)
    bank_says(
        house,
        1_000_000,
        booked(first, -500_000, "2026-09-10", bank_reference="D1"),
        booked("", -11_000, "2026-09-10", bank_reference="F1", remittance="PHI DICH VU"),
        booked("", 7_000, "2026-09-11", bank_reference="C1", remittance="nop nham"),
    )
    house.on("2026-09-14")
    bank_says(house, 496_000, booked(first, 500_000, "2026-09-14", bank_reference="R1"))
    third = house.reference(3, SEPTEMBER)
    paid = listed(LineKind.PAID_CASH, third, 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), paid))


def figures(house: House, place: Place, period: str) -> CashFigures:
    with house.database.view() as session:
        return compute(session, place, period)


def amounts(kinds: Any) -> dict[str, tuple[int, int, int]]:
    """(lines, statement, books) of every heading that is not zero."""
    return {one.label: (one.lines, one.statement, one.books) for one in kinds if one.lines}


@pytest.mark.stage(of=september_paid)
def test_a_bank_agrees_in_every_column(house: House) -> None:
    found = figures(house, AT_BANK, SEPTEMBER)
    assert found.books == found.statement == CashColumns(1_000_000, 507_000, 511_000, 996_000)
    assert (found.accounts, found.statements, found.taken_over) == (2, 2, 0)
    assert amounts(found.receipts) == {
        "Tiền chi bị trả lại, thu hồi": (1, 500_000, 500_000),
        "Tiền vào chưa rõ nguồn": (1, 7_000, 7_000),
    }
    assert amounts(found.payments) == {
        "Đã chi qua tài khoản": (1, 500_000, 500_000),
        "Phí": (1, 11_000, 11_000),
    }
    assert (found.in_transit, found.instructions) == (500_000, Counted(1, 500_000))
    assert (found.suspense, found.unspent) == (Counted(1, 7_000), 489_000)
    assert list(found.faults()) == []
    august = figures(house, AT_BANK, "2026-08")
    assert august.books == august.statement == CashColumns(0, 1_000_000, 0, 1_000_000)
    assert amounts(august.receipts) == {"Kho bạc cấp": (1, 1_000_000, 1_000_000)}


@pytest.mark.stage(of=september_paid)
def test_an_advance_takes_the_place_of_the_bank(house: House) -> None:
    found = figures(house, AT_POST, SEPTEMBER)
    assert found.books == found.statement == CashColumns(500_000, 0, 500_000, 0)
    assert amounts(found.payments) == {"Đã chi tiền mặt": (1, 500_000, 500_000)}
    assert (found.is_advance, found.statements, found.unspent) == (True, 0, 0)
    august = figures(house, AT_POST, "2026-08")
    assert amounts(august.receipts) == {"Kho bạc cấp": (1, 500_000, 500_000)}
    assert list(found.faults()) == list(august.faults()) == []


@pytest.mark.stage(of=september_paid)
def test_a_late_line_stands_between_two_closed_months(house: House) -> None:
    """Booked on 30 September, known in October: the bank's September, our October."""
    house.on("2026-10-01")
    close_month(house.runtime, SEPTEMBER)
    house.on("2026-10-02")
    second = house.reference(2, SEPTEMBER)
    late = booked(second, -500_000, "2026-09-30", bank_reference="D2")
    bank_says(house, 996_000, late)
    found = figures(house, AT_BANK, SEPTEMBER)
    assert found.books == CashColumns(1_000_000, 507_000, 511_000, 996_000)
    assert found.statement == CashColumns(1_000_000, 507_000, 1_011_000, 496_000)
    assert (found.at_closing, found.closing_lines) == (CashColumns(0, 0, -500_000, 500_000), 1)
    october = figures(house, AT_BANK, "2026-10")
    assert october.books == CashColumns(996_000, 0, 500_000, 496_000)
    assert october.statement == CashColumns(496_000, 0, 0, 496_000)
    assert (october.at_opening, october.opening_lines) == (CashColumns(500_000, 0, 500_000, 0), 1)
    assert amounts(october.payments) == {"Đã chi qua tài khoản": (1, 500_000, 500_000)}
    assert list(found.faults()) == []
    # The statement that came in October is one of September: of October there is none yet.
    assert list(october.faults()) == ["chưa có sao kê của tháng 10/2026 (1 tài khoản)"]
    # The closed month before is where an advance begins.
    assert list(figures(house, AT_POST, "2026-10").faults()) == []


def test_what_was_taken_over_is_part_of_the_opening(house: House) -> None:
    """The bank had the money before we kept books; the provider signed for his advance."""
    house.on("2026-09-01")
    for code, recipe, amount in ((BANK, "open_bank", 300), (POST, "open_advance", 400)):
        cell = Cell("local", PENSION, COMMUNE, code)
        draft = EntryDraft(recipe, recipe, cell, date(2026, 9, 1), house.later(), "take-over")
        with house.work() as session:
            post(session, draft, amount)
    bank_says(house, 300, booked("", 20, "2026-09-02", bank_reference="C1"))
    at_bank = figures(house, AT_BANK, SEPTEMBER)
    assert at_bank.books == at_bank.statement == CashColumns(300, 20, 0, 320)
    at_post = figures(house, AT_POST, SEPTEMBER)
    assert at_post.books == at_post.statement == CashColumns(400, 0, 0, 400)
    assert (at_bank.taken_over, at_post.taken_over) == (300, 400)
    # The month after begins with it, closed or not; and of it there is no list yet.
    missing = "chưa có danh sách đã chi của tháng 10/2026"
    assert list(figures(house, AT_POST, "2026-10").faults()) == [missing]


def made_up(house: House) -> None:
    """Money in the books that no statement knows."""
    cell, day = Cell("local", PENSION, COMMUNE, BANK), date(2026, 9, 20)
    draft = EntryDraft("made-up", "fund_bank", cell, day, house.later(), "nobody")
    with house.work() as session:
        post(session, draft, 5_000)


@pytest.mark.stage(of=september_paid)
def test_a_doctored_book_says_so_on_paper(house: House) -> None:
    made_up(house)
    assert printed(house, AT_BANK)[0].count("KHÔNG khớp: thu: sổ nhiều hơn sao kê 5.000 ₫; ") == 1
    tail = "" if house.database.is_sqlite else " on instruction"
    house.tamper(f"drop trigger instruction_evidence{tail}")
    house.tamper("update instruction set state = 'not_received' where state = 'ready'")
    text, _ = printed(house, AT_BANK)
    assert "tiền đang chuyển khác các lệnh chưa xong 500.000 ₫" in text


@pytest.mark.stage(of=september_paid)
def test_a_list_that_contradicts_us_is_not_hidden(house: House) -> None:
    """The post office says that it paid a sum that nobody ordered."""
    house.on("2026-09-15")
    other = listed(LineKind.PAID_CASH, "X" * 16, 90_000, "2026-09-15", voucher="BD2")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), other))
    found = figures(house, AT_POST, SEPTEMBER)
    assert found.unposted == Counted(1, -90_000)
    assert found.difference == CashColumns(0, 0, -90_000, 90_000)
    assert f"1 dòng chứng từ chưa ghi sổ, {format_vnd(-90_000)}" in list(found.faults())


def printed(house: House, place: Place, signers: Signers | None = None) -> tuple[str, int]:
    """The text of the proof of September, and its pages."""
    out = io.BytesIO()
    more: dict[str, Any] = {"issued_on": ISSUED, "synthetic": True, "signers": signers}
    with house.database.view() as session:
        write_proof_of_cash(session, place, SEPTEMBER, out, **more)
    pdf = read_pdf(out.getvalue())
    return " ".join(pdf.text.split()), len(pdf.pages)


@pytest.mark.stage(of=september_paid)
def test_the_paper(house: House) -> None:
    text, pages = printed(house, AT_BANK, Signers("finance.one", "finance.two"))
    assert pages == 1
    for words in (
        "ĐỐI CHIẾU TIỀN Tháng 9 năm 2026",
        "Tiền gửi trên 2 tài khoản; đối chiếu với 2 sao kê của ngân hàng",
        "1 Theo sao kê 1.000.000 507.000 511.000 996.000",
        "6 Chênh lệch (5 − 4) 0 0 0 0",
        "1 Đang chuyển, chưa ghi nợ 1 lệnh 500.000",
        "Khớp: chênh lệch 0 ₫",
        "NGƯỜI LẬP (Ký, ghi rõ họ tên) Cán bộ 6 NGƯỜI KIỂM TRA (Ký, ghi rõ họ tên) Cán bộ 7",
    ):
        assert words in text, words
    assert printed(house, AT_BANK) == printed(house, AT_BANK)
    assert "giấy báo Kho bạc và danh sách đã chi" in printed(house, AT_POST)[0]
    with pytest.raises(InputError, match="tự kiểm tra"):
        printed(house, AT_BANK, Signers("finance.one", "finance.one"))
    with pytest.raises(NotFound, match="nobody"):
        printed(house, AT_BANK, Signers("nobody"))


@pytest.mark.stage(of=september_paid)
def test_without_a_statement_nothing_agrees(house: House) -> None:
    """Money that lies still needs the bank's word as well; what is empty needs none."""
    found = figures(house, AT_BANK, "2026-10")
    assert found.books == found.statement == CashColumns(996_000, 0, 0, 996_000)
    assert list(found.faults()) == ["chưa có sao kê của tháng 10/2026 (1 tài khoản)"]
    empty = figures(house, Place(LIST_BANK, PENSION, False), "2026-10")
    assert (list(empty.faults()), empty.is_empty) == ([], True)
    house.on("2026-11-02")
    bank_says(house, 996_000)
    assert list(figures(house, AT_BANK, "2026-10").faults()) == []


@pytest.mark.stage(of=september_paid)
def test_a_month_that_is_not_over_is_refused(house: House) -> None:
    with house.database.view() as session, pytest.raises(Refused, match="chưa hết"):
        write_proof_of_cash(
            session, AT_BANK, "2026-10", io.BytesIO(), issued_on=date(2026, 10, 30), synthetic=True
        )


def test_which_proofs_there_are(house: House) -> None:
    with house.database.view() as session:
        assert len(places(session)) == 6
        assert [one.provider for one in places(session, programme_code=PENSION)] == [
            BANK,
            LIST_BANK,
            POST,
        ]
        with pytest.raises(NotFound, match="Không có hợp đồng"):
            places(session, "nobody")
        with pytest.raises(InputError, match="không phải là tháng"):
            write_proof_of_cash(
                session, AT_BANK, "2026-13", io.BytesIO(), issued_on=ISSUED, synthetic=True
            )
