"""Jobs of sending: build batches, and hand released ones over to their providers.

Claim and commit, then the network, then record and commit. A line in the send journal, on the
disk before the first byte, tells after a crash or a restored backup which files may have been
handed over. One sick provider or one odd batch stops no other one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.disbursement import claims, journal, lapsing, restored, submission, troubles
from app.disbursement.batches import add_event, build, unbuilt
from app.disbursement.states import BUILT
from app.disbursement.submission import Sealed
from app.disbursement.tables import batch, instruction
from app.disbursement.troubles import SEND, of_batch
from app.errors import Held, Refused
from app.jobs.ahead import abreast, ahead
from app.jobs.apart import apart, ended
from app.jobs.handing import Fate, hand_over
from app.jobs.parting import dated, parted, said, waiting
from app.jobs.resending import send_what_never_left
from app.jobs.runtime import Runtime
from bank_adapters.contract import Courier
from ledger.bulk import refresh_statistics


def build_batches(runtime: Runtime, period: str, requested_on: date) -> str:
    """The batches of every approved payroll and contract that has none."""
    with runtime.database.view() as session:
        pairs = unbuilt(session, period)
    work = partial(_build, runtime, requested_on)
    built = 0
    for number, found in enumerate(abreast(work, pairs, runtime.at_once), start=1):
        built += found
        runtime.progress("build", number, len(pairs))
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, instruction)
    return f"{built} batches"


def _build(runtime: Runtime, requested_on: date, pair: tuple[int, int]) -> int:
    with runtime.database.unit_of_work() as session:
        return len(build(session, *pair, requested_on, runtime.clock.now(), runtime.most_lines))


def send_batches(runtime: Runtime) -> str:
    """Hand every released batch of today to its provider, one connection per provider.

    What a hold stops stays as it is, what is too late waits for the next day, what failed stands
    as a trouble; the answer says how much and why. Raises the first Refused at the end: a batch
    that is not what was approved is nothing to pass over.
    """
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        claims.give_up_lost(session, runtime.worker, now)
        late = _take_back_lapsed(session, now)
        troubles.end_of_batches(session, now)
    with runtime.database.view() as session:
        rows = [submission.details(session, n) for n in claims.sendable(session, now)]
        free, held = parted(session, rows)
    _refuse_forgotten(runtime, free)
    again = send_what_never_left(runtime)
    with runtime.database.unit_of_work() as session:
        today, days = dated(session, free, now)
    with runtime.database.view() as session:
        rows = [submission.details(session, number) for number in today]
    fates, refused = _by_provider(runtime, rows)
    if fates or again:  # what has left the house is what answers are looked up among
        with runtime.database.unit_of_work() as session:
            refresh_statistics(session, batch)
    if refused:
        raise refused[0]
    told = f"; {late} released too long ago" if late else ""
    more = f"; {again} handed over anew" if again else ""
    return f"{_counted(fates)}{said(held)}{waiting(days)}{more}{told}"


def _counted(fates: Iterable[Fate]) -> str:
    """How many batches left, and how many others were tried, e.g. "2 sent; 1 in doubt"."""
    counts = Counter(fates)
    told = [f"{counts[one]} {one.value}" for one in Fate if counts[one] or one is Fate.SENT]
    return "; ".join(told)


def _take_back_lapsed(session: Session, now: datetime) -> int:
    """Batches whose release lapsed wait for a new one; gives how many."""
    found = lapsing.lapsed(session, now)
    lapsing.take_back(session, [number for number, _ in found])
    for number, day in found:
        add_event(session, number, BUILT, now, "system", f"release of {day} lapsed")
    return len(found)


def _refuse_forgotten(runtime: Runtime, rows: list[Row[Any]]) -> None:
    """Stop everything when the journal knows a batch that the database has not sent yet.

    Then somebody put an older database in its place. Raises Held.
    """
    with runtime.database.view() as session:
        if not rows and not claims.never_left(session):
            return
    known = journal.read(runtime.home / journal.NAME)
    with runtime.database.view() as session:
        found = restored.forgotten(session, rows, known)
    if found:
        shown = ", ".join(str(number) for number in found[:5])
        error = Held(
            f"Cơ sở dữ liệu cũ hơn nhật ký gửi: {len(found)} lô đã gửi rồi (lô {shown}).",
            "Không gửi gì. Sao lưu, rồi khôi phục bằng `ansinh restore run` với nhật ký này.",
        )
        with runtime.database.unit_of_work() as session:
            claims.stop_everything(session, error.message, runtime.clock.now())
        raise error


def _by_provider(runtime: Runtime, rows: Sequence[Row[Any]]) -> tuple[list[Fate], list[Refused]]:
    """What became of the batches over all providers, and what was refused."""
    by_provider: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_provider[row.provider].append(row)
    all_of = _Run(runtime, len(rows))
    list(abreast(all_of.send_to, by_provider.items(), runtime.at_once))
    return all_of.fates, all_of.refused


class _Run:
    """One run of sending over all providers; `total` is how many batches there are."""

    def __init__(self, runtime: Runtime, total: int) -> None:
        self._runtime, self._total = runtime, total
        self.fates: list[Fate] = []
        self.refused: list[Refused] = []

    def send_to(self, one: tuple[str, Sequence[Row[Any]]]) -> None:
        """Send one provider's batches; a sick one stops no other."""
        provider, batches = one
        work = partial(self._send, provider, batches)
        if not isinstance(apart(self._runtime, provider, SEND, work, (Held,)), Exception):
            ended(self._runtime, provider, SEND)

    def _send(self, provider: str, batches: Iterable[Row[Any]]) -> None:
        """Send one provider's batches over one connection, opened again where it may be broken; a
        batch that fails by itself is left and the next one tried."""
        courier = self._runtime.courier(provider)
        try:
            with ahead(partial(_sealed, self._runtime), batches) as sealed:
                for row, made in sealed:
                    work = partial(_send_one, self._runtime, courier, row, made)
                    found = apart(self._runtime, provider, of_batch(row.id), work, (Held,))
                    self._count(found)
                    if found is not Fate.SENT:
                        courier.close()
                        courier = self._runtime.courier(provider)
        finally:
            courier.close()

    def _count(self, found: Fate | Exception | None) -> None:
        if isinstance(found, Refused):
            self.refused.append(found)
        if isinstance(found, Fate):
            self.fates.append(found)
            self._runtime.progress("send", len(self.fates), self._total)


