"""Makes the pictures of docs/documents.md again from made-up people.

    .venv/bin/ansinh demo --out var/demo
    .venv/bin/python -m tests.support.document_pictures var/demo

Papers of lists are those of the demo's month; letters are those of the tests' stories, since a
demo's month has no pause and no recovery. Needs `pdftoppm` and `soffice` (apt-get install -y
poppler-utils libreoffice-calc). Each picture is one page, at most 150 kB.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from app.statements.letters.document import write_letters
from tests.app.statements.letter_stories import STORIES
from tests.factories import set_up
from tests.support.command import run_ansinh
from tests.support.mould import Mould

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures" / "documents"
LARGEST, DOTS_PER_INCH = 150_000, "72"
WHY = "vẽ lại hình cho tài liệu hướng dẫn"
# Of the communes' lists with cash on them the one with most lines, so that a paper has two pages.
_LIST = """select p.id, p.unit_code, p.period from payroll p where p.kind = 'monthly'
 and p.programme = 'pension' and p.unit_code <> 'SNV04' and exists (select 1 from payroll_line l
 where l.payroll_id = p.id and l.method = 'cash') order by p.period desc, p.lines desc, p.id"""
FIRST_AND_LAST = {1: "1", 0: "last"}
# Each file's command (with {payroll}, {unit}, {period} filled in) and its pages that are shown: the
# page, counted from 1 with 0 for the last one, and what its picture's name ends with.
PAPERS: dict[str, tuple[str, dict[int, str]]] = {
    "payroll.pdf": ("payroll --payroll {payroll}", FIRST_AND_LAST),
    "treasury.pdf": ("treasury --payroll {payroll} --officer maker.{unit}", FIRST_AND_LAST),
    "sign-for.pdf": ("sign-for --payroll {payroll}", FIRST_AND_LAST),
    "posting.pdf": ("posting --payroll {payroll}", FIRST_AND_LAST),
    "insurance.pdf": (
        "insurance --area {unit} --period {period} --officer maker.{unit}",
        FIRST_AND_LAST,
    ),
    "statistics.pdf": (
        "statistics --period {period}",
        {1: "10a", 2: "10b", 3: "10c", 4: "10d"},
    ),
    "payroll.xlsx": ("payroll --payroll {payroll} --format xlsx", {1: "sheet"}),
    "vouchers.xlsx": ("vouchers --period {period} --format xlsx", {1: "sheet"}),
}


def main() -> None:
    """Write every picture anew."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("demo", type=Path)
    demo = asked.parse_args().demo.resolve()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as place:
        folder = Path(place)
        for path, pages in chain(_papers(demo, folder), _letters(folder)):
            for page, name in pages.items():
                _picture(path, page or _pages(path), PICTURES / f"{path.stem}-{name}.png")


def _papers(demo: Path, folder: Path) -> Iterator[tuple[Path, dict[int, str]]]:
    """Every paper of the demo as PDF, with the pages that are shown."""
    with closing(sqlite3.connect(demo / "ansinh.db")) as database:
        payroll, unit, period = database.execute(_LIST).fetchone()
    for name, (words, pages) in PAPERS.items():
        path = folder / name
        order = words.format(payroll=payroll, unit=unit, period=period).split()
        order += ["--reason", WHY] if "--officer" in order else []
        told = run_ansinh(
            ["papers", *order, "--output", path, "--database", f"sqlite:///{demo / 'ansinh.db'}"]
        )
        if told.returncode:
            raise SystemExit(told.stderr)
        yield (path if path.suffix == ".pdf" else _printed(path)), pages


def _printed(workbook: Path) -> Path:
    """A spreadsheet as it leaves the printer; it keeps apart from the PDF of the same name."""
    out = workbook.parent / "printed"
    order = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(out), str(workbook)]
    subprocess.run(order, check=True, capture_output=True)
    return out / f"{workbook.stem}.pdf"


def _letters(folder: Path) -> Iterator[tuple[Path, dict[int, str]]]:
    """A letter of each kind."""
    mould = Mould(folder)
    for kind, story in STORIES.items():
        home = folder / f"house-{kind}"
        home.mkdir()
        house = mould.on_sqlite(set_up, home)
        wanted, path = story(house), folder / "letter.pdf"
        with house.database.view() as session, path.open("wb") as out:
            write_letters(session, out, wanted, house.clock.now(), synthetic=True)
        house.close()
        yield path, {1: kind}


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
