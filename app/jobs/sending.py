"""Jobs of sending: build batches, hand them over, settle what is in doubt.

Claim and commit, then the network, then record and commit. A line in the send journal, on the
disk before the first byte, tells after a crash or a restored backup which files may have been
handed over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.disbursement import journal, lapsing, restored, submission
from app.disbursement.batches import add_event, build, unbuilt
from app.disbursement.holds import held_for
from app.disbursement.states import BUILT, IN_DOUBT, SENT
from app.disbursement.tables import batch, instruction
from app.errors import Held
from app.jobs.runtime import Runtime
from bank_adapters.contract import Capabilities, Courier
from bank_adapters.errors import InDoubt, Refused, Unavailable
from ledger.bulk import refresh_statistics


def build_batches(runtime: Runtime, period: str, requested_on: date) -> str:
    """One batch per approved payroll and contract that has none."""
    with runtime.database.view() as session:
        pairs = unbuilt(session, period)
    for number, (payroll_id, contract_id) in enumerate(pairs, start=1):
        with runtime.database.unit_of_work() as session:
            build(session, payroll_id, contract_id, requested_on, runtime.clock.now())
        runtime.progress("build", number, len(pairs))
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, instruction)
    return f"{len(pairs)} batches"


def send_batches(runtime: Runtime) -> str:
    """Hand every released batch of today to its provider, one connection per provider.

    What a hold stops stays as it is, and the answer says how much and why.
    """
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        submission.give_up_lost(session, runtime.worker, now)
        late = _take_back_lapsed(session, now)
    with runtime.database.view() as session:
        rows = [submission.details(session, n) for n in submission.sendable(session, now)]
        free, held = _parted(session, rows)
    _refuse_forgotten(runtime, free)
    by_provider: dict[str, list[Any]] = defaultdict(list)
    for row in free:
        by_provider[row.provider].append(row)
    done = 0
    for provider, batches in by_provider.items():
        done += _send_all(runtime, provider, batches, done, len(free))
    if done:  # what has left the house is what answers are looked up among
        with runtime.database.unit_of_work() as session:
            refresh_statistics(session, batch)
    told = f"; {late} released too long ago" if late else ""
    return f"{done} sent{_said(held)}{told}"


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
    if not rows:
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
            submission.stop_everything(session, error.message, runtime.clock.now())
        raise error


def _parted(session: Session, rows: Iterable[Row[Any]]) -> tuple[list[Row[Any]], list[str]]:
    """Batches that may leave, and the reasons that stop each of the others."""
    free, held = [], []
    for row in rows:
        reason = held_for(session, row.provider, row.programme, row.unit_code)
        if reason is None:
            free.append(row)
        else:
            held.append(reason)
    return free, held


def _said(held: Iterable[str]) -> str:
    """Why batches wait under holds, for the job's line of detail; nothing when none do."""
    counted = Counter(held)
    told = "; ".join(f"{count} held: {reason}" for reason, count in counted.items())
    return f"; {told}" if told else ""


def _send_all(
    runtime: Runtime, provider: str, batches: Iterable[Any], done: int, total: int
) -> int:
    """Send a provider's batches; a connection that broke in doubt is opened again."""
    sent, courier = 0, runtime.courier(provider)
    try:
        for row in batches:
            if not _send_one(runtime, courier, row):
                courier.close()
                courier = runtime.courier(provider)
            sent += 1
            runtime.progress("send", done + sent, total)
    finally:
        courier.close()
    return sent


def _send_one(runtime: Runtime, courier: Courier, row: Any) -> bool:
    """Seal, claim, hand over, record one batch; False when the connection is of no more use."""
    with runtime.database.view() as session:
        if restored.left_before(session, row.message_id) is not None:
            return _take_as_sent(runtime, row)
        adapter = runtime.adapters[row.provider]
        sealed = submission.seal(session, runtime.keyring, adapter, row.id, runtime.outbound)
    now = runtime.clock.now()
    if not runtime.database.serializable(
        lambda session: submission.claim(session, sealed, runtime.worker, now)
    ):
        return True
    return _hand_over(runtime, courier, row, sealed.path, sealed.sha256)


def _take_as_sent(runtime: Runtime, row: Any) -> bool:
    """Nothing is handed over: before the restore this very message left, so it is in doubt."""
    now = runtime.clock.now()
    runtime.database.serializable(
        lambda session: restored.claim_as_left(session, row, runtime.worker, now)
    )
    return True


def _hand_over(runtime: Runtime, courier: Courier, row: Any, path: Path, sha256: str) -> bool:
    """Carry the sealed bytes and record what became of them."""
    state, evidence, usable = SENT, f"receipt:{sha256}", True
    try:
        submission.require_sealed(path, sha256)
        _note(runtime, row, path.name, sha256)
        receipt = courier.put(path.name, path)
        submission.require_carried(path.name, receipt.sha256, sha256)
    except Held as error:
        with runtime.database.unit_of_work() as session:
            submission.record(session, row.id, IN_DOUBT, str(error), runtime.clock.now())
            submission.stop_everything(session, str(error), runtime.clock.now())
        raise
    except (InDoubt, Unavailable, Refused) as error:
        # Even a definite failure waits here for a person or for proof: the claim is made.
        state, evidence, usable = IN_DOUBT, f"{type(error).__name__}: {error}", False
    with runtime.database.unit_of_work() as session:
        submission.record(session, row.id, state, evidence, runtime.clock.now())
    return usable


def _note(runtime: Runtime, row: Any, name: str, sha256: str) -> None:
    """One line in the send journal before the first byte leaves."""
    line = journal.Handed(
        at=runtime.clock.now(),
        batch=row.id,
        name=name,
        sha256=sha256,
        message_id=row.message_id,
        provider=row.provider,
        lines=row.lines,
        total=row.total,
    )
    journal.note(runtime.home, line)


def _within_window(provider: Capabilities, first_sent: datetime, now: datetime) -> bool:
    """Whether the provider still refuses a repetition: an hour less than it promises."""
    window = timedelta(days=provider.dedupe_days) - timedelta(hours=1)
    return bool(provider.dedupe) and now < first_sent + window


def resend_in_doubt(runtime: Runtime) -> str:
    """Hand the same sealed bytes over again, only to a provider that refuses repetitions.

    The same message id within the provider's window cannot be executed twice (rule U3). A
    provider that declares nothing is left alone, and so is a batch whose bytes are gone: there
    only evidence moves the batch. Under a hold no byte leaves, not even those that may have left.
    """
    with runtime.database.view() as session:
        rows, held = _parted(session, submission.in_doubt(session))
    again = 0
    for row in rows:
        capabilities = runtime.adapters[row.provider].capabilities
        if not _within_window(capabilities, row.first_sent, runtime.clock.now()):
            continue
        if row.sha256 is None or not _has_bytes(runtime, row):
            continue
        with closing(runtime.courier(row.provider)) as courier:
            path = runtime.outbound / row.file_name
            again += _hand_over(runtime, courier, row, path, row.sha256)
    return f"{again} of {len(rows)} in doubt{_said(held)}"


def _has_bytes(runtime: Runtime, row: Any) -> bool:
    """Whether the sealed file is there, or comes out the same when it is made anew."""
    if (runtime.outbound / row.file_name).exists():
        return True
    adapter = runtime.adapters[row.provider]
    with runtime.database.view() as session:
        return submission.seal_again(session, runtime.keyring, adapter, row, runtime.outbound)
