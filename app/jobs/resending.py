"""Hand batches in doubt over again: what never left as soon as may be, and what may have left only
to a provider that refuses a repetition.

Both go under a new claim and as the same sealed bytes; a batch whose bytes are gone waits for
evidence.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any

from app.clock import local_date
from app.disbursement import claims, submission
from app.disbursement.claims import NOT_HANDED_OVER
from app.disbursement.cutoff import pay_day
from app.disbursement.doubts import in_doubt, may_repeat
from app.disbursement.lapsing import is_lapsed
from app.disbursement.troubles import of_batch
from app.errors import Held
from app.jobs.apart import apart
from app.jobs.handing import Fate, hand_over
from app.jobs.parting import parted, said
from app.jobs.runtime import Runtime


def resend_in_doubt(runtime: Runtime) -> str:
    """Hand the same sealed bytes over again, only to a provider that refuses repetitions.

    The same message id within the provider's window, on the same channel, cannot be executed
    twice (rule U3). A provider that declares nothing is left alone, and so is a batch whose bytes
    are gone: there only evidence moves the batch. Under a hold no byte leaves, not even those that
    may have left.
    """
    with runtime.database.view() as session:
        rows, held = parted(session, in_doubt(session))
    again = 0
    for row in rows:
        capabilities = runtime.adapters[row.provider].capabilities
        with runtime.database.view() as session:
            may = may_repeat(session, row, capabilities, runtime.clock.now())
        if may:
            again += _again(runtime, row, f"dedupe:{capabilities.dedupe}")
    return f"{again} of {len(rows)} in doubt{said(held)}"


def send_what_never_left(runtime: Runtime) -> int:
    """Hand over what our own process knows that it did not hand over; gives how many left.

    Not after the last moment of the day, and not when the release has lapsed: then people decide.
    """
    with runtime.database.view() as session:
        mine = claims.never_left(session)
        rows, _ = parted(session, [row for row in in_doubt(session) if row.id in mine])
    return sum(_again(runtime, row, NOT_HANDED_OVER) for row in rows if _is_due(runtime, row))


def _is_due(runtime: Runtime, row: Any) -> bool:
    """Asked batch by batch: those before it may have taken their time."""
    now = runtime.clock.now()
    with runtime.database.view() as session:
        on_time = pay_day(session, row, now) == local_date(now)
        return on_time and not is_lapsed(session, row.id, now)


def _again(runtime: Runtime, row: Any, why: str) -> bool:
    """One batch once more; whatever goes wrong stops no other one."""
    work = partial(_hand_again, runtime, row, why)
    return apart(runtime, row.provider, of_batch(row.id), work, (Held,)) is Fate.SENT


def _hand_again(runtime: Runtime, row: Any, why: str) -> Fate:
    if row.sha256 is None or not _has_bytes(runtime, row):
        return Fate.KEPT
    now = runtime.clock.now()
    with closing(runtime.courier(row.provider)) as courier:
        claimed = runtime.database.serializable(
            lambda session: claims.claim_again(session, row.id, runtime.worker, now, why)
        )
        if claimed is None:
            return Fate.KEPT
        path = runtime.outbound / row.file_name
        return hand_over(runtime, courier, row, claimed, path, row.sha256)


def _has_bytes(runtime: Runtime, row: Any) -> bool:
    """Whether the sealed file is there, or comes out the same when it is made anew."""
    if (runtime.outbound / row.file_name).exists():
        return True
    adapter = runtime.adapters[row.provider]
    with runtime.database.view() as session:
        return submission.seal_again(session, runtime.keyring, adapter, row, runtime.outbound)
