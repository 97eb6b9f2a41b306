"""Files into bank lines: each movement once, notes kept, faults in quarantine with figures."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.disbursement.originals import prove_originals
from bank_adapters.discovery import load
from bank_adapters.iso20022.adapter import ADAPTER
from ledger.bulk import refresh_statistics
from reconciliation import intake, lines
from reconciliation.chain_of_statements import closed_days, problems
from reconciliation.lines import read_reports
from reconciliation.tables import bank_line, bank_report, inbound_file
from tests.bank_adapters.camt_maker import balance, detail, details, document, entry, report
from tests.factories import BANK, START, House
from tests.support.scans import rows_read_through

DAY = date(2026, 10, 6)


@dataclass
class Desk:
    """Takes files of one bank in, in one open unit of work."""

    session: Session
    numbers: Iterator[int]

    def take(self, text: str) -> Any:
        """Read a file in; its row afterwards."""
        number = next(self.numbers)
        name = f"{number}.xml"
        intake.receive(self.session, BANK, name, f"{number:064}", len(text), START)
        file_id = self.session.scalars(
            select(inbound_file.c.id).where(inbound_file.c.name == name)
        ).one()
        found = ADAPTER.read(name, io.BytesIO(text.encode()))
        read_reports(self.session, file_id, BANK, found, DAY)
        return self.session.execute(select(inbound_file).where(inbound_file.c.id == file_id)).one()

    def lines(self) -> list[Any]:
        """The bank lines there are, oldest first."""
        return list(self.session.execute(select(bank_line).order_by(bank_line.c.id)))

    def reports(self) -> list[Any]:
        """The reports there are, oldest first."""
        return list(self.session.execute(select(bank_report).order_by(bank_report.c.id)))


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with house.work() as session:
        yield Desk(session, count(1))


def statement(
    *entries: str, opening: int = 0, closing: int = 0, number: int = 1, **more: str
) -> str:
    bounds = balance("OPBD", str(opening)), balance("CLBD", str(closing), more.pop("day", str(DAY)))
    return document(report(*bounds, *entries, number=str(number), name=f"S-{number}", **more))


def test_one_pending_entry_keeps_nothing_apart(desk: Desk) -> None:
    file = desk.take(statement(entry("5"), entry("7", status="<Sts>PDNG</Sts>"), closing=5))
    assert (file.state, len(desk.lines())) == ("read", 1)
    assert "chưa hạch toán" in file.why


def test_what_does_not_balance_keeps_its_figures_and_no_line(desk: Desk) -> None:
    file = desk.take(statement(entry("5"), closing=6))
    (row,) = desk.reports()
    assert (file.state, desk.lines()) == ("quarantined", [])
    assert (row.opening, row.closing, row.booked, row.lines) == (0, 6, 5, 1)
    assert "không cân" in file.why
    corrected = desk.take(statement(entry("5"), closing=5))
    assert (corrected.state, len(desk.lines())) == ("read", 1)


def plain(amount: str, *, reference: str = "") -> str:
    """An entry without a reference of the bank's; `reference` is the sender's."""
    return entry(amount, details(detail(reference)) if reference else "", reference="")


ENTRIES = st.lists(
    st.tuples(st.integers(-3, 3).filter(bool), st.sampled_from(["", "A1", "B2"])), max_size=5
)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(ENTRIES)
def test_in_every_order_an_entry_is_booked_once(desk: Desk, entries: list[tuple[int, str]]) -> None:
    """Intraday report, advice and statement bring the same movements, without the bank's name."""
    parts = [plain(str(amount), reference=reference) for amount, reference in entries]
    total = sum(amount for amount, _ in entries)
    files = {
        "camt.052": document(report(*parts, kind="camt.052", name="R-9"), kind="camt.052"),
        "camt.054": document(report(*parts, kind="camt.054", name="N-9"), kind="camt.054"),
        "camt.053": statement(*parts, closing=total),
    }
    for order in permutations(files):
        with desk.session.begin_nested() as attempt:
            states = [desk.take(files[kind]).state for kind in order]
            booked = [line.amount for line in desk.lines()]
            attempt.rollback()
        assert states == ["read"] * 3
        assert sorted(booked) == sorted(amount for amount, _ in entries)


