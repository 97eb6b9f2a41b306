"""`ansinh register template|check|diff|import|mapping`, as a commune's officer would call them."""

from __future__ import annotations

import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from app.beneficiaries import headings as h
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.template import write_list
from app.cli.main import cli
from app.errors import Conflict, InputError
from app.jobs.payrolls import import_registers
from app.jobs.registers import import_list
from tests.factories import (
    COMMUNE,
    KEY,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    in_cash,
    row,
    workbook,
)

NAMED = {"name": "Nông Thị Lan", "holder_name": "NONG THI LAN"}
FIRST = (row(1, **NAMED), in_cash(2, **NAMED))


def ask(house: House, *words: str | Path) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    arguments = ["register", *map(str, words), "--database", url]
    keys = house.home / "keys"
    if not keys.exists():
        keys.mkdir()
        (keys / "field.key").write_bytes(KEY)
    return CliRunner(env={"ANSINH_HOME": str(house.home)}).invoke(cli, arguments)


def written(path: Path, period: str, *rows: RegisterRow) -> Path:
    return write_list(path, COMMUNE, period, rows, notice=h.SYNTHETIC_NOTICE)


def renamed(path: Path, old: str, new: str) -> Path:
    """The same list with one heading of the commune's own."""
    book = load_workbook(path)
    sheet = book[h.SHEET]
    cell = next(cell for cell in sheet[h.HEADING_ROW] if cell.value == old)
    cell.value = new
    book.save(path)
    return path


def test_from_the_template_to_the_register(house: House, tmp_path: Path) -> None:
    house.register(SEPTEMBER, *FIRST)
    form = tmp_path / "mau.xlsx"
    words = ("template", "--area", COMMUNE, "--period", OCTOBER, "-o", form)
    made = ask(house, *words, "--reason", "lập danh sách tháng 10")
    assert made.exit_code == 0, made.output
    assert "Đã ghi 2 dòng cho tháng 10/2026" in made.output
    assert house.rows(
        "select action, object, detail from audit_event order by id desc limit 1"
    ) == [("cli:register:template", f"area:{COMMUNE}:{OCTOBER}", "lập danh sách tháng 10")]
    told = json.loads(ask(house, "diff", form, "--json").output)
    assert (told["same"], told["lines"]) == (2, [])
    page, sheet = tmp_path / "d.html", tmp_path / "d.xlsx"
    shown = ask(house, "diff", form, "--html", page, "--xlsx", sheet).output
    assert "thêm mới 0, thay đổi 0, thôi hưởng 0, vắng trong tệp 0, không đổi 2" in shown
    assert "Chưa có gì được ghi" in page.read_text(encoding="utf-8")
    assert load_workbook(sheet).sheetnames == ["Chênh lệch"]
    done = ask(house, "import", form, "--expect", told["digest"][:16])
    assert "Đã nhập 2 dòng." in done.output
    again = ask(house, "import", form, "--yes").exception
    assert isinstance(again, Conflict)
    assert "Tệp này đã nhập lúc" in str(again)
    detail = house.ask("select detail from audit_event order by id desc limit 1")
    assert "joined 0, changed 0, stopped 0, missing 0" in str(detail)


def test_a_column_of_ones_own_is_said_once(house: House, tmp_path: Path) -> None:
    book = renamed(written(tmp_path / "a.xlsx", SEPTEMBER, *FIRST), h.ACCOUNT, "Số TK")
    refused = ask(house, "import", book, "--yes").exception
    assert isinstance(refused, InputError)
    assert "Tệp của bạn thiếu cột “Số tài khoản”" in str(refused)
    assert '--map "Số TK=Số tài khoản"' in str(refused)
    assert house.ask("select count(*) from person") == 0
    wrong = ask(house, "check", book, "--map", "Số TK=Số").exception
    assert "không ghép được cột" in str(wrong)
    assert ask(house, "import", book, "--yes", "--map", "Số TK=Số tài khoản").exit_code == 0
    mapped = json.loads(ask(house, "mapping", "--json").output)["mapping"]
    assert mapped == [{"area_code": COMMUNE, "found": "Số TK", "heading": h.ACCOUNT}]
    assert "“Số TK” là cột “Số tài khoản”" in ask(house, "mapping", "--area", COMMUNE).output
    following = renamed(written(tmp_path / "b.xlsx", OCTOBER, *FIRST), h.ACCOUNT, "số tk")
    assert ask(house, "import", following, "--yes").exit_code == 0
    by_job = renamed(written(tmp_path / "c.xlsx", "2026-11", *FIRST), h.ACCOUNT, "Số TK")
    assert import_registers(house.runtime, [by_job], "2026-11", "job") == []


