"""Forgetting a person: when it is allowed, what is gone afterwards, and what stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.beneficiaries.erasing import erase, kept_until
from app.disbursement.proofs import Evidence, prove_everything
from app.errors import Forbidden, InputError, Refused
from app.keeping.sqlite import write_anew
from app.schema.erasing import WIPED
from ledger.schema import metadata
from tests.factories import COMMUNE, OCTOBER, House, row
from tests.support.stages import about_people, september_closed, to_account

# What this month leaves empty; `tests/app/test_schema.py` tries these with rows in them.
EMPTY = {"repair", "check_asked", "check_result", "death_notice", "death_verdict"}
# Rows that move on in everyday work; what is frozen in them is tried in `tests/app/test_schema.py`.
MOVING = {"person", "enrolment", "field_source", "life_event", "message", "own_session",
          "complaint", "inbound_message"}  # fmt: skip
MORE = ("dependant", "study", "account_campaign", "account_request", "account_request_line",
        "account_answer", "account_answer_line")  # fmt: skip
MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
REASON = "hết thời hạn lưu giữ theo quy định"
CANARIES = ("Nông Thị Người 001", "nong thi nguoi 001", "NONG THI NGUOI 001", "Hàng xóm Canari",
            "097145999001", "1/QĐ-UBND", "KT-CANARI", "Giấy Canari")  # fmt: skip


def known_everywhere(house: House) -> None:
    """A month is closed; of person 1 something stands in every table about people."""
    september_closed(house)
    now, day = "2026-10-01 08:00:00+00:00", "2026-10-01"
    if house.database.is_sqlite:
        now = "2026-10-01T08:00:00.000000+00:00"
    blob = "x'00'" if house.database.is_sqlite else "'\\x00'::bytea"
    for statement in (
        "insert into payee (person_id, version, kind, name, citizen_key, citizen_tail, relation,"
        f" document, source, recorded_at) values (1, 1, 'guardian', 'Hàng xóm Canari', 'k', '9',"
        f" 'con', 'Giấy Canari', 's', '{now}')",
        "insert into person_change (person_id, field, old, new, source, recorded_at, recorded_by)"
        f" values (1, 'name', 'Hàng xóm Canari', 'b', 's', '{now}', 'r')",
        "insert into citizen_change (person_id, old_key, old_cipher, old_tail, new_key, new_tail,"
        " reason, document, changed_on, recorded_at, recorded_by) values (1, 'o',"
        f" {blob}, '1', 'n', '2', 'reissued', 'Giấy Canari', '{day}', '{now}', 'r')",
        "insert into disability (person_id, kind, degree, certificate, recorded_at)"
        f" values (1, 'vận động', 'light', 'KT-CANARI', '{now}')",
        "insert into field_source (person_id, field, source, confirmed_at, reference)"
        f" values (1, 'name', 'officer', '{now}', 'Giấy Canari')",
        "insert into destination_check (destination_id, result, evidence, source, checked_at,"
        f" checked_by) values (1, 'exact', 'Hàng xóm Canari', 'bank', '{now}', 'r')",
    ):
        house.tamper(statement)
    maker, checker = house.officer(MAKER), house.officer(CHECKER)
    moment, on = house.clock.now(), date(2026, 10, 1)
    rows = about_people(moment, on, maker, checker) | to_account(moment, on, maker, checker)
    with house.work() as session:
        for name in MORE:
            session.execute(insert(metadata.tables[name]).values(rows[name]))


pytestmark = pytest.mark.stage(of=known_everywhere)


def forget(house: House, number: int = 1, names: tuple[str, ...] = (MAKER, CHECKER)) -> None:
    now, code = house.later(), house.code()
    with house.work() as session:
        erase(session, house.keyring, number, REASON, [(one, code) for one in names], now)


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    return {name: house.rows(select(table)) for name, table in metadata.tables.items()}


def test_while_a_voucher_needs_it_nothing_is_erased(house: House) -> None:
    with house.database.view() as session:
        assert kept_until(session, 1) == date(2037, 1, 1)
    house.on("2036-12-31")
    with pytest.raises(Refused, match="Sớm nhất được xoá: 01/01/2037"):
        forget(house)
    house.on("2037-01-01")
    with pytest.raises(Refused, match="hai người khác nhau"):
        forget(house, names=(MAKER, MAKER))
    with pytest.raises(Forbidden):
        forget(house, names=(MAKER, "auditor"))
    assert house.ask("select count(*) from erasure") == 0
    house.register(OCTOBER, row(1), row(9), commune="01279")
    with pytest.raises(Refused, match="đang có chế độ"):
        forget(house, 4, ("checker.all", "maker.01279"))
    with pytest.raises(InputError, match="Lý do"), house.work() as session:
        erase(session, house.keyring, 1, "xoá", [], house.clock.now())


def test_nothing_tells_of_the_person_and_the_books_prove_themselves(house: House) -> None:
    account, citizen = row(1).account, row(1).citizen_id
    key = house.keyring.index("person.citizen_id", citizen)
    before = everything(house)
    assert any(key in map(str, line) for line in before["person"])
    house.on("2040-01-05")
    forget(house)
    after = everything(house)
    told = "\n".join(str(line) for lines in after.values() for line in lines)
    for canary in (*CANARIES, account, citizen, key):
        assert canary not in told, canary
    assert house.rows("select name, birth, account_cipher from person join destination"
                      " on destination.person_id = person.id where person.id = 1"
                      )[0] == ("Đã xoá dữ liệu", "", None)  # fmt: skip
    for name, lines in before.items():
        assert len(after[name]) >= len(lines), name
        if name not in WIPED and name not in ("erasure", "act", "audit_event", "destination_mark"):
            assert after[name] == lines, name
    with house.database.snapshot() as session:
        proofs = prove_everything(session, Evidence(keyring=house.keyring))
    assert [one.name for one in proofs if not one.ok] == []
    if house.database.is_sqlite:
        write_anew(house.database)
        content = Path(str(house.database.url.database)).read_bytes()
        for canary in (*CANARIES, account, citizen, key):
            assert canary.encode() not in content, canary


@pytest.mark.parametrize("table", sorted(set(WIPED) - MOVING))
def test_the_one_change_is_the_only_one(house: House, table: str) -> None:
    """Written rows: not without an erasure, and with one not otherwise than erased."""
    if not house.count(metadata.tables[table]):
        assert table in EMPTY
        return
    column = next(iter(WIPED[table].values))
    with pytest.raises(DBAPIError):
        house.tamper(f"update {table} set {column} = ''")
    house.on("2040-01-05")
    forget(house)
    with pytest.raises(DBAPIError):
        house.tamper(f"update {table} set {column} = 'x'")
    with pytest.raises(DBAPIError):
        house.tamper(f"update {table} set {column} = {column}")


def test_the_key_of_the_ciphers_changes_by_erasure_only(house: House) -> None:
    with pytest.raises(DBAPIError):
        house.tamper("update person set bound_key = 'erased:1' where id = 1")
    with house.owner.engine.begin() as connection:
        said = connection.scalar(text("select bound_key from person where id = 1"))
    assert said != "erased:1"
