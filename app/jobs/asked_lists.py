"""Applying a commune's list that an officer sent on a page and whose differences he has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.access.scope import scope_of
from app.beneficiaries.lists import applied_at, read_list
from app.beneficiaries.uploads import drop, opened
from app.jobs.registers import import_list
from app.jobs.runtime import Runtime
from app.statements.register_difference import write_difference

Tell = Callable[[int, int], None]
STEPS = 3
"""Read, applied, written down."""


def apply_list(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Apply the list and write what it changed; done again after it was applied it does nothing."""
    officer_id, digest, username = (arguments[one] for one in ("officer_id", "digest", "officer"))
    now = runtime.clock.now()
    with runtime.database.view() as session:
        if applied_at(session, digest) is not None:
            return
        scope_of(session, username, now, ("maker",)).require(arguments["area"])
        with opened(runtime.keyring, runtime.home, officer_id, digest) as path:
            read = read_list(session, path, arguments["area"], arguments["period"],
                             arguments["said"])  # fmt: skip
    told(1, STEPS)
    done = import_list(runtime.database, runtime.keyring, read, now,
                       expected=arguments["expected"], actor=username)  # fmt: skip
    told(2, STEPS)
    write_difference(done.difference, out, now)
    drop(runtime.home, officer_id, digest)
