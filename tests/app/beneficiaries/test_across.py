"""Faults between files: one person in two communes, one account of two people."""

from __future__ import annotations

from dataclasses import replace

from app.beneficiaries.across import check_across
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.workbook import read_workbook
from tests.app.beneficiaries.conftest import Book


def _result(code: str, *rows: RegisterRow) -> WorkbookResult:
    return WorkbookResult(file=f"{code}.xlsx", commune_code=code, rows=list(rows))


def test_one_person_in_two_communes(book: Book) -> None:
    row = read_workbook(book({})).rows[0]
    leaving, coming = replace(row, event="move_out"), replace(row, event="move_in")
    assert check_across([_result("01321", leaving), _result("01324", coming)]) == []
    assert check_across([_result("01324", coming), _result("01321", leaving)]) == []
    for first, second in ((row, row), (row, coming), (leaving, row), (coming, coming)):
        errors = check_across([_result("01321", first), _result("01324", second)])
        assert [(error.file, error.address) for error in errors] == [("01324.xlsx", "F6")]
        assert "01321.xlsx, dòng 6" in errors[0].message


def test_one_account_of_two_people(book: Book) -> None:
    row = read_workbook(book({})).rows[0]
    other = replace(row, row=7, citizen_id="097150000002")
    errors = check_across([_result("01321", row, other)])
    assert [error.address for error in errors] == ["P7"]
    assert check_across([_result("01321", row, replace(other, bank_bin="999002"))]) == []
    cash = replace(other, method="cash", account="", bank_bin="")
    assert check_across([_result("01321", cash, replace(cash, citizen_id="097150000003"))]) == []


def test_one_payee_takes_the_money_of_several(book: Book) -> None:
    row = read_workbook(book({})).rows[0]
    care = {"payee": "guardian", "payee_name": "Nông Văn An", "payee_id": "097070000777"}
    first, second = replace(row, **care), replace(row, row=7, citizen_id="097150000002", **care)
    himself = replace(row, row=8, citizen_id="097070000777")
    assert check_across([_result("01321", first, second, himself)]) == []
    stranger = replace(second, payee_id="097070000778")
    assert len(check_across([_result("01321", first, stranger)])) == 1
