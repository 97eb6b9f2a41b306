"""Jobs of collecting: fetch what providers have for us, read it, match it, apply it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from app.disbursement.collection import process
from app.disbursement.files_in import reports_of, require_theirs
from app.disbursement.holds import set_once
from app.disbursement.statements_in import read_in
from app.disbursement.troubles import (
    COLLECT,
    ERROR_MAX,
    NAMES,
    end_of_files,
    of_file,
    standing_of,
    told,
)
from app.jobs.ahead import abreast
from app.jobs.apart import apart, ended, note
from app.jobs.runtime import Runtime
from bank_adapters.contract import Courier, OpenCourier
from bank_adapters.errors import BankError, Refused
from ledger.errors import LedgerError
from reconciliation import intake, lines
from reconciliation.intake import File

Trouble = tuple[str, str]
"""Of whom (provider) and of what (subject)."""


def collect_files(runtime: Runtime) -> str:
    """Fetch every waiting file of every provider; a file is archived there once stored here.

    A provider that does not answer stops nobody else; it stands as a trouble until it does.
    """
    work = partial(_collected, runtime)
    found = list(abreast(work, runtime.couriers.items(), runtime.at_once))
    troubled = [provider for provider, one in found if one is None or one.refused]
    fetched = sum(one.files for _, one in found if one is not None)
    return f"{fetched} files{_said(troubled)}"


def _collected(runtime: Runtime, one: tuple[str, OpenCourier]) -> tuple[str, _Collected | None]:
    """What a provider had, None where it did not answer; the troubles are noted, or over."""
    provider, open_courier = one
    work = partial(_collect_from, runtime, provider, open_courier)
    found = apart(runtime, provider, COLLECT, work)
    if isinstance(found, Exception):
        return provider, None
    ended(runtime, provider, COLLECT)
    if found.refused:
        note(runtime, provider, NAMES, "; ".join(found.refused)[:ERROR_MAX])
    else:
        ended(runtime, provider, NAMES)
    return provider, found


def _said(troubled: Sequence[str]) -> str:
    return f"; trouble at {', '.join(troubled)}" if troubled else ""


@dataclass(slots=True)
class _Collected:
    """What one provider had: files fetched, and why the others stay there."""

    files: int = 0
    refused: list[str] = field(default_factory=list)


def _collect_from(runtime: Runtime, provider: str, open_courier: OpenCourier) -> _Collected:
    """Fetch what waits at one provider; what has a name that nobody takes keeps nothing back."""
    found = _Collected()
    with closing(open_courier()) as courier:
        waiting = courier.waiting()
        for number, file in enumerate(waiting, start=1):
            try:
                _collect_one(runtime, provider, courier, file.name)
                found.files += 1
            except Refused as error:
                found.refused.append(told(error))
            runtime.progress(f"collect {provider}", number, len(waiting))
    return found


def _collect_one(runtime: Runtime, provider: str, courier: Courier, name: str) -> None:
    target = intake.arriving(runtime.inbound, provider) / Path(require_theirs(name)).name
    receipt = courier.fetch(name, target)
    intake.keep(runtime.inbound, target, receipt.sha256)
    with runtime.database.unit_of_work() as session:
        intake.receive(
            session, provider, name, receipt.sha256, receipt.size_bytes, runtime.clock.now()
        )
    courier.done(name)


def read_files(runtime: Runtime) -> str:
    """Turn received files into bank lines; what cannot be read or does not add up waits.

    A file that no reader understands at all stays as it came and stands as a trouble; the others
    are read.
    """
    with runtime.database.unit_of_work() as session:
        end_of_files(session, runtime.clock.now())
        waiting, stands = intake.waiting(session, "received"), standing_of(session)
    work = partial(_read_those, runtime, stands, _told_of(runtime, "read files", waiting))
    odd = sum(abreast(work, _by_provider(waiting), runtime.at_once))
    return f"{len(waiting)} files" + (f"; {odd} odd" if odd else "")


def _by_provider(files: Iterable[File]) -> list[list[File]]:
    """One provider's files are dealt with in the order they came, whatever another's are at."""
    found: dict[str, list[File]] = {}
    for file in files:
        found.setdefault(file[1], []).append(file)
    return list(found.values())


def _told_of(runtime: Runtime, step: str, files: Sequence[File]) -> Callable[[], None]:
    """What says that one more of these files is done."""
    done = count(1)
    return lambda: runtime.progress(step, next(done), len(files))


def _read_those(
    runtime: Runtime, stands: set[Trouble], tell: Callable[[], None], files: Iterable[File]
) -> int:
    """Read one provider's files; gives how many could not be."""
    odd = 0
    for file_id, provider, name, sha256 in files:
        work = partial(_read_one, runtime, file_id, provider, name, sha256)
        if isinstance(apart(runtime, provider, of_file(file_id), work), Exception):
            odd += 1
        elif (provider, of_file(file_id)) in stands:
            ended(runtime, provider, of_file(file_id))
        tell()
    return odd


