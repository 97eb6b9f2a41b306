"""Applying a commune's workbook to the register: once, set-wise, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.difference import difference
from app.beneficiaries.import_tables import import_file, import_row
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.tables import destination, enrolment, person, repair
from app.demo.population import population
from app.demo.workbooks import write_workbooks
from app.errors import Conflict, Refused
from app.jobs import payrolls
from app.jobs.payrolls import import_registers
from app.reference.banks import TEST_BANK_A, TEST_BANK_B
from tests.factories import (
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    in_cash,
    row,
    set_up,
    workbook,
)
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

MOVED = replace(row(2), event="move_out", event_date=date(2026, 10, 3))


def present(house: House, number: int) -> tuple[str, int, str]:
    """(method, version, last digits) of a person's present destination."""
    (found,) = house.rows(
        "select d.method, d.version, d.account_tail from person p"
        f" join destination d on d.id = p.destination_id where p.name like '%{number:03}'"
    )
    return found


def test_the_same_file_is_applied_once(house: House) -> None:
    assert house.register(SEPTEMBER, row(1), in_cash(2)) == 2
    tables = (person, enrolment, destination, import_file)
    counts = [house.count(one) for one in tables]
    assert counts == [2, 2, 2, 1]
    assert house.register(SEPTEMBER, row(1), in_cash(2)) == 0
    assert [house.count(one) for one in tables] == counts
    assert house.count(import_row) == 0


def test_another_file_for_the_same_commune_and_month_is_refused(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    with pytest.raises(Conflict, match="đã có danh sách tháng 09/2026"):
        house.register(SEPTEMBER, row(1), row(2))
    assert house.count(person) == 1


@pytest.fixture
def on_postgresql(mould: Mould, tmp_path: Path, postgres: PostgresServer) -> Iterator[House]:
    """Where two write at once."""
    house = mould.on_postgresql(set_up, tmp_path, postgres)
    yield house
    house.close()


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["old", "new"])
def test_who_moves_is_one_person_though_both_lists_are_taken_in_at_once(
    on_postgresql: House, first: str
) -> None:
    """Nobody knew the person; the second list waits for the first one, whichever that is."""
    house = on_postgresql
    lists = {"old": (MOVED, COMMUNE), "new": (row(2, event="move_in"), OTHER_COMMUNE)}
    (one, place), (two, other) = lists.pop(first), *lists.values()
    with ThreadPoolExecutor(1) as beside, house.work() as session:
        book = workbook(OCTOBER, one, commune=place)
        apply_workbook(session, house.keyring, book, "maker", house.later())
        later = beside.submit(house.register, OCTOBER, two, commune=other)
        while not house.ask("select count(*) from pg_locks where not granted"):
            assert not later.done()
        session.commit()
        assert later.result(30) == 1
    assert house.count(person) == 1
    assert house.rows("select area_code from person") == [(OTHER_COMMUNE,)]


