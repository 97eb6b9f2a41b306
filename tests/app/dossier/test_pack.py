"""A pack of a closed month on both databases: complete, private, the same twice, and it proves
itself to somebody who has only Python."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli.main import cli
from app.disbursement.tables import batch
from app.dossier.pack import write_pack
from app.errors import AnSinhError, InputError, NotFound
from app.units.tables import installation
from ledger.anchors import AnchorFile
from ledger.errors import AnchorError
from tests.app.dossier.months import order, packed
from tests.app.printing.reading import read_pdf
from tests.factories import (
    BANK,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    september_listed,
    september_sent,
)

CHECKS = 15
AT_THE_TOP = {
    *("README.txt", "snapshot.json", "index.json", "index.sig", "verify.py", "checker"),
    *("lines.csv", "instructions.csv", "outcomes.csv", "entries.csv", "postings.csv"),
    *("chain.csv", "anchors.jsonl", "anchor.pub", "payrolls", "settlement", "raw"),
}


def verified(folder: Path, *more: str) -> tuple[int, str]:
    """What the pack's own program says, started as an auditor would, with nothing installed."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *more]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """A table of a pack."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def snapshot(folder: Path) -> dict[str, Any]:
    """The snapshot of a pack."""
    value: dict[str, Any] = json.loads((folder / "snapshot.json").read_text("utf-8"))
    return value


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_pack_proves_itself(closed: House, tmp_path: Path) -> None:
    made = packed(closed, tmp_path / "pack")
    assert (made.closed, made.signed, made.missing) == (True, True, ())
    assert {one.name for one in made.output.iterdir()} == AT_THE_TOP
    code, said = verified(made.output, "--key", closed.runtime.anchors.public_key or "")
    assert code == 0, said
    assert said.count("ĐÚNG  ") == CHECKS
    assert "LƯU Ý" not in said
    assert verified(made.output) == (0, said.replace("KẾT QUẢ", f"{_own_key(closed)}KẾT QUẢ"))
    assert len(contents(made.output)) == made.files + 2  # the index and its signature


def _own_key(house: House) -> str:
    return f"LƯU Ý  Khoá do hồ sơ tự nêu / the key as the pack says it: {_key(house)}\n"


def _key(house: House) -> str | None:
    return house.runtime.anchors.public_key


def test_it_tells_the_month_as_the_database_has_it(closed: House, tmp_path: Path) -> None:
    folder = packed(closed, tmp_path / "pack").output
    told = snapshot(folder)
    assert told["synthetic"] is told["closed"] is True
    assert [one["obligations"] for one in told["obligations"]] == [3]
    (listed,) = told["payrolls"]
    assert [one["step"] for one in listed["steps"]] == ["submit", "check", "approve"]
    assert all(one["covers"] for one in told["acts"])
    states = {one["state"]: one["outcomes"] for one in told["outcomes"]}
    assert states == {"settled": 3, "returned": 1}
    figures = {one["code"]: one for one in told["cashless"]}
    assert (figures["R1"]["n"], figures["R1"]["d"]) == (1, 2)
    assert told["books"]["head"]["position"] == told["books"]["chain"]["last"]
    assert [one["public_number"] for one in told["accounts"] if one["number"] == "1110"] == ["112"]
    banked = [one for one in told["closings"] if one["provider"] == BANK and one["funding"]]
    assert [one["balance"] for one in banked] == [one["unspent"] for one in banked] != [0]


def test_entries_are_whole_and_hold_no_other_units_money(closed: House, tmp_path: Path) -> None:
    folder = packed(closed, tmp_path / "pack").output
    accounts = {one["account"].split("/")[3:] != [] and one["account"] for one in
                rows(folder, "postings.csv")} - {False}  # fmt: skip
    assert accounts
    assert all(one.split("/")[3] == COMMUNE for one in accounts)
    ours = {one["obligation"] for one in rows(folder, "lines.csv")}
    owed = {one["item"] for one in rows(folder, "postings.csv") if one["item"] != "0"}
    assert owed == ours
    scopes = {one["recipe"]: one["scope"] for one in rows(folder, "entries.csv")}
    assert scopes["accrue"] == "list"  # approved in September, for October
    assert scopes["send"] == scopes["return_bank"] == "both"
    positions = [int(one["position"]) for one in rows(folder, "chain.csv")]
    assert positions == list(range(positions[0], positions[-1] + 1))


