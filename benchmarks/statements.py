"""Two thousand statements in one file beside a bare canvas, turn by turn: part of `... messages`.

The bare canvas makes the marks of a statement and nothing else: as many strings of the same kind
and length, its rules, and the squares of one QR code that is known beforehand, with the same fonts
and compression. It asks no database, measures no text, lays nothing out and encodes no QR code.
"""

from __future__ import annotations

import io
from itertools import groupby
from statistics import median

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.printing import fonts
from app.printing.fonts import BOLD, REGULAR
from app.privacy import Keyring
from app.statements.commune_papers import write_commune_statements
from app.statements.person_statement import Paper
from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place
from benchmarks.measure import Measured, measured
from benchmarks.payroll import BEFORE, make_lists

STRINGS = 55
"""What a statement of one allowance has; counted where reportlab splits strings by font."""
RULES = 20
SHARE_MIN = 0.5
MEMORY_MB_MAX = 400
ROUNDS = 3
_LINES = ("Họ và tên: Nông Thị Hoàng Anh", "Trợ cấp hưu trí xã hội tháng 9/2026", "540.000",
          "Quyết định 1254/QĐ-UBND ngày 24/07/2025", "Cần hỏi hoặc báo sai sót")  # fmt: skip


def rows(bench: Bench, kind: str, where: Place, people: int) -> None:
    """Measure both, A B A B A B, and put down what came of it."""
    url = where.create()
    apart(make_lists, url, people)
    where.checkpoint()
    pairs = [(apart(_bare, people, where.server_pid), apart(_written, url, people,
              where.server_pid)) for _ in range(ROUNDS)]  # fmt: skip
    where.drop(url)
    ours = median(one.cpu_seconds for _, one in pairs)
    share = median(bare.cpu_seconds / one.cpu_seconds for bare, one in pairs)
    bench.row(f"{kind}: statements a second of CPU, {people:,} in one file", people / ours, "/s")
    bench.row(f"{kind}: against a bare canvas's pages", share, "x", at_least=SHARE_MIN)
    peak = max(one.peak_mb for _, one in pairs)
    bench.row(f"{kind}: largest process of statements", peak, "MB", at_most=MEMORY_MB_MAX)


def _written(url: str, people: int, server_pid: int | None) -> Measured:
    paper, out = Paper(Keyring(b"b" * 32), True, "https://verify.example"), io.BytesIO()
    with opened(url) as database, database.view() as session, measured(server_pid) as cost:
        count = write_commune_statements(session, "u1", BEFORE, paper, out, lambda _: None)
    if not 0.9 * people < count <= people:
        raise AssertionError(f"{count} statements of {people} people")
    return cost


def _squares() -> tuple[list[tuple[float, float, float]], float]:
    """(left, top, width) of the runs of dark squares of a code of ours, and how high they are."""
    matrix = segno.make("https://verify.example/verify/0000098ZTNEYJEWZ", error="m").matrix
    side, found = 92 / len(matrix), []
    for line, row in enumerate(matrix):
        at = 0
        for dark, run in groupby(row):
            long = len(list(run))
            if dark:
                found.append((at * side, line * side, long * side))
            at += long
    return found, side


def _bare(people: int, server_pid: int | None) -> Measured:
    fonts.register()
    squares, side = _squares()
    with measured(server_pid) as cost:
        canvas = Canvas(io.BytesIO(), pagesize=A4, invariant=1, pageCompression=1)
        for page in range(people):
            for at in range(STRINGS):
                canvas.setFont(BOLD if at % 4 == 0 else REGULAR, 12)
                canvas.drawString(85, 800 - at * 13, f"{_LINES[at % len(_LINES)]} {page}")
            for at in range(RULES):
                canvas.line(85, 700 - at * 9, 552, 700 - at * 9)
            path = canvas.beginPath()
            for x, y, wide in squares:
                path.rect(85 + x, 200 - y, wide, side)
            canvas.drawPath(path, stroke=0, fill=1)
            canvas.showPage()
        canvas.save()
    return cost