def test_a_changed_account_is_a_new_version(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    changed = row(1, account="100000019999"), row(2), row(3)
    house.register(OCTOBER, *changed)
    assert present(house, 1) == ("account", 2, "9999")
    assert present(house, 2) == ("account", 1, "1000")
    assert present(house, 3) == ("account", 2, "1000")
    assert house.count(destination) == 5
    house.register("2026-11", row(1), row(2), row(3))  # back to the first number: a third version
    assert present(house, 1) == ("account", 3, "1000")


def test_the_same_number_at_another_bank_is_another_account(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.register(OCTOBER, row(1, bank_bin=TEST_BANK_B))
    assert present(house, 1)[1] == 2


def test_facts_are_updated_and_nothing_is_stored_in_the_clear(house: House) -> None:
    house.register(SEPTEMBER, row(1, phone="0100000001"))
    house.register(OCTOBER, row(1, phone="0100000001", name="Nông Thị Đổi 001", hamlet="Tổ 9"))
    assert house.rows("select name, hamlet from person") == [("Nông Thị Đổi 001", "Tổ 9")]
    stored = repr(house.rows("select * from person")) + repr(
        house.rows("select * from destination")
    )
    for secret in (row(1).citizen_id, row(1).account, "0100000001"):
        assert secret not in stored
    (key, cipher) = house.rows("select citizen_key, citizen_cipher from person")[0]
    assert house.keyring.decrypt("person.citizen_id", key, cipher) == row(1).citizen_id


def test_a_moved_person_is_one_person(house: House) -> None:
    """On the old commune's list with the move, on the new one's as moved in: paid there."""
    house.register(SEPTEMBER, row(1), row(2))
    house.register(OCTOBER, row(1), MOVED)
    arrived = row(2, event="move_in", start_period="2026-11", hamlet="Tổ 7")
    house.register("2026-11", arrived, commune=OTHER_COMMUNE)
    assert house.count(person) == 2
    assert house.rows(
        "select area_code, stop_period, stop_cause from enrolment e"
        " where decision_number = '2/QĐ-UBND' order by id"
    ) == [("01273", OCTOBER, "move_out"), (OTHER_COMMUNE, None, "")]
    assert house.ask("select area_code from person where name like '%002'") == OTHER_COMMUNE


def test_a_missing_person_keeps_his_place(house: House) -> None:
    """Neither stopped nor deleted: his enrolment stays as it was last seen."""
    house.register(SEPTEMBER, row(1), row(2))
    house.register(OCTOBER, row(1))
    assert house.rows("select seen_period, stop_cause from enrolment order by decision_number") == [
        (OCTOBER, ""),
        (SEPTEMBER, ""),
    ]


def test_death_is_the_last_payable_month(house: House) -> None:
    dead = row(1, event="death", event_date=date(2026, 9, 30))
    house.register(SEPTEMBER, dead)
    assert house.rows("select stop_period, stop_cause from enrolment") == [(SEPTEMBER, "death")]


def test_one_bad_cell_in_one_file_and_nothing_is_applied(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real workbooks through the import job, read as many are: every error is named, no file is
    applied."""
    monkeypatch.setattr(payrolls, "MANY_BYTES", 0)
    folder = tmp_path / "input"
    folder.mkdir()
    write_workbooks(population("cao-bang-2026-10", 4, 1), SEPTEMBER, folder)
    paths = sorted(folder.glob("*.xlsx"))
    book = load_workbook(paths[-1])
    sheet = book.worksheets[0]
    (at,) = [
        cell for line in sheet.iter_rows() for cell in line if str(cell.value).startswith("888")
    ][:1] or [sheet.cell(6, 6)]
    at.value = 12
    book.save(paths[-1])
    errors = import_registers(house.runtime, paths, SEPTEMBER, "maker")
    assert errors
    assert all(one.file == paths[-1].name and one.row for one in errors)
    assert [house.count(one) for one in (person, import_file, import_row)] == [0, 0, 0]
    write_workbooks(population("cao-bang-2026-10", 4, 1), SEPTEMBER, folder)
    assert import_registers(house.runtime, paths, SEPTEMBER, "maker") == []
    assert house.count(person) == 4


def test_a_repair_takes_two_persons_and_bans_the_old_account(house: House) -> None:
    house.register(SEPTEMBER, row(1), row(2))
    one, two = house.officer("finance.one"), house.officer("finance.two")
    new = NewAccount(TEST_BANK_A, "100000015555", "NONG THI NGUOI 001")

    def mend(number: int, account: NewAccount, *who: int, ban: str = "") -> None:
        with house.work() as session:
            repair_destination(
                session, house.keyring, number, account, "sổ", *who, house.later(), ban=ban
            )

    with pytest.raises(Refused, match="hai người khác nhau"):
        mend(1, new, one, one)
    mend(1, new, one, two, ban="AC04")
    assert present(house, 1) == ("account", 2, "5555")
    old = NewAccount(TEST_BANK_A, row(1).account, "NONG THI NGUOI 002")
    with pytest.raises(Conflict, match="đã bị loại: AC04"):
        mend(2, old, one, two)
    mend(2, NewAccount("", "", "NONG THI NGUOI 002"), one, two)
    assert present(house, 2) == ("cash", 2, "")
    assert house.count(repair) == 2


def test_what_the_last_list_said_is_no_news(house: House) -> None:
    """A list filled in before an officer changed the account does not set it back."""
    house.register(SEPTEMBER, row(1), in_cash(2))
    one, two = house.officer("finance.one"), house.officer("finance.two")
    for number, account in ((1, "100000015555"), (2, "100000026666")):
        new = NewAccount(TEST_BANK_A, account, f"NONG THI NGUOI {number:03}")
        with house.work() as session:
            repair_destination(session, house.keyring, number, new, "sổ", one, two, house.later())
    with house.database.view() as session:
        found = difference(session, house.keyring, workbook(OCTOBER, row(1), in_cash(2)))
    assert (found.same, [line.kind for line in found.lines]) == (2, ["kept", "kept"])
    house.register(OCTOBER, row(1), in_cash(2))
    assert [present(house, number)[2] for number in (1, 2)] == ["5555", "6666"]
    house.register("2026-11", row(1, account="100000017777"), in_cash(2))
    assert [present(house, number)[2] for number in (1, 2)] == ["7777", "6666"]


def test_an_account_that_is_banned_does_not_come_back_by_a_list(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1), in_cash(2))
    who = house.officer("finance.one"), house.officer("finance.two")
    closed = NewAccount(TEST_BANK_A, "100000019999", "NONG THI NGUOI 001")
    for new, ban in ((closed, ""), (NewAccount("", "", closed.holder), "đã đóng")):
        with house.work() as session:
            repair_destination(session, house.keyring, 1, new, "đơn", *who, house.later(), ban=ban)
    for number in (1, 2, 3):
        told = {one: in_cash(one) for one in (1, 2)} | {number: row(number, account=closed.account)}
        with pytest.raises(Conflict, match=f"xã {COMMUNE}, dòng {number + 5}: tài khoản này"):
            house.register(OCTOBER, *told.values())
    assert house.register(OCTOBER, in_cash(1), in_cash(2)) == 2
    assert present(house, 1) == ("cash", 3, "")
