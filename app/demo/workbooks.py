"""The officer's Excel workbooks of a month, one per commune."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.beneficiaries import headings as h
from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.template import write_list
from app.demo.population import Population


def write_workbooks(population: Population, period: str, folder: Path) -> list[Path]:
    """Write `<commune>-<YYYY-MM>.xlsx` for every commune with people; the same month gives
    the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_workbook(folder / f"{code}-{period}.xlsx", code, period, rows)
        for code, rows in population.month(period)
    ]


def write_workbook(path: Path, code: str, period: str, rows: Iterable[RegisterRow]) -> Path:
    """One commune's workbook, marked as made up."""
    return write_list(path, code, period, rows, notice=h.SYNTHETIC_NOTICE)
