"""The export, judged by the real programs: hledger and beancount."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.chain import seal_all
from ledger.chart import Cell, open_accounts
from ledger.export import export_journal
from tests.ledger.books import MERIT, TODAY, Books

NOTE = "DỮ LIỆU GIẢ LẬP - synthetic"


def _program(name: str, how: str) -> str:
    """Beside this Python, or on the PATH; without it the test fails and says what to install."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is not installed: {how}"
    return found


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def month(scratch: Books) -> Books:
    """A month with everything that could trip a format."""
    awkward = [Cell("local", "pension", "01273", "bank_a"), Cell("local", "pension", "", "bank-a")]
    open_accounts(scratch.session, [*awkward, Cell("local", "pension", "01273", "bank-a")])
    scratch.month()
    scratch.post_many("accrue", {4: 40, 10**12: 50}, cell=MERIT, reason='Quý 3; "bù"\n| truy lĩnh')
    scratch.post("fund_bank", 7, cell=awkward[0], key="k,1", source="slip \\ 9; x")
    scratch.post("fund_bank", 8, cell=awkward[1], effective_on=TODAY + timedelta(days=9))
    scratch.post("fund_bank", 9, cell=Cell("local", "pension", "01273", "bank-a"))
    seal_all(scratch.session)
    scratch.post("fund_bank", 10**15)
    return scratch


def _export(books: Books, form: str, folder: Path) -> Path:
    path = folder / f"journal.{form}"
    with path.open("w", encoding="utf-8") as out:
        assert export_journal(books.session, out, form, note=NOTE) == 11
    return path


def test_hledger_accepts_it(month: Books, tmp_path: Path) -> None:
    hledger = _program("hledger", "apt-get install -y hledger")
    path = _export(month, "hledger", tmp_path)
    checked = _run(hledger, "-f", path, "check", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")
    said = _run(hledger, "-f", path, "balance", "--flat", "-N", "-O", "json", "liabilities:payable")
    held = {row[0]: row[3][0]["aquantity"]["floatingPoint"] for row in json.loads(said.stdout)[0]}
    assert held == {
        "liabilities:payable:local:pension": -600,
        "liabilities:payable:central:merit": -90,
    }
    item = _run(hledger, "-f", path, "register", "tag:item=2", "-O", "csv")
    assert len(item.stdout.splitlines()) == 4
    voucher = _run(hledger, "-f", path, "print", "tag:voucher=2026-000003")
    assert "key: commit" in voucher.stdout


def test_beancount_accepts_it(month: Books, tmp_path: Path) -> None:
    bean_check = _program("bean-check", "make test installs it (requirements)")
    checked = _run(bean_check, _export(month, "beancount", tmp_path))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_both_find_a_changed_amount(month: Books, tmp_path: Path, form: str) -> None:
    """A whole entry changed on both sides: only the balances at the end give it away."""
    path = _export(month, form, tmp_path)
    text = path.read_text(encoding="utf-8")
    changed = text.replace("  7 VND\n", "  5 VND\n", 1).replace("  -7 VND\n", "  -5 VND\n", 1)
    assert sum(a != b for a, b in zip(text.split(), changed.split(), strict=True)) == 2
    path.write_text(changed, encoding="utf-8")
    program = ["hledger", "-f", path, "check"] if form == "hledger" else ["bean-check", path]
    checked = _run(_program(str(program[0]), "see above"), *program[1:])
    assert checked.returncode != 0


def test_the_text_is_readable_and_keeps_what_we_know(month: Books) -> None:
    out = io.StringIO()
    export_journal(month.session, out, "hledger", note=NOTE)
    text = out.getvalue()
    assert text.startswith(f"; {NOTE}\n")
    assert "2026-10-05 * (2026-000001) Kho bạc cấp tiền vào tài khoản\n    ; key: key:1\n" in text
    assert "    liabilities:payable:local:pension  -600 VND  ; item: 2\n" in text
    out = io.StringIO()
    export_journal(month.session, out, "beancount")
    text = out.getvalue()
    assert "open Liabilities:Payable:Local:Pension VND\n" in text
    assert '2026-10-05 * "Quý 3; \\"bù\\" | truy lĩnh"\n' in text
    assert '  source: "slip \\\\ 9; x"\n' in text
    assert "    item: 1000000000000\n" in text


def test_names_that_would_fall_together_stay_apart(month: Books) -> None:
    out = io.StringIO()
    export_journal(month.session, out, "beancount")
    opened = [line.split()[2] for line in out.getvalue().splitlines() if " open " in line]
    assert len(opened) == len(set(opened)) > 40


def test_empty_books_give_an_empty_journal(scratch: Books) -> None:
    out = io.StringIO()
    assert export_journal(scratch.session, out, "beancount", note=NOTE) == 0
    assert out.getvalue() == f"; {NOTE}\n"


def test_another_format_is_refused(scratch: Books) -> None:
    with pytest.raises(ValueError, match="hledger, beancount"):
        export_journal(scratch.session, io.StringIO(), "ledger")
