"""The CSV files and the checker that goes with them: accepted as exported, refused when changed."""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.chain import seal_all
from ledger.chart import DEBIT_NORMAL, KINDS
from ledger.export import Span, export_csv
from ledger.export.csvfiles import CHECKER, COLUMNS, EXPLAINED
from tests.ledger.books import MERIT, PENSION, Books, awkward_months, create_books, engine_for
from tests.support.source import ROOT

Rows = list[dict[str, str]]
SCRIPT = ROOT / "ledger/export" / CHECKER
LINES_OF_CODE_MAX = 40


@pytest.fixture
def months(scratch: Books) -> Books:
    awkward_months(scratch)
    return scratch


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the checker as an auditor would: isolated, without any installed package."""
    command = [sys.executable, "-I", "-S", folder / CHECKER]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[path.name])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("span", [None, Span.of("2026-10"), Span.of("2026-11")])
def test_the_checker_accepts_what_was_exported(
    months: Books, tmp_path: Path, span: Span | None
) -> None:
    for _ in range(2):  # a second export takes the place of the first
        written = export_csv(months.session, tmp_path, span)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"'postings.csv': {written['postings.csv']}" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([CHECKER, EXPLAINED, *COLUMNS])


def test_an_entry_of_another_month_leaves_no_gap(months: Books, tmp_path: Path) -> None:
    """November's first entry was written in the middle of October: its link is there."""
    export_csv(months.session, tmp_path, Span.of("2026-10"))
    chain = read(tmp_path / "chain.csv")
    assert [row["entry"] for row in chain].count("") == 2
    assert [row["position"] for row in chain] == [str(at) for at in range(1, 13)]


def test_each_period_goes_on_where_the_one_before_ended(months: Books, tmp_path: Path) -> None:
    """Also over the end of a budget year, where two periods share the days of January."""
    january = {"effective_on": date(2027, 1, 11)}
    months.post("accrue", 5, credit_item=90, fiscal_year=2026, **january)
    months.post("accrue", 6, credit_item=91, **january)
    seal_all(months.session)
    entries, held = [], dict[tuple[str, str], str]()
    for period in ("2026-09", "2026-10", "2026-11", "2026-12", "2026-13", "2027-01", "2027-02"):
        folder = tmp_path / period
        entries.append(export_csv(months.session, folder, Span.of(period))["entries.csv"])
        assert check(folder).returncode == 0
        rows = read(folder / "balances.csv")
        openings = {(one["account"], one["item"]): one["opening"] for one in rows}
        assert {key: by for key, by in openings.items() if by != "0"} == held
        closings = {(one["account"], one["item"]): one["closing"] for one in rows}
        held = {key: by for key, by in closings.items() if by != "0"}
    assert entries == [0, 11, 4, 0, 1, 1, 0]


