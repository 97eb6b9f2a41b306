"""What a bank is asked, and every answer it may give: applied, recognised, or refused by row."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from app.cashless.applying import apply_answer
from app.cashless.profile import profile, profiles
from app.cashless.tables import STATES
from app.errors import Conflict, InputError, NotFound, Refused
from app.payroll.tables import payroll_line
from tests.app.cashless.office import (
    PHONE,
    answer_csv,
    answer_xlsx,
    apply,
    give_payee,
    lines_of,
    opened,
    people_on_cash,
    read,
    request,
    said,
)
from tests.factories import COMMUNE, SEPTEMBER, House, row


@pytest.fixture
def waiting(house: House) -> House:
    people_on_cash(house)
    return house


@pytest.fixture
def asked(waiting: House, tmp_path: Path) -> tuple[House, list[dict[str, str]], Path]:
    """A list of the four people on cash went to the bank."""
    request(waiting, tmp_path / "list.csv")
    return waiting, lines_of(tmp_path / "list.csv"), tmp_path / "answer.csv"


def test_the_list_names_who_is_on_cash_and_did_not_choose_it(
    waiting: House, tmp_path: Path
) -> None:
    waiting.tamper("update person set still_cash = 'chosen' where id = 3")
    give_payee(waiting, 2, "guardian")
    made = request(waiting, tmp_path / "a.csv", COMMUNE)
    lines = lines_of(tmp_path / "a.csv")
    assert [line["CUSTOMER_NAME"] for line in lines] == ["Nông Văn Giám", "Nông Văn Ân"]
    assert lines[1]["ID_NUMBER"] == row(1).citizen_id
    assert lines[1]["MOBILE"] == PHONE
    assert lines[1]["REF"] == "TK00001-00002"
    kept = "select lines, digest, reason, area_code from account_request"
    assert waiting.rows(kept) == [(2, made.digest, "chiến dịch", COMMUNE)]
    (trail,) = waiting.rows("select detail from audit_event where action like '%request:export'")
    assert "2 người" in trail[0]
    assert "chiến dịch" in trail[0]
    assert row(1).citizen_id not in trail[0]
    with pytest.raises(Conflict, match="Không còn ai"):
        request(waiting, tmp_path / "b.csv", COMMUNE)
    assert request(waiting, tmp_path / "c.csv").lines == 1, "the other commune was not asked"


def test_the_list_as_excel_keeps_numbers_as_text(waiting: House, tmp_path: Path) -> None:
    request(waiting, tmp_path / "a.xlsx", layout="common")
    rows = [[cell.value for cell in line] for line in load_workbook(tmp_path / "a.xlsx").active]
    assert rows[3] == [column.heading for column in profile("common").columns]
    assert row(3).citizen_id in [line[2] for line in rows[4:]]


def test_every_layout_can_be_read_back() -> None:
    for one in profiles().values():
        headings = [column.heading for column in one.columns]
        assert one.answer["reference"] in headings
        assert set(one.words.values()) == set(STATES) - {"asked"}


def test_an_account_waits_for_its_first_payment(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    house.tamper("update person set still_cash = 'far'")
    rows = [opened(lines[0], "100000000001"),
            opened(lines[1], "100000000002", ACCOUNT_NAME="NONG AN"),
            said(lines[2], "REFUSED", "Giấy tờ hết hạn"),
            opened(lines[3], "100000000004", ACCOUNT_NAME="TRAN VAN BA")]  # fmt: skip
    told = apply(house, answer_csv(path, rows))
    assert told == {"opened": 2, "refused": 1, "name_differs": 1}
    now = house.rows(
        "select d.account_tail, d.kind, c.result, p.still_cash, r.evidence from person p"
        " join destination d on d.id = p.destination_id"
        " left join destination_check c on c.destination_id = d.id"
        " left join repair r on r.new_destination_id = d.id where d.method = 'account'"
        " order by d.account_tail, d.id"
    )
    evidence = "Kết quả mở tài khoản số 1"
    assert now == [
        ("0001", "bank", "exact", "", evidence),
        ("0002", "bank", "close", "", evidence),
        ("1000", "bank", None, "far", None),
    ]
    cash = "select still_cash from person p join destination d on d.id = p.destination_id" \
           " where d.method = 'cash' order by 1"  # fmt: skip
    assert house.rows(cash) == [("far",), ("name_differs",)]
    states = "select old_state, state, reason from account_answer_line order by line"
    assert house.rows(states)[3] == ("asked", "name_differs", "Ngân hàng ghi tên TRAN VAN BA")
    house.list_month(SEPTEMBER)
    assert house.ask("select count(*) from payroll_line where method = 'account'") == 3
    assert house.count(payroll_line) == 5


def test_the_same_answer_is_recognised_by_bytes_and_by_content(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    rows = [opened(lines[0], "100000000001"), said(lines[1], "VISIT")]
    assert apply(house, answer_csv(path, rows)) == {"opened": 1, "visit": 1}
    assert read(house, path).applied_before
    assert apply(house, path) == {}
    again = answer_csv(path.with_name("again.csv"), rows[::-1])
    assert (read(house, again).applied_before, read(house, again).repeated) == (True, 2)
    more = [opened(lines[0], "100000000001"), opened(lines[1], "100000000002")]
    assert apply(house, answer_csv(path.with_name("more.csv"), more)) == {"opened": 1}


def test_who_was_refused_may_be_asked_again(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    apply(house, answer_csv(path, [said(lines[0], "REFUSED", "Thiếu giấy tờ")]))
    assert request(house, path.with_name("second.csv")).lines == 1


FAULTY = [
    ({"REF": "TK00009-00001"}, "không có trong danh sách đã gửi"),
    ({"ID_NUMBER": "097145999999"}, "số căn cước không phải của người ở mã này"),
    ({"ACCOUNT": "4111111111111111"}, "số in trên thẻ"),
    ({"ACCOUNT": ""}, "không đúng dạng"),
    ({"ACCOUNT_NAME": ""}, "Thiếu tên chủ tài khoản"),
    ({"RESULT": "DONE"}, "không hiểu được"),
    ({"RESULT": "", "ACCOUNT_NAME": ""}, "không hiểu được"),
    ({"RESULT": "VISIT"}, "có số tài khoản nhưng kết quả không phải đã mở"),
    ({"RESULT": "REFUSED", "ACCOUNT": ""}, "từ chối mà không ghi lý do"),
    ({"ACCOUNT": row(4).account}, "đang nhận tiền của người khác"),
]


def test_every_faulty_row_is_told_and_nothing_is_applied(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    for change, words in FAULTY:
        rows = [opened(lines[0], "100000000001"), opened(lines[1], "100000000002") | change]
        with pytest.raises(InputError) as told:
            apply(house, answer_csv(path, rows))
        assert words in str(told.value)
        assert "1 lỗi" in str(told.value)
        assert "Dòng 3" in str(told.value)
        assert lines[1]["ID_NUMBER"] not in str(told.value)
    assert house.ask("select count(*) from account_answer") == 0
    assert house.ask("select count(*) from destination") == 5


def test_rows_against_one_another(asked: tuple[House, list[dict[str, str]], Path]) -> None:
    house, lines, path = asked
    rows = [opened(lines[0], "100000000001"), opened(lines[0], "100000000002"),
            opened(lines[1], "100000000001")]  # fmt: skip
    with pytest.raises(InputError) as told:
        read(house, answer_csv(path, rows))
    assert "Dòng 3: trùng mã với dòng 2" in str(told.value)
    assert "Dòng 4: cùng số tài khoản với dòng 2 mà khác chủ" in str(told.value)


def test_an_answer_that_contradicts_an_earlier_one_is_refused(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    apply(house, answer_csv(path, [opened(lines[0], "100000000001")]))
    for other in (opened(lines[0], "100000000009"), said(lines[0], "REFUSED", "nhầm")):
        with pytest.raises(InputError, match="đã có kết quả khác"):
            read(house, answer_csv(path, [other]))


EXCEL = [(100000000001, "đang là số"), ("=1+1", "là công thức")]


def test_an_answer_in_excel(waiting: House, tmp_path: Path) -> None:
    request(waiting, tmp_path / "a.xlsx", layout="common")
    line = [cell.value for cell in next(load_workbook(tmp_path / "a.xlsx").active.iter_rows(5))]
    heads = [column.heading for column in profile("common").columns]
    for account, words in EXCEL:
        cells = [*line[:8], "Đã mở", account, line[1], ""]
        path = answer_xlsx(tmp_path / "b.xlsx", heads, [cells])
        with pytest.raises(InputError, match=words):
            read(waiting, path)
    path = answer_xlsx(path, heads, [[*line[:8], "Đã mở", "100000000001", line[1], ""]])
    assert apply(waiting, path) == {"opened": 1}


def test_what_is_no_answer_is_said(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, _lines, path = asked
    with pytest.raises(InputError, match="không tìm thấy tệp"):
        read(house, path)
    path.write_text("REF;RESULT\r\n", "utf-8")
    with pytest.raises(InputError, match="không thấy dòng tiêu đề"):
        read(house, path)
    with pytest.raises(NotFound, match="Không có danh sách số 7"):
        read(house, path, 7)


def test_states_follow_one_another_in_the_database_too(
    asked: tuple[House, list[dict[str, str]], Path],
) -> None:
    house, lines, path = asked
    apply(house, answer_csv(path, [said(lines[0], "REFUSED", "x"), said(lines[1], "VISIT")]))
    insert = "insert into account_answer_line (request_id, line, answer_id, old_state, state)"
    for values in (
        "1, 1, 1, 'refused', 'visit'",  # nothing follows a refusal
        "1, 2, 1, 'asked', 'refused'",  # two words after the same state
        "1, 3, 1, 'asked', 'opened'",  # opened without an account
        "1, 9, 1, 'asked', 'visit'",  # nobody was asked there
    ):
        with pytest.raises(DBAPIError):
            house.tamper(f"{insert} values ({values})")


def test_an_answer_is_taken_in_by_two(asked: tuple[House, list[dict[str, str]], Path]) -> None:
    house, lines, path = asked
    told = read(house, answer_csv(path, [opened(lines[0], "100000000001")]))
    one = house.officer(f"maker.{COMMUNE}")
    with pytest.raises(Refused, match="cần hai người"), house.work() as session:
        apply_answer(session, house.keyring, told, one, one, house.later())
