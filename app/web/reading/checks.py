"""Whether the service is well, check by check, for who looks after it.

What `ansinh doctor` looks at beside these stands outside of the database, or takes long: every
proof of the books anew, every rule of the database against a fresh one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.channels.lookup import in_force as channels_in_force
from app.clock import TIME_ZONE, local_date
from app.db import check_durable, check_login
from app.disbursement.tables import batch, hold
from app.errors import AnSinhError, Conflict, SettingsError
from app.schedule.run_tables import FINISHED
from app.schedule.runs import SILENT_AFTER, last_seen, newest_runs, waiting_for_people
from app.self_service.deciding import turned_away
from app.tasks.tables import WAITING, web_task
from app.units.home import KEYS, has_keys
from app.units.lookup import in_force
from app.units.tables import contract, provider
from app.web.site import Site
from bank_adapters.discovery import load
from bank_adapters.errors import BankError
from reconciliation.tables import inbound_file

GOOD, BAD, UNKNOWN = "good", "bad", "unknown"
WORKER_LATE = timedelta(minutes=2)
"""A task that waits longer than this finds no worker."""
PROOFS_LATE = timedelta(hours=26)
FREE_LEAST = 2_000_000_000
"""Bytes that a disk should have left: a month's files and the database's own work."""
KEY_MODE = 0o600
_PROVEN = re.compile(r"([0-9]+) of ([0-9]+) proofs")


class Check(NamedTuple):
    """One check: its name (words `check.<name>`, what to do `check_do.<name>`), its state, and what
    was found, in figures, names or the words of the room that found it."""

    name: str
    state: str
    told: str = ""


def checks(session: Session, here: Site, now: datetime) -> list[Check]:
    """Every check; those of rows by their keys and small tables."""
    return [
        Check("database", GOOD, here.database.url.get_backend_name()),
        _durable(here),
        _login(here),
        _keys(here),
        _adapters(here),
        _disk(here),
        _scheduler(session, here, now),
        _jobs(session),
        _worker(session, now),
        _proofs(session, here, now),
        *_money(session, now),
        _codes(session, now),
        Check("machine", UNKNOWN),
    ]


def _of(name: str, is_good: bool, told: str = "") -> Check:
    return Check(name, GOOD if is_good else BAD, told)


def _durable(here: Site) -> Check:
    try:
        check_durable(here.database)
    except SettingsError as error:
        return Check("durable", BAD, "; ".join(error.faults))
    return Check("durable", GOOD)


def _login(here: Site) -> Check:
    """The service cannot lift its own rules; on a training database it may."""
    try:
        check_login(here.database)
    except SettingsError as error:
        return _of("login", here.training, "; ".join(error.faults))
    return Check("login", GOOD)


def _keys(here: Site) -> Check:
    path = here.home / KEYS / "field.key"
    if not path.exists():
        return _of("keys", has_keys(here.settings, here.home))
    return _of("keys", path.stat().st_mode & 0o777 == KEY_MODE)


def _adapters(here: Site) -> Check:
    try:
        return Check("adapters", GOOD, ", ".join(load(here.settings.adapters)))
    except (AnSinhError, BankError) as error:
        return Check("adapters", BAD, str(error))


def _disk(here: Site) -> Check:
    folder = next(one for one in (here.home, *here.home.parents) if one.is_dir())
    free = shutil.disk_usage(folder).free
    return _of("disk", free >= FREE_LEAST, f"{free // 1_000_000_000} GB")


def _scheduler(session: Session, here: Site, now: datetime) -> Check:
    """Some scheduler was seen a moment ago; a training database has none."""
    seen = last_seen(session)
    if seen is None:
        return Check("scheduler", GOOD if here.training else BAD)
    return _of("scheduler", here.training or now - seen < SILENT_AFTER, _at(seen))


def _codes(session: Session, now: datetime) -> Check:
    """Nobody was turned away because the day's one-time codes were spent."""
    refused = turned_away(session, now)
    return _of("codes", not refused, str(refused) if refused else "")


def _jobs(session: Session) -> Check:
    stuck = waiting_for_people(session)
    return _of("jobs", not stuck, "; ".join(f"{one.job} {one.slot}" for one in stuck[:3]))


def _worker(session: Session, now: datetime) -> Check:
    """No task that an officer asked for waits for long."""
    asked = select(func.min(web_task.c.asked_at)).where(web_task.c.state == WAITING)
    oldest = session.scalar(asked)
    late = oldest is not None and now - oldest > WORKER_LATE
    return _of("worker", not late, _at(oldest) if oldest is not None and late else "")


def _proofs(session: Session, here: Site, now: datetime) -> Check:
    """The nightly proofs ran lately and held; what failed set a hold besides."""
    run = newest_runs(session).get("proofs")
    if run is None:
        return Check("proofs", GOOD if here.training else BAD)
    is_late = not here.training and now - run.started_at > PROOFS_LATE
    held = run.state == FINISHED and "failed" not in run.detail
    return _of("proofs", held and not is_late, _proven(run))


def _proven(run: Any) -> str:
    """When the proofs ran, and how many of how many held: '01:30 12/10/2026, 21/21'."""
    found = _PROVEN.match(run.detail)
    return f"{_at(run.started_at)}, {found[1]}/{found[2]}" if found else _at(run.started_at)


def _money(session: Session, now: datetime) -> Iterator[Check]:
    """What stands in the way of money: holds, batches nobody knows of, files put aside, providers
    with a contract and no way to reach them."""
    counts = {
        "holds": select(func.count()).where(hold.c.cleared_at.is_(None)),
        "in_doubt": select(func.count()).where(batch.c.state == "in_doubt"),
        "quarantine": select(func.count()).where(inbound_file.c.state == "quarantined"),
    }
    for name, query in counts.items():
        count = session.scalar(query) or 0
        yield _of(name, not count, str(count))
    yield _channels(session, now)


def _channels(session: Session, now: datetime) -> Check:
    """Every provider with a contract in force has a channel in force, one of the sandbox aside."""
    today = local_date(now)
    try:
        reached = {row.provider for row in channels_in_force(session, today)}
    except Conflict as error:
        return Check("channels", BAD, error.on_page)
    bound = exists().where(contract.c.provider == provider.c.code, in_force(today))
    codes = session.scalars(select(provider.c.code).where(bound, provider.c.is_sandbox == 0))
    missing = sorted(set(codes) - reached)
    return _of("channels", not missing, ", ".join(missing))


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
