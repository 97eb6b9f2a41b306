"""`ansinh doubles` as officers type it, on the machine's own clock."""

from __future__ import annotations

import json

import pyotp
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.clock import SystemClock
from app.doubles.merging import merge
from app.errors import InputError
from tests.app.doubles.people import id_of
from tests.factories import SEPTEMBER, House, in_cash, row
from tests.support.province import COMMUNE, SECRET

SHARED = "100009991000"


def run(house: House, *words: object) -> Result:
    """A command on the house's database; its keys lie in the house's folder."""
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(b"t" * 32)
    url = house.database.url.render_as_string(hide_password=False)
    told = ["doubles", *map(str, words), "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def test_find_list_show_decide(house: House) -> None:
    """A merge by two officers; HIV groups show by their neutral name, numbers by their end."""
    hidden = {"programme": "assistance", "group": "C8", "start_period": "2026-02"}
    house.register(
        SEPTEMBER, in_cash(1, name="Đàm Thị Hương", phone="0100000777"),
        in_cash(555, name="Đàm Thị Hường", **hidden),
        row(40, account=SHARED), row(51, account=SHARED),
    )  # fmt: skip
    assert "1 mới" not in run(house, "list").output
    found = run(house, "find")
    assert "2 nghi vấn, 2 mới, 0 không còn căn cứ" in found.output, found.output
    assert "0 mới" in run(house, "find", "--period", SEPTEMBER).output
    listed = run(house, "list")
    assert f"{COMMUNE}  số 1" in listed.output
    assert "[one_account]" in listed.output
    assert "Giữ lại 2 người." in listed.output
    told = json.loads(run(house, "list", "--rule", "same_person", "--json").output)
    (case,) = told["cases"]
    shown = run(house, "show", case["case"])
    assert "≠ họ tên       Đàm Thị Hương  |  Đàm Thị Hường" in shown.output, shown.output
    assert "Đối tượng trợ giúp xã hội" in shown.output
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    who = [word for one in ("checker", "approver")
           for word in ("--officer", f"{one}.{COMMUNE}", "--code", code)]  # fmt: skip
    done = run(house, "decide", case["case"], "--as", "merge", "--keep", "AS-000001",
               "--reason", "Cùng một căn cước", *who)  # fmt: skip
    assert "Đã ghi quyết định 1" in done.output, (done.output, done.exception)
    after = run(house, "show", case["case"]).output
    assert "Trạng thái: Một người đăng ký hai lần" in after
    assert "Cùng một căn cước" in after
    everything = listed.output + shown.output + after + json.dumps(told)
    for secret in (id_of(1), id_of(555), SHARED, "0100000777", "C8", "HIV"):
        assert secret not in everything


def test_words_that_do_not_do(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1))
    for words in (("list", "--rule", "nothing"), ("decide", 1, "--as", "merge", "--keep", "x",
                                                  "--reason", "abc")):  # fmt: skip
        assert isinstance(run(house, *words).exception, InputError)


def test_what_a_merged_row_is_owed_is_told_with_the_reason(house: House) -> None:
    """A month that both rows have; nothing of it is lost from sight, and it is paid to nobody."""
    house.register(SEPTEMBER, row(1), row(2, account="100009992000", bank_bin="970000"))
    house.list_month(SEPTEMBER)
    with house.work() as session:
        merge(session, [1, 2], 1, house.later(), "test")
    told = run(house, "owed").output
    assert "AS-000002 (đã gộp vào AS-000001)  pension, kỳ 09/2026" in told
    assert "không chi lần hai" in told
    found = json.loads(run(house, "owed", "--area", COMMUNE, "--json").output)
    assert (found["count"], found["unpaid"][0]["why"]) == (1, "covered")
