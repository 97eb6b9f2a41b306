"""What a list would change, and what it changed: facts beside the list, corrections, history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from app.access.scope import Scope
from app.beneficiaries.changes import Actor
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.difference import KINDS, Difference, difference
from app.beneficiaries.headings import SYNTHETIC_NOTICE
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.papers import Payee, set_payee
from app.beneficiaries.prefilled import rows_of
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.tables import person
from app.beneficiaries.template import write_list
from app.beneficiaries.workbook import read_workbook
from app.errors import Conflict, Refused
from app.jobs.registers import Applied, import_list
from app.statements.register_difference import page, write_difference
from tests.factories import (
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    in_cash,
    row,
    workbook,
)
from tests.support.messages import set_phone

FACTS: dict[str, Any] = {
    "household": "H-17",
    "poverty": "near_poor",
    "disability": "Vận động",
    "degree": "severe",
    "certificate": "77/GXN",
    "certified_on": date(2024, 2, 3),
    "phone": "0100000001",
    "phone_owner": "family",
    "payee": "authorised",
    "payee_name": "Nông Văn Con",
    "payee_id": "097070000777",
    "relation": "con",
    "paper": "5/UQ",
    "signed_on": date(2026, 1, 2),
    "valid_until": date(2026, 12, 31),
    "signer": "Hoàng Văn Ký",
}


def compare(house: House, book: WorkbookResult) -> Difference:
    with house.database.view() as session:
        return difference(session, house.keyring, book)


def take(house: House, book: WorkbookResult, expected: str = "") -> Applied:
    return import_list(house.database, house.keyring, book, house.later(), expected=expected)


def count(house: House, table: str) -> int:
    return int(house.ask(f"select count(*) from {table}"))


def changes(found: Difference, at: int = 0) -> dict[str, tuple[str, str]]:
    return {one.field: (one.old, one.new) for one in found.lines[at].changes}


def shape(found: Difference) -> tuple[int, ...]:
    """(same, joined, changed, stopped, missing)."""
    return found.same, *found.counts.values()


def test_the_untouched_template_changes_nothing(house: House, tmp_path: Path) -> None:
    names = {"name": "Nông Thị Lan", "holder_name": "NONG THI LAN"}
    told = in_cash(2, kind="post", still_cash="far", birth_date=None, **names)
    second = row(1, programme="assistance", group="C6c", **names, **FACTS)
    gone = row(3, event="death", event_date=date(2026, 8, 4), **names)
    house.register(SEPTEMBER, row(1, **names, **FACTS), told, gone, replace(second, row=90))
    with house.database.view() as session:
        rows = list(rows_of(session, house.keyring, COMMUNE, OCTOBER))
    assert [(one.citizen_id[-1], one.group) for one in rows] == [
        ("1", "P1"), ("1", "C6c"), ("2", "P1"),
    ]  # fmt: skip
    path = write_list(tmp_path / "t.xlsx", COMMUNE, OCTOBER, rows, notice=SYNTHETIC_NOTICE)
    book = read_workbook(path, COMMUNE, OCTOBER)
    assert book.errors == []
    told_back = row(1, **names, **FACTS)
    assert replace(book.rows[0], row=6) == replace(told_back, row=6, kind="bank")
    assert shape(compare(house, book)) == (3, 0, 0, 0, 0)
    before = [count(house, name) for name in TABLES]
    take(house, book)
    assert [count(house, name) for name in TABLES] == before


TABLES = ("person", "enrolment", "destination", "payee", "disability", "household",
          "household_poverty", "decision", "person_change")  # fmt: skip


def test_each_change_is_shown_with_old_and_new_and_masked(house: House) -> None:
    house.register(SEPTEMBER, row(1, phone="0100000001"), row(2), row(3), row(4))
    book = workbook(
        OCTOBER,
        row(1, phone="0100000555", hamlet="Tổ 9", account="999900001234"),
        row(2, event="death", event_date=date(2026, 9, 30)),
        row(3),
        row(7),
    )
    found = compare(house, book)
    assert shape(found) == (1, 1, 1, 1, 1)
    assert [(line.kind, line.name[-3:]) for line in found.lines] == [
        ("changed", "001"), ("stopped", "002"), ("joined", "007"), ("missing", "004"),
    ]  # fmt: skip
    assert changes(found) == {
        "Thôn, xóm": ("Tổ 1", "Tổ 9"),
        "Điện thoại": ("•••• 001", "•••• 555"),
        "Số tài khoản": ("Tài khoản ngân hàng •••• 1000", "Tài khoản ngân hàng •••• 1234"),
    }
    assert changes(found, 1) == {"Biến động": ("đang hưởng", "Chết 09/2026")}
    shown = page(found, house.clock.now())
    assert "Vắng trong tệp: 1" in shown
    assert "Tổ 1 → Tổ 9" in shown
    for secret in ("0100000555", "999900001234", row(1).citizen_id):
        assert secret not in shown + repr(found)


def test_what_was_known_before_is_kept(house: House) -> None:
    house.register(SEPTEMBER, row(1, **FACTS))
    changed = FACTS | {"payee": "self", "poverty": "poor", "degree": "extreme", "certificate": "8"}
    found = compare(house, workbook(OCTOBER, row(1, **changed, name="Nông Thị Đổi 001")))
    assert changes(found) == {
        "Họ và tên": ("Nông Thị Người 001", "Nông Thị Đổi 001"),
        "Diện hộ": ("Cận nghèo", "Nghèo"),
        "Mức độ khuyết tật": ("Nặng, Vận động, 77/GXN", "Đặc biệt nặng, Vận động, 8"),
        "Người nhận": ("Ủy quyền, Nông Văn Con, con, đến 31/12/2026", "Chính mình"),
    }  # fmt: skip
    take(house, workbook(OCTOBER, row(1, **changed, name="Nông Thị Đổi 001")))
    kept = "select field, old, new, source, recorded_by from person_change"
    assert house.rows(kept) == [
        ("name", "Nông Thị Người 001", "Nông Thị Đổi 001", f"import:{COMMUNE}", "cli")
    ]
    assert house.rows("select version, kind from payee order by version") == [
        (1, "authorised"), (2, "self"),
    ]  # fmt: skip
    assert house.rows("select from_period, level from household_poverty order by id") == [
        (SEPTEMBER, "near_poor"), (OCTOBER, "poor"),
    ]  # fmt: skip
    assert house.rows("select degree from disability order by id") == [("severe",), ("extreme",)]
    assert house.rows("select signer, kind from decision") == [("Hoàng Văn Ký", "grant")]


def test_what_a_list_does_not_tell_stays(house: House) -> None:
    wallet = row(2, kind="wallet", bank_bin="MOMO", account="0100000002")
    house.register(SEPTEMBER, row(1, **FACTS), wallet, in_cash(3, still_cash="far"))
    plain = (row(1, phone="0100000001"), replace(wallet, kind=""), in_cash(3))
    assert shape(compare(house, workbook(OCTOBER, *plain))) == (3, 0, 0, 0, 0)
    house.register(OCTOBER, *plain)
    query = "select household_id is not null, phone_owner, still_cash from person order by id"
    assert house.rows(query)[0][1:] == ("family", "")
    assert house.rows(query)[2][1:] == ("", "far")
    assert count(house, "destination") == 3
    assert count(house, "payee") == 1


def test_a_phone_with_the_same_end_and_a_vouched_field(house: House) -> None:
    house.register(SEPTEMBER, row(1, phone="0100000001"))
    house.tamper(
        "insert into field_source values (1, 'phone', 'person', '2026-09-01T00:00:00Z', 'r')"
    )
    house.register(OCTOBER, row(1, phone="0200000001"))
    assert house.rows("select old, new from person_change") == [("001", "001 (số khác)")]
    assert house.rows("select source from field_source") == [("import",)]


def test_a_list_that_leaves_a_vouched_phone_out_keeps_it(house: House) -> None:
    """Shown as what stays; of a number that stands in a list only the list's silence takes it."""
    house.register(SEPTEMBER, row(1), row(2, phone="0200000002"))
    set_phone(house, 1, "0912345678")
    book = workbook(OCTOBER, row(1), row(2))
    found = compare(house, book)
    assert changes(found, 1) == {"Điện thoại": ("•••• 002", "")}
    assert found.lines[0].kind == "kept"
    assert "vẫn là •••• 678, đã có người xác nhận" in changes(found)["Điện thoại"][1]
    take(house, book)
    assert house.rows("select phone_tail, phone_key <> '' from person order by id") == [
        ("678", True), ("", False),
    ]  # fmt: skip
    assert house.rows("select source from field_source") == [("officer",)]
    said = "select person_id, old, new from person_change where source = 'import:01273'"
    assert house.rows(said) == [(2, "002", "")]
    house.register("2026-11", row(1, phone="0912345999"), row(2))
    assert house.ask("select phone_tail from person where id = 1") == "999", "another number counts"