def test_bad_lines_are_given_back_with_their_reason(house: House, tmp_path: Path) -> None:
    bad = row(3, **NAMED, citizen_id="97145000003", phone="12345")
    path, target = written(tmp_path / "x.xlsx", SEPTEMBER, *FIRST, bad), tmp_path / "loi.xlsx"
    told = ask(house, "check", path, "--errors", target)
    assert told.exit_code == 1
    assert "3 lưu ý" not in told.output
    assert "Ô F8 có 11 chữ số" in told.output
    assert "97145000003" not in told.output
    lines = list(load_workbook(target)["Lỗi"].iter_rows())
    assert [lines[0][0].value, lines[0][6].value] == ["Dòng", h.CITIZEN_ID]
    assert [lines[1][0].value, lines[1][6].value] == [8, "97145000003"]
    assert lines[1][6].fill.start_color.rgb == "FFFFC7CE"
    assert lines[1][2].fill.start_color.rgb != "FFFFC7CE"
    assert [lines[0][-2].value, lines[0][-1].value] == ["Lý do", "Đề xuất"]
    assert "Ô H8" in str(lines[1][-2].value)
    assert lines[1][-1].value == "097145000003"
    assert len(lines) == 2
    as_json = ask(house, "check", path, "--json").output
    assert "097145000003" not in as_json
    trail = "select detail from audit_event where action = 'cli:register:errors'"
    assert len(house.rows(trail)) == 1


def test_a_question_before_it_is_applied(house: House, tmp_path: Path) -> None:
    path = written(tmp_path / "x.xlsx", SEPTEMBER, *FIRST)
    refused = ask(house, "import", path)
    assert refused.exit_code == 1
    assert "thêm mới 2" in refused.output
    assert house.ask("select count(*) from import_file") == 0


def test_a_file_that_is_there_is_never_written_over(house: House, tmp_path: Path) -> None:
    house.register(SEPTEMBER, *FIRST)
    mine = written(tmp_path / "a.xlsx", OCTOBER, *FIRST)
    before = mine.read_bytes()
    form = ("template", "--area", COMMUNE, "--period", OCTOBER, "--reason", "lập danh sách")
    for words in (
        (*form, "-o", mine),
        ("check", mine, "--errors", mine),
        ("diff", mine, "--xlsx", mine),
        ("diff", mine, "--html", mine),
    ):
        refused = ask(house, *words).exception
        assert isinstance(refused, InputError), words
        assert "Đã có tệp" in str(refused)
        assert mine.read_bytes() == before
    assert ask(house, *form, "-o", tmp_path / "b.xlsx").exit_code == 0
    assert (tmp_path / "b.xlsx").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob(".*.part"))


def test_an_account_of_two_people_is_refused_by_every_command(house: House, tmp_path: Path) -> None:
    shared = {**NAMED, "account": row(1).account}
    book = written(tmp_path / "a.xlsx", SEPTEMBER, FIRST[0], row(2, **shared))
    assert "dùng chung số tài khoản" in ask(house, "check", book).output
    for words in (("diff", book), ("import", book, "--yes")):
        refused = ask(house, *words).exception
        assert isinstance(refused, InputError)
        assert "dùng chung số tài khoản" in str(refused)
    assert house.ask("select count(*) from person") == 0


def test_the_command_to_type_next_is_whole(house: House, tmp_path: Path) -> None:
    book = renamed(written(tmp_path / "một xã.xlsx", SEPTEMBER, *FIRST), h.ACCOUNT, "Số TK")
    told = ask(house, "diff", book, "--map", "Số TK=Số tài khoản", "--area", COMMUNE).output
    command = told.splitlines()[-1].partition(": ansinh register ")[2]
    assert ask(house, *shlex.split(command)).exit_code == 0
    assert house.ask("select count(*) from person") == 2


@pytest.mark.parametrize("commune", [COMMUNE, OTHER_COMMUNE])
def test_of_two_lists_at_once_the_second_is_told_so(house: House, commune: str) -> None:
    """Of one commune, or of two that name the same new people: one is taken whole, or both are."""
    people = [row(number) for number in range(1, 100)]
    second = [replace(one, hamlet="Tổ 9") for one in people]
    books = workbook(SEPTEMBER, *people), workbook(SEPTEMBER, *second, commune=commune)
    together, now = Barrier(2), house.later()

    def take(book: WorkbookResult) -> str:
        together.wait()
        try:
            import_list(house.database, house.keyring, book, now)
        except Conflict as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(2) as crowd:
        told = sorted(crowd.map(take, books))
    assert told[0] == ""
    assert told[1] == "" or "ansinh register diff" in told[1]
    assert house.ask("select count(*) from person") == 99
    assert house.ask("select count(*) from import_file") == told.count("")
    assert house.ask("select count(*) from import_row") == 0
