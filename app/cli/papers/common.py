"""Options that papers take, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
from sqlalchemy.orm import Session

from app.cli.cashless.common import is_training, new_file, with_output
from app.cli.options import House, answer, with_database, with_json
from app.cli.signing import opened
from ledger.money import format_number

F = TypeVar("F", bound=Callable[..., Any])
Writer = Callable[[Session, int, BinaryIO, bool], int]
"""Writes a payroll's paper to a file, made-up people marked; gives how many rows it has."""

PDF, XLSX = "pdf", "xlsx"


def with_paper(command: F) -> F:
    """`--payroll`, `--format`, `--output`, and what every command takes."""
    command = with_database(with_json(with_output(command)))
    command = click.option(
        "--format", "form", type=click.Choice((PDF, XLSX)), default=PDF, show_default=True
    )(command)
    return click.option(
        "--payroll", "payroll_id", type=click.IntRange(1), required=True, help="Số bảng chi trả."
    )(command)


@contextmanager
def drawn(database_url: str | None, output: Path) -> Iterator[tuple[House, Session, BinaryIO]]:
    """One state of the database, whoever writes meanwhile, and a new file to draw into."""
    with (
        opened(database_url) as house,
        house.database.snapshot() as session,
        new_file(output) as out,
    ):
        yield house, session, out


def write_paper(
    writers: dict[str, Writer],
    payroll_id: int,
    form: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Write one paper of a payroll and say so."""
    with drawn(database_url, output) as (_, session, out):
        rows = writers[form](session, payroll_id, out, is_training(session))
    tell(as_json, output, rows)


def tell(as_json: bool, output: Path, rows: int) -> None:
    """Where the paper lies, and how many rows it has."""
    answer(as_json, {"file": str(output), "rows": rows},
           f"Đã ghi {output}: {format_number(rows)} dòng.")  # fmt: skip
