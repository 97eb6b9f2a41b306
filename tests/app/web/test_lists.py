"""A commune's list by page: the form, columns, faults by cell, the difference, applied once."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from app.audit.tables import audit_event
from app.beneficiaries import headings as h
from app.beneficiaries.tables import person
from app.beneficiaries.uploads import FOLDER
from app.jobs.asked import run_one
from tests.app.web.serving import Browser, ClientAs, of_house, words
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

MAKER = f"maker.{COMMUNE}"


PEOPLE = (
    row(1, name="Nông Thị Ân"),
    row(2, name="Nông Thị Bế"),
    in_cash(3, name="Nông Thị Cúc"),
)


def september_in(house: House) -> None:
    """Three people were on September's list."""
    house.register(SEPTEMBER, *PEOPLE)


pytestmark = pytest.mark.stage(of=september_in)


application = of_house


@pytest.fixture
def maker(client_as: ClientAs) -> Browser:
    """The commune's maker."""
    return client_as(MAKER)


def the_form(maker: Browser) -> openpyxl.Workbook:
    """October's form with September's people."""
    answer = maker.send("/lists/template", area=COMMUNE, next="10/2026", reason="lập tháng 10")
    assert answer.status_code == 200, words(answer)
    return openpyxl.load_workbook(BytesIO(answer.data))


def column(book: openpyxl.Workbook, heading: str) -> int:
    """Where a heading of the form stands."""
    return h.ALL.index(heading) + 1


