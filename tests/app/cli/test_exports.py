"""`ansinh ledger export` and `proof-of-cash` on a tiny province: files, refusals, whole or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.errors import AnSinhError, InputError
from tests.factories import POST, SEPTEMBER, House, september_sent

pytestmark = pytest.mark.stage(of=september_sent)


def ansinh(house: House, *words: str) -> Result:
    """Run `ansinh ledger WORDS --json` on the house."""
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["ledger", *words, "--database", url, "--json"])


def export(house: House, form: str, output: Path, *more: str) -> Any:
    done = ansinh(house, "export", "--format", form, "--output", str(output), *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_format_of_all_days_and_of_a_period(house: House, tmp_path: Path) -> None:
    for form in ("hledger", "beancount", "csv", "xlsx"):
        everything = export(house, form, tmp_path / "all" / form)
        september = export(house, form, tmp_path / "month" / form, "--period", SEPTEMBER)
        days = ("--from", "2026-09-01", "--to", "2026-09-30")
        assert export(house, form, tmp_path / "days" / form, *days) == {
            **september,
            "file": str(tmp_path / "days" / form),
        }
        for counted in {"entries", "postings"} & september.keys():
            assert 0 < september[counted] <= everything[counted]
    left = [one.name for one in (tmp_path / "all").iterdir()]
    assert sorted(left) == ["beancount", "csv", "hledger", "xlsx"]
    text = (tmp_path / "all" / "hledger").read_text("utf-8")
    assert text.startswith("; DỮ LIỆU GIẢ LẬP")
    assert "DỮ LIỆU GIẢ LẬP" in (tmp_path / "all" / "csv" / "README.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["--period", "2026-9"], "không phải là kỳ"),
        (["--period", SEPTEMBER, "--from", "2026-09-01"], "Chỉ chọn một cách"),
        (["--from", "2026-09-01"], "Ghi cả hai ngày"),
        (["--from", "2026-09-02", "--to", "2026-09-01"], "sau --to"),
    ],
)
def test_days_that_contradict_each_other(
    house: House, tmp_path: Path, days: list[str], said: str
) -> None:
    output = tmp_path / "x" / "books"
    done = ansinh(house, "export", "--format", "csv", "--output", str(output), *days)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert not output.parent.exists()


def test_an_export_that_fails_leaves_the_file_as_it_was(house: House, tmp_path: Path) -> None:
    path = tmp_path / "books.xlsx"
    path.write_text("what was there")
    house.tamper("alter table account rename to account_gone")
    done = ansinh(house, "export", "--format", "xlsx", "--output", str(path))
    assert done.exception is not None
    assert path.read_text() == "what was there"
    assert [one.name for one in tmp_path.glob("*books*")] == ["books.xlsx"]


def test_proofs_of_cash(house: House, tmp_path: Path) -> None:
    """The bank has sent no statement here, so only the providers with an advance agree."""
    done = ansinh(house, "proof-of-cash", "--period", SEPTEMBER, "--output", str(tmp_path / "all"))
    found = {(one["provider"], one["programme"]): one for one in json.loads(done.stdout)["proofs"]}
    assert done.exit_code == 1
    assert [key for key, one in found.items() if one["faults"]] == [("banka", "pension")]
    assert found["banka", "pension"]["difference"]["closing"] == 1_000_000
    assert all(Path(one["file"]).read_bytes().startswith(b"%PDF") for one in found.values())
    one = ("--provider", POST, "--programme", "pension", "--output", str(tmp_path / "one.pdf"))
    assert ansinh(house, "proof-of-cash", "--period", SEPTEMBER, *one).exit_code == 0
    assert (tmp_path / "one.pdf").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--period", "2026-13", "--output", "{}/all"),
        ("--period", SEPTEMBER, "--output", "{}/all.pdf"),
        ("--period", SEPTEMBER, "--output", "{}/all", "--provider", "nobody"),
        ("--period", SEPTEMBER, "--output", "{}/all", "--prepared-by", "nobody"),
    ],
)
def test_proofs_that_cannot_be_made(house: House, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = tmp_path / "out"
    done = ansinh(house, "proof-of-cash", *(word.format(folder) for word in words))
    assert isinstance(done.exception, AnSinhError)
    assert not folder.exists()
