"""The files a month leaves: lists, settlements, a statement, the report, the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from app.benefits.tables import obligation
from app.cashless.progress import progress
from app.cashless.progress_sheet import write_progress
from app.cashless.visits import write_pdf as write_visits
from app.cli.cash import file_name, write_proofs
from app.cli.demo.run import Demo
from app.cli.exports import NOTE, export_books
from app.cli.words import proof_figures, proof_name
from app.clock import local_date
from app.disbursement.tables import instruction
from app.indicators.cashless import by_commune, compute, evidence_until
from app.indicators.export import write_report_csv, write_report_xlsx
from app.indicators.printed import page
from app.indicators.rates import NO_COUNTS, cut_offs
from app.indicators.report import CashlessReport, CommuneRow
from app.payroll.tables import payroll
from app.printing.documents.report_page import ProofLine, render_report_page
from app.printing.values import Letterhead
from app.reference import areas
from app.statements.payroll_document import write_payroll_list
from app.statements.person_statement import Paper, write_statement
from app.statements.proof_of_cash_document import places
from app.statements.settlement_document import write_settlements
from ledger.export import Span, export_journal
from ledger.export.books import count_postings
from ledger.proofs import Proof

# Postings in a workbook; more take minutes, and a sheet holds a million.
WORKBOOK_MOST = 50_000


def write_documents(demo: Demo, as_of: datetime, proofs: list[Proof]) -> list[Path]:
    """Write every document of the main month under `documents/`; gives the files."""
    folder = demo.out / "documents"
    folder.mkdir(exist_ok=True)
    period = demo.main_period
    with demo.runtime.database.view() as session:
        files = list(_lists(demo, session, folder, period))
        files.append(
            _pdf(
                folder / f"quyet-toan-{period}.pdf",
                lambda out: write_settlements(session, period, out, True),
            )
        )
        files += _statement(session, folder, period, Paper(demo.runtime.keyring, True))
        files += _report(demo, session, folder, as_of, proofs)
        files += _to_account(session, folder, as_of)
        files += _journals(session, folder)
        files += _books(session, folder, period)
    return [*files, *sorted((demo.out / "outbound").iterdir())]


def _pdf(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    with path.open("wb") as out:
        write(out)
    return path


def _lists(demo: Demo, session: Any, folder: Path, period: str) -> Iterator[Path]:
    """The approved list of every payroll of the month."""
    rows = session.execute(
        select(payroll.c.id, payroll.c.unit_code, payroll.c.programme, payroll.c.kind)
        .where(payroll.c.period == period, payroll.c.digest.is_not(None))
        .order_by(payroll.c.id)
    ).all()
    lists = folder / "danh-sach"
    lists.mkdir(exist_ok=True)
    for number, row in enumerate(rows, start=1):
        name = f"{row.unit_code}-{row.programme}-{row.kind}-{period}.pdf"
        yield _pdf(lists / name, _list_writer(session, row.id))
        demo.runtime.progress("documents", number, len(rows))


def _list_writer(session: Any, payroll_id: int) -> Callable[[BinaryIO], object]:
    return lambda out: write_payroll_list(session, payroll_id, out, True)


def _statement(session: Any, folder: Path, period: str, paper: Paper) -> list[Path]:
    """The statement of one person whose money came back and was paid again."""
    person_id = session.scalar(
        select(obligation.c.person_id)
        .join(instruction, instruction.c.obligation_id == obligation.c.id)
        .where(obligation.c.period == period)
        .order_by(instruction.c.attempt.desc(), obligation.c.id)
        .limit(1)
    )
    if person_id is None:
        return []
    path = folder / f"sao-ke-{person_id}-{period}.pdf"
    return [_pdf(path, lambda out: write_statement(session, person_id, period, paper, out))]


def _to_account(session: Any, folder: Path, as_of: datetime) -> list[Path]:
    """How far each commune is from cash, and the visit sheet of the one with most people on it."""
    found = progress(session, "", local_date(as_of))
    path = folder / "tien-do-tai-khoan.xlsx"
    files = [_pdf(path, lambda out: write_progress(out, found, as_of, True))]
    code = max(found, key=lambda one: found[one].people - found[one].with_account, default="")
    if code and found[code].people > found[code].with_account:
        sheet = folder / f"phieu-tham-ho-{code}.pdf"
        files.append(_pdf(sheet, lambda out: write_visits(session, out, code, as_of, True)))
    return files


def _report(
    demo: Demo, session: Any, folder: Path, as_of: datetime, proofs: list[Proof]
) -> list[Path]:
    report = cashless_report(demo, session, as_of)
    base = folder / f"ty-le-khong-tien-mat-{report.period}"
    letterhead = Letterhead(
        parent_body="UBND TỈNH CAO BẰNG",
        body="SỞ NỘI VỤ",
        place="Cao Bằng",
        issued_on=as_of.date(),
        number="",
    )
    lines = [ProofLine(proof_name(one), one.ok, proof_figures(one.figures)) for one in proofs]
    shown = page(report, letterhead, lines)
    return [
        _pdf(base.with_suffix(".pdf"), lambda out: render_report_page(shown, out)),
        _pdf(base.with_suffix(".xlsx"), lambda out: write_report_xlsx(report, out)),
        _pdf(base.with_suffix(".csv"), lambda out: write_report_csv(report, out)),
    ]


def cashless_report(demo: Demo, session: Any, as_of: datetime) -> CashlessReport:
    """The month's report with its breakdown by commune."""
    period = demo.main_period
    counted = by_commune(session, period, evidence_until(cut_offs(period), as_of))
    communes = tuple(
        CommuneRow(area.code, area.name, counted.get(area.code, NO_COUNTS))
        for area in areas.communes_of("04")
    )
    return CashlessReport(
        period=period,
        scenario=demo.order.scenario,
        area_code="04",
        area="Tỉnh Cao Bằng",
        figures=tuple(compute(session, period, as_of)),
        communes=communes,
        synthetic=True,
    )


def _journals(session: Any, folder: Path) -> Iterator[Path]:
    for form, ending in (("hledger", "journal"), ("beancount", "beancount")):
        path = folder / f"nhat-ky.{ending}"
        with path.open("w", encoding="utf-8") as out:
            export_journal(session, out, form, note=NOTE)
        yield path


def _books(session: Any, folder: Path, period: str) -> Iterator[Path]:
    """The month's books for outsiders, and cash against statement for each provider."""
    span, forms = Span.of(period), {"csv": f"so-{period}"}
    if count_postings(session, span) <= WORKBOOK_MOST:
        forms["xlsx"] = f"so-{period}.xlsx"
    for form, name in forms.items():
        export_books(session, form, folder / name, span, NOTE)
        yield folder / name
    proofs = folder / "doi-chieu-tien"
    files = [(proofs / file_name(one, period), one) for one in places(session)]
    for path, _, _ in write_proofs(session, files, period):
        yield path
