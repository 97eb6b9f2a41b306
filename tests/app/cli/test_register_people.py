"""One person's page, one number in clear, who looked, and the review of access."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text

from app import schema
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.errors import Forbidden, InputError, NotFound, Refused
from app.reference.banks import TEST_BANK_A
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, House, in_cash, row
from tests.support.commands import ansinh, ansinh_json

MAKER, STRANGER = f"maker.{COMMUNE}", f"maker.{OTHER_COMMUNE}"
REASON = "đối chiếu căn cước bản giấy 097145000001"


def one_with_a_phone(house: House) -> None:
    """Two people: one with an account and a phone, one in cash."""
    house.register(OCTOBER, row(1, phone="0912345678"), in_cash(2, birth_date=None))


pytestmark = pytest.mark.stage(of=one_with_a_phone)


def reveal(house: House, field: str = "id", reason: str = REASON, officer: str = MAKER) -> object:
    told = ansinh(house, "register", "reveal", "AS-000001", "--field", field, "--reason", reason,
                  "--officer", officer)  # fmt: skip
    return told.exception if told.exception else told.output.strip()


def test_a_page_has_everything_and_no_number(house: House) -> None:
    shown = ansinh(house, "register", "show", "1", "--officer", MAKER).output
    for words in ("AS-000001  Nông Thị Người 001, nữ, sinh 02/03/1945", "*********001",
                  "*******678", "****1000", "Trợ cấp hưu trí xã hội, từ 01/2026",
                  "Quyết định 1/QĐ-UBND ngày 05/01/2026", "chưa kiểm tra",
                  "danh sách của xã: họ và tên"):  # fmt: skip
        assert words in shown
    for number in (row(1).citizen_id, row(1).account, "0912345678"):
        assert number not in shown
    told = ansinh_json(house, "register", "show", "2")
    assert told["identity"]["birth_precision"] == "year"
    assert told["destinations"][0]["kind"] == "post"


def test_a_number_in_clear_is_logged(house: House) -> None:
    assert reveal(house) == row(1).citizen_id
    assert reveal(house, "phone") == "0912345678"
    assert reveal(house, "account") == row(1).account
    shown = ansinh(house, "register", "views", "--person", "1", "--officer", MAKER).output
    assert shown.count("reveal") == 3
    assert "*********001" not in shown
    assert row(1).citizen_id not in shown
    assert "bản giấy ****0001" in shown
    assert ansinh_json(house, "register", "views", "--to", "2020-01-01") == {"views": []}


@pytest.mark.parametrize(
    ("reason", "officer", "kind"),
    [
        ("aaa aaa aaa aaa", MAKER, InputError),
        ("123 456", MAKER, InputError),
        (REASON, STRANGER, NotFound),
        (REASON, "auditor", Forbidden),
        (REASON, "finance.one", Forbidden),
        (REASON, "nobody", NotFound),
    ],
)
def test_a_number_is_not_shown(
    house: House, reason: str, officer: str, kind: type[Exception]
) -> None:
    assert isinstance(reveal(house, "id", reason, officer), kind)
    assert house.ask("select count(*) from audit_event where action like '%reveal'") == 0


def test_the_twenty_first_number_of_an_hour_is_refused(house: House) -> None:
    assert [reveal(house) for _ in range(20)] == [row(1).citizen_id] * 20
    refused = reveal(house)
    assert isinstance(refused, Refused)
    assert "Đã hiện 20 số" in str(refused)


def test_the_page_of_a_stranger_is_not_even_confirmed(house: House) -> None:
    told = ansinh(house, "register", "show", "1", "--officer", STRANGER)
    assert isinstance(told.exception, NotFound)
    assert "địa bàn" in str(told.exception)


def test_the_review_names_roles_that_do_not_agree(house: House) -> None:
    maker = house.officer(MAKER)
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)  # as in a database that is older than the rule
        connection.execute(text(
            "insert into role_grant (officer_id, role, unit_code, department, kind, valid_from,"
            " valid_until, granted_at) select officer_id, 'approver', '', '', 'founding',"
            " valid_from, valid_until, granted_at from role_grant where officer_id = "
            f"{maker}"))  # fmt: skip
        schema.install_rules(connection)
    reveal(house)
    path = house.home / "quyen.xlsx"
    told = ansinh_json(house, "access", "review", "-o", path)["officers"]
    (mine,) = [one for one in told if one["username"] == MAKER]
    assert mine["conflicts"] == ["maker+approver"]
    assert mine["reveals"] == 1
    assert not mine["idle"]
    cells = [cell.value for line in openpyxl.load_workbook(BytesIO(path.read_bytes())).active
             for cell in line]  # fmt: skip
    assert "vai trò xung đột maker+approver" in cells


@pytest.mark.parametrize(
    "words",
    [("register", "search", "nong thi"), ("register", "show", "1"), ("accounts", "progress")],
)
def test_what_is_shown_fits_a_narrow_screen(house: House, words: tuple[str, ...]) -> None:
    told = ansinh(house, *words)
    assert told.exit_code == 0
    assert max(map(len, told.output.splitlines())) <= 80 or words[1] == "show"
    assert "…" not in told.output, "no number is cut"
    assert not re.search(r"\d{4}-\d{2}-\d{2}", told.output), "dates stand as on paper"


def test_who_told_the_account_is_not_the_list_once_officers_changed_it(house: House) -> None:
    assert ansinh_json(house, "register", "show", "1")["sources"]["account"]["source"] == "import"
    new = NewAccount(TEST_BANK_A, "100000019999", "NONG THI NGUOI 001")
    who = house.officer(MAKER), house.officer(f"checker.{COMMUNE}")
    with house.work() as session:
        repair_destination(session, house.keyring, 1, new, "sổ tiết kiệm", *who, house.later())
    assert ansinh_json(house, "register", "show", "1")["sources"]["account"]["source"] == "officer"
