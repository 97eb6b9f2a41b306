"""Papers of a payroll, on paper and as spreadsheets, cell by cell against the database."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from app.errors import Forbidden, InputError, NotFound, Refused
from app.payroll.digest import short_code
from app.reference.banks import TEST_BANK_A, bank
from app.statements.payroll_document import write_payroll_list, write_payroll_workbook
from app.statements.posting_document import write_posting_pdf
from app.statements.sign_for_document import write_sign_for_pdf, write_sign_for_xlsx
from app.statements.treasury_document import (
    Slip,
    permit_treasury,
    record_treasury,
    write_treasury_pdf,
    write_treasury_xlsx,
)
from tests.app.cashless.office import give_payee
from tests.app.statements.papers import (
    FORMULA,
    LONG_NAME,
    drawn,
    in_order,
    october_approved,
    sheet_rows,
    shown,
    written,
)
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, House, in_cash, row

pytestmark = pytest.mark.stage(of=october_approved)
BY_HAND = Slip()
REASON = "gửi Kho bạc rút dự toán tháng 10"
_LINES = """select p.name, substr(p.birth, 1, 4), p.hamlet, l.cause, l.method, l.amount, o.regular,
 o.arrears, d.account_tail, d.bank_bin, p.id, v.name
 from payroll_line l join person p on p.id = l.person_id join obligation o on o.id = l.obligation_id
 join destination d on d.id = l.destination_id join contract c on c.id = l.contract_id
 join provider v on v.code = c.provider where l.payroll_id = {} order by l.line"""


def october(house: House) -> int:
    (number,) = house.payrolls(OCTOBER, "approved")
    return number


def lines(house: House) -> list[tuple[Any, ...]]:
    return house.rows(_LINES.format(october(house)))


def parts(line: tuple[Any, ...]) -> tuple[int, int, int]:
    """This month, arrears, carried on from earlier months."""
    _, _, _, cause, _, amount, regular, arrears, *_ = line
    return (0, 0, amount) if cause == "carried" else (regular, arrears, 0)


def sums(rows: list[tuple[Any, ...]], *columns: int) -> list[int]:
    return [sum(one[at] for one in rows) for at in columns]


def test_the_list_is_the_payroll_cell_by_cell(house: House) -> None:
    notes = {"carried": "Chuyển từ tháng 9/2026", "joined": "Mới"}
    expected = []
    for number, one in enumerate(lines(house), 1):
        name, born, hamlet, cause, method, amount, *_, tail, bin_code, _, _ = one
        money = (*parts(one), amount)
        by = ("Tài khoản", f"****{tail}", bank(bin_code).short_name) if tail else ("Tiền mặt",)
        assert (method == "cash") == (not tail)
        cells = (number, name, born, hamlet or None, "Trợ cấp hưu trí xã hội", *money, *by)
        note = notes.get(cause)
        expected.append((*cells, *[None] * (12 - len(cells)), note) if note else cells)
    with house.database.view() as session:
        data = written(write_payroll_workbook, session, october(house))
        text = drawn(written(write_payroll_list, session, october(house)))
    *found, total = sheet_rows(data, "Danh sách")
    assert found == expected
    assert total == (None, "TỔNG CỘNG", None, None, None, *sums(found, 5, 6, 7, 8))
    assert list(total[8:]) == [house.ask(f"select total from payroll where id = {october(house)}")]
    on_paper = (shown(one).replace("Tài khoản ****", "****") for one in [*found, total])
    in_order(text, on_paper)
    for word in (*FORMULA.split(), *LONG_NAME.split()):
        assert word in text


def test_the_bridge_on_both_is_that_of_the_database(house: House) -> None:
    kept = house.rows(
        f"select cause, people, amount from bridge where payroll_id = {october(house)}"
    )
    with house.database.view() as session:
        rows = sheet_rows(written(write_payroll_workbook, session, october(house)), "Tăng, giảm")
        text = drawn(written(write_payroll_list, session, october(house)))
    assert sum(one[2] for one in rows[:-1]) == sum(int(one[2]) for one in kept) == rows[-1][2]
    assert [one[1:] for one in rows] == [
        (3, 1_500_000), (2, 1_080_000), (0, 120_000), (0, 980_000), (1, 500_000),
        (6, 4_180_000),
    ]  # fmt: skip
    assert "Tăng, giảm so với tháng 9/2026" in text
    in_order(text, (one[0].split(" (")[0] for one in rows))


def test_the_list_says_what_it_is_on_every_sheet(house: House) -> None:
    digest = house.ask(f"select digest from payroll where id = {october(house)}")
    with house.database.view() as session:
        data = written(write_payroll_workbook, session, october(house))
        text = drawn(written(write_payroll_list, session, october(house)))
    facts = dict(one for one in sheet_rows(data, "Xác nhận") if len(one) == 2)
    assert facts["Mã kiểm tra"] == short_code(digest)
    assert facts["Mã QR"] == f"ANSINH:PAYROLL:{october(house)}:{digest.upper()}"
    assert facts["Bằng chữ"] == "Bốn triệu một trăm tám mươi nghìn đồng"
    assert facts["Người phê duyệt"].startswith("Cán bộ 2, xác nhận điện tử lúc ")
    for words in (f"Mã kiểm tra: {short_code(digest)}", facts["Bằng chữ"], "Số: ......../DS-UBND"):
        assert words in text


def treasury(house: House, write: Any, slip: Slip = BY_HAND) -> bytes:
    with house.database.view() as session:
        return written(write, session, house.keyring, october(house), slip)


def test_the_treasury_table_has_full_accounts_and_both_parts(house: House) -> None:
    accounts = {"Nông Thị Người 001": row(1).account, "Nông Thị Người 006": row(6).account}
    expected = []
    for number, one in enumerate(lines(house), 1):
        name, cause, amount = one[0], one[3], one[5]
        account = accounts.get(name)
        at = bank(TEST_BANK_A).name if account else one[11]
        note = {"Nông Thị Người 006": "Chủ tài khoản: NONG VAN GIAM"}.get(name, "Tiền mặt")
        note = "Tiền mặt; Khoản của tháng 9/2026" if cause == "carried" else note
        cells = (number, name, account, at, amount, *parts(one))
        expected.append(cells if name == "Nông Thị Người 001" else (*cells, note))
    data, text = treasury(house, write_treasury_xlsx), drawn(treasury(house, write_treasury_pdf))
    *found, total = sheet_rows(data, "Phần I")
    assert found == expected
    assert total == (None, "TỔNG CỘNG", None, None, *sums(found, 4, 5, 6, 7))
    in_order(text, map(shown, [*found, total]))
    *changed, added, now = sheet_rows(data, "Phần II")
    assert [one[2:] for one in changed] == [
        (2, 1_080_000, 0, 0), (0, 120_000, 0, 0), (0, 980_000, 0, 0), (1, 500_000, 0, 0)
    ]  # fmt: skip
    assert added == (None, "CỘNG", 3, 2_680_000, 0, 0)
    assert now == (None, "Danh sách tháng 10/2026: 6 người, 4.180.000\u00a0₫")
    in_order(text, map(shown, [*changed, added, now]))
    unit = sheet_rows(data, "Tài khoản của đơn vị")
    kept = """select v.name, c.account, count(*), sum(l.amount) from payroll_line l
     join contract c on c.id = l.contract_id join provider v on v.code = c.provider
     where l.payroll_id = {} group by v.name, c.account, c.id order by c.id"""
    assert [(one[0], one[1], one[3], one[4]) for one in unit] == [
        (*one[:3], int(one[3])) for one in house.rows(kept.format(october(house)))
    ]


def test_the_number_of_the_form_and_the_slip_stand_only_where_given(house: House) -> None:
    plain = drawn(treasury(house, write_treasury_pdf))
    assert "Mẫu" not in plain
    assert "số .................... ngày ....../....../.........." in plain
    slip = Slip("17/RDT", date(2026, 9, 24), "Mẫu số 09, Nghị định 11/2020/NĐ-CP")
    told = drawn(treasury(house, write_treasury_pdf, slip))
    assert "giấy rút dự toán (ủy nhiệm chi) số 17/RDT ngày 24/09/2026" in told
    assert "Mẫu số 09, Nghị định 11/2020/NĐ-CP" in told
    for signer in ("KẾ TOÁN TRƯỞNG", "THỦ TRƯỞNG ĐƠN VỊ", "GIÁM ĐỐC KHO BẠC NHÀ NƯỚC"):
        assert signer in told


def permit(house: House, who: str, reason: str = REASON) -> None:
    with house.database.view() as session:
        permit_treasury(session, who, october(house), reason, house.clock.now())


def test_who_may_make_the_treasury_table_and_that_it_is_written_down(house: House) -> None:
    with pytest.raises(NotFound, match="trong địa bàn"):
        permit(house, f"maker.{OTHER_COMMUNE}")
    with pytest.raises(Forbidden):
        permit(house, "auditor")
    with pytest.raises(InputError, match="Lý do chưa nói được gì"):
        permit(house, f"maker.{COMMUNE}", "in in")
    permit(house, f"maker.{COMMUNE}")
    with house.work() as session:
        record_treasury(session, "finance.one", october(house), 6, REASON, house.later())
    kept = "select actor, action, object, detail from audit_event where action like 'papers:%'"
    assert house.rows(kept) == [
        ("finance.one", "papers:treasury:print", f"payroll:{october(house)}", f"6 dòng: {REASON}")
    ]


def test_papers_that_go_out_are_not_made_of_a_draft_are_refused(house: House) -> None:
    house.register("2026-11", row(1), in_cash(2, name=LONG_NAME))
    (draft,) = house.list_month("2026-11")
    with house.database.view() as session:
        text = drawn(written(write_payroll_list, session, draft))
        assert "(BẢN NHÁP)" in text
        assert "Mã kiểm tra" not in text
        for call in (
            lambda: permit_treasury(session, f"maker.{COMMUNE}", draft, REASON, house.clock.now()),
            lambda: write_treasury_pdf(session, house.keyring, draft, Slip(), io.BytesIO(), True),
            lambda: write_sign_for_pdf(session, draft, house.clock.now(), io.BytesIO(), True),
            lambda: write_posting_pdf(session, draft, io.BytesIO(), True),
        ):
            with pytest.raises(Refused, match="chưa được phê duyệt"):
                call()


def test_people_sign_once_hamlet_by_hamlet(house: House) -> None:
    ids = dict(house.rows("select name, id from person"))
    give_payee(house, ids[LONG_NAME], "guardian")
    give_payee(house, ids["Đặng Văn Ự"], "authorised", valid_until=date(2026, 1, 31))
    now = house.clock.now()
    with house.database.view() as session:
        data = written(write_sign_for_xlsx, session, october(house), now)
        text = drawn(written(write_sign_for_pdf, session, october(house), now))
    rows, area = sheet_rows(data, "Ký nhận"), "phường Thục Phán"
    taken = "Nông Văn Giám (con)"
    assert rows == [
        (f"Chưa ghi thôn, xóm, tổ, {area}", 1, FORMULA, "1945", None, 660_000, 500_000, 1_160_000),
        (f"CỘNG Chưa ghi thôn, xóm, tổ, {area}", 1, None, None, None, 660_000, 500_000, 1_160_000),
        (f"Tổ 2, {area}", 1, LONG_NAME, "1945", f"{taken}\n12/GH", 660_000, 0, 660_000),
        (f"CỘNG Tổ 2, {area}", 1, None, None, None, 660_000, 0, 660_000),
        (f"Tổ 10, {area}", 1, "Đặng Văn Ự", "1945",
         f"{taken}\n(giấy tờ hết hạn 31/01/2026)", 1_160_000, 0, 1_160_000),
        (f"CỘNG Tổ 10, {area}", 1, None, None, None, 1_160_000, 0, 1_160_000),
    ]  # fmt: skip
    cash = sum(one[5] for one in lines(house) if one[4] == "cash")
    *places, total = sheet_rows(data, "Theo thôn")
    assert total == ("TỔNG CỘNG", 3, cash)
    assert sum(one[2] for one in places) == cash
    in_order(text, (shown(one[1:]) for one in rows if not one[0].startswith("CỘNG")))
    assert "Ký nhận hoặc điểm chỉ" in text
    assert "****" not in text


def test_without_cash_nobody_signs(house: House) -> None:
    house.register("2026-11", row(1))
    house.approve_month("2026-11")
    (number,) = house.payrolls("2026-11", "approved")
    with (
        house.database.view() as session,
        pytest.raises(InputError, match="không có ai nhận tiền mặt"),
    ):
        write_sign_for_pdf(session, number, house.clock.now(), io.BytesIO(), True)