def test_another_decision_and_an_order_of_destinations(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    house.tamper("insert into destination_order values (1, 1, 1, 1), (1, 1, 2, 2)")
    book = workbook(OCTOBER, row(1, account="999900001234"), row(2, decision_number="9/QĐ-UBND"))
    assert changes(compare(house, book), 1) == {
        "Số quyết định": ("2/QĐ-UBND ngày 05/01/2026", "9/QĐ-UBND ngày 05/01/2026")
    }
    take(house, book)
    order = "select rank, destination_id from destination_order where version = 2 order by rank"
    assert house.rows(order) == [(1, 3), (2, 1), (3, 2)]
    assert house.rows("select field, old, new from person_change") == [
        ("decision", "2/QĐ-UBND 2026-01-05", "9/QĐ-UBND 2026-01-05")
    ]
    assert house.ask("select decision_number from enrolment where person_id = 2") == "9/QĐ-UBND"


def test_a_corrected_list_takes_the_place_of_the_first(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    late = date(2026, 10, 3)
    take(house, workbook(OCTOBER, row(1, event="death", event_date=late), row(2), row(3), row(4)))
    second = workbook(OCTOBER, row(1), row(3), in_cash(5))
    assert shape(compare(house, second)) == (1, 1, 1, 0, 2)
    done = take(house, second)
    assert (done.version, done.rows) == (2, 3)
    query = "select person_id, seen_period, stop_period from enrolment order by person_id"
    assert house.rows(query) == [
        (1, OCTOBER, None), (2, SEPTEMBER, None), (3, OCTOBER, None), (4, "0000-01", None),
        (5, OCTOBER, None),
    ]  # fmt: skip
    house.list_month(OCTOBER)
    owed = "select person_id, amount from obligation where period = '2026-10' order by person_id"
    assert [one for one, _ in house.rows(owed)] == [1, 3, 5]
    house.register("2026-11", row(1), row(4))
    house.list_month("2026-11")
    assert house.rows(owed.replace("2026-10", "2026-11"))[-1][0] == 4


def test_after_the_list_is_computed_nothing_is_corrected(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    ids = house.list_month(SEPTEMBER)
    with pytest.raises(Refused, match="tháng 09/2026 của xã 01273 đã lập"):
        take(house, workbook(SEPTEMBER, row(1)))
    house.submit(ids)
    with pytest.raises(Refused, match="đã trình duyệt từ danh sách trước"):
        take(house, workbook(SEPTEMBER, row(1)))
    take(house, workbook(OCTOBER, row(1)))
    with pytest.raises(Refused, match="danh sách tháng 10/2026, mới hơn"):
        take(house, workbook(SEPTEMBER, row(1), row(3)))
    take(house, workbook(SEPTEMBER, row(9), commune=OTHER_COMMUNE))


def test_the_same_file_and_a_register_that_moved_on(house: House) -> None:
    first = workbook(SEPTEMBER, row(1))
    take(house, first)
    with pytest.raises(Conflict, match=r"Tệp này đã nhập lúc \d\d:\d\d hôm nay"):
        take(house, first)
    house.on("2026-09-25")
    with pytest.raises(Conflict, match=r"lúc \d\d:\d\d ngày 20/08/2026"):
        take(house, first)
    book = workbook(OCTOBER, row(1), row(2))
    seen = compare(house, book).digest
    assert compare(house, book).digest == seen
    house.tamper("update person set hamlet = 'Tổ 3'")
    with pytest.raises(Conflict, match="đã thay đổi từ lúc xem"):
        take(house, book, seen[:16])
    assert count(house, "import_file") == 1
    take(house, book, compare(house, book).digest[:16])


def test_a_group_that_tells_an_illness_is_never_shown(house: House, tmp_path: Path) -> None:
    ill: RegisterRow = row(1, programme="assistance", group="C8")
    house.register(SEPTEMBER, ill, row(2, programme="assistance", group="C3a"))
    found = compare(house, workbook(OCTOBER, replace(ill, hamlet="Tổ 2")))
    write_difference(found, tmp_path / "d.xlsx", house.clock.now())
    book = read_text(tmp_path / "d.xlsx")
    for shown in (page(found, house.clock.now()), book):
        assert "Đối tượng trợ giúp xã hội" in shown
        assert not any(word in shown for word in ("C8", "C3a", "HIV"))


def read_text(path: Path) -> str:
    sheet = load_workbook(path).active
    assert sheet is not None
    return "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize("stays", ["account", "cash"])
def test_what_stays_is_told_and_keeps_its_reason(house: House, stays: str) -> None:
    """Filled in before the destination was changed: nothing is set back, and the page says so."""
    here, there = (in_cash(1), row(1)) if stays == "account" else (row(1), in_cash(1))
    house.register(SEPTEMBER, here)
    new = NewAccount(there.bank_bin, there.account, there.holder_name)
    who = house.officer(f"maker.{COMMUNE}"), house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        repair_destination(session, house.keyring, 1, new, "đơn", *who, house.later())
        session.execute(update(person).values(still_cash="" if stays == "account" else "returned"))
    chosen = "chosen" if stays == "account" else ""
    book = workbook(OCTOBER, replace(here, still_cash=chosen))
    with house.database.view() as session:
        found = difference(session, house.keyring, book)
    assert found.counts == dict.fromkeys(KINDS, 0)
    assert [(line.kind, line.row) for line in found.lines] == [("kept", 6)]
    assert "ansinh accounts add" in found.lines[0].changes[0].new
    assert "Giữ theo danh bạ" in page(found, house.clock.now())
    import_list(house.database, house.keyring, book, house.later())
    now = (
        "select d.method, p.still_cash from person p join destination d on d.id = p.destination_id"
    )
    assert house.rows(now) == [(stays, "" if stays == "account" else "returned")]


def test_a_birth_date_is_written_as_on_paper(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    with house.database.view() as session:
        born = replace(row(1), birth_date=date(1945, 12, 1))
        found = difference(session, house.keyring, workbook(OCTOBER, born))
    assert found.lines[0].changes == (("Ngày sinh", "02/03/1945", "01/12/1945"),)


def test_a_payee_who_was_let_go_does_not_come_back_by_an_older_list(house: House) -> None:
    care = {name: FACTS[name] for name in FACTS if name.startswith("payee")}
    care |= {"relation": "con", "paper": "5/UQ"}
    house.register(SEPTEMBER, row(1, **care))
    officer = Actor(Scope(1, "maker", None), house.later(), "đơn")
    with house.work() as session:
        set_payee(session, house.keyring, officer, 1, Payee("self"), 12)
    book = workbook(OCTOBER, row(1, **care))
    with house.database.view() as session:
        found = difference(session, house.keyring, book)
    assert [(line.kind, line.row) for line in found.lines] == [("kept", 6)]
    assert "ansinh register payee" in found.lines[0].changes[0].new
    import_list(house.database, house.keyring, book, house.later())
    versions = "select version, kind from payee order by version"
    assert house.rows(versions) == [(1, "authorised"), (2, "self")]
    other = workbook("2026-11", row(1, **{**care, "payee_name": "Nông Văn Khác"}))
    import_list(house.database, house.keyring, other, house.later())
    assert house.rows(versions) == [(1, "authorised"), (2, "self"), (3, "authorised")]