def test_text_stays_inert_and_exact(months: Books, tmp_path: Path) -> None:
    export_csv(months.session, tmp_path)
    reasons = [row["reason"] for row in read(tmp_path / "entries.csv")]
    assert {"'=1+1", "''quoted'", "'@again\r\nnext", 'Quý 3; "bù"\n| truy lĩnh'} <= set(reasons)
    assert (tmp_path / "entries.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_empty_books_are_accepted_too(scratch: Books, tmp_path: Path) -> None:
    assert export_csv(scratch.session, tmp_path)["entries.csv"] == 0
    assert check(tmp_path).returncode == 0


def test_an_export_that_breaks_off_leaves_the_earlier_one(months: Books, tmp_path: Path) -> None:
    export_csv(months.session, tmp_path, Span.of("2026-10"))
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(AttributeError):
        export_csv(months.session, tmp_path, "2026-10")  # type: ignore[arg-type]
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


# ---------------------------------------------------------------------------- tampering
@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    engine = engine_for(f"sqlite:///{folder / 'books.db'}")
    create_books(engine, PENSION, MERIT)
    with Session(engine) as session:
        awkward_months(Books(session, engine))
        export_csv(session, folder / "books")
    engine.dispose()
    return folder / "books"


def one_amount(files: dict[str, Rows]) -> None:
    files["postings.csv"][3]["credit"] = "501"


def both_sides(files: dict[str, Rows]) -> None:
    """A transfer made larger everywhere it shows but in its digest."""
    files["postings.csv"][0]["debit"] = files["postings.csv"][1]["credit"] = "3001"
    files["entries.csv"][0]["total"] = "3001"
    _balance(files, "bank/local/pension/01273/banka", -1)
    _balance(files, "funding/local/pension/01273/banka", 1)


def a_reason(files: dict[str, Rows]) -> None:
    files["entries.csv"][6]["reason"] = "Quý 4"


def entry_left_out(files: dict[str, Rows]) -> None:
    """The last sealed entry taken away with its postings, the balances mended."""
    gone = files["entries.csv"].pop(-2)["entry"]
    for row in [one for one in files["postings.csv"] if one["entry"] == gone]:
        files["postings.csv"].remove(row)
        change = int(row["debit"]) - int(row["credit"])
        _balance(files, row["account"], change, row["item"])


def link_left_out(files: dict[str, Rows]) -> None:
    del files["chain.csv"][4]


def voucher_changed(files: dict[str, Rows]) -> None:
    files["chain.csv"][5]["voucher"] = files["entries.csv"][5]["voucher"] = "60"


def links_exchanged(files: dict[str, Rows]) -> None:
    chain = files["chain.csv"]
    chain[2]["digest"], chain[3]["digest"] = chain[3]["digest"], chain[2]["digest"]


def balance_changed(files: dict[str, Rows]) -> None:
    _balance(files, "bank/local/pension/01273/banka", 1)


def item_drained_first(files: dict[str, Rows]) -> None:
    """An item's opening taken away: it was paid before it was owed."""
    row = next(one for one in files["balances.csv"] if one["item"] == "2")
    row["opening"], row["closing"] = "-1", str(int(row["closing"]) - 1)


def entry_made_up(files: dict[str, Rows]) -> None:
    """An entry that says it is sealed and has no link."""
    files["entries.csv"][-1]["voucher"] = "15"


def posting_made_up(files: dict[str, Rows]) -> None:
    """One side of an entry that is not there."""
    path = "bank/local/pension/01273/banka"
    made_up = {"entry": "999", "line": "1", "account": path, "item": "0"}
    files["postings.csv"].append({**made_up, "debit": "700", "credit": "0"})


def postings_renumbered(files: dict[str, Rows]) -> None:
    """All postings of an entry under the number of one that is not there."""
    number = files["entries.csv"][4]["entry"]
    for row in files["postings.csv"]:
        if row["entry"] == number:
            row["entry"] = "999"


def posting_moved_away(files: dict[str, Rows]) -> None:
    """A posting that stands apart from the others of its entry."""
    files["postings.csv"].append(files["postings.csv"].pop(0))


def sides_of_nothing(files: dict[str, Rows]) -> None:
    """An item that was paid before it was owed, on accounts that say they may fall below zero."""
    for row in files["accounts.csv"]:
        row["side"] = "either"
    item_drained_first(files)


def _balance(files: dict[str, Rows], path: str, change: int, item: str = "0") -> None:
    rows = files["balances.csv"]
    row = next(one for one in rows if (one["account"], one["item"]) == (path, item))
    row["closing"] = str(int(row["closing"]) + change)


TAMPERED = [
    (one_amount, "entries.csv:3: Nợ khác Có"),
    (both_sides, "entries.csv:2: sai dấu"),
    (a_reason, "entries.csv:8: sai dấu"),
    (entry_left_out, "thiếu / missing: 14"),
    (link_left_out, "chain.csv:6: thiếu số"),
    (voucher_changed, "chain.csv:7: thiếu số"),
    (links_exchanged, "chain.csv:4: chuỗi bị đứt"),
    (balance_changed, "balances.csv:2: số dư khác"),
    (item_drained_first, "âm / below zero"),
    (entry_made_up, "entries.csv:16: sai dấu"),
    (posting_made_up, "thiếu / missing: 999"),
    (postings_renumbered, "không thuộc / not of 5"),
    (posting_moved_away, "entries.csv:2: Nợ khác Có"),
    (sides_of_nothing, "âm / below zero"),
]


@pytest.mark.parametrize(("tamper", "said"), TAMPERED, ids=lambda one: getattr(one, "__name__", ""))
def test_the_checker_names_what_was_changed(
    exported: Path, tmp_path: Path, tamper: Callable[[Any], None], said: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(exported, folder)
    files = {name: read(folder / name) for name in COLUMNS}
    tamper(files)
    for name, rows in files.items():
        write(folder / name, rows)
    done = check(folder)
    assert done.returncode == 1
    assert said in done.stderr, done.stderr


def test_a_copy_as_it_was_is_accepted(exported: Path, tmp_path: Path) -> None:
    """Reading and writing alone, as the tests above do it, changes nothing."""
    shutil.copytree(exported, tmp_path / "copy")
    for name in COLUMNS:
        write(tmp_path / "copy" / name, read(exported / name))
    assert check(tmp_path / "copy").returncode == 0


# ---------------------------------------------------------------------------- the script itself
def test_the_checker_knows_which_items_are_debits() -> None:
    found = re.search(r"sign = -1 if re\.match\(\"\((.+)\)/", SCRIPT.read_text("utf-8"))
    assert found
    debits = {kind.code for kind in KINDS.values() if kind.itemised and kind.guard == DEBIT_NORMAL}
    assert set(found[1].split("|")) == debits


def test_the_checker_is_short_and_needs_an_old_python_only() -> None:
    source = SCRIPT.read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = [
        one.name for node in tree.body if isinstance(node, ast.Import) for one in node.names
    ]
    assert set(imported) <= sys.stdlib_module_names
    assert len(_code_lines(source, tree)) <= LINES_OF_CODE_MAX


def _code_lines(source: str, tree: ast.Module) -> set[int]:
    """Numbers of the lines that hold code: no docstring, comment or blank line."""
    beginning = tree.body[0].end_lineno or 0
    layout = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
        *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {one.start[0] for one in tokens if one.type not in layout and one.start[0] > beginning}