def test_raw_bytes_are_those_sent_and_received(closed: House, tmp_path: Path) -> None:
    folder = packed(closed, tmp_path / "pack").output
    index = json.loads((folder / "index.json").read_text("utf-8"))
    about = {one["path"]: one for one in index["files"] if one["path"].startswith("raw/")}
    sealed = closed.rows(select(batch.c.sha256).where(batch.c.sha256.is_not(None)))
    sent = {one["sha256"] for path, one in about.items() if "/sent/" in path}
    assert len(sent) == 2
    assert sent < {one[0] for one in sealed}
    (of_bank,) = [one for path, one in about.items() if "/received/banka/" in path]
    assert "1 dòng của đơn vị khác" in of_bank["about"]
    (of_post,) = [one for path, one in about.items() if "/received/postoffice/" in path]
    assert "khác" not in of_post["about"]
    assert not any(".." in path.split("/") for path in about)


def test_documents_name_who_acted(closed: House, tmp_path: Path) -> None:
    folder = packed(closed, tmp_path / "pack").output
    (listed,) = (folder / "payrolls").iterdir()
    text = read_pdf(listed.read_bytes()).text
    for one in snapshot(folder)["acts"]:
        assert one["step"] == "release" or one["officer"] in text
    (sheet,) = (folder / "settlement").iterdir()
    text = read_pdf(sheet.read_bytes()).text
    assert "Các vế và các sổ khớp nhau." in text
    assert text.count("BẢNG QUYẾT TOÁN CHI TRẢ") == len(snapshot(folder)["closings"])


def test_it_is_for_its_owner_only(closed_on_sqlite: House, tmp_path: Path) -> None:
    folder = packed(closed_on_sqlite, tmp_path / "deep" / "pack").output
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()}
    assert modes == {0o700} == {folder.stat().st_mode & 0o777}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert "CÓ DỮ LIỆU CÁ NHÂN" in (folder / "README.txt").read_text("utf-8")


def test_the_same_month_gives_the_same_bytes(closed: House, tmp_path: Path) -> None:
    first, second = (packed(closed, tmp_path / name).output for name in ("one", "two"))
    assert contents(first) == contents(second)
    later = replace(order(closed, tmp_path / "late"), now=closed.clock.now() + timedelta(days=1))
    with closed.database.snapshot() as session:
        write_pack(session, later)
    other = contents(tmp_path / "late")
    changed = {path for path, digest in contents(first).items() if other[path] != digest}
    assert changed == {"README.txt", "snapshot.json", "index.json", "index.sig"}


def test_each_month_and_unit_proves_itself(closed: House, tmp_path: Path) -> None:
    for unit in (COMMUNE, OTHER_COMMUNE):
        made = packed(closed, tmp_path / unit, SEPTEMBER, unit)
        code, said = verified(made.output)
        assert code == 0, said


@pytest.mark.stage(of=september_sent)
def test_an_open_month_says_so_and_names_what_is_gone(house: House, tmp_path: Path) -> None:
    """The files of this stage were never written, as if somebody had removed them since."""
    made = packed(house, tmp_path / "pack", SEPTEMBER)
    assert (made.closed, made.signed, len(made.missing)) == (False, False, 2)
    assert "CHƯA KHOÁ SỔ" in (made.output / "README.txt").read_text("utf-8")
    assert not (made.output / "settlement").exists()
    code, said = verified(made.output)
    assert code == 1
    wrong = [line for line in said.splitlines() if line.startswith("SAI")]
    assert wrong == ["SAI    Đủ tệp, không tệp nào bị sửa / files"]
    for note in (*made.missing, "CHƯA KHOÁ SỔ", "KHÔNG có chữ ký", "chưa vào chuỗi"):
        assert note in said