def _sealed(runtime: Runtime, row: Row[Any]) -> Sealed | None:
    """The batch's file; None when this very message left before a restore."""
    with runtime.database.view() as session:
        if restored.left_before(session, row.message_id) is not None:
            return None
        adapter = runtime.adapters[row.provider]
        return submission.seal(session, runtime.keyring, adapter, row.id, runtime.outbound)


def _send_one(
    runtime: Runtime, courier: Courier, row: Row[Any], made: Callable[[], Sealed | None]
) -> Fate | None:
    """Claim, hand over, record one batch that was sealed; None when another worker has it."""
    sealed = made()
    if sealed is None:
        return _take_as_sent(runtime, row)
    now = runtime.clock.now()
    claimed = runtime.database.serializable(
        lambda session: claims.claim(session, sealed, runtime.worker, now)
    )
    if claimed is None:
        return None
    return hand_over(runtime, courier, row, claimed, sealed.path, sealed.sha256)


def _take_as_sent(runtime: Runtime, row: Row[Any]) -> Fate:
    """Nothing is handed over: before the restore this very message left, so it is in doubt."""
    now = runtime.clock.now()
    runtime.database.serializable(
        lambda session: restored.claim_as_left(session, row, runtime.worker, now)
    )
    return Fate.IN_DOUBT
