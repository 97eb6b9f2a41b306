"""People on cash in two communes, and the papers that go between them and a bank."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import insert

from app.beneficiaries.about_tables import payee
from app.cashless.answering import Answer, read_answer
from app.cashless.applying import apply_answer
from app.cashless.asking import Asked, ask
from app.cashless.profile import profile
from app.reference.banks import TEST_BANK_A
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

PHONE = "0912345678"


def people_on_cash(house: House) -> None:
    """1, 2 in Tổ 10 and 3 in Tổ 2 take cash, 4 has an account, 5 takes cash elsewhere."""
    house.register(
        SEPTEMBER,
        in_cash(1, hamlet="Tổ 10", name="Nông Văn Ân", phone=PHONE),
        in_cash(2, hamlet="Tổ 10", name="Nông Thị An"),
        in_cash(3, hamlet="Tổ 2", name="Hoàng Thị Bế"),
        row(4, hamlet="Tổ 2"),
    )
    house.register(SEPTEMBER, in_cash(5, name="Lý A Sử"), commune=OTHER_COMMUNE)


def give_payee(house: House, person_id: int, kind: str, **more: Any) -> None:
    """Somebody takes the money for a person."""
    citizen = f"09718000000{person_id}"
    key = house.keyring.index("person.citizen_id", citizen)
    bound = house.ask(f"select bound_key from person where id = {person_id}")
    values = {
        "person_id": person_id, "version": 1, "kind": kind, "name": "Nông Văn Giám",
        "citizen_key": key, "citizen_tail": citizen[-3:], "relation": "con", "document": "12/GH",
        "citizen_cipher": house.keyring.encrypt("payee.citizen_id", bound, citizen),
        "source": "test", "recorded_at": house.later(), **more,
    }  # fmt: skip
    with house.work() as session:
        session.execute(insert(payee).values(values))


def request(house: House, path: Path, area: str = "", layout: str = "csv") -> Asked:
    """Ask test bank A for accounts; the list lies at `path`."""
    with house.work() as session, path.open("wb") as out:
        return ask(
            session, house.keyring, out, profile(layout), TEST_BANK_A, area, house.later(),
            actor="test", reason="chiến dịch", synthetic=True,
        )  # fmt: skip


def lines_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV list."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def opened(line: Mapping[str, str], account: str, **more: str) -> dict[str, str]:
    """The bank's word that an account is open."""
    told = {"RESULT": "OPENED", "ACCOUNT": account, "ACCOUNT_NAME": line["CUSTOMER_NAME"],
            "REASON": ""}  # fmt: skip
    return {**line, **told, **more}


def said(line: Mapping[str, str], result: str, reason: str = "", **more: str) -> dict[str, str]:
    """Any other word of the bank."""
    return {**line, "RESULT": result, "ACCOUNT": "", "ACCOUNT_NAME": "", "REASON": reason, **more}


HEADINGS = ("REF", "ID_NUMBER", "RESULT", "ACCOUNT", "ACCOUNT_NAME", "REASON")


def answer_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """A bank's answer as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def answer_xlsx(path: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    """A bank's answer as Excel, cells as they are given."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, values in enumerate([headings, *rows]):
            for column, value in enumerate(values):
                sheet.write(at, column, value)
    return path


def read(house: House, path: Path, number: int = 1) -> Answer:
    """Check an answer."""
    with house.database.view() as session:
        return read_answer(session, house.keyring, path, number)


def apply(house: House, path: Path, number: int = 1) -> dict[str, int]:
    """Check an answer and apply it, by the maker and the checker of the commune."""
    one, two = house.officer(f"maker.{COMMUNE}"), house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        told = read_answer(session, house.keyring, path, number)
        return dict(apply_answer(session, house.keyring, told, one, two, house.later()))