def _read_one(runtime: Runtime, file_id: int, provider: str, name: str, sha256: str) -> None:
    adapter = runtime.adapters[provider]
    now = runtime.clock.now()
    path = intake.stored_path(runtime.inbound, sha256)
    try:
        with path.open("rb") as source, runtime.database.unit_of_work() as session:
            if not intake.take(session, file_id, "received"):
                return  # another worker has read it meanwhile
            reports = reports_of(adapter, name, source)
            read_in(session, file_id, provider, reports, now)
    except BankError as error:
        with runtime.database.unit_of_work() as session:
            lines.refuse(session, file_id, str(error))


def apply_files(runtime: Runtime) -> str:
    """Match each read file and apply its verdicts, one unit of work a file, a provider's in order.

    A file that the books refuse (a debit above what the account holds) stops its provider
    and waits; later files of that provider wait behind it, those of others go on. So they do
    behind a file that failed in any other way, which stands as a trouble.
    """
    with runtime.database.view() as session:
        waiting, stands = intake.waiting(session, "read"), standing_of(session)
    work = partial(_apply_those, runtime, stands, _told_of(runtime, "apply", waiting))
    totals = sum(abreast(work, _by_provider(waiting), runtime.at_once), Counter[str]())
    return ", ".join(f"{name} {count}" for name, count in sorted(totals.items()))


def _apply_those(
    runtime: Runtime, stands: set[Trouble], tell: Callable[[], None], files: Iterable[File]
) -> Counter[str]:
    """Apply one provider's files up to the first that fails; gives the lines by effect."""
    totals: Counter[str] = Counter()
    for file_id, provider, name, _ in files:
        found = apart(runtime, provider, of_file(file_id), partial(_apply_one, runtime, file_id))
        if isinstance(found, LedgerError):
            _stop(runtime, provider, f"Tệp {name} không ghi sổ được: {found}")
        if isinstance(found, Exception):
            break
        if (provider, of_file(file_id)) in stands:
            ended(runtime, provider, of_file(file_id))
        totals.update(found)
        tell()
    return totals


def _apply_one(runtime: Runtime, file_id: int) -> dict[str, int]:
    with runtime.database.unit_of_work() as session:
        if not intake.take(session, file_id, "read"):
            return {}  # another worker has applied it meanwhile
        return process(session, file_id, runtime.clock.now(), _singly(runtime))


def _singly(runtime: Runtime) -> list[str]:
    """Providers to whom each payment is a request of its own."""
    adapters = runtime.adapters.items()
    return sorted(code for code, one in adapters if one.capabilities.by == "single")


def _stop(runtime: Runtime, provider: str, reason: str) -> None:
    with runtime.database.unit_of_work() as session:
        set_once(session, "provider", provider, reason, "system", runtime.clock.now())


def collect_and_apply(runtime: Runtime) -> str:
    """Collect, read and apply in one go: what the scheduler does every few minutes."""
    collect_files(runtime)
    read_files(runtime)
    return apply_files(runtime)
