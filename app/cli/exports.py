"""`ansinh ledger export`: the books, or some days of them, for outsiders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, open_house, with_database, with_json
from app.cli.words import figure_name
from app.errors import InputError
from app.statements.books_workbook import write_books_xlsx
from app.units.lookup import facts
from ledger.chart import public_chart
from ledger.export import FORMATS, Span, export_csv, export_journal, whole_span
from ledger.export.books import PublicChart
from ledger.money import format_number

NOTE = "DỮ LIỆU GIẢ LẬP – synthetic data: no real person, no real money"
CSV, XLSX = "csv", "xlsx"


@click.command()
@click.option("--format", "form", type=click.Choice([*FORMATS, CSV, XLSX]), required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Tệp sẽ ghi; với csv là thư mục.",
)
@click.option("--period", help="Một kỳ, ví dụ 2026-10; 2026-13 là kỳ điều chỉnh.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Từ ngày, cùng với --to.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Đến hết ngày.")
@with_database
@with_json
def export(
    form: str,
    output: Path,
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Kết xuất sổ, toàn bộ hoặc một kỳ, để người ngoài đọc và kiểm lại.

    hledger và beancount: kiểm bằng `hledger check`, `bean-check`. csv: thư mục có sẵn
    chương trình kiểm check_books.py, chỉ cần Python. xlsx: sổ để đọc và in.
    """
    span = span_of(period, first, last)
    house = open_house(database_url)
    with closing(house.database), house.database.snapshot() as session:
        note = NOTE if facts(session).get("training") else ""
        public = public_chart(house.settings.public_chart)
        written = export_books(session, form, output, span, note, public)
    said = ", ".join(
        f"{format_number(count)} {figure_name(name)}" for name, count in written.items()
    )
    answer(as_json, {"file": str(output), "format": form, **written}, f"Đã ghi {output}: {said}.")


def export_books(
    session: Session,
    form: str,
    output: Path,
    span: Span | None,
    note: str,
    public: PublicChart | None = None,
) -> dict[str, int]:
    """Write one format under its name, whole or not at all; gives what was counted."""
    if form == CSV:
        rows = export_csv(session, output, span, note=note, public=public)
        return {"entries": rows["entries.csv"], "postings": rows["postings.csv"]}
    with draft_of(output) as draft:
        if form == XLSX:
            return {"postings": _xlsx(session, draft, span, bool(note), public)}
        with draft.open("w", encoding="utf-8") as text:
            written = export_journal(session, text, form, note=note, span=span, public=public)
            return {"entries": written}


def _xlsx(
    session: Session,
    draft: Path,
    span: Span | None,
    synthetic: bool,
    public: PublicChart | None,
) -> int:
    span = span or whole_span(session)
    if span is None:
        raise InputError("Sổ chưa có bút toán nào.", "Kiểm tra --database.")
    with draft.open("wb") as out:
        return write_books_xlsx(session, out, span, synthetic, public)


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file to write to, which takes the name of `path` once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def new_path(path: Path) -> Iterator[Path]:
    """A draft for its owner's eyes only that takes the name `path` once it is whole.

    Raises InputError for a name that is taken: it may be a list that somebody has filled in.
    """
    if path.exists():
        raise InputError(f"Đã có tệp {path}.", "Chọn tên khác; tệp cũ không bị ghi đè.")
    with draft_of(path) as draft:
        draft.touch(mode=0o600)
        yield draft


def span_of(period: str | None, first: datetime | None, last: datetime | None) -> Span | None:
    """The days asked for, None for all. Raises InputError when they contradict each other."""
    if period and (first or last):
        raise InputError("Vừa có --period vừa có --from, --to.", "Chỉ chọn một cách.")
    if period:
        return _read(lambda: Span.of(period), f"--period {period!r} không phải là kỳ.")
    if first and last:
        begin, end = first.date(), last.date()
        return _read(lambda: Span(begin, end), f"--from {begin} sau --to {end}.")
    if first or last:
        raise InputError("Chỉ có một trong hai --from và --to.", "Ghi cả hai ngày.")
    return None


def _read(make: Callable[[], Span], fault: str) -> Span:
    try:
        return make()
    except ValueError as error:
        raise InputError(fault, "Viết như --period 2026-10, --from 2026-10-01.") from error
