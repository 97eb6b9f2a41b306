"""What is taken along to a hamlet: visit sheets and forms, read back from the files."""

from __future__ import annotations

import io
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.beneficiaries.reasons import counts, set_reasons
from app.cashless.forms import record_forms, require_reason, write_forms
from app.cashless.people import is_paid
from app.cashless.reason_list import read_reasons
from app.cashless.visits import write_pdf, write_xlsx
from app.errors import InputError, Refused
from app.printing.documents.registration_form import Form, render_forms
from app.printing.documents.visit_sheet import VisitHeader, VisitRow, render_visit_sheet
from app.printing.values import DocumentError, Letterhead
from app.text import hamlet_key
from tests.app.cashless.office import PHONE, give_payee, people_on_cash, request
from tests.app.printing.reading import read_pdf
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, OTHER_COMMUNE, House, in_cash, row


@pytest.fixture
def hamlets(house: House) -> House:
    people_on_cash(house)
    return house


def reasons(house: House, **why: str) -> int:
    told = {int(number[1:]): reason for number, reason in why.items()}
    with house.work() as session:
        return set_reasons(session, told, "thăm hộ", "test", house.later())


def sheet(house: House, area: str = "") -> list[list[str]]:
    out = io.BytesIO()
    with house.database.view() as session:
        write_pdf(session, out, area, house.clock.now(), synthetic=True)
    return read_pdf(out.getvalue()).pages


def test_a_sheet_for_each_hamlet_in_the_vietnamese_order(hamlets: House) -> None:
    reasons(hamlets, p1="far")
    pages = sheet(hamlets)
    assert len(pages) == 3
    assert "Tổ 2" in pages[0]
    assert "Tổ 10" in pages[1]
    named = [word for word in pages[1] if word.startswith("Nông")]
    assert named == ["Nông Thị An", "Nông Văn Ân"], "An before Ân"
    text = "\n".join("\n".join(page) for page in pages)
    assert "Điểm rút tiền ở xa" in text
    assert "Chưa hỏi" in text
    assert "Cộng: 2 người." in text
    assert "Nông Thị Người 004" not in text, "who has an account is not visited"
    assert f"*********{row(1).citizen_id[-3:]}" in text
    assert row(1).citizen_id not in text
    assert PHONE not in text


def test_the_same_as_a_spreadsheet(hamlets: House, tmp_path: Path) -> None:
    path = tmp_path / "v.xlsx"
    with hamlets.database.view() as session, path.open("wb") as out:
        assert write_xlsx(session, out, COMMUNE, hamlets.clock.now(), synthetic=True) == 3
    cells = [[cell.value for cell in line] for line in load_workbook(path).active.rows][4:]
    assert [(line[1], line[2], line[3]) for line in cells] == [
        ("Tổ 2", 1, "Hoàng Thị Bế"),
        ("Tổ 10", 1, "Nông Thị An"),
        ("Tổ 10", 2, "Nông Văn Ân"),
    ]


def test_hamlets_by_words_and_numbers() -> None:
    names = ["Tổ 10", "Nà Pha", "Tổ 2", "Đầu Cầu", "Bản Ổ"]
    assert sorted(names, key=hamlet_key) == ["Bản Ổ", "Đầu Cầu", "Nà Pha", "Tổ 2", "Tổ 10"]


def test_nobody_and_an_unknown_commune_are_said(hamlets: House) -> None:
    with pytest.raises(InputError, match="99999"):
        sheet(hamlets, "99999")
    hamlets.tamper("update person set died_on = '2026-08-01'")
    with pytest.raises(DocumentError):
        sheet(hamlets)


def form_pages(house: House, person_id: int, area: str = COMMUNE) -> list[list[str]]:
    out, now = io.BytesIO(), house.later()
    with house.work() as session:
        made = write_forms(
            session, house.keyring, out, area, now, synthetic=True, person_id=person_id
        )
        record_forms(session, made[0], area, person_id, now, actor="t", reason="đợt tháng 9")
    return read_pdf(out.getvalue()).pages


def test_a_form_has_everything_held_and_its_making_is_written_down(hamlets: House) -> None:
    page = form_pages(hamlets, person_id=1)[0]
    for word in ("Nông Văn Ân", "02/03/1945", "Nữ", "Tày", row(1).citizen_id, PHONE, "AS-000001"):
        assert word in page or f"Mã người hưởng: {word}" in page, word
    assert "Phiếu đã điền sẵn 7 thông tin cơ quan đang giữ; người dân không khai lại." in page
    trail = "select object, detail from audit_event where action = 'accounts:forms:print'"
    assert hamlets.rows(trail) == [("person:1", "1 phiếu: đợt tháng 9")]


