"""What is handed on of a month: the leader's report as PDF, the feed as CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.indicators.boards import register
from app.indicators.breakdown import Answer
from app.indicators.declared import together
from app.indicators.feed import COLUMNS, Row, Watermark, document, news, read_watermark, watermark
from app.indicators.feed import rows as all_rows
from app.indicators.leader import leader
from app.indicators.leader_printed import page
from app.indicators.readiness import board
from app.indicators.said import said
from app.printing.documents.leader_page import render_leader_page
from app.units.lookup import facts
from ledger.export.cells import inert

CSV, JSON = "csv", "json"


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of a month as of a watermark; `synthetic` for made-up people."""

    period: str
    at: Watermark
    rows: Sequence[Row]
    synthetic: bool


def require_list(found: Answer) -> None:
    """Raise NotFound where the month had no approved list by then."""
    if not sum(one.listed for one in found.tallies.values()):
        raise NotFound(
            f"Chưa có bảng chi trả nào của tháng {found.period} được duyệt.", "Kiểm tra tháng."
        )


def write_month(session: Session, period: str, now: datetime, into: BinaryIO) -> None:
    """The leader's A4 page with the tables after it, as PDF. Raises NotFound without a list."""
    found = leader(session, period, now)
    require_list(found.answer)
    people = register(session)
    lights = board(session, period, found.communes, people, now)
    shown = page(found, lights, together(people.values()).vouched, said(session, period, now),
                 synthetic=_is_training(session))  # fmt: skip
    render_leader_page(shown, into)


def feed(
    session: Session, period: str, now: datetime, since: str = "", *, internal: bool = False
) -> Feed:
    """The rows of a month, or what is news `since` a watermark; without `internal` small cells are
    withheld. Raises InputError for what is no watermark."""
    at = watermark(session, now)
    found = (
        news(session, period, now, read_watermark(since), internal=internal)
        if since
        else all_rows(session, period, now, internal=internal)
    )
    return Feed(period, at, list(found), _is_training(session))


def write_feed(told: Feed, form: str, into: BinaryIO) -> None:
    """The same rows as JSON or CSV."""
    if form == CSV:
        _write_csv(told.rows, into)
    else:
        value = document(told.period, told.at, told.rows, synthetic=told.synthetic)
        into.write(json.dumps(value, ensure_ascii=False, indent=1).encode())


def _write_csv(rows: Sequence[Row], into: BinaryIO) -> None:
    out = TextIOWrapper(into, encoding="utf-8-sig", newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in rows:
        values = one.as_json().values()
        writer.writerow(inert(cell) if isinstance(cell, str) else cell for cell in values)
    out.detach()


def _is_training(session: Session) -> bool:
    return facts(session).get("training") == "1"
