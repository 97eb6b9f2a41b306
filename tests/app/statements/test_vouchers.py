"""The voucher file: every đồng of the trial balance, in the columns that were asked for."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.cli.main import cli
from app.errors import InputError
from app.statements.vouchers.document import Written, write_vouchers
from app.statements.vouchers.lines import pairs
from app.statements.vouchers.profile import read_profile, shipped
from ledger.chart import public_chart
from ledger.export import Span
from ledger.export.books import read_accounts, read_sums
from tests.factories import SEPTEMBER, House, september_sent
from tests.ledger.books import MERIT, PENSION, Books, awkward_months, create_books, engine_for

OCTOBER = Span.of("2026-10")
OWN = """
title = "Của đơn vị"
layout = "sides"
date = "%Y%m%d"
numbers = "grouped"
delimiter = ";"
columns = [
    { field = "account", heading = "=TK" },
    { field = "debit", heading = "Nợ" },
    { field = "credit", heading = "Có" },
    { field = "posted_on", heading = "Ngày" },
    { field = "text", heading = "Diễn giải" },
]
[accounts]
bank = "1121"
opening = "9990"
"""


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = engine_for(database_url)
    create_books(engine, PENSION, MERIT)
    with Session(engine) as opened:
        awkward_months(Books(opened, engine))
        yield opened
        opened.rollback()
    engine.dispose()


def written(session: Session, profile: str, form: str = "csv") -> tuple[bytes, Written]:
    out, chosen = io.BytesIO(), read_profile(profile)
    told = write_vouchers(session, out, OCTOBER, chosen, public_chart(), form, synthetic=True)
    return out.getvalue(), told


def read(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def turnover(session: Session) -> dict[str, tuple[int, int]]:
    """Debit and credit of October by public account, from the trial balance."""
    accounts, public = read_accounts(session), public_chart()
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in read_sums(session, OCTOBER):
        number = public[accounts[one.account_id].kind.code].number
        found[number][0] += one.debit
        found[number][1] += one.credit
    return {number: (d, c) for number, (d, c) in found.items() if d or c}


def test_both_layouts_sum_up_to_the_trial_balance(session: Session) -> None:
    wanted = turnover(session)
    total = sum(debit for debit, _ in wanted.values())
    sides: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    data, told = written(session, "hai-cot")
    for row in read(data):
        sides[row["Số hiệu tài khoản"]][0] += int(row["Số phát sinh Nợ"] or 0)
        sides[row["Số hiệu tài khoản"]][1] += int(row["Số phát sinh Có"] or 0)
    assert {number: (d, c) for number, (d, c) in sides.items()} == wanted
    assert told.debit == told.credit == total > 0
    paired: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    data, told = written(session, "thong-dung")
    for row in read(data):
        paired[row["TK Nợ"]][0] += int(row["Số tiền"])
        paired[row["TK Có"]][1] += int(row["Số tiền"])
    assert {number: (d, c) for number, (d, c) in paired.items()} == wanted
    assert told.debit == told.credit == total


def test_the_workbook_has_the_same_lines_and_no_formula(session: Session) -> None:
    data, told = written(session, "hai-cot", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))["Chứng từ"]
    rows = list(book.iter_rows(min_row=5))
    assert len(rows) == told.lines
    assert sum(row[7].value or 0 for row in rows) == told.debit
    assert {cell.data_type for row in rows for cell in row} & {"f", "e"} == set()


def test_a_profile_of_ones_own(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(OWN, "utf-8")
    data, told = written(session, str(path))
    rows = read(data, ";")
    assert len(rows) == told.lines
    assert list(rows[0]) == ["'=TK", "Nợ", "Có", "Ngày", "Diễn giải"]
    assert "1121" in {one["'=TK"] for one in rows}
    assert all(one["Ngày"].startswith("202610") for one in rows)
    amounts = [one["Nợ"] for one in rows if one["Nợ"]]
    assert sum(int(one.replace(".", "")) for one in amounts) == told.debit
    assert not any(one["Diễn giải"].startswith(("=", "+", "-", "@")) for one in rows)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('layout = "sides"', 'layout = "wide"', "layout"),
        ('field = "text"', 'field = "secret"', "không có trường secret"),
        ('{ field = "credit", heading = "Có" },', "", "thiếu trường credit"),
        ('bank = "1121"', 'purse = "1121"', "không có loại tài khoản purse"),
        ('numbers = "grouped"', 'numbers = "words"', "numbers"),
        ('delimiter = ";"', 'delimiter = ";;"', "delimiter"),
        ('title = "Của đơn vị"', "", "title"),
        ("columns = [", "columns = {", "Không đọc được"),
    ],
)
def test_a_profile_that_would_lose_something_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(OWN.replace(old, new), "utf-8")
    with pytest.raises(InputError, match=said):
        read_profile(str(path))


def test_what_is_shipped_waits_for_confirmation_and_the_rest_is_named() -> None:
    assert shipped() == ("hai-cot", "thong-dung")
    assert not any(read_profile(one).confirmed for one in shipped())
    with pytest.raises(InputError, match="Không có mẫu cột"):
        read_profile("khac")
    with pytest.raises(InputError, match="9990"):
        read_profile("thong-dung").account("opening", public_chart())


AMOUNTS = st.lists(st.integers(1, 10**12), min_size=1, max_size=8)


@given(AMOUNTS, st.lists(st.integers(1, 99), min_size=1, max_size=8))
def test_pairs_use_up_both_sides(amounts: list[int], shares: list[int]) -> None:
    left, other = sum(amounts), []
    for share in shares[:-1]:
        part = max(left * share // 100, 1)
        if part < left:
            other.append(part)
            left -= part
    other.append(left)
    found: defaultdict[tuple[str, int], int] = defaultdict(int)
    debits = [(("d", at), one) for at, one in enumerate(amounts)]
    given_ = [(("c", at), one) for at, one in enumerate(other)]
    for debit, credit, amount in pairs(debits, given_):
        assert amount > 0
        found[debit] += amount
        found[credit] += amount
    assert found == dict(debits + given_)


@pytest.mark.stage(of=september_sent)
def test_the_command(house: House, tmp_path: Path) -> None:
    def ask(*words: str) -> Any:
        url = house.database.url.render_as_string(hide_password=False)
        return CliRunner().invoke(cli, ["papers", "vouchers", *words, "--database", url])

    path = tmp_path / "ct.csv"
    told = ask("--period", SEPTEMBER, "--output", str(path), "--json")
    assert told.exit_code == 0, told.output
    facts = json.loads(told.output)
    assert facts["debit"] == facts["credit"] > 0
    assert facts["lines"] == len(read(path.read_bytes()))
    again = ask("--period", SEPTEMBER, "--output", str(path))
    assert isinstance(again.exception, InputError)
    said = ask("--output", str(tmp_path / "all.xlsx"), "--format", "xlsx").output
    assert "cần đối chiếu với phần mềm kế toán" in said
