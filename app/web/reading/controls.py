"""What guards this installation, as its settings and its database show it at this moment.

The groups are those that a system of level 3 answers to (Decree 85/2016/ND-CP or its successor).
What cannot be seen from here is said to be so: nothing is on because we hope it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.review import Reviewed
from app.audit.reading import Asked, lines
from app.audit.tables import audit_event, audit_link
from app.audit.words import PROVED
from app.config import LOOPBACK
from app.db import check_durable, check_login
from app.errors import SettingsError
from app.units.home import KEYS
from app.web.reading.trail import proofs_in
from app.web.site import Site

ON, OFF, UNKNOWN, ALWAYS, ABSENT = "on", "off", "unknown", "always", "absent"
PROVED_WITHIN = timedelta(days=31)
LINKED_WITHIN = timedelta(minutes=10)
SESSION_MINUTES_MAX = 30

# (group, control): `always` is part of the program, `unknown` lies outside of what it sees,
# `absent` is not there; for the others the function below of that name looks.
CONTROLS = (
    ("authentication", "password", ALWAYS),
    ("authentication", "second_factor", ALWAYS),
    ("authentication", "waits", ALWAYS),
    ("authentication", "idle", ""),
    ("authentication", "single_sign_on", ""),
    ("authentication", "phishing", ABSENT),
    ("rights", "granted_by_two", ALWAYS),
    ("rights", "conflicts", ""),
    ("rights", "unused", ""),
    ("rights", "login", ""),
    ("trail", "written", ALWAYS),
    ("trail", "linked", ""),
    ("trail", "anchored", ""),
    ("trail", "proved", ""),
    ("trail", "clock", UNKNOWN),
    ("trail", "collected", UNKNOWN),
    ("transport", "tls", ""),
    ("transport", "providers", ALWAYS),
    ("repudiation", "bound_codes", ALWAYS),
    ("repudiation", "seal_key", ""),
    ("repudiation", "signed_papers", ""),
    ("application", "real", ""),
    ("application", "debug", ""),
    ("application", "own_pages", ALWAYS),
    ("application", "pinned", ALWAYS),
    ("application", "malware", ABSENT),
    ("integrity", "durable", ""),
    ("integrity", "rules", UNKNOWN),
    ("confidentiality", "encrypted", ALWAYS),
    ("confidentiality", "field_key", ""),
    ("confidentiality", "names", ABSENT),
    ("confidentiality", "rotation", ABSENT),
    ("confidentiality", "disk", UNKNOWN),
    ("backup", "taken", UNKNOWN),
    ("backup", "restored", UNKNOWN),
    ("outside", "network", UNKNOWN),
    ("outside", "hardening", UNKNOWN),
    ("outside", "yearly_check", UNKNOWN),
)


class Control(NamedTuple):
    """One control: its group and code, its state, and the figure that belongs to it, if any."""

    group: str
    code: str
    state: str
    figure: Any = ""


class Seen(NamedTuple):
    """What is looked at: the running service, a view of its database, the moment, and the review
    of access."""

    here: Site
    session: Session
    now: datetime
    reviewed: Sequence[Reviewed]


def controls(seen: Seen) -> list[tuple[str, list[Control]]]:
    """Every control by its group, in the order of the list."""
    found = list(_looked(seen))
    return [(group, list(some)) for group, some in groupby(found, lambda one: one.group)]


def counts(groups: list[tuple[str, list[Control]]]) -> dict[str, int]:
    """How many are in which state."""
    states = [one.state for _, some in groups for one in some]
    return {state: states.count(state) for state in (ALWAYS, ON, OFF, ABSENT, UNKNOWN)}


def _looked(seen: Seen) -> Iterator[Control]:
    for group, code, state in CONTROLS:
        if state:
            yield Control(group, code, state)
            continue
        is_on, figure = LOOKS[code](seen)
        yield Control(group, code, ON if is_on else OFF, figure)


def _idle(seen: Seen) -> tuple[bool, Any]:
    minutes = seen.here.settings.session_minutes
    return minutes <= SESSION_MINUTES_MAX, minutes


def _single_sign_on(seen: Seen) -> tuple[bool, Any]:
    issuer = seen.here.settings.oidc_issuer
    return bool(issuer), issuer


def _conflicts(seen: Seen) -> tuple[bool, Any]:
    found = sum(bool(one.conflicts) for one in seen.reviewed)
    return not found, found


def _unused(seen: Seen) -> tuple[bool, Any]:
    found = sum(one.idle and bool(one.roles) for one in seen.reviewed)
    return not found, found


def _login(seen: Seen) -> tuple[bool, Any]:
    """On SQLite whoever runs the service owns the file, and with it every rule."""
    database = seen.here.database
    return not database.is_sqlite and _holds(lambda: check_login(database)), ""


def _durable(seen: Seen) -> tuple[bool, Any]:
    return _holds(lambda: check_durable(seen.here.database)), ""


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except SettingsError:
        return False
    return True


def _linked(seen: Seen) -> tuple[bool, Any]:
    """Whether the sealer keeps up: no line has waited long for its link."""
    last = select(audit_link.c.event_id).order_by(audit_link.c.position.desc()).limit(1)
    after = audit_event.c.id > (seen.session.scalar(last) or 0)
    late = select(audit_event.c.at).where(after).order_by(audit_event.c.id).limit(1)
    at = seen.session.scalar(late)
    return at is None or seen.now - at <= LINKED_WITHIN, at


def _anchored(seen: Seen) -> tuple[bool, Any]:
    return seen.here.settings.anchor is not None, ""


def _proved(seen: Seen) -> tuple[bool, Any]:
    newest = lines(seen.session, Asked((PROVED,)), 1)
    if not newest:
        return False, None
    is_new = seen.now - newest[0].at <= PROVED_WITHIN
    return is_new and all(one["ok"] for one in proofs_in(newest[0])), newest[0].at


def _tls(seen: Seen) -> tuple[bool, Any]:
    return seen.here.settings.behind_tls, seen.here.settings.host in LOOPBACK


def _seal_key(seen: Seen) -> tuple[bool, Any]:
    path = seen.here.home / KEYS / "seal.key"
    return bool(seen.here.settings.seal_key) or _is_private(path), ""


def _field_key(seen: Seen) -> tuple[bool, Any]:
    path = seen.here.home / KEYS / "field.key"
    return bool(seen.here.settings.field_key) or _is_private(path), ""


def _is_private(path: Path) -> bool:
    """Whether a file is there and its owner alone may read it."""
    return path.is_file() and not path.stat().st_mode & 0o077


def _signed_papers(seen: Seen) -> tuple[bool, Any]:
    return seen.here.settings.signing_trust is not None, ""


def _real(seen: Seen) -> tuple[bool, Any]:
    return not (seen.here.training or seen.here.settings.training), ""


def _debug(seen: Seen) -> tuple[bool, Any]:
    return not seen.here.settings.debug, ""


LOOKS: dict[str, Callable[[Seen], tuple[bool, Any]]] = {
    "idle": _idle,
    "single_sign_on": _single_sign_on,
    "conflicts": _conflicts,
    "unused": _unused,
    "login": _login,
    "linked": _linked,
    "anchored": _anchored,
    "proved": _proved,
    "tls": _tls,
    "seal_key": _seal_key,
    "signed_papers": _signed_papers,
    "real": _real,
    "debug": _debug,
    "durable": _durable,
    "field_key": _field_key,
}
