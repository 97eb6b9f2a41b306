"""Ask providers what became of batches in doubt; the answer is a file like any other.

Asking changes nothing by itself: the raw bytes are stored and recorded, and the matcher judges
them. An answer that never comes is written down too, so that the next question comes later.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app.disbursement.claims import never_left
from app.disbursement.doubts import enquiry_at, in_doubt
from app.disbursement.sending_tables import enquiry
from app.disbursement.troubles import ENQUIRE, told
from app.disbursement.wordless import to_ask_about
from app.errors import Unavailable
from app.jobs.apart import apart, ended
from app.jobs.runtime import Runtime
from bank_adapters.contract import Enquirer
from ledger.files import write_once
from reconciliation import intake


def enquire(runtime: Runtime) -> str:
    """Ask about every batch in doubt that is due to be asked about, where the provider can be."""
    with runtime.database.view() as session:
        kept = never_left(session)
        rows = [row for row in in_doubt(session) if row.id not in kept]
    now = runtime.clock.now()
    due = [row for row in rows if _can(runtime, row) and _is_due(row, now)]
    answered = 0
    for row in due:
        work = partial(_ask, runtime, row)
        found = apart(runtime, row.provider, ENQUIRE, work)
        if isinstance(found, Exception):
            _write(runtime, row, "", told(found))
        else:
            ended(runtime, row.provider, ENQUIRE)
            answered += 1
    return f"{answered} of {len(due)} answered"


def _can(runtime: Runtime, row: Any) -> bool:
    adapter = runtime.adapters.get(row.provider)
    return adapter is not None and adapter.capabilities.enquiry


def _is_due(row: Any, now: datetime) -> bool:
    return enquiry_at(row.doubted_at, row.asked) <= now


def _ask(runtime: Runtime, row: Any) -> None:
    with closing(runtime.courier(row.provider)) as courier:
        if not isinstance(courier, Enquirer):
            raise Unavailable(
                f"Đường truyền tới “{row.provider}” không hỏi được.",
                "Sửa khai báo của đường truyền hoặc của bộ kết nối.",
            )
        name, body = courier.ask(row.message_id, _payments(runtime, row))
    sha256 = hashlib.sha256(body).hexdigest()
    intake.keep(runtime.inbound, _arrived(runtime, row, body, sha256), sha256)
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        intake.receive(session, row.provider, name, sha256, len(body), now)
    _write(runtime, row, name, "")


def _payments(runtime: Runtime, row: Any) -> list[str]:
    """The payments to ask about, where the provider knows of payments alone and of no batch."""
    if runtime.adapters[row.provider].capabilities.by != "single":
        return []
    with runtime.database.view() as session:
        return to_ask_about(session, row.id, row.asked)


def _arrived(runtime: Runtime, row: Any, body: bytes, sha256: str) -> Path:
    path = intake.arriving(runtime.inbound, row.provider) / sha256
    write_once(path, body)
    return path


def _write(runtime: Runtime, row: Any, file_name: str, error: str) -> None:
    told_now = {"asked_at": runtime.clock.now(), "file_name": file_name, "error": error}
    values = {"batch_id": row.id, "number": row.asked + 1, **told_now}
    with runtime.database.unit_of_work() as session:
        session.execute(insert(enquiry).values(values))
