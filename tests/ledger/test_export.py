"""The export, judged by the real programs: hledger and beancount."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.chart import KINDS
from ledger.export import FORMATS, Span, export_journal
from tests.ledger.books import Books, awkward_months

NOTE = "DỮ LIỆU GIẢ LẬP - synthetic"
INSTALL = "apt-get install -y hledger"


def _program(name: str, how: str) -> str:
    """Beside this Python, or on the PATH; without it the test fails and says what to install."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is not installed: {how}"
    return found


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def months(scratch: Books) -> Books:
    awkward_months(scratch)
    return scratch


def _export(books: Books, form: str, folder: Path, span: Span | None = None) -> Path:
    path = folder / f"journal.{form}"
    entries = {None: 15, "2026-10": 11, "2026-11": 4}
    with path.open("w", encoding="utf-8") as out:
        written = export_journal(books.session, out, form, note=NOTE, span=span)
    assert written == entries[span and f"{span.first:%Y-%m}"]
    return path


SPANS = [None, Span.of("2026-10"), Span.of("2026-11")]
PAYABLE = "Nợ phải trả:3340 Trợ cấp phải trả"


@pytest.mark.parametrize("span", SPANS)
def test_hledger_accepts_it(months: Books, tmp_path: Path, span: Span | None) -> None:
    path = _export(months, "hledger", tmp_path, span)
    checked = _run(_program("hledger", INSTALL), "-f", path, "check", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("span", SPANS)
def test_beancount_accepts_it(months: Books, tmp_path: Path, span: Span | None) -> None:
    bean_check = _program("bean-check", "make test installs it (requirements)")
    checked = _run(bean_check, _export(months, "beancount", tmp_path, span))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_hledger_finds_accounts_items_and_vouchers(months: Books, tmp_path: Path) -> None:
    hledger = _program("hledger", INSTALL)
    path = _export(months, "hledger", tmp_path)
    query = ("balance", "--flat", "-N", "-O", "json", PAYABLE, "type:L")
    said = _run(hledger, "-f", path, *query)
    held = {row[0]: row[3][0]["aquantity"]["floatingPoint"] for row in json.loads(said.stdout)[0]}
    assert held == {f"{PAYABLE}:central:merit": -90, f"{PAYABLE}:local:pension": -71}
    item = _run(hledger, "-f", path, "register", "tag:item=2", "-O", "csv")
    assert len(item.stdout.splitlines()) == 5
    voucher = _run(hledger, "-f", path, "print", "tag:voucher=2026-000003")
    assert "key: commit" in voucher.stdout


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_both_find_a_changed_amount(months: Books, tmp_path: Path, form: str) -> None:
    """A whole entry changed on both sides: only the balances at the end give it away."""
    path = _export(months, form, tmp_path)
    text = path.read_text(encoding="utf-8")
    changed = text.replace("  7 VND\n", "  5 VND\n", 1).replace("  -7 VND\n", "  -5 VND\n", 1)
    assert sum(a != b for a, b in zip(text.split(), changed.split(), strict=True)) == 2
    path.write_text(changed, encoding="utf-8")
    program = ["hledger", "-f", path, "check"] if form == "hledger" else ["bean-check", path]
    checked = _run(_program(str(program[0]), "see above"), *program[1:])
    assert checked.returncode != 0


def test_the_text_is_readable_and_keeps_what_we_know(months: Books) -> None:
    out = io.StringIO()
    export_journal(months.session, out, "hledger", note=NOTE)
    text = out.getvalue()
    assert text.startswith(f"; {NOTE}\n")
    assert "2026-10-05 * (2026-000001) Kho bạc cấp tiền vào tài khoản\n    ; key: key:1\n" in text
    assert "    Nợ phải trả:3340 Trợ cấp phải trả:local:pension  -600 VND  ; item: 2\n" in text
    out = io.StringIO()
    export_journal(months.session, out, "beancount")
    text = out.getvalue()
    assert "open Liabilities:3340-Trợ-cấp-phải-trả:Local:Pension VND\n" in text
    assert '2026-10-05 * "Quý 3; \\"bù\\" | truy lĩnh"\n' in text
    assert '  source: "slip \\\\ 9; x"\n' in text
    assert "    item: 1000000000000\n" in text
    reversed_id = re.search(r'  reverses: "(\d+)"\n', text)
    assert reversed_id
    assert f'  entry: "{reversed_id[1]}"\n' in text


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_a_month_begins_with_what_was_there(months: Books, form: str) -> None:
    """November: the balances of October in one transaction, and none of its entries."""
    out = io.StringIO()
    export_journal(months.session, out, form, span=Span.of("2026-11"))
    opening = next(line for line in out.getvalue().splitlines() if "Số dư đầu kỳ" in line)
    assert opening.startswith("2026-11-01 * ")
    assert "key: key:1\n" not in out.getvalue()


def test_every_kind_of_account_has_its_place(months: Books) -> None:
    """A kind of account without a root in a format would stop the export."""
    for style in FORMATS.values():
        assert {kind.number[0] for kind in KINDS.values()} <= style.roots().keys()


def test_names_that_would_fall_together_stay_apart(months: Books) -> None:
    out = io.StringIO()
    export_journal(months.session, out, "beancount")
    opened = [line.split()[2] for line in out.getvalue().splitlines() if " open " in line]
    assert len(opened) == len(set(opened)) > 10
    assert len([name for name in opened if ":01273:Bank-a" in name]) == 4


def test_empty_books_give_an_empty_journal(scratch: Books) -> None:
    out = io.StringIO()
    assert export_journal(scratch.session, out, "beancount", note=NOTE) == 0
    assert out.getvalue() == f"; {NOTE}\n"


def test_another_format_is_refused(scratch: Books) -> None:
    with pytest.raises(ValueError, match="hledger, beancount"):
        export_journal(scratch.session, io.StringIO(), "ledger")