def test_two_advices_of_one_payment_each_and_their_statement(desk: Desk) -> None:
    one, other = plain("-5", reference="A1"), plain("-5", reference="B2")
    for number, part in enumerate((one, other)):
        desk.take(document(report(part, kind="camt.054", name=f"N-{number}"), kind="camt.054"))
    desk.take(statement(one, other, plain("-5", reference="B2"), opening=15))
    assert [line.reference for line in desk.lines()] == ["A1", "B2", "B2"]


@pytest.mark.parametrize(
    ("second", "state", "told"),
    [
        (statement(opening=5, closing=5, number=2), "read", ""),
        (statement(opening=6, closing=6, number=2), "quarantined", "số dư đầu khác số dư cuối"),
        (statement(opening=9, closing=9, number=4), "read", "chưa nhận sổ phụ 2 đến 3"),
        (statement(closing=5, opening=5), "quarantined", "với số dư khác"),
        (statement(closing=5) + " ", "quarantined", "không cân"),
        (statement(entry("5"), closing=5) + " ", "read", "đã nhận trong tệp"),
    ],
)
def test_a_statement_is_held_against_those_stored(
    desk: Desk, second: str, state: str, told: str
) -> None:
    desk.take(statement(entry("5"), closing=5))
    file = desk.take(second)
    assert (file.state, told in file.why) == (state, True), file.why


def test_an_earlier_one_that_comes_late_must_join_too(desk: Desk) -> None:
    desk.take(statement(opening=5, closing=5, number=2))
    assert desk.take(statement(opening=4, closing=4)).state == "quarantined"
    assert desk.take(statement(entry("5"), closing=5)).state == "read"


def test_numbers_begin_anew_every_year(desk: Desk) -> None:
    desk.take(statement(number=250, day="2026-12-31"))
    assert desk.take(statement(number=1, day="2027-01-02", opening=0)).why == ""


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (
            statement(opening=5, closing=5, number=1, day="2027-01-04"),
            "thiếu sổ phụ cuối năm trước",
        ),
        (statement(opening=0, closing=0, number=3, day="2027-01-04"), "chưa nhận sổ phụ 1 đến 2"),
    ],
)
def test_the_last_statement_of_a_year_is_missed(desk: Desk, first: str, told: str) -> None:
    """Nothing is kept apart for it: it may come tomorrow. Then nothing is wrong any more."""
    desk.take(statement(number=249, day="2026-12-30"))
    file = desk.take(first)
    assert (file.state, told in file.why) == ("read", True), file.why
    ((found,),) = problems(desk.session, BANK).values()
    assert told in found
    desk.take(statement(entry("5"), closing=5, number=250, day="2026-12-31"))
    assert bool(problems(desk.session, BANK)) == ("1 đến 2" in told)


def test_numbers_may_run_on_over_the_year(desk: Desk) -> None:
    """A bank that does not begin anew: nothing is missed, and a hole is told as one."""
    desk.take(statement(number=11, day="2026-12-31"))
    assert desk.take(statement(number=12, day="2027-01-02", opening=0)).why == ""
    assert problems(desk.session, BANK) == {}
    desk.take(statement(number=40, day="2027-12-31", opening=0))
    assert "chưa nhận sổ phụ 41 đến 41" in desk.take(statement(number=42, day="2028-01-03")).why


def pages(number: int, last: bool) -> str:
    stated = f"<PgNb>{number}</PgNb><LastPgInd>{'true' if last else 'false'}</LastPgInd>"
    return f"<StmtPgntn>{stated}</StmtPgntn>"


def test_a_missing_page_is_told_until_it_comes(desk: Desk) -> None:
    first, last = (statement(pages=pages(n, n == 2), number=1) for n in (1, 2))
    assert "chưa nhận trang 1" in desk.take(last).why
    assert problems(desk.session, BANK) == {"VN0019010001": ["sổ phụ 1 trang 2: chưa nhận trang 1"]}
    assert closed_days(desk.session, BANK, "VN0019010001") == set()
    desk.take(first)
    assert problems(desk.session, BANK) == {}
    assert closed_days(desk.session, BANK, "VN0019010001") == {DAY}


