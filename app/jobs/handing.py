"""Hand one claimed batch over: look at the fence, note it, carry it, record what became of it.

Until the courier begins, whatever goes wrong proves that nothing was handed over. From then on
only the courier knows, and what it does not know is a doubt.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

from app.disbursement import claims, journal, submission, troubles
from app.disbursement.claims import Claim
from app.disbursement.states import IN_DOUBT, SENT
from app.disbursement.troubles import of_batch, told
from app.errors import Held, Refused, Unavailable
from app.jobs.apart import OURS, note
from app.jobs.runtime import Runtime
from bank_adapters import errors as bank
from bank_adapters.contract import Courier


class Fate(Enum):
    """What became of a batch: it was taken, that is not known, or nothing was handed over."""

    SENT = "sent"
    IN_DOUBT = "in doubt"
    KEPT = "not handed over"


def hand_over(
    runtime: Runtime, courier: Courier, row: Any, claimed: Claim, path: Path, sha256: str
) -> Fate:
    """Carry the sealed bytes under a claim, and record what became of them.

    Raises Held, with everything stopped, when the bytes are not those that were sealed.
    """
    try:
        submission.require_sealed(path, sha256)
    except Held as error:
        _stop(runtime, row, error)
        raise
    try:
        with runtime.database.view() as session:
            claims.require_fence(session, claimed, runtime.clock.now())
        _note(runtime, row, path.name, sha256)
    except (Refused, Unavailable) as error:
        return _not_handed_over(runtime, row, claimed, error)
    return _carry(runtime, courier, row, claimed, path, sha256)


def _carry(
    runtime: Runtime, courier: Courier, row: Any, claimed: Claim, path: Path, sha256: str
) -> Fate:
    try:
        receipt = courier.put(path.name, path, claimed.not_after)
        submission.require_carried(path.name, receipt.sha256, sha256)
    except Held as error:
        _stop(runtime, row, error)
        raise
    except OURS:
        raise
    except (bank.Unavailable, bank.TurnedAway) as error:
        return _not_handed_over(runtime, row, claimed, error)
    except Exception as error:  # what a courier does not know may have left
        evidence = f"{type(error).__name__}: {told(error)}"
        _record(runtime, row, IN_DOUBT, evidence)
        note(runtime, row.provider, of_batch(row.id), told(error))
        return Fate.IN_DOUBT
    _record(runtime, row, SENT, f"receipt:{sha256}")
    return Fate.SENT


def _record(runtime: Runtime, row: Any, state: str, evidence: str) -> None:
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        claims.record(session, row.id, state, evidence, now)
        if state == SENT:
            troubles.end(session, row.provider, of_batch(row.id), now)


def _not_handed_over(runtime: Runtime, row: Any, claimed: Claim, error: Exception) -> Fate:
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        claims.record_not_handed_over(session, claimed, told(error), now)
    note(runtime, row.provider, of_batch(row.id), told(error))
    return Fate.KEPT


def _stop(runtime: Runtime, row: Any, error: Held) -> None:
    """Bytes were changed: the batch is in doubt and everything stops."""
    with runtime.database.unit_of_work() as session:
        claims.record(session, row.id, IN_DOUBT, str(error), runtime.clock.now())
        claims.stop_everything(session, str(error), runtime.clock.now())


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