@pytest.mark.stage(of=september_listed)
def test_a_draft_is_listed_and_not_printed(house: House, tmp_path: Path) -> None:
    made = packed(house, tmp_path / "pack", SEPTEMBER)
    (listed,) = snapshot(made.output)["payrolls"]
    assert (listed["state"], listed["digest"], listed["document"]) == ("draft", None, None)
    assert not (made.output / "payrolls").exists()
    code, said = verified(made.output)
    assert code == 0, said


REFUSED = [
    ({"unit": "99999"}, NotFound, "Không có đơn vị chi"),
    ({"period": "2026-1"}, InputError, "không phải là một tháng"),
    ({"period": "2026-13"}, InputError, "hồ sơ tháng 1 năm sau"),
    ({"period": "2031-05"}, NotFound, "không có bảng chi hay bút toán nào"),
]


@pytest.mark.parametrize(("wrong", "error", "said"), REFUSED)
def test_what_cannot_be_made_leaves_nothing(
    closed: House, tmp_path: Path, wrong: dict[str, str], error: type[AnSinhError], said: str
) -> None:
    wanted = replace(order(closed, tmp_path / "pack"), **wrong)
    with closed.database.snapshot() as session, pytest.raises(error, match=said):
        write_pack(session, wanted)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(closed_on_sqlite: House, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    with pytest.raises(InputError, match="đã có rồi"):
        packed(closed_on_sqlite, tmp_path / "pack")
    assert [one.name for one in tmp_path.iterdir()] == ["pack"]
    assert list((tmp_path / "pack").iterdir()) == []


def test_broken_anchors_stop_it_and_leave_nothing(closed_on_sqlite: House, tmp_path: Path) -> None:
    (tmp_path / "anchors.jsonl").write_text("{}\n", "utf-8")
    broken = AnchorFile(tmp_path, closed_on_sqlite.home / "keys" / "seal.key")
    wanted = replace(order(closed_on_sqlite, tmp_path / "out" / "pack"), anchors=broken)
    with closed_on_sqlite.database.snapshot() as session, pytest.raises(AnchorError, match="line"):
        write_pack(session, wanted)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.fixture
def installed(closed_on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments of the command on the closed house."""
    house = closed_on_sqlite
    monkeypatch.setenv("ANSINH_HOME", str(house.home))
    url = house.database.url.render_as_string(hide_password=False)
    return ["audit-pack", "--unit", COMMUNE, "--period", OCTOBER, "--database", url]


def test_the_command(installed: list[str], closed_on_sqlite: House, tmp_path: Path) -> None:
    key = closed_on_sqlite.home / "keys" / "seal.key"
    output = ["--output", str(tmp_path / "pack"), "--anchor-key", str(key), "--json"]
    done = CliRunner().invoke(cli, [*installed, *output])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["closed"], answer["signed"], answer["missing"]) == (True, True, [])
    assert snapshot(tmp_path / "pack")["versions"].keys() == {"product", "migration"}
    assert verified(tmp_path / "pack")[0] == 0
    told = CliRunner().invoke(cli, [*installed, "--output", str(tmp_path / "other")])
    assert "Mục lục có chữ ký." in told.output
    assert closed_on_sqlite.count(installation) == 1


def test_the_command_refuses_a_key_of_others(installed: list[str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ab" * 32, "ascii")
    output = ["--output", str(tmp_path / "pack"), "--anchor-key", str(tmp_path / "key")]
    done = CliRunner().invoke(cli, [*installed, *output])
    assert done.exit_code == 1
    assert isinstance(done.exception, AnchorError)
    assert [one.name for one in tmp_path.iterdir()] == ["key"]
