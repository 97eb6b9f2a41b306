"""Jobs of sending: build batches, hand them over, settle what is in doubt.

Claim and commit, then the network, then record and commit. A send journal outside the
database, fsynced before the first byte, tells after a crash or a restored backup which files
may have been handed over.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.disbursement import submission
from app.disbursement.batches import build, unbuilt
from app.disbursement.holds import held_for
from app.disbursement.states import IN_DOUBT, SENT
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
    """Hand every released batch of today to its provider, one connection per provider."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        submission.give_up_lost(session, runtime.worker, now)
    with runtime.database.view() as session:
        rows = [submission.details(session, n) for n in submission.sendable(session, now)]
    by_provider: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_provider[row.provider].append(row)
    done = 0
    for provider, batches in by_provider.items():
        done += _send_all(runtime, provider, batches, done, len(rows))
    if done:  # what has left the house is what answers are looked up among
        with runtime.database.unit_of_work() as session:
            refresh_statistics(session, batch)
    return f"{done} sent"


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
        adapter = runtime.adapters[row.provider]
        sealed = submission.seal(session, runtime.keyring, adapter, row.id, runtime.outbound)
    now = runtime.clock.now()
    if not runtime.database.serializable(
        lambda session: submission.claim(session, sealed, runtime.worker, now)
    ):
        return True
    return _hand_over(runtime, courier, sealed.batch_id, sealed.path, sealed.sha256)


def _hand_over(runtime: Runtime, courier: Courier, batch_id: int, path: Path, sha256: str) -> bool:
    """Carry the sealed bytes and record what became of them."""
    state, evidence, usable = SENT, f"receipt:{sha256}", True
    try:
        submission.require_sealed(path, sha256)
        _note(runtime, batch_id, path.name, sha256)
        receipt = courier.put(path.name, path)
        submission.require_carried(path.name, receipt.sha256, sha256)
    except Held as error:
        with runtime.database.unit_of_work() as session:
            submission.record(session, batch_id, IN_DOUBT, str(error), runtime.clock.now())
            submission.stop_everything(session, str(error), runtime.clock.now())
        raise
    except (InDoubt, Unavailable, Refused) as error:
        # Even a definite failure waits here for a person or for proof: the claim is made.
        state, evidence, usable = IN_DOUBT, f"{type(error).__name__}: {error}", False
    with runtime.database.unit_of_work() as session:
        submission.record(session, batch_id, state, evidence, runtime.clock.now())
    return usable


def _note(runtime: Runtime, batch_id: int, name: str, sha256: str) -> None:
    """One fsynced line in the send journal before the first byte leaves."""
    line = {
        "at": runtime.clock.now().isoformat(),
        "batch": batch_id,
        "name": name,
        "sha256": sha256,
    }
    runtime.home.mkdir(parents=True, exist_ok=True)
    with (runtime.home / "send-journal.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _within_window(provider: Capabilities, first_sent: datetime, now: datetime) -> bool:
    """Whether the provider still refuses a repetition: an hour less than it promises (U3)."""
    window = timedelta(days=provider.dedupe_days) - timedelta(hours=1)
    return bool(provider.dedupe) and now < first_sent + window


def _is_held(session: Session, row: Any) -> bool:
    """Under a hold no byte leaves, not even those that may have left before."""
    return held_for(session, row.provider, row.programme, row.unit_code) is not None


def resend_in_doubt(runtime: Runtime) -> str:
    """Hand the same sealed bytes over again, only to a provider that refuses repetitions.

    The same message id within the provider's window cannot be executed twice (rule U3). A
    provider that declares nothing is left alone: there only evidence moves the batch.
    """
    with runtime.database.view() as session:
        rows = [row for row in submission.in_doubt(session) if not _is_held(session, row)]
    again = 0
    for row in rows:
        adapter = runtime.adapters[row.provider]
        if not _within_window(adapter.capabilities, row.first_sent, runtime.clock.now()):
            continue
        with closing(runtime.courier(row.provider)) as courier:
            path = runtime.outbound / row.file_name
            again += _hand_over(runtime, courier, row.id, path, row.sha256)
    return f"{again} of {len(rows)} in doubt"