def test_gaps_of_a_chain_and_overlapping_days(desk: Desk) -> None:
    span = "<FrToDt><FrDtTm>{}T00:00:00</FrDtTm><ToDtTm>{}T23:59:59</ToDtTm></FrToDt>"
    weekend = span.format(DAY, DAY + timedelta(days=2))
    assert desk.take(statement(weekend)).why == ""
    after = span.format(DAY + timedelta(days=2), DAY + timedelta(days=3))
    assert "trùng ngày" in desk.take(statement(after, number=4)).why
    assert problems(desk.session, BANK) == {"VN0019010001": ["thiếu sổ phụ 2 đến 3"]}
    days = closed_days(desk.session, BANK, "VN0019010001")
    assert days == {DAY + timedelta(days=n) for n in range(4)}


def test_lines_of_an_earlier_rule_are_proved_by_it(desk: Desk, tmp_path: Path) -> None:
    """What version 1 called an entry without the bank's reference is still in the raw bytes."""
    text = document(report(plain("5"), kind="camt.054", name="N-1"), kind="camt.054").encode()
    sha256 = hashlib.sha256(text).hexdigest()
    path = intake.stored_path(tmp_path, sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    desk.session.execute(
        insert(inbound_file).values(
            provider=BANK, name="old.xml", sha256=sha256, size_bytes=len(text),
            received_at=START, state="received", why="",
        )
    )  # fmt: skip
    (file,) = desk.session.execute(select(inbound_file)).all()
    assert file.reader == 1
    line = {
        "file_id": file.id, "provider": BANK, "account": "VN0019010001",
        "entry_key": "N-1/1||5|2026-10-06", "kind": "booked", "amount": 5, "reference": "",
        "booked_on": DAY, "value_on": DAY, "bank_reference": "N-1/1", "status": "BOOK",
        "reason": "", "is_return": 0, "voucher": "", "counterparty": "", "remittance": "",
    }  # fmt: skip
    desk.session.execute(insert(bank_line).values(line))
    assert prove_originals(desk.session, tmp_path, {BANK: load(["iso20022"])["iso20022"]}).ok
    desk.session.execute(inbound_file.update().values(reader=2))
    assert not prove_originals(desk.session, tmp_path, {BANK: load(["iso20022"])["iso20022"]}).ok


def test_alike_movements_and_known_ones_across_chunks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is stored in chunks: what was counted and stored in one is known in the next."""
    monkeypatch.setattr(lines, "AT_ONCE", 2)
    named = [entry(str(n), reference=f"FT00000{n}") for n in range(1, 6)]
    alike = [plain("-7", reference="A1")] * 3
    first = document(report(*named[:3], *alike, kind="camt.054", name="N-1"), kind="camt.054")
    assert (desk.take(first).state, len(desk.lines())) == ("read", 6)
    mixed = (named[4], alike[0], named[0], alike[0], named[3], alike[0], alike[0])
    desk.take(document(report(*mixed, kind="camt.054", name="N-2"), kind="camt.054"))
    keys = [line.entry_key for line in desk.lines()]
    assert len(set(keys)) == len(keys) == 9
    assert [key.partition("#")[2] for key in keys if "|A1|" in key] == ["", "2", "3", "4"]
    assert [one.repeated for one in desk.reports()] == [0, 4]


def test_a_large_file_is_not_read_again_for_each_of_its_lines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statistics are those of before the file: of a table of two lines."""
    monkeypatch.setattr(lines, "AT_ONCE", 20)
    desk.take(document(report(entry("1"), kind="camt.054", name="N-1"), kind="camt.054"))
    refresh_statistics(desk.session, bank_line)
    before = rows_read_through(desk.session, "bank_line")
    many = [entry(str(n), reference=f"FT{n:06}") for n in range(1, 201)]
    desk.take(document(report(*many, kind="camt.054", name="N-2"), kind="camt.054"))
    assert rows_read_through(desk.session, "bank_line") == before
    assert len(desk.lines()) == 201
