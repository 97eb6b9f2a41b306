"""Papers for everybody of a commune, asked for on a page: statements, decisions, letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.jobs.runtime import Runtime
from app.messaging.terms import help_number
from app.statements.by_letter import document as mail
from app.statements.commune_papers import record_statements, write_commune_statements
from app.statements.letters.document import Wanted, write_letters
from app.statements.person_statement import Paper
from app.units.lookup import facts

Tell = Callable[[int, int], None]


def statements(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The statements of a commune. Raises Forbidden for one who may no longer, NotFound where
    nobody is paid."""
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))

    def write(session: Session, paper: Paper, into: BinaryIO) -> int:
        return write_commune_statements(session, area, period, paper, into, _so_far(told))

    def keep(session: Session, count: int) -> None:
        record_statements(session, officer, area, period, count, runtime.clock.now())

    _to_people(runtime, arguments, out, write, keep, told)


def letters(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The decisions of a commune's month to be signed, IDs masked."""
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, officer, area)
        wanted, synthetic = Wanted(area, period), _is_training(session)
        made = write_letters(session, into, wanted, runtime.clock.now(), synthetic=synthetic)
    draft.replace(out)
    told(made.letters, made.letters)


def by_letter(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Letters of a case to people of a commune. Raises Forbidden for one who may no longer,
    NotFound where the case is nobody's."""
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))
    number, now = help_number(runtime.settings.messages), runtime.clock.now()
    wanted = mail.Wanted(area, period, arguments["case"], number)

    def write(session: Session, paper: Paper, into: BinaryIO) -> int:
        return mail.write_by_letter(session, wanted, paper, now, into, _so_far(told))

    def keep(session: Session, count: int) -> None:
        mail.record_by_letter(session, officer, wanted, count, now)

    _to_people(runtime, arguments, out, write, keep, told)


def _to_people(
    runtime: Runtime,
    arguments: Mapping[str, Any],
    out: Path,
    write: Callable[[Session, Paper, BinaryIO], int],
    keep: Callable[[Session, int], None],
    told: Tell,
) -> None:
    """What is handed to people stands in the trail before its file takes its name."""
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, arguments["officer"], arguments["area"])
        paper = Paper(runtime.keyring, _is_training(session), runtime.settings.public_url)
        count = write(session, paper, into)
    with runtime.database.unit_of_work() as session:
        keep(session, count)
    draft.replace(out)
    told(count, count)


def _so_far(told: Tell) -> Callable[[int], None]:
    """How many there will be is not known before the last one."""
    return lambda count: told(count, 0)


def _require_still(session: Session, runtime: Runtime, officer: str, area: str) -> None:
    """He who asked may still have the commune's people. Raises Forbidden, NotFound."""
    scope_of(session, officer, runtime.clock.now()).require(area)


def _is_training(session: Session) -> bool:
    return facts(session).get("training") == "1"