def saved(book: openpyxl.Workbook) -> bytes:
    """The file."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sent(maker: Browser, book: openpyxl.Workbook | bytes, **fields: str) -> str:
    """Send the list; gives the address of its page."""
    content = book if isinstance(book, bytes) else saved(book)
    file = (BytesIO(content), "thang-10.xlsx")
    answer = maker.send("/lists", area=COMMUNE, file=file, **fields)
    assert answer.status_code == 303, words(answer)
    return answer.location


def changed(maker: Browser) -> openpyxl.Workbook:
    """The form with one hamlet changed and one person left out."""
    book = the_form(maker)
    sheet = book[h.SHEET]
    sheet.cell(h.FIRST_ROW, column(book, h.HAMLET)).value = "Tổ 77"
    sheet.delete_rows(h.FIRST_ROW + 1)
    return book


def applied(maker: Browser, page: str) -> str:
    """Press the button of the difference; gives where it leads."""
    text = maker.get(page).get_data(as_text=True)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    expected = {name: fields[name] for name in ("area", "month", "expected")}
    answer = maker.send(f"{page.partition('?')[0]}/apply", **expected)
    assert answer.status_code == 303, words(answer)
    return answer.location


def test_from_the_form_to_the_register(house: House, maker: Browser) -> None:
    page = sent(maker, changed(maker))
    told = words(maker.get(page))
    assert "Nhập danh sách: thêm 0, sửa 1, bỏ 1" in told
    assert "Thôn, xóm: Tổ 1 → Tổ 77" in told
    query = select(audit_event.c.detail).where(audit_event.c.action == "cli:register:template")
    assert house.rows(query) == [("lập tháng 10",)]
    task = applied(maker, page)
    assert [one.name for one in (house.home / FOLDER).iterdir()], "kept until it is applied"
    assert run_one(house.runtime)
    assert "Xong" in words(maker.get(task)), words(maker.get(task))
    assert maker.get(f"{task}/file").status_code == 200
    assert house.ask(select(person.c.hamlet).where(person.c.id == 1)) == "Tổ 77"
    assert list((house.home / FOLDER).iterdir()) == []
    assert "thang-10.xlsx" in words(maker.get("/lists"))


def test_the_same_file_again_is_told_so(house: House, maker: Browser) -> None:
    book = saved(changed(maker))
    applied(maker, sent(maker, book))
    assert run_one(house.runtime)
    page = sent(maker, book)
    told = maker.get(page)
    assert "Tệp này đã nhập lúc" in words(told)
    assert "expected" not in told.get_data(as_text=True)


def test_faults_stand_in_their_cells_under_excel_s_numbers(house: House, maker: Browser) -> None:
    book = the_form(maker)
    sheet = book[h.SHEET]
    sheet.cell(h.FIRST_ROW + 1, column(book, h.CITIZEN_ID)).value = "12345"
    sheet.cell(h.FIRST_ROW + 2, column(book, h.BIRTH)).value = "31/31/1945"
    page = sent(maker, book)
    answer = maker.get(page)
    told, text = words(answer), answer.get_data(as_text=True)
    assert "<title>Lỗi:" in text
    assert "2 lỗi ở 2 dòng" in told
    assert re.search(rf'<th scope="row">{h.FIRST_ROW + 1}</th>', text)
    assert not re.search(rf'<th scope="row">{h.FIRST_ROW}</th>', text), "only rows with faults"
    assert re.search(r'class="bad-cell"><span><strong>12345</strong><span class="fault"', text)
    address, _, query = page.partition("?")
    back = maker.send(f"{address}/errors?{query}")
    assert back.status_code == 200
    assert openpyxl.load_workbook(BytesIO(back.data)).sheetnames == ["Lỗi"]
    assert house.ask(select(func.count()).select_from(audit_event).where(
        audit_event.c.action == "cli:register:errors")) == 1  # fmt: skip


def test_columns_of_another_name_are_asked_for_and_remembered(house: House, maker: Browser) -> None:
    book = changed(maker)
    sheet = book[h.SHEET]
    sheet.cell(h.HEADING_ROW, column(book, h.HAMLET)).value = "Xóm bản"
    page = sent(maker, book)
    text = maker.get(page).get_data(as_text=True)
    assert "Tệp thiếu cột “Thôn, xóm”" in text
    assert 'value="Xóm bản=Thôn, xóm"' in text
    address = page.partition("?")[0]
    told = maker.get(address, query_string={"area": COMMUNE, "map": "Xóm bản=Thôn, xóm"})
    assert "Thôn, xóm: Tổ 1 → Tổ 77" in words(told)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', told.get_data(as_text=True)))
    maker.send(f"{address}/apply", area=COMMUNE, month="", expected=fields["expected"],
               map="Xóm bản=Thôn, xóm")  # fmt: skip
    assert run_one(house.runtime)
    assert house.ask(select(person.c.hamlet).where(person.c.id == 1)) == "Tổ 77"


def test_what_changed_meanwhile_is_not_applied(house: House, maker: Browser) -> None:
    page = sent(maker, changed(maker))
    task = applied(maker, page)
    maker.send("/people/1/edit/hamlet", value="Tổ 5", reference="đơn của người hưởng")
    assert run_one(house.runtime)
    assert "đã thay đổi từ lúc xem chênh lệch" in words(maker.get(task))
    assert house.ask(select(person.c.hamlet).where(person.c.id == 1)) == "Tổ 5"


@pytest.mark.parametrize(
    ("fields", "told"),
    [({}, "Chọn một tệp"), ({"file": (b"x", "a.pdf")}, "Chọn tệp có đuôi .xlsx"),
     ({"file": (b"x", "a.csv"), "period": "2026"}, "không phải một tháng")],
)  # fmt: skip
def test_what_cannot_be_sent_is_said(maker: Browser, fields: dict[str, object], told: str) -> None:
    sent_now = {
        name: (BytesIO(one[0]), one[1]) if isinstance(one, tuple) else one
        for name, one in fields.items()
    }
    answer = maker.send("/lists", area=COMMUNE, **sent_now)
    assert answer.status_code == 422
    assert told in words(answer)


def test_a_late_list_is_refused_before_it_is_asked_for(house: House, maker: Browser) -> None:
    book = changed(maker)
    house.register(OCTOBER, *PEOPLE)
    house.list_month(OCTOBER)
    page = sent(maker, book)
    told = maker.get(page)
    assert "đã lập từ danh sách trước" in words(told)
    answer = maker.send(f"{page.partition('?')[0]}/apply", area=COMMUNE, expected="x")
    assert answer.status_code == 409


def test_another_s_list_and_commune_are_not_there(maker: Browser, client_as: ClientAs) -> None:
    page = sent(maker, changed(maker))
    other = client_as(f"maker.{OTHER_COMMUNE}")
    assert other.get(page).status_code == 404
    theirs = f"{page.partition('?')[0]}?area={OTHER_COMMUNE}"
    assert other.get(theirs).status_code == 404
    answer = other.send("/lists/template", area=COMMUNE, next="10/2026", reason="xem thử")
    assert answer.status_code == 404
