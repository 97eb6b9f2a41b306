"""Faults between files: one person in two communes, one account of two people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.beneficiaries.across import Repeated, check_across
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.workbook import read_workbook
from tests.app.beneficiaries.conftest import Book
from tests.factories import row


def _result(code: str, *rows: RegisterRow) -> WorkbookResult:
    return WorkbookResult(file=f"{code}.xlsx", commune_code=code, rows=list(rows))


def test_one_person_in_two_communes(book: Book) -> None:
    line = read_workbook(book({})).rows[0]
    leaving, coming = replace(line, event="move_out"), replace(line, event="move_in")
    assert check_across([_result("01321", leaving), _result("01324", coming)]) == []
    assert check_across([_result("01324", coming), _result("01321", leaving)]) == []
    for first, second in ((line, line), (line, coming), (leaving, line), (coming, coming)):
        errors = check_across([_result("01321", first), _result("01324", second)])
        assert [(error.file, error.address) for error in errors] == [("01324.xlsx", "F6")]
        assert "01321.xlsx, dòng 6" in errors[0].message


def test_one_account_of_two_people(book: Book) -> None:
    line = read_workbook(book({})).rows[0]
    other = replace(line, row=7, citizen_id="097150000002")
    errors = check_across([_result("01321", line, other)])
    assert [error.address for error in errors] == ["P7"]
    assert check_across([_result("01321", line, replace(other, bank_bin="999002"))]) == []
    cash = replace(other, method="cash", account="", bank_bin="")
    assert check_across([_result("01321", cash, replace(cash, citizen_id="097150000003"))]) == []


def test_one_payee_takes_the_money_of_several(book: Book) -> None:
    line = read_workbook(book({})).rows[0]
    care = {"payee": "guardian", "payee_name": "Nông Văn An", "payee_id": "097070000777"}
    first, second = replace(line, **care), replace(line, row=7, citizen_id="097150000002", **care)
    himself = replace(line, row=8, citizen_id="097070000777")
    assert check_across([_result("01321", first, second, himself)]) == []
    stranger = replace(second, payee_id="097070000778")
    assert len(check_across([_result("01321", first, stranger)])) == 1


_LINES = st.builds(
    row,
    st.integers(0, 4),
    account=st.sampled_from(("0000000001", "0000000002", "0000000003")),
    method=st.sampled_from(("account", "cash")),
    event=st.sampled_from(("", "death", "move_out", "move_in")),
)


@given(st.lists(st.lists(_LINES, max_size=5), max_size=5))
def test_the_few_that_stand_again_have_all_the_faults(files: list[list[RegisterRow]]) -> None:
    """Whoever looks at those alone finds what one finds who looks at every line."""
    results = [_result(f"0132{number}", *lines) for number, lines in enumerate(files)]
    assert check_across(results, _repeated(*results)) == check_across(results)


def test_who_stands_once_is_not_looked_at() -> None:
    once, by_account, by_id = row(1, account="1"), row(2, account="2"), row(3, account="3")
    others = row(4, account="2"), row(3, account="4")
    repeated = _repeated(_result("01321", once, by_account, by_id), _result("01324", *others))
    assert [one in repeated for one in (once, by_account, by_id)] == [False, True, True]


def _repeated(*results: WorkbookResult) -> Repeated:
    met = Repeated()
    for one in results:
        met.add(one)
    return met
