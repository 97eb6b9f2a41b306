"""`ansinh checks`, as an officer would call it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.checks.tables import check_request, death_notice
from app.cli.main import cli
from app.clock import SystemClock
from app.demo.register_people import known_people
from app.demo.register_server import StandIn, running
from app.demo.registers import Registers
from app.errors import InputError, Refused
from tests.app.checks.asker import ask_and_tell, lines, make, reply, run, take_in, with_keys
from tests.factories import SEPTEMBER, House, in_cash, row
from tests.support.mould import Mould
from tests.support.province import COMMUNE, SECRET

SHARED = "shared-secret-of-a-test"


def three_listed(house: House) -> None:
    """Three people on September's list."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    house.on("2026-09-05")


pytestmark = pytest.mark.stage(of=three_listed)


@pytest.fixture
def registered(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Three people on September's list, and the keys where the command line looks for them."""
    return with_keys(house, monkeypatch)


@pytest.fixture
def listening(registered: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand-in registers, and settings that lead to them."""
    (tmp_path / "secret").write_text(SHARED, encoding="utf-8")
    registers = Registers(7, registered.clock.now().date())
    with registered.database.view() as session:
        registers.learn(known_people(session, registered.keyring))
    with running(StandIn(registers, SHARED, SystemClock())) as server:
        monkeypatch.setenv("ANSINH_TRAINING", "true")
        monkeypatch.setenv("ANSINH_CHECK_URLS", f"insurance={server.url('insurance')}")
        monkeypatch.setenv("ANSINH_CHECK_SECRETS", f"insurance=hmac:{tmp_path / 'secret'}")
        yield


@pytest.mark.usefixtures("listening")
def test_over_the_network(registered: House) -> None:
    told = run(registered, "send", "insurance", "--rest")
    assert told.exit_code == 0, told.exception
    assert "3/3 dòng đã có trả lời" in told.output
    assert SHARED not in told.output
    code = str(registered.ask(select(check_request.c.code)))
    again = json.loads(run(registered, "resume", code, "--json").output)
    assert again == {"request": code, "people": 3, "answered": 3}


def test_the_share_of_a_commune_with_both_numbers(registered: House) -> None:
    house, at = registered, registered.clock.now()
    code = make(house, "population")
    one, two, _ = lines(house, code)
    take_in(house, code, [reply(one, "matched", at), reply(two, "not_found", at)])
    told = run(house, "status")
    assert f"{COMMUNE}  33,3 % (1 / 3), đã tra 2" in told.output
    assert f"{code}  sent  2/3" in told.output
    found = json.loads(run(house, "status", "--area", "01288", "--json").output)
    assert found["communes"] == []


def test_the_queue_hides_until_there_is_a_reason(registered: House) -> None:
    house, at = registered, registered.clock.now()
    ask_and_tell(house, "population", "matched", at, name="Nông Thị Khác")
    told = run(house, "queue", "--limit", "1")
    assert "khác tên. Hai tên khác nhau. Sổ gốc: N… T… K…" in told.output
    assert "*********001" in told.output
    assert "Nông Thị Khác" not in told.output
    assert "999145" not in told.output
    shown = run(house, "queue", "--reveal", "đối chiếu căn cước")
    assert shown.output.count("Nông Thị Khác") == 3
    trail = "select detail from audit_event where action = 'cli:checks:reveal'"
    assert house.rows(trail) == [("đối chiếu căn cước",)]


def test_a_death_from_its_notice_to_the_verdict(registered: House) -> None:
    house, at = registered, registered.clock.now()
    ask_and_tell(house, "civil_status", "dead", at, happened_on="2026-08-30", paper="TLKT 5")
    told = run(house, "deaths")
    assert told.output.count("chi đến hết kỳ 08/2026 (civil_status)") == 3
    number = str(house.ask(select(death_notice.c.id)))
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    words = ("--evidence", "TLKT 5/2026", "--officer", f"maker.{COMMUNE}", "--code", code)
    done = run(house, "death", number, "--confirm", *words)
    assert "dừng 1 dòng hưởng" in done.output, done.exception
    assert len(json.loads(run(house, "deaths", "--json").output)["deaths"]) == 2


def test_names_and_fields_saved(registered: House) -> None:
    names = ["checks", "names", "Nguyễn Thị Hoa", "Nguyễn Thị Huệ"]
    assert CliRunner().invoke(cli, names).output == "khác tên: Hai tên khác nhau.\n"
    house = registered
    ask_and_tell(house, "population", "matched", house.clock.now())
    said = run(house, "saved", "--period", SEPTEMBER).output
    assert "Kỳ 09/2026: 9 / 18 trường" in said
    assert "Tử số" in said
    assert isinstance(run(house, "saved", "--period", "9/2026").exception, InputError)


def test_the_stand_in_as_a_program(
    mould: Mould, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells the settings that lead to it, and knows the installation's own people."""
    registered = with_keys(mould.on_sqlite(three_listed, tmp_path), monkeypatch)
    (tmp_path / "secret").write_text(SHARED, encoding="utf-8")
    url = registered.database.url.render_as_string(hide_password=False)
    words = ["checks", "standin", "--secret-file", str(tmp_path / "secret"), "--database", url]
    with subprocess.Popen(
        [sys.executable, "-c", "from app.cli.main import main; main()", *words],
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        name, _, urls = program.stdout.readline().strip().partition("=")
        try:
            monkeypatch.setenv("ANSINH_TRAINING", "true")
            monkeypatch.setenv(name, urls)
            secrets = f"population=bearer:{tmp_path / 'secret'}"
            monkeypatch.setenv("ANSINH_CHECK_SECRETS", secrets)
            told = run(registered, "send", "population", "--rest")
        finally:
            program.terminate()
    assert "3/3 dòng đã có trả lời" in told.output, told.exception
    assert run(registered, "status").output.count("100,0 % (3 / 3)") == 2
    registered.close()


def test_the_stand_in_is_for_training_only(registered: House, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SHARED, encoding="utf-8")
    registered.tamper("update installation set value = '0' where key = 'training'")
    told = run(registered, "standin", "--secret-file", str(tmp_path / "secret"))
    assert isinstance(told.exception, Refused)
    assert "Chỉ chạy trên bản tập huấn" in str(told.exception)
