"""Makes the pictures of docs/documents.md again from a demo's made-up people.

    .venv/bin/ansinh demo --people 800 --no-documents --out var/demo
    .venv/bin/python -m tests.support.document_pictures var/demo

Needs `pdftoppm` (apt-get install -y poppler-utils). Each picture is one page, at most 120 KB.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.command import run_ansinh

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures" / "documents"
LARGEST, DOTS_PER_INCH = 120 * 1024, "72"
# Of the communes' lists with cash on them the one with most lines, so that a paper has two pages.
_LIST = """select p.id, p.unit_code from payroll p where p.kind = 'monthly'
 and p.programme = 'pension' and p.unit_code <> 'SNV04' and exists (select 1 from payroll_line l
 where l.payroll_id = p.id and l.method = 'cash') order by p.period desc, p.lines desc, p.id"""
# The pages of each paper that are shown, counted from 1; 0 is the last one.
PAPERS = {"payroll": (1, 0), "treasury": (1, 0), "sign-for": (1, 0), "posting": (1, 0)}


def main() -> None:
    """Write every picture anew."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("demo", type=Path)
    demo = asked.parse_args().demo.resolve()
    with closing(sqlite3.connect(demo / "ansinh.db")) as database:
        payroll, unit = database.execute(_LIST).fetchone()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for paper, pages in PAPERS.items():
            path = Path(folder) / f"{paper}.pdf"
            _write(demo, paper, payroll, unit, path)
            for page in pages:
                _picture(path, page or _pages(path), PICTURES / f"{paper}-{page or 'last'}.png")


def _write(demo: Path, paper: str, payroll: int, unit: str, path: Path) -> None:
    order = ["papers", paper, "--payroll", str(payroll), "--output", path]
    order += ["--database", f"sqlite:///{demo / 'ansinh.db'}"]
    if paper == "treasury":
        order += ["--officer", f"maker.{unit}", "--reason", "vẽ lại hình cho tài liệu hướng dẫn"]
    told = run_ansinh(order)
    if told.returncode:
        raise SystemExit(told.stderr)


def _pages(path: Path) -> int:
    told = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))


def _picture(path: Path, page: int, picture: Path) -> None:
    only = ["-f", str(page), "-l", str(page), "-singlefile"]
    target = picture.with_suffix("")
    subprocess.run(
        ["pdftoppm", "-png", "-gray", "-r", DOTS_PER_INCH, *only, str(path), str(target)],
        check=True,
    )
    if picture.stat().st_size > LARGEST:
        raise SystemExit(f"{picture} is larger than {LARGEST} bytes")


if __name__ == "__main__":
    main()