@pytest.mark.parametrize(
    ("kind", "until", "own", "count"),
    [
        ("guardian", None, False, 10),
        ("authorised", date(2027, 1, 1), False, 11),
        ("authorised", date(2026, 8, 19), True, 6),
    ],
)
def test_who_takes_the_money_has_a_form_of_their_own(
    hamlets: House, kind: str, until: date | None, own: bool, count: int
) -> None:
    give_payee(hamlets, 2, kind, valid_until=until)
    page = form_pages(hamlets, person_id=2)[0]
    assert ("Nông Văn Giám" in page) is not own
    assert ("NGƯỜI NHẬN THAY" in page) is not own
    assert any(f"điền sẵn {count} thông tin" in word for word in page)


def test_a_form_without_a_reason_is_refused() -> None:
    with pytest.raises(Refused, match="phải ghi lý do"):
        require_reason(" ")


def test_no_paper_tells_a_group(hamlets: House, tmp_path: Path) -> None:
    """The groups that may never show: neither by name nor by code, nor by a difference."""
    texts = []
    for group, number in (("C3a", 7), ("C6b", 8)):
        listed = in_cash(number, programme=ASSISTANCE, group=group, hamlet=f"Nà {group[0]}")
        hamlets.register(OCTOBER, listed, commune=COMMUNE if number == 7 else OTHER_COMMUNE)
        area = COMMUNE if number == 7 else OTHER_COMMUNE
        one = hamlets.ask(f"select max(id) from person where area_code = '{area}'")
        request(hamlets, tmp_path / f"{number}.csv", area)
        words = [*form_pages(hamlets, one, area)[0], *chain(*sheet(hamlets, area))]
        texts.append(" ".join([*words, (tmp_path / f"{number}.csv").read_text("utf-8-sig")]))
    assert "HIV" not in "".join(texts)
    assert "C3a" not in "".join(texts)
    assert "C6b" not in "".join(texts)


HEAD = Letterhead("Ủy ban nhân dân tỉnh Cao Bằng", "Ủy ban nhân dân phường Thục Phán",
                  "Thục Phán", row(1).decision_date)  # fmt: skip


def test_a_form_fits_on_a_page_or_is_not_printed() -> None:
    def form(times: int) -> Form:
        long = tuple((f"Trường {at}", "chữ dài " * 9) for at in range(times))
        return Form(HEAD, "guardian", "AS-000001", long, long[:5], "nhận tiền mặt", "Nông Văn Giám")

    assert render_forms([form(6), form(6)], io.BytesIO(), synthetic=True) == (2, 22)
    with pytest.raises(DocumentError, match="AS-000001"):
        render_forms([form(40)], io.BytesIO(), synthetic=True)


def test_thousands_of_people_to_visit_are_one_walk() -> None:
    """The rows are a stream: nothing is kept of a page once it is drawn."""
    rows = (
        VisitRow(COMMUNE, f"Tổ {at // 500}", f"Nông Thị {at}", "1950", "*********001", "Ở xa", "?")
        for at in range(3_000)
    )
    out = io.BytesIO()
    assert render_visit_sheet(VisitHeader({COMMUNE: HEAD}, synthetic=True), rows, out) == 3_000
    assert out.getvalue().count(b"/Type /Page\n") > 250


def csv_of(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "ly-do.csv"
    path.write_text("\r\n".join(("Mã người hưởng;Lý do", *lines)), "utf-8")
    return path


def test_reasons_come_as_a_list(hamlets: House, tmp_path: Path) -> None:
    path = csv_of(tmp_path, "AS-000001;Điểm rút tiền ở xa", "2;chosen", "3;chosen")
    with hamlets.work() as session:
        told = read_reasons(session, path)
        assert set_reasons(session, told, "file", "test", hamlets.later()) == 3
        assert set_reasons(session, told, "file", "test", hamlets.later()) == 0
        found = counts(session, "", is_paid(hamlets.clock.now().date()))
    assert sorted((row.hamlet, row.still_cash, row.people) for row in found) == [
        ("Tổ 1", "", 1), ("Tổ 10", "chosen", 1), ("Tổ 10", "far", 1), ("Tổ 2", "chosen", 1)
    ]  # fmt: skip
    changed = "select person_id, field, new from person_change order by person_id"
    assert hamlets.rows(changed) == [
        (1, "still_cash", "far"), (2, "still_cash", "chosen"), (3, "still_cash", "chosen")
    ]  # fmt: skip


def test_each_faulty_reason_is_told_and_nothing_is_written(hamlets: House, tmp_path: Path) -> None:
    path = csv_of(tmp_path, "1;far", "1;far", "ông An;far", "4;far", "99;far", "2;vì mưa")
    with pytest.raises(InputError) as told, hamlets.database.view() as session:
        read_reasons(session, path)
    for words in (
        "5 lỗi", "Dòng 3: trùng người ở dòng 2", "Dòng 4, cột “Mã người hưởng”: không phải mã",
        "Dòng 5: AS-000004 đang nhận qua tài khoản", "Dòng 6: không có người hưởng AS-000099",
        "Dòng 7: lý do “vì mưa” không có trong danh mục",
    ):  # fmt: skip
        assert words in str(told.value)
