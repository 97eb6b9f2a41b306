"""The job that makes files of what providers called to say.

A file is made from the rows alone, so that a worker that dies before its commit leaves nothing
but bytes that the next one makes again. From then on it is a file like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels import inbound
from app.disbursement.files_in import CALLS, events_name
from app.disbursement.stated import elsewhere
from app.disbursement.troubles import CALLS as TOLD
from app.disbursement.troubles import PACK
from app.errors import Conflict
from app.jobs.apart import apart, ended, note
from app.jobs.runtime import Runtime
from bank_adapters.formats.events import (
    ACCOUNT,
    Event,
    Head,
    differing,
    event_line,
    event_of,
    head_line,
)
from ledger.files import write_once
from reconciliation import intake
from reconciliation.tables import inbound_file

CALLS_MOST = 5_000
"""Calls in one file: what a unit of work marks, and what is in memory at once."""
SHOWN = 20
"""Altered calls that a trouble names."""


@dataclass(frozen=True, slots=True)
class _Packet:
    """The file that some calls make; `last` is the newest call looked at, `changed` are those that
    no longer open: somebody has altered them, and they are in no file."""

    provider: str
    ids: list[int]
    content: bytes
    last: int
    changed: list[int]

    @property
    def name(self) -> str:
        return events_name(CALLS, self.provider, f"{self.ids[0]}-{self.ids[-1]}")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def pack_events(runtime: Runtime) -> str:
    """Put every call that no file holds into one, provider by provider, in the order they came.

    Calls of one provider that cannot be packed stop nobody else's, and one that was altered no
    other call; they stand as a trouble.
    """
    with runtime.database.view() as session:
        providers = inbound.providers_waiting(session)
    calls, troubled = 0, []
    for number, provider in enumerate(providers, start=1):
        found = apart(runtime, provider, PACK, partial(_pack, runtime, provider))
        if isinstance(found, Exception):
            troubled.append(provider)
        else:
            calls += found[0]
            ended(runtime, provider, PACK)
            troubled += [provider] if _is_told(runtime, provider, found[1]) else []
        runtime.progress("pack events", number, len(providers))
    return f"{calls} calls" + (f"; trouble at {', '.join(troubled)}" if troubled else "")


def _is_told(runtime: Runtime, provider: str, changed: Sequence[int]) -> bool:
    """Whether calls of a provider were altered, which then stands as a trouble that names them."""
    if not changed:
        ended(runtime, provider, TOLD)
        return False
    shown = ", ".join(str(number) for number in changed[:SHOWN])
    note(runtime, provider, TOLD, f"{len(changed)} tin không mở được, số {shown}.")
    return True


def _pack(runtime: Runtime, provider: str) -> tuple[int, list[int]]:
    """Every waiting call of one provider, file by file; how many, and those that were altered."""
    calls, last = 0, 0
    changed: list[int] = []
    while packet := _packet(runtime, provider, last):
        if packet.ids:
            _store(runtime, packet)
        calls, last = calls + len(packet.ids), packet.last
        changed += packet.changed
    return calls, changed


def _packet(runtime: Runtime, provider: str, after: int) -> _Packet | None:
    with runtime.database.view() as session:
        ids, events, changed = [], [], []
        for number, event_id, body in inbound.waiting(
            session, runtime.keyring, provider, CALLS_MOST, after
        ):
            if body is None:
                changed.append(number)
            else:
                ids.append(number)
                events.append(event_of(body, event_id))
        judged = _compared(session, runtime, provider, events)
    if not ids and not changed:
        return None
    lines = (head_line(Head(CALLS, provider)), *map(event_line, judged))
    return _Packet(provider, ids, b"".join(lines), max((*ids, *changed)), changed)


def _compared(
    session: Session, runtime: Runtime, provider: str, events: Sequence[Event]
) -> list[Event]:
    """The events, those marked that name another account than the payment's."""
    told: dict[str, set[str]] = {}
    for one in events:
        if one.account and one.reference:
            told.setdefault(one.reference.upper(), set()).add(one.account)
    wrong = elsewhere(session, runtime.keyring, provider, told) if told else set()
    return [
        differing(one, ACCOUNT) if (one.reference.upper(), one.account) in wrong else one
        for one in events
    ]


def _store(runtime: Runtime, packet: _Packet) -> None:
    """The bytes first, then their row and where the calls went, in one transaction.

    Raises Conflict when another worker packed some of these calls meanwhile; nothing is written.
    """
    path = _written(runtime.inbound, packet)
    intake.keep(runtime.inbound, path, packet.sha256)
    path.unlink(missing_ok=True)  # it lay in the store already
    now, size = runtime.clock.now(), len(packet.content)
    with runtime.database.unit_of_work() as session:
        intake.receive(session, packet.provider, packet.name, packet.sha256, size, now)
        file_id = session.scalar(
            select(inbound_file.c.id).where(
                inbound_file.c.provider == packet.provider, inbound_file.c.sha256 == packet.sha256
            )
        )
        if inbound.packed(session, packet.ids, int(file_id or 0)) != len(packet.ids):
            raise Conflict(
                f"Tin báo của {packet.provider} vừa được tiến trình khác đóng thành tệp.",
                "Không cần làm gì: phần còn lại vào tệp sau.",
            )


def _written(store: Path, packet: _Packet) -> Path:
    path = intake.arriving(store, packet.provider) / packet.sha256
    write_once(path, packet.content)
    return path
