"""`ansinh accounts`, from the reasons to the progress, as officers would call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyotp
import pytest

from app.clock import SystemClock
from app.errors import Conflict, Forbidden, InputError, Refused
from app.reference.banks import TEST_BANK_A
from app.reference.money_providers import TEST_MOBILE
from tests.app.cashless.office import PHONE, answer_csv, lines_of, opened, people_on_cash
from tests.factories import COMMUNE, SECRET, SEPTEMBER, House, row
from tests.support.commands import asked


@pytest.fixture
def office(house: House) -> House:
    people_on_cash(house)
    house.tamper(f"insert into installation values ('clock', '{house.clock.now().isoformat()}')")
    return house


def ask(house: House, *words: object) -> Any:
    """Call a command; gives its JSON, or raises what it raised."""
    return asked(house, "accounts", *words)


def by_two(second: str = "checker") -> list[str]:
    """The options with which the maker and a second officer of the commune confirm."""
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    words = []
    for role in ("maker", second):
        words += ["--officer", f"{role}.{COMMUNE}", "--code", code]
    return words


def test_reasons_are_set_and_counted(office: House) -> None:
    assert ask(office, "reason", "AS-000001", "far") == {"people": 1, "changed": 1}
    found = ask(office, "reason", "--area", COMMUNE)["reasons"]
    assert [(one["hamlet"], one["reason"], one["people"]) for one in found] == [
        ("Tổ 2", "", 1), ("Tổ 10", "", 1), ("Tổ 10", "far", 1)
    ]  # fmt: skip
    with pytest.raises(InputError, match="Chọn một cách"):
        ask(office, "reason", "1")


def test_a_new_destination_is_confirmed_by_two(office: House, tmp_path: Path) -> None:
    account = tmp_path / "so.txt"
    account.write_text("100000001111\n", "utf-8")
    new = ["add", 1, "--kind", "bank", "--bank", TEST_BANK_A, "--account-file", account,
           "--holder", "NONG VAN AN", "--reason", "đơn"]  # fmt: skip
    with pytest.raises(Forbidden, match="checker"):
        ask(office, *new, *by_two("approver"))
    with pytest.raises(Refused, match="hai người"):
        ask(office, *new)
    assert ask(office, *new, *by_two())["kind"] == "bank"
    rows = ask(office, "order", 1)["destinations"]
    assert [(one["kind"], one["tail"]) for one in rows] == [("bank", "1111"), ("post", "")]
    acts = office.rows("select step, about from joint_act")
    assert acts == [("ladder", "ladder:2026-01"), ("change_account", "person:1")]
    trail = office.rows("select action, object, detail from audit_event order by id desc limit 1")
    assert trail == [("register:destination:repair", "person:1", "")]


def test_mobile_money_after_asking_whose_phone_it_is(office: House, tmp_path: Path) -> None:
    account = tmp_path / "so.txt"
    account.write_text(PHONE, "utf-8")
    new = ["add", 1, "--kind", "mobile", "--bank", TEST_MOBILE, "--account-file", account,
           "--holder", "NONG VAN AN", "--reason", "đơn", *by_two()]  # fmt: skip
    with pytest.raises(Refused, match="--own-phone"):
        ask(office, *new)
    assert ask(office, *new, "--own-phone")["kind"] == "mobile"
    changed = "select field, old, new, recorded_by from person_change"
    assert office.rows(changed) == [("phone_owner", "", "self", f"maker.{COMMUNE}")]


def test_papers_are_written_once(office: House, tmp_path: Path) -> None:
    for name in ("v.pdf", "v.xlsx"):
        assert ask(office, "visits", "--output", tmp_path / name)["people"] == 4
    with pytest.raises(InputError, match="Đã có tệp"):
        ask(office, "visits", "--output", tmp_path / "v.pdf")
    with pytest.raises(InputError, match="Không biết ghi"):
        ask(office, "visits", "--output", tmp_path / "v.doc")
    made = ask(office, "forms", "--area", COMMUNE, "--reason", "đợt", "--output",
               tmp_path / "f.pdf")  # fmt: skip
    assert made["forms"] == 3
    assert made["fields_saved"] == 3 * 6 + 1, "one of them has a phone"
    assert (tmp_path / "f.pdf").stat().st_mode & 0o077 == 0, "full numbers: for the owner only"


def test_a_campaign_from_the_list_to_the_figures(office: House, tmp_path: Path) -> None:
    targets = tmp_path / "t.csv"
    targets.write_text(f"Mã xã,Chỉ tiêu\n{COMMUNE},4\n", "utf-8")
    dates = ["--from", "2026-08-01", "--to", "2027-12-31"]
    made = ask(office, "campaign", "Cao điểm", *dates, "--targets", targets)
    assert made == {"campaign": 1, "communes": 1, "target": 4}
    wanted = ["ask-bank", "--bank", TEST_BANK_A, "--profile", "csv", "--campaign", "Cao điểm",
              "--reason", "đợt", "--area", COMMUNE, "--output", tmp_path / "l.csv"]  # fmt: skip
    assert ask(office, *wanted)["lines"] == 3
    wanted[-1] = tmp_path / "again.csv"
    with pytest.raises(Conflict):
        ask(office, *wanted)
    assert not (tmp_path / "again.csv").exists(), "no file without its record"
    lines = lines_of(tmp_path / "l.csv")
    path = answer_csv(tmp_path / "a.csv", [opened(lines[0], "100000000001")])
    told = ["bank-answer", path, "--request", 1]
    assert ask(office, *told, "--check") == {
        "request": 1, "new": 1, "repeated": 0, "applied": {}
    }  # fmt: skip
    assert ask(office, *told, *by_two())["applied"] == {"opened": 1}
    assert ask(office, *told)["applied"] == {}, "known already: nobody has to confirm"
    figures = ask(office, "progress", "--campaign", "Cao điểm", "--xlsx", tmp_path / "p.xlsx")
    assert figures["communes"][COMMUNE]["rates"]["target"] == {
        "n": 2, "d": 4, "percent": "50.00"
    }  # fmt: skip
    assert figures["total"]["people"] == 5
    assert (tmp_path / "p.xlsx").stat().st_size > 1000
    assert ask(office, "follow-up")["confirmed"] == 0


def test_no_full_number_stands_in_the_trail(office: House, tmp_path: Path) -> None:
    ask(office, "ask-bank", "--bank", TEST_BANK_A, "--reason", "đợt", "--output",
        tmp_path / "l.xlsx")  # fmt: skip
    ask(office, "forms", "--person", "AS-000001", "--reason", "đợt", "--output",
        tmp_path / "f.pdf")  # fmt: skip
    office.list_month(SEPTEMBER)
    text = json.dumps(office.rows("select actor, action, object, detail from audit_event"))
    assert "accounts:request:export" in text
    assert row(1).citizen_id not in text


@pytest.mark.parametrize("content", ["100000001111\n100000002222\n", "\n"])
def test_one_number_is_told_and_not_two_run_together(
    office: House, tmp_path: Path, content: str
) -> None:
    account = tmp_path / "so.txt"
    account.write_text(content, "utf-8")
    new = ["add", 1, "--kind", "bank", "--bank", TEST_BANK_A, "--account-file", account,
           "--holder", "NONG VAN AN", "--reason", "đơn"]  # fmt: skip
    with pytest.raises(InputError, match="đúng một dòng"):
        ask(office, *new, *by_two())


def test_a_commune_that_is_not_there_is_no_commune_without_people(office: House) -> None:
    for command in ("progress", "reason", "follow-up"):
        with pytest.raises(InputError, match="Không có xã mã “99999”"):
            ask(office, command, "--area", "99999")
